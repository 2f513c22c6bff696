/**
 * The heart: one event in, the next state and what to do out. Pure: the same state and event give the same answer,
 * in the workflow, in its replay, and in the driver of the tests.
 */
import { isToRelease } from './account.ts';
import { takeAnswer } from './answers.ts';
import { answersDue, stopFor, takeCommand } from './commands.ts';
import { conclude } from './conclude.ts';
import { decide } from './decide.ts';
import { raiseFiled } from './filed.ts';
import { duesAhead } from './due.ts';
import type { Effect, EndedTake, SessionEvent } from './events.ts';
import { anySpanOpen, mark, note } from './ledger.ts';
import { learnFromLook } from './observe.ts';
import { archiveEffects } from './parts.ts';
import { noteVerdict, phaseData, tellReceivers, tellShared } from './notices.ts';
import { causeNow, phaseOf } from './phase.ts';
import { outcomeOf, resultOf } from './release.ts';
import { learnFromRecorder } from './recorder-events.ts';
import { endedClaims, freedWords } from './neighbours.ts';
import type { SessionState, Take } from './state.ts';
import { canWrite, liveTakes } from './takes.ts';
import { cleared, raiseTrouble, trouble } from './troubles.ts';
import { watchWanted } from './watching.ts';

/** The first look after a callback that changed what is believed. */
const AT_ONCE_MS = 1_000;

export interface Step {
  state: SessionState;
  effects: Effect[];
}

export function step(before: SessionState, event: SessionEvent): Step {
  const state = copy(before);
  state.at = Math.max(before.at, event.at);
  for (const take of liveTakes(state)) if (take.status === 'open' && !canWrite(take)) take.idleTo = state.at;
  const effects: Effect[] = [];

  learn(state, event, effects);
  state.takes.forEach(raiseFiled);
  effects.push(...endedClaims(state));
  conclude(state);
  considerRenewal(state);
  const call = decide(state, event.nonce);
  if (call) effects.push(call);
  if (!anySpanOpen(state)) mark(state, state.at, causeNow(state).cause, causeNow(state).detail);

  release(state);
  tellPhase(state);
  if (state.released && !before.released) noteVerdict(state);
  effects.push(...tellReceivers(state), ...tellShared(before, state));
  effects.push(...watchEffects(state, event));
  effects.push(...ledgerEffects(before, state));
  for (const { id, answer } of answersDue(state)) effects.push({ kind: 'answer', id, answer });
  if (state.released && !before.released)
    effects.push(...freedWords(state), { kind: 'close', result: resultOf(state) });
  if (renewalDue(state)) effects.push({ kind: 'continue' });
  state.dueAt = duesAhead(state)[0]?.at ?? null;
  return { state, effects };
}

/** A state is plain JSON, so that this copy is whole and a continue-as-new loses nothing. */
function copy(state: SessionState): SessionState {
  return JSON.parse(JSON.stringify(state)) as SessionState;
}

function learn(state: SessionState, event: SessionEvent, effects: Effect[]): void {
  switch (event.kind) {
    case 'begin':
      note(state, 'phase', 'the session begins', { phase: state.phase });
      break;
    case 'command': {
      const answer = takeCommand(state, event.command);
      if (answer && event.command.waits) effects.push({ kind: 'answer', id: event.command.id, answer });
      break;
    }
    case 'refused-signal':
      note(state, 'warning', event.text);
      break;
    case 'answer':
      takeAnswer(state, event.call, event.answer, event.nonce);
      break;
    case 'report':
      if (state.watch?.version !== event.version) break;
      state.lookMemory = event.memory;
      if (state.doubtUntil !== null && state.at >= state.doubtUntil) state.doubtUntil = null;
      learnFromLook(state, event.look, event);
      break;
    case 'watch-lost':
      if (state.watch?.version !== event.version) break;
      trouble(state, event.failure.code === 'E_NO_WORKER' ? 'worker' : 'look', event.failure);
      break;
    case 'recorder':
      learnFromRecorder(state, event.event, effects);
      break;
    case 'archive':
      if (event.ok) cleared(state, 'archive');
      else {
        raiseTrouble(state, 'archive', {
          who: 'destination',
          code: 'E_ARCHIVE_UNWRITABLE',
          text: event.text,
          cause: 'destination',
        });
      }
      break;
    case 'cancel':
      if (state.desired.state !== 'stopped') stopFor(state, 'completed', 'temporal cancel', 'command', null);
      break;
    case 'renew':
      if (state.renewal === 'no') state.renewal = 'due';
      break;
    case 'due':
      break;
  }
}

