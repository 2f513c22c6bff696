import { describe, expect, it } from 'vitest';
import {
  announced,
  foundBusy,
  heardWord,
  launching,
  movedTo,
  nextMove,
  type Launching,
  type LaunchTimes,
} from '../../src/session/launching.ts';
import type { NeighbourWord } from '../../src/session/neighbours.ts';
import { MINUTE, START } from '../driver/world.ts';
import { playProgramme, SOURCE } from './programme.ts';

const AT = Date.parse('2026-11-24T10:00:00Z');
const HOUR = 60 * MINUTE;
const SECOND = 1_000;

/** Hours after AT. */
function window(from: number, until: number, paddingMs = 0): LaunchTimes {
  const [fromMs, untilMs] = [AT + from * HOUR, AT + until * HOUR];
  return { startAt: fromMs, endAt: untilMs + paddingMs, neighbour: { fromMs, untilMs } };
}

function word(said: NeighbourWord['word'], { neighbour: about }: LaunchTimes, at: number): NeighbourWord {
  return { word: said, at, text: '', by: { sessionId: 'A', name: 'qA' }, about };
}

/** Announced at its begin, and answered. */
function answered(said: NeighbourWord['word'], times: LaunchTimes, freeAt: number): Launching {
  const state = launching();
  announced(state);
  heardWord(state, times, word(said, times, freeAt), times.startAt);
  return state;
}

describe('a launcher that waits', () => {
  it('for what goes on past its own window sleeps until it tries again, to the end of its padding', () => {
    const times = window(0, 2, 30 * MINUTE);
    const state = answered('queued', times, AT + 3 * HOUR);
    const end = times.neighbour.untilMs!;
    state.notBefore = end + 40 * SECOND;
    expect(nextMove(state, times, end - SECOND)).toEqual({ kind: 'wait', until: end });
    expect(nextMove(state, times, end)).toEqual({ kind: 'wait', until: end + 40 * SECOND });
    state.notBefore = end + HOUR;
    expect(nextMove(state, times, end + SECOND)).toEqual({ kind: 'wait', until: times.endAt });
    expect(nextMove(state, times, times.endAt)).toMatchObject({ kind: 'end', outcome: 'busy' });
  });
});

describe('a launcher whose window is moved', () => {
  it('knows nothing of the one before, but who has cancelled it', () => {
    const times = window(0, 2);
    const state = answered('joined', times, AT + 3 * HOUR);
    foundBusy(state, AT + MINUTE);
    Object.assign(state, { cancelledBy: 'me', cancelledFor: 'not needed' });
    expect(movedTo(state, window(24, 26), AT + MINUTE)).toBe(true);
    expect(state).toEqual({ ...launching(), cancelledBy: 'me', cancelledFor: 'not needed' });
  });

  it('and missed for want of a worker was not busy', () => {
    const state = answered('queued', window(0, 2), AT + 3 * HOUR);
    const tomorrow = window(24, 26);
    movedTo(state, tomorrow, AT + MINUTE);
    expect(nextMove(state, tomorrow, tomorrow.endAt)).toMatchObject({ kind: 'end', outcome: 'missed' });
  });

  it('withdraws what it has told, also where that is to be told anew, and nothing else', () => {
    expect(movedTo(launching(), window(1, 2), AT)).toBe(false);
    const state = answered('queued', window(0, 2), AT);
    foundBusy(state, AT + MINUTE);
    expect(state).toMatchObject({ announced: false, told: true });
    expect(movedTo(state, window(1, 2), AT + MINUTE)).toBe(true);
    expect(movedTo(state, window(2, 3), AT + MINUTE)).toBe(false);
  });

  it('while another recording covers it is told anew, and nothing is started before the answer', () => {
    const state = answered('joined', window(0, 2), AT + 2 * HOUR);
    const now = AT + 75 * MINUTE;
    const longer = window(0, 2.5);
    expect(movedTo(state, longer, now)).toBe(false);
    expect(nextMove(state, longer, now)).toEqual({ kind: 'announce' });
    announced(state);
    expect(nextMove(state, longer, now)).toEqual({ kind: 'wait', until: now + 5 * SECOND });
    heardWord(state, longer, word('joined', longer, AT + 2.5 * HOUR), now + SECOND);
    expect(nextMove(state, longer, now + 2 * SECOND)).toEqual({ kind: 'wait', until: now + 61 * SECOND });
    expect(nextMove(state, longer, AT + 2.5 * HOUR)).toMatchObject({ kind: 'end', outcome: 'joined' });
  });

  it('while another recording covers it starts its own where nobody answers any more', () => {
    const state = answered('joined', window(0, 2), AT + 2 * HOUR);
    const now = AT + 75 * MINUTE;
    const longer = window(0, 2.5);
    movedTo(state, longer, now);
    announced(state);
    expect(nextMove(state, longer, now + 5 * SECOND)).toEqual({ kind: 'start' });
  });

  it.each([
    ['is not near', 3, 4],
    ['is over', 0, 1],
  ])('withdraws from the recording that covers it where the new one %s', (_what, from, until) => {
    const state = answered('joined', window(0, 2), AT + 2 * HOUR);
    expect(movedTo(state, window(from, until), AT + 75 * MINUTE)).toBe(true);
    expect(state).toEqual(launching());
  });

  it.each([80, 55])('while it is covered goes on in that one recording, to minute %s', async (until) => {
    const run = await playProgramme({
      windows: [
        { id: 'a', from: 5, until: 35 },
        { id: 'b', from: 20, until: 65, specification: { policy: { busy: 'extend' } } },
      ],
      script: [
        SOURCE,
        // The claim of a has lapsed by then: nobody else wants the recording.
        { at: 50 * MINUTE, do: (programme) => programme.reschedule('b', { until: START + until * MINUTE }) },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.windows.b!.launched).toBe('joined');
    expect(run.sessions).toHaveLength(1);
    expect(run.sessions[0]!.driven.endedAt - START).toBeGreaterThanOrEqual(until * MINUTE);
    expect(run.sessions[0]!.driven.endedAt - START).toBeLessThan((until + 1) * MINUTE);
  });
});
