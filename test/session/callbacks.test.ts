/** Sessions whose vendor calls back, driven and judged. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverageOf } from '../../src/session/coverage.ts';
import type { RecorderEvent } from '../../src/session/events.ts';
import type { Traits } from '../../src/session/traits.ts';
import { lastKnown, memoKey } from '../../src/session/views.ts';
import { random } from '../driver/driver.ts';
import {
  CHANNEL,
  DAY,
  HOUR,
  MINUTE,
  SECOND,
  START,
  type Script,
  type SyntheticRun,
} from '../driver/world.ts';
import type { SyntheticVendor } from '../synthetic/vendor.ts';
import { play, SOURCE, type Play } from './play.ts';

const LOST = { rates: { lost: 1 } };
/** Like a self-hosted server: looks see the source, and callbacks speak of that alone. */
const SEEING: Partial<Traits> = {
  start: 'armed',
  survivesDrop: true,
  callbacks: { source: true, recorder: false, files: false },
};
/** Like a cloud that records a channel: no look shows who is in it. */
const BLIND: Partial<Traits> = {
  start: 'armed',
  survivesDrop: true,
  seesDrops: false,
  reserves: true,
  unansweredStart: 'repeat-reserved',
  unansweredMs: 30_000,
  absence: { proofMs: 95_000 },
};

const source = (at: number, up: boolean): Script[number] => ({
  at,
  do: (d, vendor) => vendor.source(CHANNEL, up, d.now()),
});

const fault = (op: string, kind: 'reply-lost' | 'throttled', times = 1): Script[number] => ({
  at: 0,
  do: (_d, vendor) => vendor.faults.arm({ op, kind, times }),
});

const starts = ({ synthetic }: SyntheticRun): string[] =>
  synthetic.truth.entries.flatMap((entry) =>
    entry.type === 'request' && entry.op === 'start' ? [entry.verdict] : [],
  );

const texts = ({ record }: SyntheticRun): string[] => record.log.map(({ text }) => text);

/** The same session with callbacks, and with all of them lost. */
async function both(options: Play): Promise<[SyntheticRun, SyntheticRun]> {
  const heard = await play({ ...options, vendor: { ...options.vendor, callbacks: {} } });
  const lost = await play({ ...options, vendor: { ...options.vendor, callbacks: LOST } });
  expect([...heard.faults, ...lost.faults]).toEqual([]);
  expect(heard.callbacks).toBeGreaterThan(0);
  expect(lost.callbacks).toBe(0);
  expect(heard.result).toMatchObject({ outcome: lost.result!.outcome, verdict: lost.result!.verdict });
  return [heard, lost];
}

/** Edges of both agree within what both declare. */
function agree(heard: SyntheticRun, lost: SyntheticRun): void {
  const edges = ({ record }: SyntheticRun): { at: number; plusMinusMs: number }[] =>
    record.spans
      .filter(({ span }) => span.to!.at > span.from.at)
      .flatMap(({ span }) => [span.from, span.to!]);
  expect(edges(heard)).toHaveLength(edges(lost).length);
  for (const [index, edge] of edges(heard).entries()) {
    const other = edges(lost)[index]!;
    expect(Math.abs(edge.at - other.at)).toBeLessThanOrEqual(edge.plusMinusMs + other.plusMinusMs + SECOND);
  }
}

