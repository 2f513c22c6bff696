/**
 * The keeper of a session's ledger and files. It writes the parts to the archive in their order, looks after the
 * files of each take, and closes the ledger; it may outlive the session by days.
 */
import {
  ActivityFailure,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, TakeFiles } from '../activities/wire.ts';
import type { FileSeen } from '../session/facts.ts';
import {
  archiveState,
  filesQuery,
  ledgerPart,
  sessionEnded,
  takeFiles,
  type FilesInput,
  type FilesState,
  type TakeHandOver,
} from './definitions.ts';

/** Writes to the archive are repeatable: a part is the same bytes under the same name. */
const archive = proxyActivities<Pick<Activities, 'writePart' | 'closeLedger'>>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 3 },
});

const ARCHIVE_AGAIN_MS = 60_000;
/** A file that is not there yet after the end of its take is looked for this often, then it is called missing. */
const COLLECT_TRIES = 6;
const COLLECT_AGAIN_MS = 30_000;

export async function files(input: FilesInput): Promise<{ takes: number; missing: number }> {
  const state: FilesState = input.carried ?? {
    parts: [],
    takes: [],
    collected: [],
    previousHash: null,
    result: null,
    archiveOk: true,
  };
  setHandler(ledgerPart, (part) => {
    state.parts.push(part);
  });
  setHandler(takeFiles, (take) => {
    state.takes = [...state.takes.filter((one) => one.take !== take.take), take];
  });
  setHandler(sessionEnded, (result) => {
    state.result = result;
  });
  setHandler(filesQuery, () => ({ takes: state.collected, waitingParts: state.parts.length }));

  for (;;) {
    await condition(() => state.parts.length > 0 || state.takes.length > 0 || state.result !== null);
    await writeParts(input, state);
    await collect(input, state);
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof files>({ ...input, carried: state });
    }
    if (state.result && state.parts.length === 0 && state.takes.length === 0) break;
  }
  await closed(input, state);
  return {
    takes: state.collected.length,
    missing: state.collected.flatMap((take) => take.files).filter((file) => file.state === 'missing').length,
  };
}

async function writeParts(input: FilesInput, state: FilesState): Promise<void> {
  while (state.parts.length > 0) {
    const part = state.parts[0]!;
    const { header } = input;
    const written = await persistently(
      input,
      state,
      async () => await archive.writePart({ header, part, previousHash: state.previousHash }),
    );
    state.previousHash = written.hash;
    state.parts.shift();
  }
}

async function closed(input: FilesInput, state: FilesState): Promise<void> {
  const { result, collected, previousHash } = state;
  if (!result) return;
  const { header } = input;
  await persistently(
    input,
    state,
    async () => await archive.closeLedger({ header, result, files: collected, previousHash }),
  );
}

/** Tries until the archive takes it, and tells the session when that begins to fail and when it is over. */
async function persistently<T>(input: FilesInput, state: FilesState, write: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      const done = await write();
      if (!state.archiveOk) await tell(input, state, true, 'the archive takes the ledger again');
      return done;
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const why = error.cause?.message ?? error.message;
      if (state.archiveOk) await tell(input, state, false, `the archive does not take the ledger: ${why}`);
      await condition(() => false, ARCHIVE_AGAIN_MS);
    }
  }
}

async function tell(input: FilesInput, state: FilesState, ok: boolean, text: string): Promise<void> {
  state.archiveOk = ok;
  if (state.result) return;
  await getExternalWorkflowHandle(input.session)
    .signal(archiveState, { ok, text })
    .catch(() => undefined);
}

/** Files of takes that have been handed over; a take that still runs is handed over again at its end. */
async function collect(input: FilesInput, state: FilesState): Promise<void> {
  while (state.takes.length > 0) {
    const take = state.takes.shift()!;
    const found = await collectTake(input, take);
    state.collected = [...state.collected.filter((one) => one.take !== take.take), found].toSorted(
      (a, b) => a.take - b.take,
    );
  }
}

async function collectTake(input: FilesInput, take: TakeHandOver): Promise<TakeFiles> {
  const vendor = proxyActivities<Pick<Activities, 'collectFiles'>>({
    taskQueue: input.queues.account,
    startToCloseTimeout: '60 seconds',
    scheduleToCloseTimeout: '1 hour',
    retry: { initialInterval: '5 seconds', maximumInterval: '5 minutes' },
  });
  const { subject } = input;
  let seen: FileSeen[] = take.files;
  for (let tries = 1; tries <= COLLECT_TRIES; tries += 1) {
    try {
      seen = await vendor.collectFiles({
        subject,
        take: { take: take.take, name: take.name, handle: take.handle },
        known: seen,
      });
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
    }
    if (!seen.some((file) => file.state === 'missing') || tries === COLLECT_TRIES) break;
    await condition(() => false, COLLECT_AGAIN_MS);
  }
  return { take: take.take, files: seen, fileCount: Math.max(take.fileCount, seen.length) };
}
