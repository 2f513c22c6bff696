/** What queries, memo and details show of a session. Instants are ISO 8601 in UTC, durations end in `Ms`. */
import type { Coverage } from './coverage.ts';
import { duesAhead } from './due.ts';
import { openSpan } from './ledger.ts';
import { conditionsOf } from './phase.ts';
import type { NeighbourWord } from './neighbours.ts';
import { recordingFrom } from './plan.ts';
import { sessionCoverage } from './release.ts';
import type { ChangeKind } from './changes.ts';
import type { AccountChange, Evidence, GapCause, Json, Who } from './facts.ts';
import type { Condition, LogEntry, Outcome, Phase, SessionState, Take, Totals, Verdict } from './state.ts';
import { liveTakes } from './takes.ts';
import { silencedSince } from './told-source.ts';
import { mostUrgent } from './troubles.ts';

/** Answer to the query `status`. */
export interface StatusView {
  sessionId: string;
  name: string;
  key: string;
  account: string;
  owner: string | null;
  phase: Phase;
  phaseSince: string;
  conditions: Condition[];
  desired: { state: string; since: string; by: string; reason: string | null; until: string | null };
  window: {
    from: string;
    until: string | null;
    recordingFrom: string;
    limit: string | null;
    overrunMs: number;
    zone: string;
  };
  takes: TakeView[];
  /** Where the files of the next take go; a take that writes elsewhere is being followed. */
  storage: { destination: string | null };
  /** Changes that are wished for, by kind; secrets in them by name. */
  settings: Partial<Record<ChangeKind, { revision: number; value: Json }>>;
  source: { state: 'unknown' | 'up' | 'down'; since: string | null; drops: number; longestMs: number };
  /** What the vendor tells by itself; null where the account has no callbacks. */
  callbacks: { healthy: boolean; lastAt: string | null; heard: number; ignored: number } | null;
  /** Announced work at the recorder, while it lasts. */
  maintenance: { until: string; by: string; reason: string | null } | null;
  /** Who wants the recording, and until when; it ends with the last. */
  claims: { owner: string; until: string | null; name: string }[];
  /** Other windows on the target that are not over, soonest first, and what becomes of each. */
  neighbours: {
    name: string;
    sessionId: string;
    from: string;
    until: string | null;
    word: NeighbourWord['word'];
  }[];
  /** What the session has made or changed in the vendor's account; `released`: it was taken away again, or that was given up. */
  accountChanges: { action: AccountChange['action']; what: string; where: string; released: boolean }[];
  soFar: TotalsView;
  troubles: { about: string; who: Who; code: string; text: string; since: string; times: number }[];
  /** Soonest first. */
  next: { at: string; what: string }[];
  lane: { op: string; take: number; since: string } | null;
  log: (Omit<LogEntry, 'at'> & { at: string })[];
  revision: number;
  outcome: Outcome | null;
  /** Instant of the last thing that the session learned; looks that find all as believed are not told to it. */
  asOf: string;
}

export interface TakeView {
  number: number;
  status: string;
  recording: string | null;
  actual: string | null;
  since: string | null;
  evidence: Evidence | null;
  provedTo: string | null;
  suspectSince: string | null;
  files: number;
  boundAt: string | null;
  /** By when the vendor ends it by itself. */
  endsAt: string | null;
  /** The destination of its files. */
  storage: string | null;
  /** When its storage credentials were minted, and proved by a write. */
  credentialsSince: string | null;
  credentialsUntil: string | null;
}

export interface TotalsView {
  windowMs: number;
  recordedMs: number;
  percent: number;
  byEvidence: Record<Evidence, number>;
  gapMs: Partial<Record<GapCause, number>>;
  verdict: Verdict;
}

/** Answer to the query `coverage`: the recent part in detail, and exact sums over the whole window. */
export interface CoverageView {
  sessionId: string;
  window: { from: string; to: string };
  /** What is before this instant is in the archive, and in the sums. */
  detailFrom: string;
  spans: {
    take: number;
    from: string;
    to: string;
    evidence: Evidence;
    fromPlusMinusMs: number;
    toPlusMinusMs: number;
    open: boolean;
  }[];
  gaps: {
    from: string;
    to: string;
    cause: GapCause;
    detail: string | null;
    fromPlusMinusMs: number;
    toPlusMinusMs: number;
  }[];
  totals: TotalsView;
}