describe('a session with callbacks, and the same one with all of them lost', () => {
  it('come to the same through drops that looks see, with a fraction of the looks', async () => {
    const [heard, lost] = await both({
      traits: SEEING,
      specification: { window: { from: 'now', length: '12h' } },
      script: [
        source(0, true),
        source(2 * HOUR, false),
        source(2 * HOUR + 4 * MINUTE, true),
        source(7 * HOUR, false),
        source(7 * HOUR + 90 * SECOND, true),
      ],
    });
    agree(heard, lost);
    expect(heard.state.source).toMatchObject({ drops: 2, longestMs: 4 * MINUTE });
    expect(heard.looks * 3).toBeLessThan(lost.looks);
  });

  it('come to the same where no look sees a drop and there is none', async () => {
    const [heard, lost] = await both({
      traits: BLIND,
      vendor: { blindMs: 5 * MINUTE },
      specification: { window: { from: 'now', length: '24h' } },
    });
    agree(heard, lost);
    expect(heard.looks * 4).toBeLessThan(lost.looks);
  });

  it('differ by the drop where no look sees it: callbacks tell it to the second', async () => {
    const [heard, lost] = await both({
      traits: BLIND,
      vendor: { blindMs: HOUR },
      specification: { window: { from: 'now', length: '3h' } },
      script: [source(0, true), source(HOUR, false), source(HOUR + 30 * SECOND, true)],
    });
    expect(lost.result!.totals.gapMs['source-absent']).toBeUndefined();
    expect(heard.result!.totals.gapMs['source-absent']).toBe(30 * SECOND);
    expect(heard.record.takes).toHaveLength(1);
  });
});

describe('a drop that only callbacks tell of', () => {
  const blind = { traits: BLIND, vendor: { blindMs: 2 * HOUR, callbacks: {} } };

  it('is not ended by looks that find the recorder well, and ends when media is told', async () => {
    const run = await play({
      ...blind,
      specification: { window: { from: 'now', length: '2h' } },
      script: [source(0, true), source(20 * MINUTE, false), source(80 * MINUTE, true)],
    });
    expect(run.faults).toEqual([]);
    expect(run.result!.totals.gapMs['source-absent']).toBe(60 * MINUTE);
    expect(run.looks).toBeGreaterThan(10);
    expect(run.record.spans).toHaveLength(2);
  });

  it('does not end the session by its word alone', async () => {
    const run = await play({
      ...blind,
      specification: { source: { gone: 'end after 5m' } },
      script: [source(0, true), source(20 * MINUTE, false), source(50 * MINUTE, true)],
    });
    expect(run.result).toMatchObject({ outcome: 'completed' });
    expect(run.endedAt - START).toBeGreaterThanOrEqual(HOUR);
  });

  it('ends the session when the vendor has given it up, and the next recording hears nothing either', async () => {
    const run = await play({
      traits: BLIND,
      vendor: { blindMs: 5 * MINUTE, callbacks: {} },
      specification: { source: { gone: 'end after 5m' }, window: { from: 'now', length: '3h' } },
      script: [source(0, true), source(20 * MINUTE, false)],
    });
    expect(run.faults).toEqual([]);
    expect(run.endedAt - START).toBeGreaterThan(25 * MINUTE);
    expect(run.endedAt - START).toBeLessThan(30 * MINUTE);
    expect(run.record.spans[0]!.span.to).toEqual({ at: START + 20 * MINUTE, plusMinusMs: 2 * SECOND });
  });
});

