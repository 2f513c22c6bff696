/** Answers to our own calls: what they prove, and what their failure leaves open. */
import {
  accountLost,
  accountReleased,
  prepared,
  prepareFailed,
  releaseFailed,
  repushed,
  repushFailed,
} from './account.ts';
import { asserted, assertFailed, retireUnready } from './asserted.ts';
import type { ChangeKind } from './changes.ts';
import { newTake } from './decide.ts';
import type { Answer } from './events.ts';
import type { Asserted, Failure, Reserved, Started, Stopped } from './facts.ts';
import { stopFor } from './commands.ts';
import { holdFailed, paused, resumed } from './held.ts';
import { anySpanOpen, beginSpan, endSpan, lostEnd, mark, note, noteTake } from './ledger.ts';
import { fileEvidence, learnFromLook, observe, stoppedAt, toldEnd } from './observe.ts';
import { backOff, countRestart, succeeded } from './retry.ts';
import { sourceDown, sourceUp } from './source.ts';
import type { Lane, SessionState, Setting, Take } from './state.ts';
import { endTake, liveTakes, takeByNumber } from './takes.ts';
import { toldBeforehand } from './told-source.ts';
import { cleared, trouble } from './troubles.ts';

/** A stop that found nothing is sent again after this. */
const ABSENT_STOP_MS = 10_000;

export function takeAnswer(state: SessionState, call: number, answer: Answer, nonce: string): void {
  const lane = state.lane;
  if (!lane || lane.id !== call) return;
  state.lane = null;
  if (answer.op === 'look') {
    looked(state, answer);
    return;
  }
  if (isOfTarget(answer, lane)) {
    targetAnswered(state, answer, lane);
    return;
  }
  const take = takeByNumber(state, lane.take);
  if (!take) return;
  if ('failed' in answer) {
    failed(state, take, lane, answer.failed);
    return;
  }
  succeeded(state, answer.op);
  cleared(state, 'worker');
  switch (answer.op) {
    case 'reserve':
      reserved(take, answer.ok);
      break;
    case 'start':
      started(state, take, lane, answer.ok);
      break;
    case 'assert': {
      const begun = asserted(state, take, answer.ok, lane.since);
      if (begun) anew(state, begun, lane, nonce);
      break;
    }
    case 'stop':
      stopped(state, take, lane, answer.ok);
      break;
    case 'pause':
      paused(state, take, lane, answer.ok, pausedBy(state));
      break;
    case 'resume':
      resumed(state, take, lane, answer.ok, pausedBy(state));
      break;
    case 'change':
      changed(state, take, lane);
      break;
    case 'refresh':
      cleared(state, 'refresh');
      take.credentials = answer.ok.credentials;
      if (lane.revision !== undefined) take.changed.storage = lane.revision;
      break;
  }
}

/** About the target, and about no take. */
function isOfTarget(answer: Answer, { op }: Lane): boolean {
  return (answer.op === 'prepare' || answer.op === 'repush' || answer.op === 'release') && answer.op === op;
}

function targetAnswered(state: SessionState, answer: Answer, { since }: Lane): void {
  if ('failed' in answer) {
    const { op, failed: failure } = answer;
    backOff(state, op, failure);
    if (failure.code === 'E_NO_WORKER') trouble(state, 'worker', failure);
    if (op === 'prepare') accountRefused(state, since, failure);
    else if (op === 'repush') repushFailed(state, since, failure);
    else releaseFailed(state, failure);
    return;
  }
  succeeded(state, answer.op);
  cleared(state, 'worker');
  if (answer.op === 'prepare') prepared(state, answer.ok);
  else if (answer.op === 'repush') repushed(state, answer.ok);
  else accountReleased(state);
}

/** What no repeat mends fails the session as a refused start does, as long as nothing was recorded. */
function accountRefused(state: SessionState, since: number, failure: Failure): void {
  prepareFailed(state, since, failure);
  if (failure.retry === 'never' && !state.everAccepted)
    stopFor(state, 'failed-to-start', 'keeprolling', 'plan', failure.message);
}

