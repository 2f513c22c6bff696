/**
 * The reconciler: what is the one call that brings the actual state nearer to the desired one? One vendor write at a
 * time; a stop first, then a refresh that is urgent, then pause and resume, then starts, then other refreshes.
 */
import { isToPrepare, isToRelease, isToRepush, toRemove } from './account.ts';
import type { ChangeKind } from './changes.ts';
import { endOf, latestEnd } from './ends.ts';
import type { Beginning, Effect, Standing } from './events.ts';
import type { Json, TakeName } from './facts.ts';
import { noteTake, openSpan } from './ledger.ts';
import { recordingFrom } from './plan.ts';
import { mayTry } from './retry.ts';
import type { ChangeValues, Lane, Operation, SessionState, Take } from './state.ts';
import { awaitsCallback, isToBeNamed, liveTakes, unwanted } from './takes.ts';
import { watchedTake } from './watching.ts';
import { nothingTold } from './words.ts';

/** A refresh with less than this share of its credential's life left goes before pause and resume. */
const URGENT_LIFE = 1 / 3;
/** Credentials are refreshed at the latest after this share of their life. */
const REFRESH_LIFE = 2 / 3;
/** A planned hand-over begins this long before a take must end: its next one must be accepted and proved by then. */
const HANDOVER_MS = 10 * 60_000;
/** A start is not sent so shortly before its reservation ends. */
const RESERVATION_MARGIN_MS = 30_000;
/** A vendor's own end is set this long after ours, so that it never cuts the window. */
const END_BY_SLACK_MS = 10 * 60_000;
const NO_END_MS = 30 * 24 * 3_600_000;

export function decide(state: SessionState, nonce: string): Effect | null {
  if (state.lane || state.released) return null;
  dropUnsent(state);
  const live = liveTakes(state);
  return (
    nameCall(state, live) ??
    stopCall(state, live) ??
    refreshCall(state, live, URGENT_LIFE) ??
    holdCall(state, live) ??
    changeCall(state, live) ??
    lookCall(state, live) ??
    assertCall(state, live) ??
    handedOver(state, live) ??
    prepareCall(state, nonce) ??
    repushCall(state, nonce) ??
    startCall(state, live, nonce) ??
    refreshCall(state, live, 1) ??
    releaseCall(state, nonce)
  );
}

/** Nothing has been sent of it but its reservation, which ends by itself: it leaves no trace. */
function dropUnsent(state: SessionState): void {
  const unsent = state.takes.filter((take) => take.status === 'starting' && unwanted(state, take));
  for (const take of unsent) state.nextTake = Math.min(state.nextTake, take.number);
  state.takes = state.takes.filter((take) => !unsent.includes(take));
}

function call(state: SessionState, op: 'stop' | 'assert' | 'pause' | 'resume', take: Take): Effect {
  const made = called(state, op, take);
  if (op === 'stop' || op === 'assert') return { kind: 'call', call: { ...made, op } };
  return { kind: 'call', call: { ...made, op, ...standing(state, take) } };
}

function standing(state: SessionState, take: Take): Standing {
  const settings: ChangeValues = {};
  for (const [kind, revision] of Object.entries(take.changed) as [ChangeKind, number][]) {
    let setting = state.settings[kind] ?? null;
    while (setting && setting.revision !== revision) setting = setting.former;
    if (setting && kind !== 'storage') settings[kind] = setting.value;
  }
  return { settings, held: take.actual === 'paused' };
}

/** Takes the lane. */
function called(
  state: SessionState,
  op: Operation,
  { number: take, name, handle }: Pick<Take, 'number' | 'name' | 'handle'>,
  more: Pick<Lane, 'change' | 'revision' | 'naming'> = {},
): { id: number; take: number; name: Take['name']; handle: Json } {
  const id = state.nextCall;
  state.nextCall += 1;
  state.lane = { id, op, take, since: state.at, ...more };
  return { id, take, name, handle };
}

/** Before anything else can be done to it, a stop too, what a callback has named must have its handle. */
function nameCall(state: SessionState, live: Take[]): Effect | null {
  const take = live.find(isToBeNamed);
  if (!take || !mayTry(state, 'start')) return null;
  return sent(state, take, beginningOf(state, take), { named: take.named! });
}

function stopCall(state: SessionState, live: Take[]): Effect | null {
  if (!mayTry(state, 'stop')) return null;
  const take = live.find((one) => unwanted(state, one) && !isToBeNamed(one) && !awaitsCallback(state, one));
  return take ? call(state, 'stop', take) : null;
}

