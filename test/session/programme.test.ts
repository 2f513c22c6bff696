/** Neighbours on one channel: who records when, who waits, who covers whom. */
import { describe, expect, it } from 'vitest';
import { coverageIn } from '../driver/judged.ts';
import { MINUTE, recordOf, SECOND, START } from '../driver/world.ts';
import type { Coverage } from '../../src/session/coverage.ts';
import { isoAt, playProgramme, SOURCE, type JudgedProgramme } from './programme.ts';

/** Of a window, by the ledger of whoever recorded it. */
async function coverage(run: JudgedProgramme, id: string, by = id): Promise<Coverage> {
  const { plan } = run.windows[id]!;
  const { fromMs, untilMs } = plan.specification.window;
  const { session } = run.windows[by]!;
  return coverageIn(await recordOf(session!.driven), fromMs, untilMs!);
}

/** Causes and whole seconds of what is missing; a start is sent within the first second. */
function missing({ gaps }: Coverage): string[] {
  return gaps.flatMap(({ cause, from, to }) =>
    to - from < SECOND ? [] : [`${cause} ${Math.round((to - from) / SECOND)}`],
  );
}

const TAKE_OVER_MS = 5 * SECOND;
const AT = (minutes: number): number => START + minutes * MINUTE;

describe('two windows back to back', () => {
  const windows = [
    { id: 'a', from: 5, until: 35 },
    { id: 'b', from: 35, until: 65 },
  ];

  it('are both recorded, with the seconds of the take-over alone between them', async () => {
    const run = await playProgramme({ windows });
    expect(run.faults).toEqual([]);
    expect(missing(await coverage(run, 'a'))).toEqual([]);
    const { gaps } = await coverage(run, 'b');
    expect(gaps.map(({ cause }) => cause)).toEqual(['vendor-rule']);
    expect(gaps[0]!.to - gaps[0]!.from).toBeLessThan(TAKE_OVER_MS);
    expect(gaps[0]!.detail).toBe('a was being recorded');
  });

  it('lose nothing to the padding and the overrun of the other', async () => {
    const [a, b] = windows;
    const run = await playProgramme({
      windows: [
        { ...a!, window: { padding: { after: '10m' }, overrun: '10m' } },
        { ...b!, window: { padding: { before: '5m' } } },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(missing(await coverage(run, 'a'))).toEqual([]);
    const { gaps } = await coverage(run, 'b');
    expect(gaps.map(({ cause }) => cause)).toEqual(['vendor-rule']);
    expect(gaps[0]!.to - gaps[0]!.from).toBeLessThan(TAKE_OVER_MS);
  });

  it.each([0, 10_000])(
    'lose nothing at all where the first is over earlier (a rule of %i ms)',
    async (restartGapMs) => {
      const run = await playProgramme({
        traits: { restartGapMs, leadMs: 5 * MINUTE },
        windows: [
          { id: 'a', from: 5, until: 25, window: { padding: { after: '10m' }, overrun: '30m' } },
          { id: 'b', from: 35, until: 65, window: { padding: { before: '5m' } } },
        ],
      });
      expect(run.faults).toEqual([]);
      expect(missing(await coverage(run, 'a'))).toEqual([]);
      expect((await coverage(run, 'b')).gaps).toEqual([]);
    },
  );

  it('keep the rule of the vendor exactly, and lose no more', async () => {
    const run = await playProgramme({ traits: { restartGapMs: 10_000 }, windows });
    expect(run.faults).toEqual([]);
    const { gaps } = await coverage(run, 'b');
    expect(gaps.map(({ cause }) => cause)).toEqual(['vendor-rule']);
    const lost = gaps.at(-1)!.to - gaps[0]!.from;
    expect(lost).toBeGreaterThanOrEqual(10_000);
    expect(lost).toBeLessThan(10_000 + SECOND);
    expect(run.vendor.recordings()).toHaveLength(2);
  });

  it('are one recording where the second wishes that', async () => {
    const [a, b] = windows;
    const run = await playProgramme({
      windows: [a!, { ...b!, specification: { policy: { busy: 'extend' } } }],
    });
    expect(run.faults).toEqual([]);
    expect(run.sessions).toHaveLength(1);
    expect(run.windows.b!.launched).toBe('joined');
    expect((await coverage(run, 'b', 'a')).gaps).toEqual([]);
    expect(run.vendor.recordings()).toHaveLength(1);
  });
});

describe('windows that overlap', () => {
  const a = { id: 'a', from: 5, until: 35 };
  const b = { id: 'b', from: 20, until: 65 };
  const wishing = (busy: string): { specification: { policy: { busy: string } } } => ({
    specification: { policy: { busy } },
  });

  it('queue: the later one waits for the end of the other, and its gap says so', async () => {
    const run = await playProgramme({ windows: [a, b] });
    expect(run.faults).toEqual([]);
    expect(missing(await coverage(run, 'a'))).toEqual([]);
    expect(missing(await coverage(run, 'b'))).toEqual([expect.stringMatching(/^vendor-rule 90\d$/)]);
    const log = (await recordOf(run.windows.a!.session!.driven)).log.map(({ text }) => text);
    expect(log.filter((text) => text.includes('the window of b'))).toEqual([
      'another window waits until this one is over (the window of b begins 2026-03-01T12:20:00.000Z)',
    ]);
  });

  it('skip: the later one is left out, on record', async () => {
    const run = await playProgramme({ windows: [a, { ...b, ...wishing('skip') }] });
    expect(run.faults).toEqual([]);
    expect(run.windows.b).toMatchObject({ launched: 'skipped', session: null });
    expect(run.windows.b!.overAt).toBeLessThan(AT(20));
  });

  it('skip: nothing is left out for padding or overrun', async () => {
    const padded = { ...a, window: { padding: { after: '20m' }, overrun: '20m' } };
    const run = await playProgramme({ windows: [padded, { ...b, from: 40, ...wishing('skip') }] });
    expect(run.faults).toEqual([]);
    expect(missing(await coverage(run, 'b'))).toEqual([]);
  });

  it('extend: one recording covers both', async () => {
    const run = await playProgramme({ windows: [a, { ...b, ...wishing('extend') }] });
    expect(run.faults).toEqual([]);
    expect(run.sessions).toHaveLength(1);
    expect((await coverage(run, 'b', 'a')).gaps).toEqual([]);
    expect(run.windows.b!.launched).toBe('joined');
  });

  it('extend: what records something else waits instead', async () => {
    const other = { specification: { policy: { busy: 'extend' }, storage: 'beta' } };
    const run = await playProgramme({
      vendor: { destinations: ['alpha', 'beta'] },
      windows: [
        { ...a, specification: { storage: 'alpha' } },
        { ...b, ...other },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.sessions).toHaveLength(2);
    expect(missing(await coverage(run, 'b'))).toEqual([expect.stringMatching(/^vendor-rule 90\d$/)]);
    const log = (await recordOf(run.windows.a!.session!.driven)).log.map(({ text }) => text);
    expect(log).toContainEqual(expect.stringContaining('b is not covered too: it records something else'));
  });

  it('extend: what a change has made another recording is not joined', async () => {
    const storage = { storage: 'alpha' };
    const run = await playProgramme(
      {
        vendor: { destinations: ['alpha', 'beta'] },
        windows: [
          { ...a, specification: storage },
          { ...b, specification: { ...storage, policy: { busy: 'extend' } } },
        ],
        script: [
          SOURCE,
          {
            at: 10 * MINUTE,
            do: (programme) =>
              programme.running()!.command('change', { change: { storage: { destination: 'beta' } } }),
          },
        ],
      },
      { handOver: true },
    );
    expect(run.faults).toEqual([]);
    expect(run.sessions).toHaveLength(2);
    const log = (await recordOf(run.windows.a!.session!.driven)).log.map(({ text }) => text);
    expect(log).toContainEqual(
      expect.stringContaining('b is not covered too: this session was changed since it began (storage)'),
    );
  });

  it('hands over to the one that waits, not to one that was left out', async () => {
    const run = await playProgramme({
      windows: [
        { ...a, specification: { window: { from: isoAt(5), maxDuration: '30m' } } },
        { ...b, id: 'c', ...wishing('skip') },
        b,
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.windows.c).toMatchObject({ launched: 'skipped', session: null });
    expect(run.windows.b!.session!.begunAt).toBeLessThan(AT(35) + 2 * SECOND);
    expect(missing(await coverage(run, 'b'))).toEqual([expect.stringMatching(/^vendor-rule 90\d$/)]);
  });

  it('skip: one that is left out cuts neither padding nor overrun', async () => {
    const padded = { ...a, window: { padding: { after: '20m' } } };
    const run = await playProgramme({ windows: [padded, { ...b, ...wishing('skip') }] });
    expect(run.faults).toEqual([]);
    expect(run.windows.a!.session!.driven.endedAt).toBeGreaterThanOrEqual(AT(55));
  });

  it('gives up when its own window is over before the target is free', async () => {
    const run = await playProgramme({ windows: [a, { ...b, until: 30 }] });
    expect(run.faults).toEqual([]);
    expect(run.windows.b!.launched).toBe('busy');
    expect(run.windows.b!.overAt).toBe(AT(30));
  });

  it('begins at its own time where the other is stopped early, or at once where that has come', async () => {
    for (const [stopAt, begins] of [
      [15, 20],
      [25, 25],
    ] as const) {
      const run = await playProgramme({
        windows: [a, b],
        script: [SOURCE, { at: stopAt * MINUTE, do: (programme) => programme.running()!.command('stop') }],
      });
      expect(run.faults).toEqual([]);
      const { begunAt } = run.windows.b!.session!;
      expect(begunAt).toBeGreaterThanOrEqual(AT(begins));
      expect(begunAt).toBeLessThan(AT(begins) + 2 * SECOND);
    }
  });

  it('is cancelled while it is covered too: its claim alone ends', async () => {
    const run = await playProgramme({
      windows: [a, { ...b, ...wishing('extend') }],
      script: [SOURCE, { at: 25 * MINUTE, do: (programme) => programme.cancel('b') }],
    });
    expect(run.faults).toEqual([]);
    expect(run.windows.b!.launched).toBe('cancelled');
    expect(run.windows.a!.session!.driven.state.untilMs).toBe(AT(35));
    expect(run.windows.a!.session!.driven.endedAt).toBeLessThan(AT(35) + SECOND);
  });

  it('is withdrawn after it was announced: the other keeps its padding', async () => {
    const padded = { ...a, window: { padding: { after: '20m' } } };
    const run = await playProgramme({
      windows: [padded, { ...b, from: 40 }],
      script: [SOURCE, { at: 39.5 * MINUTE, do: (programme) => programme.cancel('b') }],
    });
    expect(run.faults).toEqual([]);
    expect(run.windows.a!.session!.driven.endedAt).toBeGreaterThanOrEqual(AT(55));
  });

  it('is moved after it was announced: what was said of the old window is void', async () => {
    const padded = { ...a, window: { padding: { after: '20m' } } };
    const run = await playProgramme({
      windows: [padded, { ...b, from: 40, specification: { policy: { busy: 'skip' } } }],
      script: [SOURCE, { at: 39.5 * MINUTE, do: (programme) => programme.reschedule('b', { from: AT(50) }) }],
    });
    expect(run.faults).toEqual([]);
    expect(missing(await coverage(run, 'b'))).toEqual([]);
    const { endedAt } = run.windows.a!.session!.driven;
    expect(endedAt).toBeGreaterThan(AT(49));
    expect(endedAt).toBeLessThan(AT(50));
  });

  it('waits where the other is extended past its begin after it was announced', async () => {
    const run = await playProgramme({
      windows: [a, { ...b, from: 35 }],
      script: [
        SOURCE,
        { at: 34.5 * MINUTE, do: (programme) => programme.running()!.command('extend', { until: AT(45) }) },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.windows.a!.session!.driven.endedAt).toBeGreaterThanOrEqual(AT(45));
    expect(missing(await coverage(run, 'b'))).toEqual([expect.stringMatching(/^vendor-rule 60\d$/)]);
  });

  it('takes over within a minute where the other is terminated without a word', async () => {
    const run = await playProgramme({
      windows: [{ ...a, window: { padding: { after: '20m' } } }, b],
      script: [{ at: 24.3 * MINUTE, do: (programme) => programme.terminate() }],
    });
    const { begunAt } = run.windows.b!.session!;
    expect(begunAt).toBeLessThan(AT(25.5));
    expect(run.faults).toEqual([]);
  });

  it('takes over within a minute what was to cover it and was terminated', async () => {
    const run = await playProgramme({
      windows: [a, { ...b, ...wishing('extend') }],
      script: [
        { at: 24.3 * MINUTE, do: (programme) => programme.terminate() },
        { at: 24.4 * MINUTE, do: (_p, vendor) => vendor.source('news', true, AT(24.4)) },
      ],
    });
    expect(run.windows.b!.launched).toBe('started');
    expect(run.windows.b!.session!.begunAt).toBeLessThan(AT(25.5));
    expect(run.faults).toEqual([]);
  });

  it('is covered by who really has the target, where the one that was to was terminated', async () => {
    const run = await playProgramme({
      windows: [
        { ...a, until: 60 },
        { id: 'queued', from: 10, until: 70 },
        { ...b, launchedAt: 20.1 * MINUTE, ...wishing('extend') },
      ],
      // What a terminated session left at the vendor is not what this is about.
      script: [
        { at: 24.3 * MINUTE, do: (programme) => programme.terminate() },
        { at: 24.4 * MINUTE, do: (_p, vendor) => vendor.source('news', true, AT(24.4)) },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.windows.queued!.session!.begunAt).toBeLessThan(AT(25.5));
    expect(run.windows.b).toMatchObject({ launched: 'joined', word: { by: { name: 'queued' } } });
    const log = (await recordOf(run.windows.queued!.session!.driven)).log;
    const told = log.find(({ text }) => text.startsWith('another window is covered by this recording'));
    expect(told!.at).toBeLessThan(AT(31));
  });

  it('asks who has the target now where another one has taken it over', async () => {
    const run = await playProgramme({
      windows: [
        { ...a, until: 60 },
        { id: 'next', from: 10, until: 31, window: { overrun: '30m' } },
        { ...b, from: 30 },
      ],
      script: [SOURCE, { at: 29.5 * MINUTE, do: (programme) => programme.running()!.command('stop') }],
    });
    expect(run.faults).toEqual([]);
    expect(run.windows.next!.session!.begunAt).toBeLessThan(AT(29.5) + 2 * SECOND);
    expect(run.windows.b!.session!.begunAt).toBeLessThan(AT(31) + 2 * SECOND);
  });

  it('takes over at once from one that fails', async () => {
    const run = await playProgramme({
      windows: [
        { ...a, specification: { source: { gone: 'fail after 5m' } } },
        { ...b, ...wishing('extend') },
      ],
      script: [
        SOURCE,
        { at: 15 * MINUTE, do: (_p, vendor) => vendor.source('news', false, AT(15)) },
        { at: 30 * MINUTE, do: (_p, vendor) => vendor.source('news', true, AT(30)) },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.windows.a!.session!.driven.result!.outcome).toBe('failed');
    expect(run.windows.b!.session!.begunAt).toBeLessThan(AT(21));
  });
});

describe('three windows in a row', () => {
  it('follow each other, each with the seconds of the take-over alone', async () => {
    const run = await playProgramme({
      windows: [
        { id: 'a', from: 5, until: 35, window: { padding: { after: '10m' } } },
        { id: 'b', from: 35, until: 65, window: { padding: { before: '5m', after: '10m' }, overrun: '1h' } },
        { id: 'c', from: 65, until: 95, window: { padding: { before: '10m' } } },
      ],
    });
    expect(run.faults).toEqual([]);
    for (const id of ['b', 'c']) {
      const { gaps } = await coverage(run, id);
      expect(gaps.map(({ cause }) => cause)).toEqual(['vendor-rule']);
      expect(gaps[0]!.to - gaps[0]!.from).toBeLessThan(TAKE_OVER_MS);
    }
  });

  it('are covered by one recording where all wish that', async () => {
    const extend = { specification: { policy: { busy: 'extend' } } };
    const run = await playProgramme({
      windows: [
        { id: 'a', from: 5, until: 35, ...extend },
        { id: 'b', from: 35, until: 65, ...extend },
        { id: 'c', from: 65, until: 95, ...extend },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.sessions).toHaveLength(1);
    expect(run.windows).toMatchObject({ b: { launched: 'joined' }, c: { launched: 'joined' } });
  });

  it('of one instant are recorded one after the other, in some order', async () => {
    const run = await playProgramme({
      windows: [
        { id: 'a', from: 5, until: 25 },
        { id: 'b', from: 5, until: 35 },
        { id: 'c', from: 5, until: 65, specification: { policy: { busy: 'extend' } } },
      ],
    });
    expect(run.faults).toEqual([]);
    const outcomes = Object.values(run.windows).map(({ launched }) => launched);
    expect(outcomes).toContain('started');
    expect(outcomes.every((one) => ['started', 'joined', 'busy'].includes(one!))).toBe(true);
  });
});

describe('words that are lost or come twice', () => {
  it.each([
    { lost: 1, doubled: 0 },
    { lost: 0, doubled: 1 },
  ])('cost seconds at most ($lost lost, $doubled doubled)', async (words) => {
    const run = await playProgramme({
      words,
      windows: [
        { id: 'a', from: 5, until: 35 },
        { id: 'b', from: 35, until: 65, window: { padding: { before: '5m' } } },
      ],
    });
    expect(run.faults).toEqual([]);
    const { gaps } = await coverage(run, 'b');
    expect(gaps.reduce((sum, { from, to }) => sum + to - from, 0)).toBeLessThan(60 * SECOND);
  });
});
