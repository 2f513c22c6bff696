/**
 * The keeper of a session's ledger and files. It writes the parts to the archive in their order, looks after the
 * files of each take while it runs and after, and closes the ledger; it may outlive the session by days.
 */
import {
  ActivityFailure,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, TakeFiles } from '../activities/wire.ts';
import {
  again,
  lacksFiles,
  learn,
  nextLook,
  takeIn,
  tell as tellTake,
  type Collecting,
} from '../session/collecting.ts';
import { addCounts, noFiles } from '../session/filed.ts';
import { filesNotice } from '../session/notices.ts';
import {
  archiveState,
  filesQuery,
  filesRetry,
  filesTold,
  ledgerPart,
  sessionEnded,
  type FilesInput,
  type FilesState,
} from './definitions.ts';
import { noticeFeed } from './notice-feed.ts';

type ArchiveActivities = Pick<Activities, 'writePart' | 'closeLedger'>;

/** Writes to the archive are repeatable: a part is the same bytes under the same name. */
const archive = proxyActivities<ArchiveActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', maximumAttempts: 3 },
});
/** Once the session has been told, the server goes on trying: an outage of days costs no history. */
const patientArchive = proxyActivities<ArchiveActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '5 seconds', maximumInterval: '1 minute' },
});

/** For what no repeat mends, such as a part that is there with other content. */
const REFUSED_AGAIN_MS = 3_600_000;
/** Settled takes that are told one by one; and of all takes so many files. The archive has all of both. */
const TAKES_KEPT = 100;
const FILES_KEPT = 200;
/** Characters of parts that go to the next run: the server takes 2 MB as an input (blobSizeLimitError), of up to 3 bytes each. */
const PARTS_CARRIED = 500_000;

export interface FilesResult {
  takes: number;
  missing: number;
}

export async function files(input: FilesInput): Promise<FilesResult> {
  const state: FilesState = input.carried ?? {
    parts: [],
    takes: [],
    collected: [],
    earlier: { ...noFiles(), takes: 0 },
    unarchived: null,
    unreached: null,
    previousHash: input.previousHash,
    result: null,
    archiveOk: true,
  };
  // Anybody can send a signal: what is not the session's own is passed over, and wedges nothing.
  setHandler(ledgerPart, (part, ended, opened = []) => {
    if (part?.sessionId !== input.header.sessionId || !Array.isArray(ended) || !Array.isArray(opened)) return;
    state.parts.push(part);
    state.takes = takeIn(state.takes, part, { ended, opened }, Date.now());
  });
  setHandler(sessionEnded, (result, ending) => {
    if (result?.sessionId !== input.header.sessionId) return;
    state.result = result;
    if (ending && Array.isArray(ending.receivers)) state.ending = ending;
  });
  setHandler(filesTold, (event) => {
    if (!Array.isArray(event?.files)) return;
    const last = { take: state.collected.at(-1)?.take ?? 1, partsTo: 0 };
    state.takes = tellTake(state.takes, last, event.recording, event.files, Date.now());
  });
  setHandler(filesRetry, () => {
    state.takes = retried(state, Date.now());
  });
  setHandler(filesQuery, () => ({
    takes: state.collected,
    earlier: state.earlier,
    waitingParts: state.parts.length,
    open: state.takes.map(({ take, endedSince, nextAt }) => ({ take, running: endedSince === null, nextAt })),
    unarchived: state.unarchived,
    unreached: state.unreached,
    unconfirmed: state.unconfirmed ?? null,
  }));

  do {
    // Side by side: files that are slow to come must not hold up the ledger, nor an archive that is away the files.
    const ledger = Promise.race([keepLedger(input, state), renewedAway(state)]);
    await Promise.all([ledger, collectFiles(input, state)]);
    if (!isOver(state)) return await continueAsNew<typeof files>({ ...input, carried: state });
    await tellFiles(state);
    if (isOver(state)) await closeLedger(input, state);
  } while (!isOver(state));
  return {
    takes: state.collected.length + state.earlier.takes,
    missing: state.collected.reduce((sum, { sums }) => sum + (sums?.missing ?? 0), state.earlier.missing),
  };
}

/** The session has ended and nothing is left to do. */
function isOver({ result, parts, takes }: FilesState): boolean {
  return result !== null && parts.length === 0 && takes.every(({ endedSince }) => endedSince === null);
}

/** A new run is due: with all parts that wait, unless they are more than the server takes as an input. */
function isToRenew({ archiveOk, parts }: FilesState): boolean {
  if (!workflowInfo().continueAsNewSuggested) return false;
  return archiveOk || JSON.stringify(parts).length < PARTS_CARRIED;
}

/** A part that the archive does not take is written by the next run: it is the same bytes under the same name. */
async function renewedAway(state: FilesState): Promise<void> {
  await condition(() => !state.archiveOk && isToRenew(state));
}

async function keepLedger(input: FilesInput, state: FilesState): Promise<void> {
  const { header } = input;
  const finished = (): boolean => state.result !== null || workflowInfo().continueAsNewSuggested;
  for (;;) {
    await condition(() => state.parts.length > 0 || finished());
    const part = state.parts[0];
    if (!part) return;
    const { previousHash } = state;
    const write = async ({ writePart }: ArchiveActivities) => await writePart({ header, part, previousHash });
    state.previousHash = (await persistently(input, state, write)).hash;
    state.parts.shift();
  }
}