export function refreshDue(state: SessionState, take: Take): number | null {
  const { refreshEveryMs } = state.plan.traits;
  if (refreshEveryMs === null || take.status !== 'open' || unwanted(state, take)) return null;
  if (refreshAsked(state, take)) return state.at;
  if (!take.credentials) return null;
  const { mintedAt, expiresAt } = take.credentials;
  return mintedAt + Math.min(refreshEveryMs, (expiresAt - mintedAt) * REFRESH_LIFE);
}

/** Somebody wants new credentials now. */
function refreshAsked(state: SessionState, take: Take): boolean {
  const asked = state.settings.storage;
  return asked !== undefined && (take.changed.storage ?? 0) < asked.revision;
}

function refreshCall(state: SessionState, live: Take[], lifeLeft: number): Effect | null {
  if (!mayTry(state, 'refresh')) return null;
  const take = live.find((one) => {
    const due = refreshDue(state, one);
    if (due === null || state.at < due) return false;
    if (lifeLeft === 1) return true;
    if (!one.credentials) return false;
    const { mintedAt, expiresAt } = one.credentials;
    return (expiresAt - state.at) / (expiresAt - mintedAt) < lifeLeft;
  });
  if (!take) return null;
  const { revision = 0 } = state.settings.storage ?? {};
  const endsAt = state.retry.refresh && take.credentials?.expiresAt;
  return {
    kind: 'call',
    call: {
      ...called(state, 'refresh', take, { revision }),
      op: 'refresh',
      storage: take.storage,
      ...(endsAt !== undefined && { endsAt }),
      ...standing(state, take),
    },
  };
}

/** A change that is not yet in effect in a take that goes on. */
function changeCall(state: SessionState, live: Take[]): Effect | null {
  if (!mayTry(state, 'change')) return null;
  for (const take of live) {
    if (take.status !== 'open' || unwanted(state, take)) continue;
    const kind = changesMissing(state, take)[0];
    if (kind === undefined) continue;
    const { value, revision } = state.settings[kind]!;
    const made = called(state, 'change', take, { change: kind, revision });
    return { kind: 'call', call: { ...made, op: 'change', kind, value, ...standing(state, take) } };
  }
  return null;
}

/** Another destination is a hand-over, and fresh credentials are a refresh: neither is a change of this take. */
export function changesMissing(state: SessionState, take: Take): ChangeKind[] {
  const kinds = Object.keys(state.settings) as ChangeKind[];
  return kinds.filter(
    (kind) => kind !== 'storage' && (take.changed[kind] ?? 0) < state.settings[kind]!.revision,
  );
}

/** Native pause and its end. */
function holdCall(state: SessionState, live: Take[]): Effect | null {
  if (!state.plan.traits.nativePause) return null;
  const open = live.filter((take) => take.status === 'open');
  if (state.desired.state === 'paused' && mayTry(state, 'pause')) {
    const take = open.find((one) => one.actual !== 'paused' || one.holdUnknown !== null);
    return take ? call(state, 'pause', take) : null;
  }
  if (state.desired.state === 'recording' && mayTry(state, 'resume')) {
    const take = open.find((one) => one.actual === 'paused' || one.holdUnknown !== null);
    return take ? call(state, 'resume', take) : null;
  }
  return null;
}

/** A look outside the watch: before a run is renewed, and to confirm that a take is really gone. */
function lookCall(state: SessionState, live: Take[]): Effect | null {
  const open = live.filter((take) => take.status === 'open');
  if (open.length === 0 || !mayTry(state, 'look')) return null;
  const confirm = open.some((take) => {
    const due = absenceProofAt(state, take);
    return due !== null && state.at >= due;
  });
  if (!confirm && state.renewal !== 'due') return null;
  if (state.renewal === 'due') state.renewal = 'looking';
  const takes = open.map((take) => watchedTake(state, take));
  const made = called(state, 'look', open[0]!);
  return { kind: 'call', call: { ...made, op: 'look', takes, memory: state.lookMemory } };
}

/** Its source has come anew: the vendor's answer to another start tells whether it goes on. */
function assertCall(state: SessionState, live: Take[]): Effect | null {
  const take = live.find((one) => isToAssert(state, one));
  return take && mayTry(state, 'assert') ? call(state, 'assert', take) : null;
}

export function isToAssert({ plan, desired }: SessionState, take: Take): boolean {
  if (!plan.traits.asserts || desired.state !== 'recording' || take.retire) return false;
  return take.status === 'open' && take.actual === 'unsure';
}