describe('a start that nobody answered', () => {
  const reserved = { traits: BLIND, vendor: { blindMs: 5 * MINUTE, takeLifeMs: DAY, callbacks: {} } };

  it('is named by its callback: no second recording, no write-off, no gap', async () => {
    const run = await play({ ...reserved, script: [fault('start', 'reply-lost', 5), SOURCE] });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
    expect(starts(run)).toEqual(['applied-reply-lost']);
    expect(run.result!.totals.recordedMs).toBeGreaterThan(HOUR - SECOND);
    expect(texts(run).filter((text) => text.includes('is named by a callback'))).toHaveLength(1);
  });

  it('is named also after its start was repeated and refused', async () => {
    const run = await play({
      ...reserved,
      script: [
        fault('start', 'reply-lost'),
        {
          at: 0,
          do: (_d, vendor) =>
            vendor.callbacks!.callbacks.arm({ event: '*', kind: 'late', times: 9, delayMs: 10 * SECOND }),
        },
        SOURCE,
      ],
    });
    expect(run.faults).toEqual([]);
    expect(starts(run)).toEqual(['applied-reply-lost', 'refused']);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
  });

  it.each(['stop', 'pause'] as const)(
    'and is to %s: it is named first, and then it is stopped',
    async (command) => {
      const run = await play({
        ...reserved,
        script: [fault('start', 'reply-lost'), SOURCE, { at: 15, do: (d) => d.command(command) }],
      });
      expect(run.faults).toEqual([]);
      expect(run.record.takes).toMatchObject([{ status: 'ended' }]);
      expect(run.synthetic.recordings()).toMatchObject([{ live: false }]);
      expect(run.synthetic.misuses).toEqual([]);
    },
  );

  it('is stopped when its callback comes after it was written off, while the next one records', async () => {
    const run = await play({
      ...reserved,
      script: [
        fault('start', 'reply-lost'),
        {
          at: 0,
          do: (_d, vendor) =>
            vendor.callbacks!.callbacks.arm({ event: '*', kind: 'late', times: 3, delayMs: 5 * MINUTE }),
        },
        SOURCE,
      ],
    });
    expect(run.faults).toEqual([]);
    const [orphan, next] = run.synthetic.recordings();
    expect(orphan!.live).toBe(false);
    const ended = run.synthetic.truth.entries.flatMap((entry) =>
      entry.type === 'recording' && entry.event === 'ended' && entry.recording === orphan!.id
        ? [entry.at]
        : [],
    );
    expect(ended[0]! - START).toBeLessThan(5 * MINUTE + 5 * SECOND);
    expect(next!.startedAt).toBeLessThan(START + MINUTE);
    expect(run.record.takes).toMatchObject([
      { number: 1, status: 'ended', boundAt: null },
      { number: 2, status: 'ended' },
    ]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 2 });
  });
});