/** What a describe shows without any worker. */
export interface LastKnown {
  phase: Phase;
  since: string;
  conditions: Condition[];
  take: number;
  recording: string | null;
  desired: string;
  until: string | null;
  recordedMs: number;
  /** Begin of the span that was open then: a reader may add what has passed since. */
  recordingSince: string | null;
  percent: number;
  /** The most urgent one, `who: text`. */
  trouble: string | null;
  /** Of that trouble: its stable code, and since when it lasts. Only while there is one. */
  troubleCode?: string;
  troubleSince?: string;
  /** Announced work at the recorder, while it lasts: troubles are to be expected. A reader looks whether it has passed. */
  maintenance?: { until: string };
  outcome: Outcome | null;
  /** Level of the rules that the present run keeps. */
  behaviour?: number;
  asOf: string;
}

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null | undefined): string | null =>
  at === null || at === undefined ? null : iso(at);

export function statusView(state: SessionState): StatusView {
  const { plan, desired, lane } = state;
  const { specification } = plan;
  return {
    sessionId: plan.sessionId,
    name: specification.name,
    key: plan.key,
    account: specification.account,
    owner: specification.owner,
    phase: state.phase,
    phaseSince: iso(state.phaseSince),
    conditions: conditionsOf(state),
    desired: {
      state: desired.state,
      since: iso(desired.since),
      by: desired.by,
      reason: desired.reason,
      until: isoOrNull(desired.until),
    },
    window: {
      from: iso(specification.window.fromMs),
      until: isoOrNull(state.untilMs),
      recordingFrom: iso(recordingFrom(specification.window)),
      limit: isoOrNull(specification.window.limitMs),
      overrunMs: specification.window.overrunMs,
      zone: specification.window.zone,
    },
    takes: shownTakes(state).map((take) => takeView(state, take)),
    storage: { destination: state.storage.destination },
    settings: settingsView(state),
    source: sourceView(state),
    callbacks: plan.callbacks ? { ...state.callbacks, lastAt: isoOrNull(state.callbacks.lastAt) } : null,
    maintenance: maintenanceView(state),
    claims: state.claims.map(({ owner, until, name }) => ({ owner, until: isoOrNull(until), name })),
    neighbours: neighboursView(state),
    accountChanges: accountView(state),
    soFar: totalsView(state),
    troubles: Object.values(state.troubles).map((one) => ({
      about: one.about,
      who: one.who,
      code: one.code,
      text: one.text,
      since: iso(one.since),
      times: one.times,
    })),
    next: duesAhead(state)
      .slice(0, 5)
      .map((due) => ({ at: iso(due.at), what: due.what })),
    lane: lane === null ? null : { op: lane.op, take: lane.take, since: iso(lane.since) },
    log: state.log.slice(-20).map(entryView),
    revision: state.revision,
    outcome: state.outcome,
    asOf: iso(state.at),
  };
}

function sourceView({ source, at }: SessionState): StatusView['source'] {
  const { state, since, drops, longestMs, droppedAt } = source;
  // A drop that lasts counts as long as it has lasted.
  const presentMs = state === 'down' && droppedAt !== null ? at - droppedAt : 0;
  return { state, since: isoOrNull(since), drops, longestMs: Math.max(longestMs, presentMs) };
}

function maintenanceView({ maintenance, at }: SessionState): StatusView['maintenance'] {
  if (maintenance === null || maintenance.until <= at) return null;
  const { until, by, reason } = maintenance;
  return { until: iso(until), by, reason };
}

function neighboursView({ neighbours, at }: SessionState): StatusView['neighbours'] {
  return neighbours
    .filter(({ untilMs }) => untilMs === null || untilMs > at)
    .toSorted((a, b) => a.fromMs - b.fromMs)
    .map(({ name, sessionId, fromMs, untilMs, word }) => ({
      name,
      sessionId,
      from: iso(fromMs),
      until: isoOrNull(untilMs),
      word,
    }));
}

/** A session that began before accounts were prepared has none to tell of. */
function accountView({ plan, account }: SessionState): StatusView['accountChanges'] {
  if (!plan.traits.prepares) return [];
  const { made, released } = account;
  return made.map(({ action, what, where }) => ({ action, what, where, released }));
}

function settingsView({ settings }: SessionState): StatusView['settings'] {
  const shown: StatusView['settings'] = {};
  for (const kind of Object.keys(settings) as ChangeKind[]) {
    const { revision, value } = settings[kind]!;
    shown[kind] = { revision, value };
  }
  return shown;
}

function shownTakes(state: SessionState): Take[] {
  const live = liveTakes(state);
  const writtenOff = state.takes.filter((take) => take.status === 'written-off').slice(-5);
  return live.length + writtenOff.length > 0 ? [...writtenOff, ...live] : state.takes.slice(-1);
}