function prepareCall(state: SessionState, nonce: string): Effect | null {
  if (!isToPrepare(state) || !mayTry(state, 'prepare')) return null;
  const { unknownSince } = state.account;
  const { policy } = state.plan.specification;
  const made = called(state, 'prepare', ofTarget(state, nonce));
  const since = unknownSince === null ? {} : { unknownSince };
  const { destination: storage } = state.storage;
  return { kind: 'call', call: { ...made, op: 'prepare', policy, storage, ...since } };
}

function repushCall(state: SessionState, nonce: string): Effect | null {
  if (!isToRepush(state) || !mayTry(state, 'repush')) return null;
  return { kind: 'call', call: { ...called(state, 'repush', ofTarget(state, nonce)), op: 'repush' } };
}

function releaseCall(state: SessionState, nonce: string): Effect | null {
  if (!isToRelease(state) || !mayTry(state, 'release')) return null;
  const made = called(state, 'release', ofTarget(state, nonce));
  return { kind: 'call', call: { ...made, op: 'release', made: toRemove(state) } };
}

/** A call that is about the target, and about no take. */
function ofTarget(state: SessionState, nonce: string): { number: 0; name: TakeName; handle: null } {
  const { installation, sessionId } = state.plan;
  return { number: 0, name: { installation, sessionId, take: 0, nonce, at: state.at }, handle: null };
}

/** When "not found" has lasted long enough to be looked at for the last time. */
export function absenceProofAt(state: SessionState, take: Take): number | null {
  if (take.status !== 'open' || take.absentSince === null || take.retire) return null;
  return take.absentSince + state.plan.traits.absence.proofMs;
}

/** The earliest instant of the next start, whatever else holds it back. */
export function startNotBefore(state: SessionState): number {
  const { restartGapMs } = state.plan.traits;
  const afterRule = state.lastEndAt === null ? 0 : state.lastEndAt + restartGapMs;
  return Math.max(
    recordingFrom(state.plan.specification.window),
    state.restart.notBefore,
    state.retry.start?.notBefore ?? 0,
    afterRule,
  );
}

function startCall(state: SessionState, live: Take[], nonce: string): Effect | null {
  if (state.desired.state !== 'recording' || state.at < startNotBefore(state)) return null;
  if (isToPrepare(state)) return null;
  const unanswered = live.find((take) => take.status === 'unanswered' && !take.retire);
  if (unanswered && isToBeNamed(unanswered)) return null;
  if (unanswered) return awaitsCallback(state, unanswered) ? null : start(state, unanswered);
  const reserved = live.find((take) => take.status === 'starting');
  if (reserved) return start(state, reserved);
  if (live.length === 0) return start(state, newTake(state, nonce));
  // What is to end ends first: there are never three.
  return live.some((take) => take.retire) ? null : handOver(state, live, nonce);
}

/** The next take is proved: the former one ends, also while both are held. */
function handedOver(state: SessionState, live: Take[]): Effect | null {
  const [former, next] = live.filter((take) => take.status === 'open' && !take.retire);
  if (!former || !next) return null;
  const at = takenOverAt(state, former, next);
  if (at === null || state.at < at) return null;
  former.retire = 'handed-over';
  return stopCall(state, [former]);
}

/** When the former take may end: the next one records, or has been given as long as a proof may take. */
export function takenOverAt(state: SessionState, former: Take, next: Take): number | null {
  // Where nothing ever proves a take, its acceptance is all there is.
  if (state.plan.traits.proof === 'none') return next.acceptedAt;
  if (next.provedAt === null) return null;
  if (next.actual === 'recording' || openSpan(next) || former.actual !== 'recording') return next.provedAt;
  return next.provedAt + state.plan.traits.proofDeadlineMs;
}

/** A take that must end soon is followed by the next before it ends. */
function handOver(state: SessionState, wanted: Take[], nonce: string): Effect | null {
  const [former, next] = wanted;
  const due = former ? handOverAt(state, former) : null;
  if (next || due === null || state.at < due) return null;
  const why = moves(state, former!)
    ? `its files go to ${state.storage.destination} from now on`
    : "it is near the vendor's limit";
  noteTake(state, former!, `is to be followed by the next: ${why}`);
  return start(state, newTake(state, nonce));
}

