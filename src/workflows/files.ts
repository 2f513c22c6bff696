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
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, TakeFiles } from '../activities/wire.ts';
import type { EndedTake, RecorderEvent } from '../session/events.ts';
import type { FileSeen } from '../session/facts.ts';
import { isUnsettled, withFiles } from '../session/filed.ts';
import { filesNotice } from '../session/notices.ts';
import {
  archiveState,
  filesQuery,
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
/** A file that is not there yet after the end of its take is looked for this often, then it is called missing. */
const COLLECT_TRIES = 5;
const COLLECT_AGAIN_MS = 3_000;
const MINUTE_MS = 60_000;
/** What the vendor goes on writing, or moving, is given up after this: the longest that one keeps a file is a week. */
const GIVE_UP_MS = 8 * 24 * 60 * MINUTE_MS;

export interface FilesResult {
  takes: number;
  missing: number;
}

export async function files(input: FilesInput): Promise<FilesResult> {
  const state: FilesState = input.carried ?? {
    parts: [],
    takes: [],
    collected: [],
    previousHash: input.previousHash,
    result: null,
    archiveOk: true,
  };
  // Anybody can send a signal: what is not the session's own is passed over, and wedges nothing.
  setHandler(ledgerPart, (part, ended) => {
    if (part?.sessionId !== input.header.sessionId || !Array.isArray(ended)) return;
    state.parts.push(part);
    state.takes.push(...ended);
  });
  setHandler(sessionEnded, (result, ending) => {
    if (result?.sessionId !== input.header.sessionId) return;
    state.result = result;
    if (ending && Array.isArray(ending.receivers)) state.ending = ending;
  });
  setHandler(filesTold, (event) => {
    if (Array.isArray(event?.files)) fileAway(state, event);
  });
  setHandler(filesQuery, () => ({ takes: state.collected, waitingParts: state.parts.length }));

  do {
    // Side by side: files that are slow to come must not hold up the ledger.
    await Promise.all([keepLedger(input, state), collectFiles(input, state).then(() => tellFiles(state))]);
    if (!state.result) return await continueAsNew<typeof files>({ ...input, carried: state });
  } while (state.parts.length > 0 || state.takes.length > 0);
  await closeLedger(input, state);
  return {
    takes: state.collected.length,
    missing: state.collected.flatMap((take) => take.files).filter((file) => file.state === 'missing').length,
  };
}

/** Both loops end when there is nothing left to do and the session has ended, or a new run is due. */
function finished(state: FilesState, waiting: unknown[]): boolean {
  return waiting.length === 0 && (state.result !== null || workflowInfo().continueAsNewSuggested);
}

async function keepLedger(input: FilesInput, state: FilesState): Promise<void> {
  const { header } = input;
  for (;;) {
    await condition(() => state.parts.length > 0 || finished(state, state.parts));
    const part = state.parts[0];
    if (!part) return;
    const { previousHash } = state;
    const write = async ({ writePart }: ArchiveActivities) => await writePart({ header, part, previousHash });
    state.previousHash = (await persistently(input, state, write)).hash;
    state.parts.shift();
  }
}

/** All takes at once: one whose file is slow to come must not keep the next one waiting. */
async function collectFiles(input: FilesInput, state: FilesState): Promise<void> {
  const underWay = new Set<number>();
  const collect = async (take: EndedTake): Promise<void> => {
    underWay.add(take.take);
    await collectTake(input, take, (found) => {
      const others = state.collected.filter((one) => one.take !== take.take);
      state.collected = [...others, found].toSorted((a, b) => a.take - b.take);
    });
    state.takes = state.takes.filter((one) => one !== take);
    underWay.delete(take.take);
  };
  for (;;) {
    const waiting = (): EndedTake | undefined => state.takes.find((take) => !underWay.has(take.take));
    await condition(() => waiting() !== undefined || finished(state, state.takes));
    const take = waiting();
    if (!take) return;
    void collect(take);
  }
}

/** The last notice of a session, once all of its files are accounted for. */
async function tellFiles(state: FilesState): Promise<void> {
  const { ending, result, takes, collected } = state;
  if (!ending || !result || takes.length > 0) return;
  state.ending = null;
  const { subject, receivers, lastSequence } = ending;
  // The session has started them, and where one does not answer it is started anew.
  const feed = noticeFeed(subject, receivers, { started: receivers });
  feed.tell([filesNotice(collected, lastSequence + 1, Date.now())], true);
  await condition(() => feed.idle());
}

async function closeLedger(input: FilesInput, state: FilesState): Promise<void> {
  const { result, collected, previousHash } = state;
  if (!result) return;
  const { header } = input;
  await persistently(
    input,
    state,
    async (to) => await to.closeLedger({ header, result, files: collected, previousHash }),
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

/** A file of the take that it names, or of the last one: what has ended before has been told before. */
function fileAway(state: FilesState, { recording, files: told = [] }: RecorderEvent): void {
  const named = state.takes.find((take) => recording !== undefined && take.recording === recording);
  const waiting = named ?? state.takes.at(-1);
  if (waiting) waiting.files = withFiles(waiting.files, told);
  const number = waiting?.take ?? state.collected.at(-1)?.take;
  state.collected = state.collected.map((one) => {
    if (one.take !== number) return one;
    const all = withFiles(one.files, told);
    return { ...one, files: all, fileCount: Math.max(one.fileCount, all.length) };
  });
}

/** Each look at the files is told at once: what is there is there, whatever is still missing. */
async function collectTake(
  input: FilesInput,
  take: EndedTake,
  told: (found: TakeFiles) => void,
): Promise<void> {
  const vendor = proxyActivities<Pick<Activities, 'collectFiles'>>({
    taskQueue: input.queues.account,
    startToCloseTimeout: '60 seconds',
    scheduleToCloseTimeout: '1 hour',
    retry: { initialInterval: '5 seconds', maximumInterval: '5 minutes' },
  });
  const { subject } = input;
  const { take: number, name, handle, endedAt } = take;
  const ended = { take: number, name, handle, ...(endedAt !== undefined && { endedAt }) };
  const begunAt = Date.now();
  for (let tries = 1; ; tries += 1) {
    let reached = true;
    try {
      const known = take.files;
      const seen = await vendor.collectFiles({ subject, take: ended, known });
      // What was told meanwhile is not in the answer.
      take.files = take.files === known ? seen : withFiles(seen, take.files);
    } catch (error) {
      // After an hour of retries what is known must do.
      if (!(error instanceof ActivityFailure)) throw error;
      reached = false;
    }
    const { files: found, fileCount } = take;
    told({ take: number, files: found, fileCount: Math.max(fileCount, found.length) });
    const waitMs = againIn(found, tries, Date.now() - begunAt, reached ? (input.settleMs ?? 0) : 0);
    if (waitMs === null) return;
    await sleep(waitMs);
  }
}

/** When to look at the files of a take again; null: they are what they are. */
function againIn(found: FileSeen[], tries: number, passedMs: number, settleMs: number): number | null {
  const missing = found.some((file) => file.state === 'missing');
  if (missing && tries < COLLECT_TRIES) return COLLECT_AGAIN_MS * tries;
  const unsettled = settleMs > 0 && found.some((file) => isUnsettled(file, Date.now()));
  if (passedMs >= settleMs && !(unsettled && passedMs < GIVE_UP_MS)) return null;
  if (passedMs < 30 * MINUTE_MS) return MINUTE_MS;
  return passedMs < 6 * 60 * MINUTE_MS ? 5 * MINUTE_MS : 30 * MINUTE_MS;
}
