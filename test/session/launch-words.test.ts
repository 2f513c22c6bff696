import { describe, expect, it } from 'vitest';
import { launching, nextMove, wordForWindow } from '../../src/session/launching.ts';
import type { NeighbourWord } from '../../src/session/neighbours.ts';

const AT = Date.parse('2026-11-24T20:00:00Z');
const about = { fromMs: AT, untilMs: AT + 3_600_000 };

function word(change: Partial<NeighbourWord>): NeighbourWord {
  const by = { sessionId: 'A', name: 'qA' };
  return { word: 'yields', at: AT - 6_000, text: 'ends when the next window begins', by, about, ...change };
}

describe('what a launcher says', () => {
  it.each<[Partial<NeighbourWord>, string]>([
    [{}, 'qA records the target; it ends for this window at 2026-11-24T19:59:54.000Z'],
    [{ word: 'queued' }, 'qA records the target; this window waits for its end at 2026-11-24T19:59:54.000Z'],
    [{ word: 'queued', at: null }, 'qA records the target; this window waits for its end'],
    [
      { word: 'queued', at: null, whyNot: 'b is not covered too: it has no end' },
      'qA records the target; this window waits for its end (b is not covered too: it has no end)',
    ],
    [{ word: 'joined' }, 'qA records this window too'],
    [{ word: 'freed', text: 'the target is free' }, 'the target is free'],
  ])('of %j is told from the side of its own window', (change, text) => {
    expect(wordForWindow(word(change))).toBe(text);
  });

  it('of an end names who was recording, and who cancelled it and why', () => {
    const times = { startAt: AT, endAt: AT + 3_600_000, neighbour: about };
    const end = (state: Partial<ReturnType<typeof launching>>): unknown =>
      nextMove({ ...launching(), ...state }, times, AT);
    expect(end({ word: word({ word: 'skipped' }) })).toMatchObject({
      outcome: 'skipped',
      text: 'left out: qA was recording',
    });
    const text = 'its claim on qA was ended';
    expect(end({ word: word({ word: 'skipped', text }), covered: true })).toMatchObject({ text });
    expect(end({ cancelledBy: 'me' })).toMatchObject({ text: 'cancelled by me before it began' });
    expect(end({ cancelledBy: 'me', cancelledFor: 'not needed' })).toMatchObject({
      text: 'cancelled by me: not needed',
    });
  });
});
