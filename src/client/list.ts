/** Sessions at a glance, from memos alone: no worker is asked. */
import { archivedSessions, lastKnownOf } from './archived.ts';
import { readSession } from '../archive/read.ts';
import type { Outcome } from '../session/state.ts';
import type { LastKnown } from '../session/views.ts';
import { DEADLINES, type Context } from './context.ts';
import { KeepRollingError } from '../contract/errors.ts';
import { splitTrouble } from '../session/troubles.ts';
import { isUnreachable } from './errors.ts';
import { isBroken, listSessions, OUR_TYPES, type Found } from './find.ts';
import { launcherOutcome } from './outcome.ts';
import type { ListOptions, SessionSummary } from './types.ts';
import { byUrgency } from './urgency.ts';

const LIMIT = 1000;
/** So many are looked through for those that fit, the latest first. */
const SCANNED = 5000;
const SCAN_MS = 2_500;
/** So many ledgers are read, the latest first. */
const LEDGERS = 200;
/** So many launchers that have ended are asked how. */
const LAUNCHERS = 50;

interface Entry {
  summary: SessionSummary;
  labels: Record<string, string>;
}

type Problem = NonNullable<SessionSummary['problem']>;

export type Listing = Pick<Context, 'settings' | 'reach' | 'archive'>;

/**
 * Open sessions with the scheduled ones, closed ones, or all; the latest window first. Closed ones are those that
 * Temporal still keeps, then those of the archive. A session that has just been started may be missing for a second.
 * @throws KeepRollingError E_SERVER_UNREACHABLE for `open` and `all`; its details hold `lastKnown`, the summaries of
 * the archive's sessions that may still be open
 */
export async function list(context: Listing, options: ListOptions = {}): Promise<SessionSummary[]> {
  const { state = 'open', limit = LIMIT } = options;
  const inState = ({ summary }: Entry): boolean => state === 'all' || summary.closed === (state === 'closed');
  const shown = (entries: Entry[]): SessionSummary[] =>
    entries
      .filter((entry) => inState(entry) && fits(entry, options))
      .map(({ summary }) => summary)
      .toSorted(options.problems === true ? byUrgency : byWindow)
      .slice(0, limit);
  try {
    // Closed ones too where they are not asked for: a launcher that has begun its session is not shown beside it.
    const query = state === 'open' ? `${OUR_TYPES} AND ExecutionStatus = 'Running'` : OUR_TYPES;
    const found = await scanned(context, query);
    const entries = entriesOf(found, state === 'open' ? new Map() : await launcherOutcomes(context, found));
    if (state === 'open') return shown(entries);
    const known = new Set(entries.map(({ summary }) => summary.sessionId));
    const archived = await archiveEntries(context, true);
    return shown([...entries, ...archived.filter(({ summary }) => !known.has(summary.sessionId))]);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    const lastKnown = shown(await archiveEntries(context, false));
    if (state === 'closed') return lastKnown;
    throw new KeepRollingError(error.code, error.message, { ...error.details, lastKnown });
  }
}

/** Many sessions take their time, a server that is away must not: a small question beside notices that sooner. */
async function scanned(context: Listing, query: string): Promise<Found[]> {
  const [found] = await Promise.all([
    listSessions(context, query, SCANNED, SCAN_MS),
    context.reach.within(DEADLINES.list, async ({ workflowService }) => workflowService.getSystemInfo({})),
  ]);
  return found;
}

/** A launcher that has started its session is that session. */
function isBegun(found: Found[]): (sessionId: string) => boolean {
  const begun = new Set(found.filter((one) => one.kind === 'recording').map((one) => one.memo.sessionId));
  return (sessionId) => begun.has(sessionId);
}

function entriesOf(found: Found[], outcomes: Map<string, Outcome>): Entry[] {
  const begun = isBegun(found);
  const holders = new Map(
    found.filter((one) => one.kind === 'recording' && one.open).map(({ memo }) => [memo.key, memo.name]),
  );
  return found
    .filter((one) => one.kind === 'recording' || !begun(one.memo.sessionId))
    .map((one) =>
      one.kind === 'recording'
        ? ofSession(one)
        : ofLauncher(one, holders.get(one.memo.key), outcomes.get(one.runId) ?? null),
    );
}

/** How windows ended that have no session of their own: no memo says it. */
async function launcherOutcomes({ reach }: Listing, found: Found[]): Promise<Map<string, Outcome>> {
  const begun = isBegun(found);
  const asked = found
    .filter(({ kind, open, memo }) => kind === 'launch' && !open && !begun(memo.sessionId))
    .slice(0, LAUNCHERS);
  const told = await Promise.all(
    asked.map(async (one) => [one.runId, await launcherOutcome({ reach }, one)] as const),
  );
  return new Map(told.filter((one): one is [string, Outcome] => one[1] !== null));
}

/** The memo's figure is as of the last event; a span that was open then has grown since, as far as is known. */
function percentNow(known: LastKnown, fromMs: number, now: number): number {
  if (known.recordingSince === null || known.outcome !== null) return known.percent;
  const grownMs = now - Date.parse(known.asOf);
  const windowMs = now - fromMs;
  if (windowMs <= 0) return known.percent;
  return Math.min(100, Math.round(((known.recordedMs + grownMs) / windowMs) * 1000) / 10);
}