/** When a stop is wanted and nothing can record any more, the lock is freed. */
function release(state: SessionState): void {
  if (state.released || state.desired.state !== 'stopped' || state.lane || liveTakes(state).length > 0)
    return;
  if (isToRelease(state)) return;
  state.outcome = outcomeOf(state);
  state.released = true;
}

function tellPhase(state: SessionState): void {
  const phase = phaseOf(state);
  if (phase === state.phase) return;
  state.phase = phase;
  state.phaseSince = state.at;
  note(state, 'phase', phase === 'released' ? `released: ${state.outcome}` : phase, phaseData(state));
}

function watchEffects(state: SessionState, event: SessionEvent): Effect[] {
  const ended =
    (event.kind === 'report' || event.kind === 'watch-lost') && state.watch?.version === event.version;
  const wanted = watchWanted(state);
  const belief = wanted === null ? null : JSON.stringify({ ...wanted, firstMs: null });
  const version = (state.watch?.version ?? 0) + 1;
  if (wanted === null || belief === null) {
    if (!state.watch || state.watch.belief === '') return [];
    state.watch = { version, belief: '' };
    return [{ kind: 'watch', watch: null }];
  }
  if (!ended && state.watch?.belief === belief) return [];
  state.watch = { version, belief };
  const firstMs = event.kind === 'recorder' ? (wanted.firstMs ?? AT_ONCE_MS) : wanted.firstMs;
  return [{ kind: 'watch', watch: { version, ...wanted, firstMs, memory: state.lookMemory } }];
}

/** Each edge of a take makes a part. */
function ledgerEffects(before: SessionState, state: SessionState): Effect[] {
  const forFiles = (take: Take): EndedTake => ({
    take: take.number,
    name: take.name,
    handle: take.handle,
    fileCount: take.fileCount,
    recording: take.recording,
    storage: take.storage,
  });
  const moved = state.takes.filter((take) => {
    const was = before.takes.find((one) => one.number === take.number)?.status;
    return was !== take.status && take.status !== 'starting' && take.status !== 'unanswered';
  });
  const ended = moved
    .filter((take) => take.status === 'ended' || take.status === 'written-off')
    .map((take) => ({
      ...forFiles(take),
      endedAt: take.spans.at(-1)?.to?.at ?? take.ended?.at ?? state.at,
    }));
  const opened = moved.filter((take) => take.status === 'open').map(forFiles);
  return archiveEffects(state, moved.length > 0, state.released && !before.released, { ended, opened });
}

function considerRenewal(state: SessionState): void {
  if (state.released || state.desired.state === 'stopped') return;
  if (state.renewal === 'no' && state.at >= state.runBegunAt + state.plan.renewAfterMs) state.renewal = 'due';
  if (state.renewal === 'due' && !liveTakes(state).some((take) => take.status === 'open'))
    state.renewal = 'ready';
}

/** A new run begins at a quiet moment: nothing in flight, nobody waiting, the last look just made. */
function renewalDue(state: SessionState): boolean {
  if (state.released || state.desired.state === 'stopped') return false;
  return state.renewal === 'ready' && state.lane === null && state.waiters.length === 0;
}

/** The state with which the next run begins. */
export function renewed(state: SessionState): SessionState {
  return { ...copy(state), renewal: 'no', watch: null, dueAt: null };
}