describe('the end of a recording', () => {
  const proof: Partial<Traits> = { ...SEEING, callbacks: { source: true, recorder: true, files: true } };
  const cut: Script = [SOURCE, { at: 20 * MINUTE, do: (d, vendor) => endAll(vendor, d.now()) }];

  /** By the vendor, which tells that nothing of it goes on. */
  function endAll(vendor: SyntheticVendor, now: number): void {
    for (const one of vendor.recordings()) if (one.live) one.endsAt = now;
    vendor.settle(now);
  }

  it('is proved at once by a callback and a look that finds nothing', async () => {
    const run = async (callbacks: object): Promise<SyntheticRun> =>
      await play({
        traits: { ...proof, absence: { proofMs: 95_000 } },
        vendor: { callbacks, takeLifeMs: DAY },
        script: cut,
      });
    const heard = await run({});
    const lost = await run(LOST);
    expect([...heard.faults, ...lost.faults]).toEqual([]);
    expect(heard.result!.takes).toBe(2);
    expect(heard.result!.totals.gapMs['vendor-fault']).toBeLessThan(5 * SECOND);
    expect(lost.result!.totals.gapMs['vendor-fault']).toBeGreaterThan(90 * SECOND);
  });

  it('is not believed on the word of a callback alone', async () => {
    const run = await play({
      traits: { ...proof, absence: { proofMs: 95_000 } },
      vendor: { callbacks: {} },
      script: [
        SOURCE,
        {
          at: 20 * MINUTE,
          do: (d, vendor) => {
            const { id: recording } = vendor.recordings().at(-1)!;
            const event = { id: 'own', at: d.now(), kind: 'recorder-ended', recording, final: true } as const;
            d.event({ kind: 'recorder', event });
          },
        },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
    expect(run.record.spans).toHaveLength(1);
  });
});

describe('the pace of looks', () => {
  it('is that without callbacks again when one was lost, and slow when they come again', async () => {
    const paces: string[] = [];
    const run = await play({
      traits: SEEING,
      vendor: { callbacks: {} },
      specification: { window: { from: 'now', length: '4h' } },
      script: [
        { at: 2 * SECOND, do: (d, vendor) => vendor.source(CHANNEL, true, d.now()) },
        {
          at: HOUR,
          do: (d, vendor) => {
            vendor.callbacks!.callbacks.arm({ event: '*', kind: 'lost', times: 2 });
            vendor.source(CHANNEL, false, d.now());
          },
        },
        source(HOUR + 20 * MINUTE, true),
        source(2 * HOUR, false),
        source(2 * HOUR + MINUTE, true),
      ],
      onStep: (_state, _event, effects) => {
        for (const effect of effects)
          if (effect.kind === 'watch' && effect.watch)
            paces.push(effect.watch.seldom ? 'seldom' : effect.watch.doubt ? 'doubt' : 'usual');
      },
    });
    expect(run.faults).toEqual([]);
    expect(paces.filter((pace, index) => pace !== paces[index - 1])).toEqual([
      'doubt',
      'seldom',
      'doubt',
      'usual',
      'doubt',
      'seldom',
    ]);
    expect(texts(run).filter((text) => text.startsWith('callbacks are missing'))).toHaveLength(1);
  });

  it('is not slowed where the account has no callbacks, whoever sends some', async () => {
    const run = await play({
      traits: SEEING,
      script: [
        SOURCE,
        {
          at: MINUTE,
          do: (d) => d.event({ kind: 'recorder', event: { id: 'x', at: d.now(), kind: 'source-up' } }),
        },
      ],
    });
    expect(run.state.callbacks.healthy).toBe(false);
    expect(run.looks).toBeGreaterThan(55);
  });
});

describe('announced work at the recorder', () => {
  const announced = (event: Partial<RecorderEvent>): Script => [
    SOURCE,
    {
      at: 20 * MINUTE,
      do: (d) =>
        d.event({
          kind: 'recorder',
          event: {
            id: `m${d.now()}`,
            at: d.now(),
            kind: 'maintenance',
            by: 'ops',
            reason: 'new disks',
            ...event,
          },
        }),
    },
    { at: 22 * MINUTE, do: (d, vendor) => vendor.forget(d.now()) },
    { at: 22 * MINUTE, do: (_d, vendor) => vendor.faults.arm({ op: 'start', kind: 'throttled', times: 6 }) },
  ];

  it('gives what is missing meanwhile its name and reason, and ends by itself', async () => {
    const run = await play({ script: announced({ until: START + 40 * MINUTE }) });
    expect(run.faults).toEqual([]);
    expect(run.result!.totals.gapMs.maintenance).toBeGreaterThan(30 * SECOND);
    expect(run.result!.totals.gapMs).not.toHaveProperty('vendor-fault');
    expect(run.record.marks.find(({ cause }) => cause === 'maintenance')).toMatchObject({
      detail: 'new disks',
    });
    expect(texts(run)).toContain('maintenance is over: its time has come');
    expect(run.state.maintenance).toBeNull();
  });

  it('names nothing that is missing since somebody wanted it so, or since nobody sends', async () => {
    const run = await play({
      traits: SEEING,
      script: [
        ...announced({ until: START + 55 * MINUTE }).slice(0, 2),
        source(25 * MINUTE, false),
        source(30 * MINUTE, true),
        { at: 35 * MINUTE, do: (d) => d.command('pause') },
        { at: 40 * MINUTE, do: (d) => d.command('resume') },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result!.totals.gapMs.paused).toBeGreaterThan(4 * MINUTE);
    expect(run.result!.totals.gapMs['source-absent']).toBeGreaterThan(4 * MINUTE);
    expect(run.result!.totals.gapMs.maintenance ?? 0).toBeLessThan(5 * SECOND);
  });

  it('stands in the memo only while it lasts, and changes it when it begins and ends', async () => {
    const { state } = await play({ script: announced({ until: START + 40 * MINUTE }) });
    const { at } = state;
    const during = { ...state, maintenance: { from: at, until: at + MINUTE, by: 'ops', reason: null } };
    const after = { ...during, at: at + MINUTE };
    expect(lastKnown(state)).not.toHaveProperty('maintenance');
    expect(lastKnown(after)).not.toHaveProperty('maintenance');
    expect(lastKnown(during).maintenance).toEqual({ until: new Date(at + MINUTE).toISOString() });
    expect(memoKey(during)).not.toBe(memoKey(state));
  });

  it('is over when that is announced', async () => {
    const [first, second] = announced({ until: START + 40 * MINUTE }) as [Script[number], Script[number]];
    const over: Script[number] = {
      at: 21 * MINUTE,
      do: (d) =>
        d.event({
          kind: 'recorder',
          event: { id: 'over', at: d.now(), kind: 'maintenance', until: d.now(), by: 'ops' },
        }),
    };
    const lost: Script[number] = { at: 22 * MINUTE, do: (d, vendor) => vendor.forget(d.now()) };
    const run = await play({ script: [first, second, over, lost] });
    expect(run.faults).toEqual([]);
    expect(run.result!.totals.gapMs).not.toHaveProperty('maintenance');
  });
});

describe('a file that a callback tells of', () => {
  it('raises the evidence of what it covers', async () => {
    const run = await play({
      traits: { ...BLIND },
      vendor: { blindMs: HOUR, callbacks: {} },
      script: [source(0, true), source(20 * MINUTE, false), source(21 * MINUTE, true)],
    });
    expect(run.faults).toEqual([]);
    expect(run.record.spans[0]!.span.evidence).toBe('filed');
    expect(run.record.log.filter(({ kind }) => kind === 'files').length).toBeGreaterThan(0);
  });
});

describe('callbacks of which none is lost', () => {
  const toggles = fc.uniqueArray(fc.integer({ min: 5, max: 45 * 60 }), { maxLength: 90, size: 'max' });
  const rates = fc.record({
    doubled: fc.constantFrom(0, 0.3),
    late: fc.constantFrom(0, 0.3),
    reordered: fc.constantFrom(0, 0.3),
    forged: fc.constantFrom(0, 0.3),
  });

  it('tell every drop within seconds where no look sees any, also when they come late and out of order', async () => {
    await fc.assert(
      fc.asyncProperty(toggles, rates, fc.integer(), async (instants, faults, seed) => {
        const drops = instants
          .toSorted((a, b) => a - b)
          .map((second, index) => source(second * SECOND, index % 2 === 1));
        const run = await play(
          {
            traits: BLIND,
            vendor: { blindMs: 2 * HOUR, callbacks: { rates: faults, seed } },
            seed,
            script: [SOURCE, ...drops],
          },
          // No stretch of more than 4.3 s may differ.
          { lookMs: 3 * SECOND },
        );
        expect(run.faults).toEqual([]);
        expect(run.result).toMatchObject({ outcome: 'completed', takes: 1 });
        // What was written before it was corrected is written again.
        const { spans, marks } = run.record;
        const { totals } = coverageOf(spans, marks, START, START + HOUR);
        expect(totals.gapMs).toEqual(run.result!.totals.gapMs);
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 100) },
    );
  }, 60_000);
});

describe('a month with callbacks that get lost, doubled, late and out of order', () => {
  it.each([
    ['looks see the source', { ...SEEING, callbacks: { source: true, recorder: true, files: true } }, {}],
    ['callbacks alone tell of it', BLIND, { blindMs: HOUR }],
  ])(
    'ends with the truth, and a small state: %s',
    async (_what, traits, own) => {
      const rng = random(7);
      const drops = Array.from({ length: 300 }, (_, index) => {
        const at = index * 2.4 * HOUR + Math.floor(rng() * HOUR) + MINUTE;
        return [source(at, false), source(at + Math.floor(rng() * 20 * MINUTE), true)];
      });
      let largest = 0;
      const blind = traits === BLIND;
      const run = await play(
        {
          traits,
          vendor: {
            ...own,
            callbacks: { rates: { lost: 0.02, doubled: 0.1, late: 0.05, reordered: 0.1, forged: 0.05 } },
          },
          specification: { window: { from: 'now', length: '30d' } },
          script: [source(0, true), ...drops.flat()],
          onStep: (state) => {
            largest = Math.max(largest, JSON.stringify(state).length);
          },
        },
        { blind, lossy: blind, lookMs: 345_000 },
      );
      expect(run.faults).toEqual([]);
      expect(run.result).toMatchObject({ outcome: 'completed' });
      expect(run.callbacks).toBeGreaterThan(500);
      expect(largest).toBeLessThan(128 * 1024);
      expect(run.looks).toBeLessThan(30 * 1440);
    },
    60_000,
  );
});