/** One take after another, each when its time has come: a signal only moves that time. */
async function collectFiles(input: FilesInput, state: FilesState): Promise<void> {
  for (;;) {
    const take = next(state);
    const at = take?.nextAt ?? Infinity;
    if (isOver(state) || isToRenew(state)) return;
    if (take && at <= Date.now()) {
      await collect(input, state, take);
      continue;
    }
    const changed = (): boolean =>
      (next(state)?.nextAt ?? Infinity) < at || isOver(state) || isToRenew(state);
    if (take) await condition(changed, at - Date.now());
    else await condition(changed);
  }
}

/** A take that has ended waits for its last part, which has files of it; not for an archive that is away. */
function next({ takes, parts, archiveOk }: FilesState): Collecting | undefined {
  const ready = takes.filter((one) => one.endedSince === null || parts.length === 0 || !archiveOk);
  return ready.toSorted((a, b) => a.nextAt - b.nextAt)[0];
}

async function collect(input: FilesInput, state: FilesState, take: Collecting): Promise<void> {
  const vendor = proxyActivities<Pick<Activities, 'collectFiles'>>({
    taskQueue: input.queues.account,
    startToCloseTimeout: '10 minutes',
    scheduleToCloseTimeout: '1 hour',
    retry: { initialInterval: '5 seconds', maximumInterval: '5 minutes' },
  });
  const { header, subject } = input;
  const { partsTo, told, endedSince: _since, tries: _tries, nextAt, ...asked } = take;
  const begunAt = Date.now();
  const done = await vendor
    .collectFiles({ header, subject, take: asked, partsTo, told })
    .catch((error: unknown) => {
      if (error instanceof ActivityFailure) return null;
      throw error;
    });
  // Signals have come meanwhile: they change the take that is in the state now.
  const now = state.takes.find((one) => one.take === take.take);
  if (!now) return;
  state.unreached = done ? done.unreached : 'no worker has looked at the files for an hour';
  state.unarchived = done?.unarchived ?? null;
  state.unconfirmed = done?.unconfirmed ?? null;
  if (done) {
    learn(now, { ...done, files: done.found.files }, told.length, begunAt);
    keep(state, done.found);
  }
  const sooner = now.nextAt !== nextAt || now.endedSince !== take.endedSince;
  const outcome = {
    missing: done?.found.sums?.missing ?? 0,
    unsettled: done?.unsettled ?? 0,
    expiresAt: done?.expiresAt ?? null,
    reached: done?.unreached === null,
    archived: state.unarchived === null,
  };
  const at = sooner ? now.nextAt : nextLook(now, outcome, input.settleMs ?? 0, Date.now());
  if (at === null) state.takes = state.takes.filter((one) => one !== now);
  else now.nextAt = at;
}

function keep(state: FilesState, found: TakeFiles): void {
  const others = state.collected.filter((one) => one.take !== found.take);
  state.collected = [...others, found].toSorted((a, b) => a.take - b.take);
  trim(state);
}

/** The state has the same size after a year: what is settled becomes a sum, and of files the most urgent are kept. */
function trim(state: FilesState): void {
  const open = new Set(state.takes.map(({ take }) => take));
  const settled = state.collected.filter(({ take }) => !open.has(take));
  for (const old of settled.slice(0, Math.max(0, settled.length - TAKES_KEPT))) {
    const { takes } = state.earlier;
    state.earlier = { ...addCounts(state.earlier, { ...noFiles(), ...old.sums }), takes: takes + 1 };
    state.collected = state.collected.filter((one) => one !== old);
  }
  let left = FILES_KEPT;
  const kept = (take: TakeFiles): TakeFiles => {
    const shown = take.files.slice(0, left);
    left -= shown.length;
    return { ...take, files: shown };
  };
  state.collected = state.collected.toReversed().map(kept).toReversed();
}

/** All takes that have something missing, unsettled, not stored or not known. */
function retried({ takes, collected }: FilesState, now: number): Collecting[] {
  const open = new Set(takes.map(({ take }) => take));
  const lacking = collected.filter(
    ({ take, fileCount, sums }) => !open.has(take) && sums !== undefined && lacksFiles({ fileCount, sums }),
  );
  return [
    ...takes.map((one) => ({ ...one, tries: 0, nextAt: now })),
    ...lacking.map(({ take }) => again({ take, partsTo: 0 }, now)),
  ];
}

/** The last notice of a session, once all of its files are accounted for. */
async function tellFiles(state: FilesState): Promise<void> {
  const { ending, result, collected, earlier } = state;
  if (!ending || !result) return;
  state.ending = null;
  const { subject, receivers, lastSequence } = ending;
  // The session has started them, and where one does not answer it is started anew.
  const feed = noticeFeed(subject, receivers, { started: receivers });
  const all = [{ files: [], fileCount: earlier.files, sums: earlier }, ...collected];
  feed.tell([filesNotice(all, lastSequence + 1, Date.now())], true);
  await condition(() => feed.idle());
}

async function closeLedger(input: FilesInput, state: FilesState): Promise<void> {
  const { result, collected, previousHash } = state;
  if (!result) return;
  const { header, subject, queues, session, settleMs = 0 } = input;
  const collection = { subject, queues, session, settleMs };
  await persistently(
    input,
    state,
    async (to) => await to.closeLedger({ header, result, files: collected, previousHash, collection }),
  );
}

/** Tries until the archive takes it, and tells the session when that begins to fail and when it is over. */
async function persistently<T>(
  input: FilesInput,
  state: FilesState,
  write: (to: ArchiveActivities) => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      const done = await write(state.archiveOk ? archive : patientArchive);
      if (!state.archiveOk) await tell(input, state, true, 'the archive takes the ledger again');
      return done;
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const why = error.cause?.message ?? error.message;
      if (state.archiveOk) await tell(input, state, false, `the archive does not take the ledger: ${why}`);
      else await sleep(REFUSED_AGAIN_MS);
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