/** The start that was to ask whether a take goes on has begun the next one. */
function anew(state: SessionState, ok: Asserted, lane: Lane, nonce: string): void {
  const take = newTake(state, nonce);
  take.calledAt = lane.since;
  take.attempts = 1;
  started(state, take, lane, ok);
}

function looked(state: SessionState, answer: Extract<Answer, { op: 'look' }> | Answer): void {
  if ('failed' in answer) {
    backOff(state, 'look', answer.failed);
    learnFromLook(state, { at: state.at, unreachable: answer.failed, sentence: answer.failed.message });
  } else if (answer.op === 'look') {
    succeeded(state, 'look');
    state.lookMemory = answer.ok.memory;
    learnFromLook(state, answer.ok.look);
  }
  if (state.renewal === 'looking') state.renewal = 'ready';
}

/** Whose pause it is, and why. */
function pausedBy({ desired }: SessionState): string | null {
  return desired.state === 'paused'
    ? [desired.by, desired.reason].filter(Boolean).join(', ')
    : desired.reason;
}

function reserved(take: Take, told: Reserved): void {
  const { reservation, expiresAt, requestId, orphanUntil } = told;
  take.reservation = { value: reservation, expiresAt };
  take.mark = told.mark ?? null;
  take.orphanUntil = orphanUntil ?? null;
  if (requestId) take.requestIds.push(requestId);
}

function started(state: SessionState, take: Take, lane: Lane, ok: Started): void {
  cleared(state, 'start');
  // A new take is not held, and the one that could not be is past.
  cleared(state, 'hold');
  take.status = 'open';
  take.unnamed = false;
  take.reservation = null;
  take.endsAt = ok.endsAt ?? null;
  take.blindMs = ok.blindMs ?? 0;
  take.handle = ok.handle;
  take.recording = ok.recording;
  take.acceptedAt = ok.at;
  take.touchedAt = ok.at;
  take.lastGoodAt = null;
  take.credentials = ok.credentials ?? null;
  if (ok.credentials) cleared(state, 'refresh');
  // It has them all.
  cleared(state, 'change');
  for (const kind of Object.keys(take.changed) as ChangeKind[]) taken(state, kind, take.changed[kind]!);
  if (ok.requestId) take.requestIds.push(ok.requestId);
  state.everAccepted = true;
  const late = ok.wasOurs ? ', from a start whose reply was lost' : '';
  if (lane.naming) noteTake(state, take, `is named by a callback: ${ok.recording}`);
  else noteTake(state, take, `is accepted as ${ok.recording}${late}`);
  if (ok.observation) observe(state, take, ok.observation, ok.at);
  else if (state.plan.traits.start === 'source-needed') {
    const at = Math.min(ok.at, lane.naming ? (take.namedAt ?? ok.at) : ok.at);
    beginSpan(state, take, { at, plusMinusMs: at - take.calledAt }, 'inferred', at);
  }
  toldBeforehand(state, take);
}

function stopped(state: SessionState, take: Take, lane: Lane, ok: Stopped): void {
  if (ok.how === 'absent' && !absenceProved(state, take, lane)) return;
  cleared(state, 'stop');
  if (ok.lastGoodAt !== undefined) take.lastGoodAt = Math.max(take.lastGoodAt ?? 0, ok.lastGoodAt);
  if (ok.observation) observe(state, take, ok.observation, ok.at);
  if (ok.requestId) take.requestIds.push(ok.requestId);
  if (take.status === 'ended') return;
  if (ok.how === 'stopped') {
    wentOn(state, take);
    stoppedAt(
      state,
      take,
      ok.observation?.endedAt ?? { at: ok.at, plusMinusMs: ok.at - lane.since },
      'stopped',
    );
  } else if (take.stopAskedAt !== null) {
    // An earlier stop of ours was applied and its reply lost.
    stoppedAt(state, take, { at: take.stopAskedAt, plusMinusMs: lane.since - take.stopAskedAt }, 'stopped');
  } else {
    vanishedBeforeStop(state, take, lane);
  }
  if (ok.observation) fileEvidence(take, ok.observation);
  noteTake(state, take, `has ended: ${take.ended?.how ?? 'stopped'}`);
}

