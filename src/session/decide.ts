/**
 * The reconciler: what is the one call that brings the actual state nearer to the desired one? One vendor write at a
 * time; a stop first, then a refresh that is urgent, then pause and resume, then starts, then other refreshes.
 */
import type { Call, Effect } from './events.ts';
import { endOf } from './conclude.ts';
import { note } from './ledger.ts';
import { recordingFrom } from './plan.ts';
import { mayTry } from './retry.ts';
import type { Operation, SessionState, Take } from './state.ts';
import { liveTakes, unwanted } from './takes.ts';
import { watchedTake } from './watching.ts';

/** A refresh with less than this share of its credential's life left goes before pause and resume. */
const URGENT_LIFE = 1 / 3;
/** Credentials are refreshed at the latest after this share of their life. */
const REFRESH_LIFE = 2 / 3;
/** A planned hand-over begins this long before a take must end. */
const HANDOVER_MS = 5 * 60_000;
/** A vendor's own end is set this long after ours, so that it never cuts the window. */
const END_BY_SLACK_MS = 10 * 60_000;
const NO_END_MS = 30 * 24 * 3_600_000;

export function decide(state: SessionState, nonce: string): Effect | null {
  if (state.lane || state.released) return null;
  const live = liveTakes(state);
  return (
    stopCall(state, live) ??
    refreshCall(state, live, URGENT_LIFE) ??
    holdCall(state, live) ??
    lookCall(state, live) ??
    startCall(state, live, nonce) ??
    refreshCall(state, live, 1)
  );
}

function call(state: SessionState, op: Exclude<Operation, 'start' | 'look'>, take: Take): Effect {
  const id = takeLane(state, op, take.number);
  return { kind: 'call', call: { id, op, take: take.number, name: take.name, handle: take.handle } };
}

function takeLane(state: SessionState, op: Operation, take: number): number {
  const id = state.nextCall;
  state.nextCall += 1;
  state.lane = { id, op, take, since: state.at };
  return id;
}

function stopCall(state: SessionState, live: Take[]): Effect | null {
  if (!mayTry(state, 'stop')) return null;
  const take = live.find((one) => unwanted(state, one) && !awaitsCallback(state, one));
  return take ? call(state, 'stop', take) : null;
}

/** Nothing can name this recording yet: its callback is awaited, or its write-off. */
function awaitsCallback(state: SessionState, take: Take): boolean {
  return take.status === 'unanswered' && state.plan.traits.unansweredStart === 'await-callback';
}

export function refreshDue(state: SessionState, take: Take): number | null {
  const { refreshEveryMs } = state.plan.traits;
  if (refreshEveryMs === null || !take.credentials || take.status !== 'open' || unwanted(state, take))
    return null;
  const { mintedAt, expiresAt } = take.credentials;
  return mintedAt + Math.min(refreshEveryMs, (expiresAt - mintedAt) * REFRESH_LIFE);
}

function refreshCall(state: SessionState, live: Take[], lifeLeft: number): Effect | null {
  if (!mayTry(state, 'refresh')) return null;
  const take = live.find((one) => {
    const due = refreshDue(state, one);
    if (due === null || state.at < due || !one.credentials) return false;
    const { mintedAt, expiresAt } = one.credentials;
    return (expiresAt - state.at) / (expiresAt - mintedAt) < lifeLeft;
  });
  return take ? call(state, 'refresh', take) : null;
}

/** Native pause and its end. */
function holdCall(state: SessionState, live: Take[]): Effect | null {
  if (!state.plan.traits.nativePause) return null;
  const open = live.filter((take) => take.status === 'open');
  if (state.desired.state === 'paused' && mayTry(state, 'pause')) {
    const take = open.find((one) => one.actual !== 'paused');
    return take ? call(state, 'pause', take) : null;
  }
  if (state.desired.state === 'recording' && mayTry(state, 'resume')) {
    const take = open.find((one) => one.actual === 'paused');
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
  const first = open[0]!;
  const id = takeLane(state, 'look', first.number);
  const takes = open.map((take) => watchedTake(state, take));
  return {
    kind: 'call',
    call: {
      id,
      op: 'look',
      take: first.number,
      name: first.name,
      handle: first.handle,
      takes,
      memory: state.lookMemory,
    },
  };
}

/** When "not found" has lasted long enough to be looked at for the last time. */
export function absenceProofAt(state: SessionState, take: Take): number | null {
  if (take.status !== 'open' || take.actual !== 'absent' || take.suspectSince === null || take.retire)
    return null;
  return take.suspectSince + state.plan.traits.absence.proofMs;
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
  const unanswered = live.find((take) => take.status === 'unanswered' && !take.retire);
  if (unanswered) return awaitsCallback(state, unanswered) ? null : start(state, unanswered);
  const wanted = live.filter((take) => !take.retire);
  if (wanted.length === 0) return live.length === 0 ? start(state, newTake(state, nonce)) : null;
  return handOver(state, wanted, nonce);
}

/** A take that must end soon is followed by the next before it ends. */
function handOver(state: SessionState, wanted: Take[], nonce: string): Effect | null {
  const [former, next] = wanted;
  if (former && next && next.provedAt !== null) {
    former.retire = 'handed-over';
    return stopCall(state, [former]);
  }
  const due = former ? handOverAt(state, former) : null;
  if (next || due === null || state.at < due) return null;
  note(state, 'take', `take ${former!.number} is near the vendor's limit: the next one takes over`);
  return start(state, newTake(state, nonce));
}

export function handOverAt(state: SessionState, take: Take): number | null {
  const { maxTakeMs } = state.plan.traits;
  if (maxTakeMs === null || take.acceptedAt === null) return null;
  return take.acceptedAt + maxTakeMs - Math.min(HANDOVER_MS, maxTakeMs / 4);
}

function newTake(state: SessionState, nonce: string): Take {
  const { installation, sessionId } = state.plan;
  const take: Take = {
    number: state.nextTake,
    name: { installation, sessionId, take: state.nextTake, nonce, at: state.at },
    status: 'starting',
    handle: null,
    recording: null,
    calledAt: state.at,
    attempts: 0,
    acceptedAt: null,
    provedAt: null,
    actual: null,
    suspectSince: null,
    cutByOutage: false,
    failure: null,
    lastGoodAt: null,
    spans: [],
    nextSpan: 0,
    files: [],
    fileCount: 0,
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

function start(state: SessionState, take: Take): Effect {
  const id = takeLane(state, 'start', take.number);
  take.attempts += 1;
  const end = endOf(state);
  const endBy = (end?.at ?? state.at + NO_END_MS) + END_BY_SLACK_MS;
  const { name, handle, attempts: attempt } = take;
  const made: Call = { id, op: 'start', take: take.number, name, handle, endBy, attempt };
  return { kind: 'call', call: made };
}