function ofSession(found: Found): Entry {
  const { memo, open, startedAt } = found;
  const { lastKnown, specification } = memo;
  return {
    labels: specification.labels,
    summary: {
      ...named(memo),
      phase: lastKnown?.phase ?? 'waiting',
      since: lastKnown?.since ?? new Date(startedAt).toISOString(),
      percent: lastKnown ? percentNow(lastKnown, specification.window.fromMs, Date.now()) : null,
      conditions: lastKnown?.conditions ?? [],
      problem: problemOf(found),
      maintenance: open ? lasting(lastKnown?.maintenance?.until) : null,
      outcome: lastKnown?.outcome ?? (isBroken(found) ? 'failed' : null),
      closed: !open,
    },
  };
}

/** What a memo says may have passed since: without a worker nobody writes it anew. */
function lasting(until: string | undefined): string | null {
  return until !== undefined && Date.parse(until) > Date.now() ? until : null;
}

function instantOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function problemOf(found: Found): Problem | null {
  const { lastKnown } = found.memo;
  if (isBroken(found)) {
    const text = `its workflow ended as ${found.status}`;
    return { who: 'keeprolling', text, code: null, since: instantOf(found.closedAt) };
  }
  if (!lastKnown) return null;
  // What was in its way is past: a closed session needs somebody only where it failed.
  if (!found.open && lastKnown.outcome !== null && !FAILED.includes(lastKnown.outcome)) return null;
  const { trouble, troubleCode, troubleSince, conditions, outcome, since, asOf } = lastKnown;
  if (trouble !== null)
    return { ...splitTrouble(trouble), code: troubleCode ?? null, since: troubleSince ?? null };
  if (outcome !== null) return failedAs(outcome, since);
  if (conditions.length === 0) return null;
  const text = 'whether it still records is in doubt; it is looked at, and nothing is to be done yet';
  return { who: 'vendor', text, code: null, since: asOf };
}

const FAILED = ['failed', 'failed-to-start', 'failed-to-stop'];

function failedAs(outcome: string, since: string | null): Problem | null {
  if (!FAILED.includes(outcome)) return null;
  return { who: 'you', text: `it ended as ${outcome}`, code: null, since };
}

/**
 * Late, it waits for its target or for a worker; ended, it never became a session, or one that Temporal has forgotten.
 * @param holder the session that has its target
 */
function ofLauncher(
  { memo, open, startedAt, closedAt }: Found,
  holder: string | undefined,
  outcome: Outcome | null,
): Entry {
  const due = open && memo.startAt !== undefined && Date.parse(memo.startAt) < Date.now();
  const late = due && holder === undefined && Date.parse(memo.startAt!) + 10_000 < Date.now();
  return {
    labels: memo.specification.labels,
    summary: {
      ...named(memo),
      phase: open ? 'scheduled' : 'released',
      since: instantOf(closedAt ?? startedAt),
      percent: null,
      conditions: [],
      problem: late ? overdue(memo.startAt) : outcome && failedAs(outcome, instantOf(closedAt)),
      maintenance: null,
      outcome,
      closed: !open,
      ...(due && holder !== undefined && { targetWith: holder }),
    },
  };
}

function overdue(since: string | undefined): Problem {
  const text = 'it should have begun; no worker runs, or its target was busy until just now';
  return { who: 'you', text, code: null, since: since ?? null };
}

function named(
  memo: Found['memo'],
): Pick<SessionSummary, 'sessionId' | 'name' | 'key' | 'account' | 'owner' | 'windowFrom'> {
  const { sessionId, name, key, specification } = memo;
  return {
    sessionId,
    name,
    key,
    account: specification.account,
    owner: specification.owner,
    windowFrom: new Date(specification.window.fromMs).toISOString(),
  };
}

/** @param unknown Temporal was asked and does not know them: whatever they were, they do not run any more */
async function archiveEntries({ archive }: Listing, unknown: boolean): Promise<Entry[]> {
  if (!archive) return [];
  const entries: Entry[] = [];
  for (const { folder } of (await archivedSessions(archive)).slice(0, LEDGERS)) {
    const record = await readSession(archive, folder).catch(() => undefined);
    if (!record) continue;
    const { sessionId, name, key, account, owner, window } = record.header;
    const known = lastKnownOf(record);
    entries.push({
      labels: {},
      summary: {
        sessionId,
        name,
        key,
        account,
        owner,
        phase: known.phase,
        since: known.since,
        percent: known.percent,
        conditions: [],
        problem: known.outcome === null ? null : failedAs(known.outcome, known.since),
        maintenance: null,
        outcome: known.outcome,
        closed: unknown || record.result !== null,
        windowFrom: new Date(window.fromMs).toISOString(),
      },
    });
  }
  return entries;
}

function fits({ summary, labels }: Entry, options: ListOptions): boolean {
  const { account, owner, target, label, problems } = options;
  if (account !== undefined && summary.account !== account) return false;
  if (owner !== undefined && summary.owner !== owner) return false;
  if (target !== undefined && !summary.key.includes(target)) return false;
  if (label !== undefined && !hasLabel(labels, label)) return false;
  return problems !== true || summary.problem !== null;
}

/** `tier=gold`, or `tier` with whatever value. */
function hasLabel(labels: Record<string, string>, label: string): boolean {
  const [name = '', value] = label.split('=', 2);
  return Object.hasOwn(labels, name) && (value === undefined || labels[name] === value);
}

function byWindow(a: SessionSummary, b: SessionSummary): number {
  const [left, right] = [a.windowFrom ?? '', b.windowFrom ?? ''];
  if (left !== right) return left < right ? 1 : -1;
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
