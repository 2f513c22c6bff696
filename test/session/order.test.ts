/** In whatever order callbacks come, and however often, a session comes to say the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecorderEvent } from '../../src/session/events.ts';
import { SECOND, START } from '../driver/world.ts';
import { SID, Told } from './told.ts';

/** Before a take that no look has proved is given up, and before a look must have been. */
const LAST = 60;

const event = fc.record({
  at: fc.integer({ min: 2, max: LAST }),
  kind: fc.constantFrom('source-up', 'source-down', 'source-up', 'source-down', 'recorder-recording'),
  part: fc.constantFrom(undefined, 'a', 'b'),
});

type Happened = { at: number; kind: RecorderEvent['kind']; part: string | undefined };

const told = ({ at, kind, part }: Happened, index: number): RecorderEvent => ({
  id: `event ${index}`,
  at: START + at * SECOND,
  kind,
  recording: SID,
  ...(kind === 'recorder-recording' ? { since: START + at * SECOND } : part !== undefined && { part }),
});

/** Spans that touch are one: where a span was split says nothing. */
function covered(session: Told): [number, number][] {
  const union: [number, number][] = [];
  for (const { from, to } of session.take.spans) {
    const end = to?.at ?? Infinity;
    if (end <= from.at) continue;
    const last = union.at(-1);
    if (last && from.at <= last[1]) last[1] = Math.max(last[1], end);
    else union.push([from.at, end]);
  }
  return union;
}

const outcome = (session: Told): unknown => ({
  covered: covered(session),
  gaps: session.gaps(),
  source: session.state.source.state,
  since: session.state.source.state === 'down' ? session.state.source.since : null,
  proved: session.take.provedAt !== null,
});

/** `live`: each as it happens; else all of them afterwards. */
function play(seesDrops: boolean, events: RecorderEvent[], live: boolean, recorded: boolean): Told {
  const session = new Told({ seesDrops }).open();
  if (recorded) session.look(1.5, 'recording', { since: { at: START + 1_200, plusMinusMs: 100 } });
  const heard = live ? events.toSorted((a, b) => a.at - b.at) : events;
  for (const one of heard)
    session.feed(live ? (one.at - START) / SECOND : LAST + 1, { kind: 'recorder', event: one });
  session.feed(LAST + 2, { kind: 'due' });
  return session;
}

/** The same instant has no order. */
const events = fc.uniqueArray(event, { maxLength: 12, selector: ({ at }) => at }).map((all) => all.map(told));
const shuffled = events.chain((all) =>
  fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
);

describe('callbacks that come late, in another order, and twice', () => {
  it('leave the same coverage and the same source as those that come in time, where they alone tell', () => {
    fc.assert(
      fc.property(shuffled, fc.boolean(), ([all, late], recorded) => {
        const mixed = play(false, late, false, recorded);
        expect(outcome(mixed)).toEqual(outcome(play(false, all, true, recorded)));
        expect(mixed.gaps()).not.toHaveProperty('unknown');
      }),
      { numRuns: 500 },
    );
  });

  it('leave the same once a look has come, where looks see the source', () => {
    fc.assert(
      fc.property(shuffled, ([all, late]) => {
        const sessions = [play(true, late, false, true), play(true, all, true, true)];
        for (const session of sessions)
          session.look(LAST + 3, 'recording', { lastGoodAt: START + (LAST + 3) * SECOND });
        const [mixed, live] = sessions.map((one) => ({
          covered: covered(one),
          source: one.state.source.state,
        }));
        expect(mixed).toEqual(live);
      }),
      { numRuns: 500 },
    );
  });

  it('are counted: those that were told before change nothing', () => {
    const session = new Told().open();
    const one = told({ at: 5, kind: 'source-down', part: undefined }, 1);
    for (const at of [5, 6, 7]) session.feed(at, { kind: 'recorder', event: one });
    expect(session.state.callbacks).toMatchObject({ heard: 1, ignored: 2 });
  });
});
