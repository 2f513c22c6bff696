/** Random lives of a source, looked at as the watch looks; what the observations claim against the truth log. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TakeInQuestion } from '../../../src/recorders/recorder.ts';
import type { Observation } from '../../../src/session/facts.ts';
import { kit, T0, type Kit, type KitOptions } from './kit.ts';

const LOOK_MS = 10_000;

interface Span {
  from: number;
  to: number | null;
  good: number;
}

/** As the session does: a span begins at `since`, ends at `endedAt` or at the last proof, and never goes back. */
function learn(spans: Span[], seen: Observation, at: number): void {
  const end = (to: number): void => {
    const last = spans.at(-1);
    if (last && last.to === null) last.to = Math.max(to, last.from);
  };
  const begin = (from: number): void => {
    const least = spans.at(-1)?.to ?? from;
    if (spans.at(-1)?.to !== null)
      spans.push({ from: Math.max(from, least), to: null, good: Math.max(from, least) });
  };
  for (const { from, to } of seen.interruptions ?? []) {
    end(from.at);
    begin(to.at);
  }
  if (seen.actual === 'recording') begin(seen.since?.at ?? at);
  else end(seen.endedAt?.at ?? spans.at(-1)?.good ?? at);
  const last = spans.at(-1);
  if (last) last.good = Math.max(last.good, seen.lastGoodAt ?? last.good);
}

function merged(spans: { from: number; to: number }[]): { from: number; to: number }[] {
  const result: { from: number; to: number }[] = [];
  for (const { from, to } of spans.filter((one) => one.to > one.from).toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

/** How much of `a` is not in `b`, in ms. */
function outside(a: { from: number; to: number }[], b: { from: number; to: number }[]): number {
  let sum = 0;
  for (const one of a) {
    sum += one.to - one.from;
    for (const other of b) sum -= Math.max(0, Math.min(one.to, other.to) - Math.max(one.from, other.from));
  }
  return sum;
}

type Happening = 'drop' | 'return' | 'stall' | 'flow' | 'other';
const happenings = fc.array(
  fc.tuple(
    fc.integer({ min: 500, max: 45_000 }),
    fc.constantFrom<Happening>('drop', 'return', 'stall', 'flow', 'other'),
  ),
  { maxLength: 12 },
);

interface Life {
  claimed: { from: number; to: number }[];
  truth: { from: number; to: number }[];
  /** Changes of the source that really happened. */
  edges: number;
}

async function live(options: KitOptions, script: [number, Happening][], forgetful: boolean): Promise<Life> {
  const k = kit({ target: { output: 'cam1' }, ...options });
  k.source('start');
  const { take, started } = await k.start();
  const spans: Span[] = [];
  if (started.observation) learn(spans, started.observation, T0);
  const watched: TakeInQuestion & { belief: string } = {
    ...take,
    belief: started.observation?.actual ?? 'accepted',
  };
  const source = { up: true, flowing: true };
  let edges = 2;
  let nextLook = T0 + LOOK_MS;
  const pass = async (until: number): Promise<void> => {
    for (; nextLook <= until; nextLook += LOOK_MS) {
      k.clock.set(nextLook);
      const seen = await k.see(watched);
      learn(spans, seen, nextLook);
      const news = seen.actual !== watched.belief || seen.interruptions !== undefined;
      if (forgetful && news) k.memory = null;
      watched.belief = seen.actual;
    }
    k.clock.set(until);
  };
  let at = T0;
  for (const [ms, what] of script) {
    at += ms;
    await pass(at);
    if (await happen(k, source, what)) edges += 1;
  }
  await pass(at + 25_000);
  const { observation } = await k.stop(take);
  if (observation) learn(spans, observation, k.clock.now());
  const open = spans.at(-1);
  if (open && open.to === null) open.to = Math.max(open.from, observation?.endedAt?.at ?? open.good);
  const claimed = merged(spans.map(({ from, to }) => ({ from, to: to ?? from })));
  return { claimed, truth: merged(k.truth('media').filter((one) => one.recording.includes('-t1-'))), edges };
}

async function happen(k: Kit, source: { up: boolean; flowing: boolean }, what: Happening): Promise<boolean> {
  if (what === 'other') {
    const other = await k.start(k.name(9));
    await k.stop(other.take);
    return false;
  }
  const can = {
    drop: source.up,
    return: !source.up,
    stall: source.up && source.flowing,
    flow: source.up && !source.flowing,
  };
  if (!can[what]) return false;
  if (what === 'drop') k.source('stop');
  if (what === 'return') k.source('start');
  if (what === 'stall') k.source('stall');
  if (what === 'flow') k.source('flow');
  source.up = what !== 'drop';
  source.flowing = what !== 'stall';
  return true;
}

describe('what looks at OvenMediaEngine claim', () => {
  const options: [string, KitOptions][] = [
    ['one file', {}],
    ['one file, recordTime frozen in a stall', { unknowns: { recordTimeInStall: 'frozen' } }],
    ['files of 7 s', { options: { interval: 7_000 } }],
    ['files of an hour', { options: { interval: 3_600_000 } }],
    ['a schedule', { options: { schedule: '*/20 * *' } }],
  ];

  for (const forgetful of [false, true]) {
    it.each(options)(
      `is the truth within a look and a second per edge: %s, ${forgetful ? 'memory lost at every report' : 'with memory'}`,
      async (_what, given) => {
        await fc.assert(
          fc.asyncProperty(happenings, async (script) => {
            const { claimed, truth, edges } = await live(given, script, forgetful);
            const bound = edges * (LOOK_MS + 1_000);
            const told = JSON.stringify({ claimed: claimed.map(relative), truth: truth.map(relative) });
            expect(outside(claimed, truth), `claimed too much: ${told}`).toBeLessThanOrEqual(bound);
            expect(outside(truth, claimed), `claimed too little: ${told}`).toBeLessThanOrEqual(bound);
          }),
          { numRuns: 60 },
        );
      },
    );
  }

  it('is exact to a second for drops alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 11_000, max: 60_000 }), { maxLength: 10 }),
        async (times) => {
          const script = times.map((ms, i): [number, Happening] => [ms, i % 2 === 0 ? 'drop' : 'return']);
          for (const forgetful of [false, true]) {
            const { claimed, truth, edges } = await live({}, script, forgetful);
            expect(outside(claimed, truth) + outside(truth, claimed)).toBeLessThanOrEqual(edges * 1_000);
            expect(claimed).toHaveLength(truth.length);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

function relative({ from, to }: { from: number; to: number }): [number, number] {
  return [from - T0, to - T0];
}