/** What the vendor has just stopped had gone on with the new push of its source, although nobody had been told. */
function wentOn(state: SessionState, take: Take): void {
  if (take.actual !== 'unsure' || !take.cameAt || take.assertedAt !== null) return;
  beginSpan(state, take, take.cameAt, 'inferred', take.cameAt.at);
}

/** "Not found" may be a failover: the stop is sent again until it has lasted long enough. */
function absenceProved(state: SessionState, take: Take, lane: Lane): boolean {
  // The recorder itself has said that it ended.
  if (take.actual === 'failed' || take.hint?.final) return true;
  const { proofMs } = state.plan.traits.absence;
  take.suspectSince ??= lane.since;
  take.absentSince ??= lane.since;
  const provedAt = take.absentSince + proofMs;
  if (state.at >= provedAt) return true;
  state.retry.stop = { failures: 1, notBefore: Math.min(provedAt, state.at + ABSENT_STOP_MS) };
  return false;
}

/** Nobody knows when it ended: what the last proof does not hold is the vendor's gap, until we wanted it to end. */
function vanishedBeforeStop(state: SessionState, take: Take, lane: Lane): void {
  const confirmed = take.actual === 'absent' && take.retire !== null;
  const how = confirmed ? 'forgotten by the recorder' : 'gone at the recorder before the stop';
  const edge = toldEnd(take, lane.since) ?? lostEnd(take, lane.since);
  const { at } = edge;
  endSpan(state, take, edge, 'vendor-fault', how);
  if (state.desired.state === 'paused') {
    mark(state, Math.max(at, state.desired.since), 'paused', pausedBy(state));
  }
  endTake(state, take, how);
}

function failed(state: SessionState, take: Take, lane: Lane, failure: Failure): void {
  if (lane.op === 'start' && !lane.naming && take.named !== null) {
    // It runs all the same: a callback has named it.
    take.status = 'unanswered';
    return;
  }
  // A reservation is the first half of a start: the two share their waiting times.
  backOff(state, lane.op === 'reserve' ? 'start' : lane.op, failure);
  if (failure.code === 'E_NO_WORKER') trouble(state, 'worker', failure);
  switch (lane.op) {
    case 'reserve':
    case 'start':
      startFailed(state, take, lane.op, failure);
      return;
    case 'assert':
      assertFailed(state, take, lane.since, failure);
      return;
    case 'change':
      changeFailed(state, lane, failure);
      return;
    case 'stop':
      if (failure.applied === 'unknown') take.stopAskedAt ??= lane.since;
      trouble(state, 'stop', failure);
      return;
    case 'refresh':
      trouble(state, 'refresh', failure);
      return;
    default:
      holdFailed(state, take, lane, failure);
      if (lane.op === 'resume') retireUnready(state, take, failure);
  }
}

