/** What counts as a drop of the source, and how long the longest was. */
import { expect, it } from 'vitest';
import { brought } from '../../src/client/present.ts';
import { sourceDown, sourceUp } from '../../src/session/source.ts';
import type { SessionState } from '../../src/session/state.ts';
import { statusView } from '../../src/session/views.ts';
import { runOme, type OmeScript } from '../driver/ome-world.ts';
import { HOUR, MINUTE, SECOND, START } from '../driver/world.ts';

const encoder = (at: number, name: string): OmeScript[number] => ({
  at,
  do: (_d, ome) => ome.control(name, { stream: 'cam1' }),
});

const ONE_DROP = [
  encoder(5 * MINUTE, 'source.start'),
  encoder(HOUR, 'source.stop'),
  encoder(HOUR + 2 * MINUTE, 'source.start'),
];

it.each(['deaf', 'admission', 'alerts'] as const)(
  'the wait for the first media is no drop, and not the longest one: %s',
  async (calls) => {
    const { faults, state } = await runOme(
      { calls, script: ONE_DROP, specification: { window: { from: 'now', length: '2h' } } },
      { lookMs: 345_000 },
    );
    expect(faults).toEqual([]);
    expect(state.source.drops).toBe(1);
    expect(Math.abs(state.source.longestMs - 2 * MINUTE)).toBeLessThan(SECOND);
  },
);

/** A session to which nothing was told yet of its source. */
async function waiting(): Promise<SessionState> {
  const { state } = await runOme({ script: [] });
  const source: SessionState['source'] = {
    state: 'unknown',
    since: null,
    drops: 0,
    longestMs: 0,
    droppedAt: null,
    toldBy: null,
    announcedAt: null,
  };
  return { ...structuredClone(state), source, everRecorded: false, released: false };
}

it('one that is announced, and looked at before its media is there, has not dropped', async () => {
  const state = await waiting();
  const logged = state.log.length;
  sourceDown(state, START);
  sourceUp(state, START + MINUTE, 'callback');
  sourceDown(state, START);
  expect(state.source).toMatchObject({ state: 'down', since: START, drops: 0, longestMs: 0 });
  sourceUp(state, START + MINUTE, 'callback');
  state.everRecorded = true;
  sourceUp(state, START + MINUTE + SECOND);
  expect(state.log).toHaveLength(logged);

  sourceDown(state, START + HOUR, 'callback');
  sourceUp(state, START + HOUR + MINUTE, 'callback');
  // Its media is a moment behind: it is the same drop.
  sourceDown(state, START + SECOND);
  expect(state.source).toMatchObject({ state: 'down', since: START + HOUR, drops: 1 });
  sourceUp(state, START + HOUR + 2 * MINUTE);
  expect(state.source).toMatchObject({ state: 'up', drops: 1, longestMs: 2 * MINUTE });
  expect(state.log).toHaveLength(logged + 1);
});

it('a drop that lasts counts as long as it has lasted', async () => {
  const state = await waiting();
  state.everRecorded = true;
  sourceUp(state, START);
  sourceDown(state, START + HOUR);
  state.at = START + HOUR + MINUTE;
  const view = statusView(state);
  expect(view.source).toMatchObject({ state: 'down', drops: 1, longestMs: MINUTE });
  const later = brought(view, null, START + HOUR + 5 * MINUTE);
  expect(later.source.longestMs).toBe(5 * MINUTE);
  sourceUp(state, START + HOUR + 6 * MINUTE);
  expect(statusView(state).source.longestMs).toBe(6 * MINUTE);
});

it('one that is only waited for has no longest drop', async () => {
  const state = await waiting();
  sourceDown(state, START);
  state.at = START + HOUR;
  const view = statusView(state);
  expect(brought(view, null, START + 2 * HOUR).source).toMatchObject({ drops: 0, longestMs: 0 });
});