function takeView(state: SessionState, take: Take): TakeView {
  const span = openSpan(take) ?? take.spans.at(-1);
  return {
    number: take.number,
    status: take.status,
    recording: take.recording,
    // What no look sees: its source is gone by the word of a callback.
    actual: take.actual === 'recording' && silencedSince(state, take) !== null ? 'armed' : take.actual,
    since: isoOrNull((openSpan(take) ?? take.spans.at(0))?.from.at ?? take.acceptedAt),
    evidence: span?.evidence ?? null,
    provedTo: isoOrNull(span?.provedTo),
    suspectSince: isoOrNull(take.suspectSince),
    files: take.fileCount,
    boundAt: isoOrNull(take.boundAt),
    endsAt: isoOrNull(take.endsAt),
    storage: take.storage,
    credentialsSince: isoOrNull(take.credentials?.mintedAt),
    credentialsUntil: isoOrNull(take.credentials?.expiresAt),
  };
}

export function totalsView(state: SessionState): TotalsView {
  const { totals, verdict, windowMs } = sessionCoverage(state);
  return viewOfTotals(totals, verdict, windowMs);
}

export function viewOfTotals(totals: Totals, verdict: Verdict, windowMs: number): TotalsView {
  const percent = windowMs <= 0 ? 0 : Math.min(100, Math.round((totals.recordedMs / windowMs) * 1000) / 10);
  return {
    windowMs,
    recordedMs: totals.recordedMs,
    percent,
    byEvidence: totals.byEvidence,
    gapMs: totals.gapMs,
    verdict,
  };
}

export function coverageView(state: SessionState): CoverageView {
  const { recent, totals, verdict, windowMs } = sessionCoverage(state);
  return {
    sessionId: state.plan.sessionId,
    window: { from: iso(state.plan.specification.window.fromMs), to: iso(recent.to) },
    detailFrom: iso(recent.from),
    ...stretchesView(recent),
    totals: viewOfTotals(totals, verdict, windowMs),
  };
}

/** Answer to the query `log`: every entry that the session still holds; older ones are in the archive. */
export interface LogView {
  sessionId: string;
  entries: StatusView['log'];
}

export function logView({ plan, log }: SessionState): LogView {
  return { sessionId: plan.sessionId, entries: log.map(entryView) };
}

function entryView(entry: LogEntry): StatusView['log'][number] {
  return { ...entry, at: iso(entry.at) };
}

export function stretchesView(coverage: Coverage): Pick<CoverageView, 'spans' | 'gaps'> {
  const dated = <T extends { from: number; to: number }>(
    one: T,
  ): Omit<T, 'from' | 'to'> & { from: string; to: string } => ({
    ...one,
    from: iso(one.from),
    to: iso(one.to),
  });
  return { spans: coverage.spans.map(dated), gaps: coverage.gaps.map(dated) };
}

export function lastKnown(state: SessionState): LastKnown {
  const { recordedMs, percent } = totalsView(state);
  const take = liveTakes(state).at(-1) ?? state.takes.at(-1);
  const trouble = mostUrgent(Object.values(state.troubles));
  const work = maintenanceView(state);
  return {
    phase: state.phase,
    since: iso(state.phaseSince),
    conditions: conditionsOf(state),
    take: take?.number ?? 0,
    recording: take?.recording ?? null,
    desired: state.desired.state,
    until: isoOrNull(state.untilMs),
    recordedMs,
    recordingSince: isoOrNull(take && openSpan(take)?.from.at),
    percent,
    trouble: trouble ? `${trouble.who}: ${trouble.text}` : null,
    ...(trouble && { troubleCode: trouble.code, troubleSince: iso(trouble.since) }),
    ...(work && { maintenance: { until: work.until } }),
    outcome: state.outcome,
    behaviour: state.behaviour,
    asOf: iso(state.at),
  };
}

/** When this changes, the memo is written anew. */
export function memoKey(state: SessionState): string {
  const take = liveTakes(state).at(-1);
  const parts = [
    state.behaviour,
    state.phase,
    take?.number,
    take?.status,
    take?.actual,
    state.untilMs,
    state.outcome,
    state.maintenance?.until,
  ];
  return [...parts, ...Object.values(state.troubles).map((one) => one.code)].join(' ');
}

/** A few lines of Markdown for the Temporal UI. */
export function detailsText(state: SessionState): string {
  const { soFar, takes, next, troubles, maintenance } = statusView(state);
  const take = takes.at(-1);
  const lines = [
    `**${state.phase.toUpperCase()}** since ${iso(state.phaseSince)}`,
    take
      ? `take ${take.number}: ${take.actual ?? take.status}, ${take.recording ?? 'not yet named'}`
      : 'no take yet',
    `${soFar.percent} % recorded so far`,
    ...(maintenance ? [`announced work until ${maintenance.until}, by ${maintenance.by}`] : []),
    ...troubles.map((one) => (maintenance ? one.text : `**${one.who}** must act: ${one.text}`)),
    ...(next[0] ? [`next: ${next[0].what} at ${next[0].at}`] : []),
  ];
  return lines.join('  \n');
}
