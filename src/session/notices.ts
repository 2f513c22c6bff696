/** What a session tells its receivers: the lines of its log, as notices. */
import type { NoticeKind } from '../contract/receivers.ts';
import type { Effect } from './events.ts';
import type { FileSeen, Json } from './facts.ts';
import { addCounts, noFiles, type FileCounts } from './filed.ts';
import { note } from './ledger.ts';
import type { Plan } from './plan.ts';
import { sharedNews } from './shared.ts';
import type { LogEntry, SessionState } from './state.ts';
import { totalsView } from './views.ts';

/** One line for people, and the same for programs. A line of a session's log is one. */
export interface Notice {
  /** Grows with each notice about the same subject; makes its id. */
  sequence: number;
  at: number;
  kind: NoticeKind | 'trouble' | 'maintenance' | 'test';
  text: string;
  data?: { [field: string]: Json };
}

/** Whom notices are about: a session, or the account, destination or archive that many have trouble with. */
export interface NoticeSubject {
  id: string;
  type: 'session' | 'account' | 'destination' | 'archive' | 'receiver';
  /** `/keeprolling/<installation>/<key>`. */
  source: string;
  /** What stands in every notice about it. */
  about: { [field: string]: Json };
}

export function sessionSubject({
  installation,
  sessionId,
  key,
  specification,
}: Pick<Plan, 'installation' | 'sessionId' | 'key' | 'specification'>): NoticeSubject {
  const { name, account, owner, labels } = specification;
  return {
    id: sessionId,
    type: 'session',
    source: `/keeprolling/${installation}/${key}`,
    about: { name, key, account, owner, labels },
  };
}

/** The log since the last step, without what is told once for all sessions; nothing where nobody wants to know. */
export function tellReceivers(state: SessionState): Effect[] {
  if (!state.plan.specification.notify) return [];
  const entries = state.log.filter(({ sequence, data }) => sequence > state.toldTo && !data?.scope);
  state.toldTo = state.nextLog - 1;
  return entries.length === 0 ? [] : [{ kind: 'notify', entries }];
}

/** A new run says again what lasts: whoever gathers it forgets what he has not heard of for two days. */
export function tellShared(before: SessionState, state: SessionState): Effect[] {
  const newRun = before.watch === null && state.runBegunAt > state.begunAt && state.at === state.runBegunAt;
  return sharedNews(before, state, newRun).map((trouble) => ({ kind: 'shared-trouble', trouble }));
}

/** The last line of the log, of a session that somebody is told about. */
export function noteVerdict(state: SessionState): void {
  if (!state.plan.specification.notify) return;
  const { verdict, percent, recordedMs, gapMs } = totalsView(state);
  const gaps = Object.entries(gapMs).map(([cause, ms]) => `${seconds(ms)} ${cause}`);
  const missing = gaps.length === 0 ? '' : `; missing: ${gaps.join(', ')}`;
  note(state, 'verdict', `${verdict}: ${percent} % recorded, ${seconds(recordedMs)}${missing}`, {
    outcome: state.outcome,
    verdict,
    percent,
    recordedMs,
    gapMs,
  });
}

/** What a program wants to know of a phase. */
export function phaseData(state: SessionState): LogEntry['data'] {
  const { phase, outcome } = state;
  if (phase !== 'released') return { phase };
  const { verdict, percent } = totalsView(state);
  return { phase, outcome, verdict, percent };
}

const NAMES_TOLD = 20;

/** What became of the files of a session that has closed. A file that a vendor names may still be on its way. */
export function filesNotice(
  takes: { files: FileSeen[]; fileCount: number; sums?: FileCounts }[],
  sequence: number,
  at: number,
): Notice {
  const sums = takes.reduce((all, { sums: own }) => addCounts(all, own ?? noFiles()), noFiles());
  const counts = { stored: sums.stored, named: sums.named + sums.open, missing: sums.missing };
  const total = takes.reduce((sum, { fileCount }) => sum + fileCount, 0);
  const missing = takes.flatMap(({ files }) => files).filter(({ state }) => state === 'missing');
  const told = missing.slice(0, NAMES_TOLD).map(({ name }) => name);
  const names = told.length === 0 ? '' : `: ${told.join(', ')}`;
  return {
    sequence,
    at,
    kind: 'files',
    text: `${total} files: ${counts.stored} stored, ${counts.named} named, ${counts.missing} missing${names}`,
    data: { files: total, ...counts, names: told },
  };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