function startFailed(state: SessionState, take: Take, op: 'reserve' | 'start', failure: Failure): void {
  trouble(state, 'start', failure);
  state.stickyCause = { cause: failure.cause, detail: failure.message };
  // Of a source that another take records the looks at that one tell.
  if (failure.who === 'source' && !anySpanOpen(state)) sourceDown(state, state.at);
  if (failure.code === 'E_NOT_IN_FORCE') sourceUp(state, state.at);
  if (take.named !== null) return;
  if (failure.code === 'E_ACCOUNT_UNREADY') accountLost(state);
  const firstTry = take.status === 'starting';
  // A reservation that nobody uses ends by itself, whether or not it was made.
  const applied = op === 'start' && failure.applied !== 'no';
  if (applied || (!firstTry && failure.retry !== 'never')) {
    take.status = 'unanswered';
    take.unnamed ||= failure.applied === 'unnamed';
    return;
  }
  if (!firstTry) {
    // Refused now, but an earlier try may run: a stop by name clears that up, and where there is none, time.
    if (state.plan.traits.unansweredStart === 'repeat-reserved') take.unnamed = true;
    else take.retire = failure.cause;
    return;
  }
  state.takes = state.takes.filter((one) => one !== take);
  state.nextTake = take.number;
  if (failure.retry === 'never') {
    if (op === 'start' && withoutUntaken(state, failure)) return;
    keepFormerStorage(state, failure);
  }
  if (failure.retry !== 'never' || state.everAccepted) return;
  stopFor(state, 'failed-to-start', 'keeprolling', 'plan', failure.message);
}

export function notProved(state: SessionState, take: Take): void {
  const failure: Failure = {
    code: 'E_NOT_PROVED',
    message: `Take ${take.number} was accepted and not proved within ${state.plan.traits.proofDeadlineMs / 1000} s.`,
    who: 'vendor',
    applied: 'unknown',
    retry: 'later',
    cause: 'vendor-fault',
  };
  trouble(state, 'start', failure);
  take.retire = 'vendor-fault';
  countRestart(state);
}

function changed(state: SessionState, take: Take, { change, revision = state.revision }: Lane): void {
  cleared(state, 'change');
  if (change === undefined) return;
  take.changed[change] = revision;
  taken(state, change, revision);
}

function taken(state: SessionState, kind: ChangeKind, revision: number): void {
  const setting = state.settings[kind];
  if (setting?.revision === revision) setting.taken = true;
}

/** What the vendor refuses for good is taken back: the next take must not be refused for it too. */
function changeFailed(state: SessionState, { change, revision }: Lane, failure: Failure): void {
  const setting = change && state.settings[change];
  if (failure.retry !== 'never' || !setting || setting.revision !== revision) {
    trouble(state, 'change', failure);
    return;
  }
  takeBack(state, change, setting, failure.message);
  delete state.retry.change;
}

function takeBack(state: SessionState, kind: ChangeKind, { revision, former }: Setting, why: string): void {
  note(state, 'warning', `change of ${kind} is taken back: ${why}`);
  if (former === null) delete state.settings[kind];
  else state.settings[kind] = former;
  // A take that had it gets back what was before.
  for (const take of state.takes) if (take.changed[kind] === revision) delete take.changed[kind];
  for (const waiter of state.waiters) if (waiter.revision === revision) waiter.refused = why;
}

/** A start that is refused with changes which the vendor has never taken is tried without them. */
function withoutUntaken(state: SessionState, failure: Failure): boolean {
  if (failure.code !== 'E_VENDOR_REFUSED') return false;
  const kinds = Object.keys(state.settings) as ChangeKind[];
  const untaken = kinds.filter((kind) => kind !== 'storage' && !state.settings[kind]!.taken);
  if (untaken.length === 0) return false;
  for (const kind of untaken) takeBack(state, kind, state.settings[kind]!, failure.message);
  delete state.retry.start;
  delete state.troubles.start;
  return true;
}

/** Another destination that cannot be used is given up as long as the former one still takes files. */
function keepFormerStorage(state: SessionState, failure: Failure): void {
  const former = liveTakes(state).find((take) => take.status === 'open' && !take.retire);
  if (!former || former.storage === state.storage.destination) return;
  note(state, 'warning', `the destination stays ${former.storage}: ${failure.message}`);
  for (const waiter of state.waiters)
    if (waiter.revision === state.storage.revision) waiter.refused = failure.message;
  state.storage = { ...state.storage, destination: former.storage };
  delete state.retry.start;
  cleared(state, 'start');
}
