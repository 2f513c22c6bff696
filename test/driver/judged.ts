/** The referee's word on a whole programme: on each session, and on what is true of the target as a whole. */
import type { SessionRecord } from '../../src/archive/read.ts';
import type { TruthEntry } from '../../src/emulators/truth.ts';
import { coverageOf, type Coverage } from '../../src/session/coverage.ts';
import { judge, type Case } from '../referee/referee.ts';
import type { DriveOptions } from './driver.ts';
import type { ProgrammeRun, SessionRun, WindowRun } from './programme.ts';
import { recordOf } from './world.ts';

/** `ownsAll` of a case: the vendor takes no names of ours. */
export async function judgeProgramme(
  run: ProgrammeRun,
  truth: readonly TruthEntry[],
  { looks }: Pick<DriveOptions, 'looks'>,
  judged: Partial<Case> = {},
): Promise<string[]> {
  const faults: string[] = run.gaveUp ? ['the programme does not end'] : [];
  for (const session of run.sessions.filter(({ terminated }) => !terminated)) {
    const record = await recordOf(session.driven);
    const { sessionId } = session.driven.header;
    const { ownsAll } = judged;
    const own: Case = {
      sessionId,
      truth,
      record,
      closedAt: session.driven.result ? session.driven.endedAt : null,
      now: run.endedAt,
      lookMs: looks?.everyMs ?? 60_000,
      until: Math.min(session.driven.state.untilMs ?? Infinity, session.driven.endedAt),
      ...judged,
      ...(ownsAll && { ownsAll: { others: othersThan(session, truth) } }),
    };
    faults.push(...judge(own).map((fault) => `${session.window}: ${fault}`));
  }
  const terminated = run.sessions.some((one) => one.terminated);
  if (!terminated) faults.push(...oneAtATime(truth, judged), ...nothingRecords(truth));
  for (const window of Object.values(run.windows)) faults.push(...(await accountedFor(run, window)));
  return faults;
}

/** Recordings that began in the life of another session. */
function othersThan({ begunAt, driven }: SessionRun, truth: readonly TruthEntry[]): string[] {
  return truth.flatMap((entry) =>
    entry.type === 'recording' && entry.event === 'began' && (entry.at < begunAt || entry.at > driven.endedAt)
      ? [entry.recording]
      : [],
  );
}

/** At most one recording at once, of whatever session; but for a declared hand-over within one. */
function oneAtATime(truth: readonly TruthEntry[], { handOver }: Partial<Case>): string[] {
  const live = new Map<string, string>();
  const faults: string[] = [];
  for (const entry of truth) {
    if (entry.type !== 'recording') continue;
    if (entry.event !== 'began') live.delete(entry.recording);
    else {
      const session = sessionIn(entry.metadata);
      const others = [...live.values()].filter((one) => !handOver || one !== session);
      if (others.length > 0)
        faults.push(`${entry.recording} began while ${[...live.keys()].join(', ')} recorded`);
      live.set(entry.recording, session);
    }
  }
  return faults;
}

function sessionIn(metadata: string | undefined): string {
  return metadata === undefined ? '' : (JSON.parse(metadata) as { session: string }).session;
}

function nothingRecords(truth: readonly TruthEntry[]): string[] {
  const live = new Set<string>();
  for (const entry of truth)
    if (entry.type === 'recording') {
      if (entry.event === 'began') live.add(entry.recording);
      else live.delete(entry.recording);
    }
  return [...live].map((one) => `${one} still records`);
}

/** No window is forgotten: it was recorded, is a gap with its cause, was covered by another, or was left out on record. */
async function accountedFor(
  run: ProgrammeRun,
  { id, launched, plan, overAt, word }: WindowRun,
): Promise<string[]> {
  const { fromMs, untilMs } = plan.specification.window;
  if (launched === null) return run.gaveUp ? [] : [`${id}: its launcher has no outcome`];
  // One that was covered until its own claim was ended was recorded all the same.
  if (launched === 'skipped' || (launched === 'joined' && word?.word === 'skipped')) {
    const logs = await Promise.all(run.sessions.map(async (one) => (await recordOf(one.driven)).log));
    const told = logs
      .flat()
      .some(({ text }) => text.includes(`the window of ${id}`) || /claim/.test(word?.text ?? ''));
    return told ? [] : [`${id} was left out and no session says so`];
  }
  if (launched === 'busy' || launched === 'missed') {
    const end = plan.specification.window.afterMs + (untilMs ?? fromMs);
    return overAt >= end
      ? []
      : [`${id}: ${launched} at ${new Date(overAt).toISOString()}, before its window was over`];
  }
  if (launched !== 'joined') return [];
  const holder = run.sessions.find(({ driven }) => driven.header.sessionId === word?.by.sessionId);
  if (!holder) return [`${id} was joined by nobody`];
  const endedBy = holder.driven.state.desired.since;
  // Where the word of its end was lost, it is told when it asks anew: another session may have the target meanwhile.
  const unseenMs = run.wordsLost ? ASKED_AGAIN_MS : 0;
  return endedBy >= (untilMs ?? fromMs) - unseenMs
    ? []
    : [`${id} was covered only until ${new Date(endedBy).toISOString()}`];
}

/** A launcher whose window is covered tries each minute, and asks with every fifth. */
const ASKED_AGAIN_MS = 6 * 60_000;

/** What a session's ledger says of a stretch. */
export function coverageIn(record: SessionRecord, fromMs: number, untilMs: number): Coverage {
  return coverageOf(record.spans, record.marks, fromMs, untilMs);
}