/** When the next take is to begin beside this one, which then ends; null where the session ends first. */
export function handOverAt(state: SessionState, take: Take): number | null {
  if (take.status !== 'open' || take.acceptedAt === null) return null;
  if (moves(state, take)) return state.at;
  const { maxTakeMs } = state.plan.traits;
  const limits = [
    ...(maxTakeMs === null ? [] : [take.acceptedAt + maxTakeMs]),
    ...(take.endsAt === null ? [] : [take.endsAt]),
  ];
  if (limits.length === 0) return null;
  const limit = Math.min(...limits);
  const end = endOf(state)?.at ?? null;
  if (end !== null && end < limit) return null;
  return limit - Math.min(HANDOVER_MS, (limit - take.acceptedAt) / 4);
}

/** Its files are to go elsewhere. */
function moves(state: SessionState, take: Take): boolean {
  return take.storage !== state.storage.destination;
}

export function newTake(state: SessionState, nonce: string): Take {
  const { installation, sessionId } = state.plan;
  const take: Take = {
    number: state.nextTake,
    name: { installation, sessionId, take: state.nextTake, nonce, at: state.at },
    status: 'starting',
    handle: null,
    recording: null,
    calledAt: state.at,
    attempts: 0,
    mark: null,
    named: null,
    namedAt: null,
    revivedAt: null,
    told: nothingTold(),
    hint: null,
    heardAt: null,
    idleTo: 0,
    reservation: null,
    unnamed: false,
    endsAt: null,
    orphanUntil: null,
    blindMs: 0,
    storage: state.storage.destination,
    changed: {},
    acceptedAt: null,
    provedAt: null,
    actual: null,
    suspectSince: null,
    absentSince: null,
    cutByOutage: false,
    touchedAt: 0,
    cameAt: null,
    holdUnknown: null,
    assertedAt: null,
    failure: null,
    lastGoodAt: null,
    spans: [],
    nextSpan: 0,
    files: [],
    fileCount: 0,
    filed: null,
    credentials: null,
    stopAskedAt: null,
    retire: null,
    ended: null,
    boundAt: null,
    requestIds: [],
  };
  state.takes.push(take);
  state.nextTake += 1;
  return take;
}

/** Sends the start, or first has what it needs reserved. */
function start(state: SessionState, take: Take): Effect {
  const beginning = beginningOf(state, take);
  const { expiresAt = 0 } = take.reservation ?? {};
  const reserved = !state.plan.traits.reserves || state.at < expiresAt - RESERVATION_MARGIN_MS;
  // A start that was sent once goes on under the reservation that it was sent with.
  if (!reserved && take.attempts === 0) {
    return { kind: 'call', call: { ...called(state, 'reserve', take), op: 'reserve', ...beginning } };
  }
  take.attempts += 1;
  return sent(state, take, beginning);
}

function sent(state: SessionState, take: Take, beginning: Beginning, name: { named?: string } = {}): Effect {
  const { attempts: attempt } = take;
  const reservation = take.reservation?.value ?? null;
  const { name: title, policy } = state.plan.specification;
  const foreign = state.troubles.start?.code === 'E_FOREIGN_RECORDING' ? state.troubles.start.since : null;
  const former = state.takes.findLast((one) => one !== take && one.handle !== null)?.handle;
  const starting = {
    attempt,
    reservation,
    title,
    adoptForeign: policy.foreign === 'adopt',
    ...(foreign !== null && { foreignSince: foreign }),
    ...(former !== undefined && { former }),
    ...name,
  };
  const made = called(state, 'start', take, name.named === undefined ? {} : { naming: true });
  return { kind: 'call', call: { ...made, op: 'start', ...beginning, ...starting } };
}

function beginningOf(state: SessionState, take: Take): Beginning {
  const { late, gone } = state.plan.specification.source;
  const policies = state.everRecorded ? [gone] : [late, gone];
  const patience = policies.map((policy) => (policy.kind === 'wait' ? null : policy.afterMs));
  const settings: ChangeValues = {};
  const changed: Take['changed'] = {};
  for (const kind of Object.keys(state.settings) as ChangeKind[]) {
    const { value, revision } = state.settings[kind]!;
    if (kind !== 'storage') settings[kind] = value;
    changed[kind] = revision;
  }
  // A start that is sent again may find what the first one made, without the changes since.
  if (take.attempts === 0) take.changed = changed;
  return {
    endBy: (latestEnd(state) ?? state.at + NO_END_MS) + END_BY_SLACK_MS,
    patienceMs: patience.includes(null) ? null : Math.max(...patience.map((ms) => ms ?? 0)),
    storage: take.storage,
    settings,
  };
}
