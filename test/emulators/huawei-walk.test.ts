import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TruthEntry } from '../../src/emulators/index.ts';
import { huaweiKit, RULE } from './huawei-kit.ts';
import type { HuaweiKit } from './huawei-kit.ts';

/** What a run is made of: something happens, and then time passes. */
interface Step {
  what: 'push' | 'unpush' | 'stall' | 'flow' | 'start' | 'stop' | 'drop' | 'nothing';
  ms: number;
}

const steps = fc.array(
  fc.record({
    what: fc.constantFrom<Step['what']>(
      'push',
      'unpush',
      'stall',
      'flow',
      'start',
      'stop',
      'drop',
      'nothing',
    ),
    ms: fc.oneof(
      fc.integer({ min: 0, max: 15_000 }),
      fc.constantFrom(9_500, 10_000, 59_999, 60_000, 4_000_000),
    ),
  }),
  { minLength: 5, maxLength: 60 },
);
const merges = fc.tuple(fc.constantFrom(-1, 0, 20, 60), fc.constantFrom(0, 20, 60));
const mergeZero = fc.constantFrom('ends' as const, 'goes-on' as const);

function worldOf([hls, mp4]: [number, number], zero: 'ends' | 'goes-on'): HuaweiKit {
  const kit = huaweiKit({ unknowns: { mergeZero: zero } });
  kit.rule({
    ...RULE,
    default_record_config: {
      ...RULE.default_record_config,
      record_format: ['HLS', 'MP4'],
      hls_config: { record_cycle: 3600, record_max_duration_to_merge_file: hls },
      mp4_config: { record_cycle: 900, record_max_duration_to_merge_file: mp4 },
    },
  });
  return kit;
}

/** What cannot be done just now is left undone. */
function take(kit: HuaweiKit, what: Step['what']): void {
  const stream = { stream: 'cam1' };
  const tried = (name: string): void => {
    try {
      kit.control(name, stream);
    } catch {
      // It was pushed already, or not at all.
    }
  };
  if (what === 'push') tried('source.start');
  if (what === 'unpush') tried('source.stop');
  if (what === 'stall') tried('source.stall');
  if (what === 'flow') tried('source.flow');
  if (what === 'start') kit.start();
  if (what === 'stop') kit.stop();
  if (what === 'drop')
    kit.call('POST', '/stream/block-once', {
      domain: RULE.publish_domain,
      app_name: 'live',
      stream_name: 'cam1',
    });
}

function run(kit: HuaweiKit, walk: readonly Step[], looks: number): readonly TruthEntry[] {
  for (const { what, ms } of walk) {
    take(kit, what);
    for (let n = 1; n <= looks; n += 1) {
      kit.clock.advance(Math.floor((ms * n) / looks) - Math.floor((ms * (n - 1)) / looks));
      if (looks > 1) kit.emulator.settle(kit.clock.now());
    }
  }
  kit.emulator.settle(kit.clock.now());
  return kit.emulator.truth.entries;
}

type Stretch = [from: number, to: number];

/** Stretches from one kind of entry to another. */
function stretches<T extends TruthEntry>(
  entries: readonly T[],
  begins: (one: T) => boolean,
  now: number,
): Stretch[] {
  const found: Stretch[] = [];
  let from: number | undefined;
  for (const one of entries) {
    const at = 'at' in one ? one.at : 0;
    if (begins(one)) from ??= at;
    else if (from !== undefined) {
      found.push([from, at]);
      from = undefined;
    }
  }
  if (from !== undefined) found.push([from, now]);
  return found;
}

const within = ([from, to]: Stretch, all: Stretch[]) => all.some(([a, b]) => a <= from && to <= b);
const only = <T extends TruthEntry['type']>(truth: readonly TruthEntry[], type: T) =>
  truth.filter((one): one is Extract<TruthEntry, { type: T }> => one.type === type);

describe('the emulated Huawei, whatever happens', () => {
  it('records once at a time, and what came while it did', () => {
    fc.assert(
      fc.property(steps, merges, mergeZero, (walk, merge, zero) => {
        const kit = worldOf(merge, zero);
        const truth = run(kit, walk, 1);
        const now = kit.clock.now();
        const recordings = only(truth, 'recording');
        expect(recordings.map(({ event }) => event)).toEqual(
          recordings.map((_, index) => (index % 2 === 0 ? 'began' : 'ended')),
        );
        const lives = stretches(recordings, ({ event }) => event === 'began', now);
        const flows = stretches(
          only(truth, 'source'),
          ({ event }) => event === 'up' || event === 'flowing',
          now,
        );
        const ends = new Map<string, number>();
        for (const { from, to, file } of only(truth, 'media')) {
          expect(to).toBeGreaterThan(from);
          expect(within([from, to], lives)).toBe(true);
          expect(within([from, to], flows)).toBe(true);
          expect(from).toBeGreaterThanOrEqual(ends.get(file) ?? 0);
          ends.set(file, to);
        }
        const stops = only(truth, 'request').filter(
          ({ op, verdict }) => op === 'stop' && verdict === 'applied',
        );
        for (const { at } of recordings.filter(({ event }) => event === 'began'))
          expect(stops.every((stop) => at < stop.at || at >= stop.at + 10_000)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('is the same however often anybody looks', () => {
    const summary = (truth: readonly TruthEntry[]) => {
      const media = new Map<string, { ms: number; bytes: number }>();
      for (const { file, from, to, bytes } of only(truth, 'media')) {
        const before = media.get(file) ?? { ms: 0, bytes: 0 };
        media.set(file, { ms: before.ms + to - from, bytes: before.bytes + bytes });
      }
      return { media, others: truth.filter(({ type }) => type !== 'media') };
    };
    fc.assert(
      fc.property(steps, merges, mergeZero, (walk, merge, zero) => {
        const seldom = summary(run(worldOf(merge, zero), walk, 1));
        expect(summary(run(worldOf(merge, zero), walk, 7))).toEqual(seldom);
      }),
      { numRuns: 100 },
    );
  });
});
