/** What a vendor tells by itself: hints that raise evidence or make us look; never the only truth. */
import type { RecorderEvent } from './events.ts';
import { endSpan, note, noteTake, unseenEnd } from './ledger.ts';
import { sourceDown, sourceUp } from './observe.ts';
import type { SessionState } from './state.ts';
import { liveTakes } from './takes.ts';

const IDS_KEPT = 200;

export function learnFromRecorder(state: SessionState, event: RecorderEvent): void {
  if (state.seenIds.includes(event.id)) return;
  state.seenIds = [...state.seenIds, event.id].slice(-IDS_KEPT);
  const at = Math.min(event.at, state.at);
  switch (event.kind) {
    case 'source-up':
      sourceUp(state, at);
      break;
    case 'source-down':
      for (const take of liveTakes(state)) {
        if (!state.plan.traits.survivesDrop) continue;
        endSpan(
          state,
          take,
          { at, plusMinusMs: Math.min(2000, unseenEnd(take, state.at).plusMinusMs) },
          'source-absent',
        );
        if (take.actual === 'recording') take.actual = 'armed';
      }
      sourceDown(state, at);
      break;
    case 'recorder-started':
    case 'recorder-failed':
      named(state, event);
      break;
    case 'boundary':
    case 'maintenance':
      note(state, 'warning', `${event.kind} announced for ${new Date(event.at).toISOString()}`);
      break;
  }
}

/** A callback that names the recording of an unanswered start answers it. */
function named(state: SessionState, event: RecorderEvent): void {
  const take = state.takes.find((one) => one.mark !== null && one.mark === event.mark);
  if (!take || event.kind !== 'recorder-started') return;
  if (take.status === 'unanswered' && event.recording !== undefined) {
    take.status = 'open';
    take.recording = event.recording;
    take.handle = event.data ?? null;
    take.acceptedAt = take.calledAt;
    state.everAccepted = true;
    noteTake(state, take, `is named by a callback: ${event.recording}`);
  }
}
