/** A take that must end soon is followed by the next, which records before the former stops. */
import { describe, expect, it } from 'vitest';
import { coverageOf } from '../../src/session/coverage.ts';
import type { Traits } from '../../src/session/traits.ts';
import { CHANNEL, HOUR, MINUTE, SECOND, START, type SyntheticRun } from '../driver/world.ts';
import { play, SOURCE, type Play } from './play.ts';

const LIFE: Play = {
  vendor: { takeLifeMs: 2 * HOUR },
  specification: { window: { from: 'now', length: '5h' } },
};
const handedOver = { handOver: true };

/** Milliseconds that each neighbouring pair of takes shares in the ledger. */
function overlaps({ record }: SyntheticRun): number[] {
  const edges = record.takes.map(({ number }) => {
    const spans = record.spans.filter((one) => one.take === number).map((one) => one.span);
    return { from: Math.min(...spans.map((one) => one.from.at)), to: spans.at(-1)!.to!.at };
  });
  return edges.slice(1).map((next, i) => edges[i]!.to - next.from);
}

const began = ({ synthetic }: SyntheticRun): number[] =>
  synthetic.recordings().map((one) => one.startedAt - START);

describe('a hand-over', () => {
  it('comes before the vendor ends a take: proved first, then the former stops, and nothing is missing', async () => {
    const run = await play(LIFE, handedOver);
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 3 });
    expect(run.result!.totals.gapMs).toEqual({ 'late-start': expect.any(Number) as number });
    expect(run.result!.totals.gapMs['late-start']).toBeLessThan(SECOND);
    for (const ms of overlaps(run)) {
      // The first look at the next take comes 5 s after its start.
      expect(ms).toBeGreaterThan(5 * SECOND);
      expect(ms).toBeLessThan(10 * SECOND);
    }
    const ends = run.synthetic.truth.entries.flatMap((entry) =>
      entry.type === 'recording' && entry.event === 'ended' ? [entry.reason] : [],
    );
    expect(ends).toEqual(['stop', 'stop', 'stop']);
    const [, second] = began(run);
    expect(second).toBeGreaterThan(2 * HOUR - 10 * MINUTE - SECOND);
    expect(second).toBeLessThan(2 * HOUR - 9 * MINUTE);
    // The time that two takes hold counts once.
    const { fromMs, untilMs } = run.record.header.window;
    const { totals } = coverageOf(run.record.spans, run.record.marks, fromMs, untilMs!);
    expect(totals.recordedMs).toBeLessThanOrEqual(5 * HOUR);
  });

  it('is tried again while the next take cannot be had, and the former goes on', async () => {
    const run = await play(
      {
        ...LIFE,
        specification: { window: { from: 'now', length: '3h' } },
        script: [
          SOURCE,
          {
            at: HOUR,
            do: (_d, vendor) => vendor.faults.arm({ op: 'start', kind: 'error-unapplied', times: 5 }),
          },
          { at: HOUR, do: (_d, vendor) => vendor.faults.arm({ op: 'start', kind: 'refused', times: 5 }) },
        ],
      },
      handedOver,
    );
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ verdict: 'complete', takes: 2 });
    expect(run.result!.totals.gapMs['vendor-fault']).toBeUndefined();
    const [, second] = began(run);
    expect(second).toBeGreaterThan(HOUR + 50 * MINUTE);
    expect(second).toBeLessThan(HOUR + 56 * MINUTE);
  });

  it('that comes too late costs what the vendor cut, and no more', async () => {
    const run = await play(
      {
        ...LIFE,
        specification: { window: { from: 'now', length: '3h' } },
        script: [
          SOURCE,
          {
            at: HOUR,
            do: (d, vendor) =>
              vendor.faults.arm({ op: 'start', kind: 'refused', untilMs: d.now() + 65 * MINUTE }),
          },
        ],
      },
      handedOver,
    );
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 2 });
    expect(run.result!.totals.gapMs['vendor-fault']).toBeGreaterThan(5 * MINUTE - SECOND);
    expect(run.result!.totals.gapMs['vendor-fault']).toBeLessThan(7 * MINUTE);
  });

  it('becomes necessary when the window is extended past the life of the take', async () => {
    const run = await play(
      {
        ...LIFE,
        specification: { window: { from: 'now', length: '1h' } },
        script: [SOURCE, { at: 55 * MINUTE, do: (d) => d.command('extend', { until: START + 3 * HOUR }) }],
      },
      handedOver,
    );
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ verdict: 'complete', takes: 2 });
    expect(overlaps(run)[0]).toBeGreaterThan(0);
  });

  it('begins at once when an extension comes within the last minutes of the life', async () => {
    const run = await play(
      {
        vendor: { takeLifeMs: HOUR },
        specification: { window: { from: 'now', length: '59m' } },
        script: [SOURCE, { at: 58 * MINUTE, do: (d) => d.command('extend', { until: START + 90 * MINUTE }) }],
      },
      handedOver,
    );
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ verdict: 'complete', takes: 2 });
    const [, second] = began(run);
    expect(second! - 58 * MINUTE).toBeLessThan(SECOND);
  });

  it('is left out where the window ends before the take must', async () => {
    const run = await play({ vendor: { takeLifeMs: HOUR }, specification: { window: { length: '59m' } } });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ verdict: 'complete', takes: 1 });
  });

  it.each<[string, Partial<Traits>]>([
    ['that nothing proves', { proof: 'none' }],
    ['that is reserved first', { reserves: true, unansweredStart: 'repeat-reserved' }],
    ['that needs some time between stop and start', { restartGapMs: 10_000 }],
  ])('to a take %s works as well', async (_what, traits) => {
    const run = await play({ ...LIFE, traits }, handedOver);
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 3 });
    expect(run.result!.totals.gapMs['vendor-fault']).toBeUndefined();
  });

  it('whose next take is lost writes that off, and tries another before the former ends', async () => {
    const run = await play(
      {
        ...LIFE,
        traits: { reserves: true, unansweredStart: 'repeat-reserved' },
        specification: { window: { from: 'now', length: '3h' } },
        script: [
          SOURCE,
          { at: HOUR, do: (_d, vendor) => vendor.faults.arm({ op: 'start', kind: 'reply-lost' }) },
        ],
      },
      handedOver,
    );
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ verdict: 'complete', takes: 3 });
    expect(run.record.takes.map((take) => take.status)).toEqual(['ended', 'written-off', 'ended']);
    expect(run.result!.totals.gapMs['vendor-fault']).toBeUndefined();
  });

  it('and a pause, a stop or a drop in its midst leave one take or none', async () => {
    const midst = 2 * HOUR - 10 * MINUTE + 2 * SECOND;
    const paused = await play(
      {
        ...LIFE,
        script: [
          SOURCE,
          { at: midst, do: (d) => d.command('pause') },
          { at: midst + MINUTE, do: (d) => d.command('resume') },
        ],
      },
      handedOver,
    );
    expect(paused.faults).toEqual([]);
    expect(paused.result).toMatchObject({ outcome: 'completed', verdict: 'complete' });
    expect(paused.result!.totals.gapMs.paused).toBeLessThan(61 * SECOND);

    const stopped = await play(
      { ...LIFE, script: [SOURCE, { at: midst, do: (d) => d.command('stop') }] },
      handedOver,
    );
    expect(stopped.faults).toEqual([]);
    expect(stopped.result).toMatchObject({ outcome: 'completed', takes: 2 });
    expect(stopped.endedAt - START - midst).toBeLessThan(SECOND);

    const dropped = await play(
      {
        ...LIFE,
        script: [
          SOURCE,
          { at: midst, do: (d, vendor) => vendor.source(CHANNEL, false, d.now()) },
          { at: midst + 5 * MINUTE, do: (d, vendor) => vendor.source(CHANNEL, true, d.now()) },
        ],
      },
      handedOver,
    );
    expect(dropped.faults).toEqual([]);
    expect(dropped.result).toMatchObject({ outcome: 'completed' });
  });

  it('refused for want of a source says nothing of the source that the former take records', async () => {
    const due = 2 * HOUR - 10 * MINUTE;
    const run = await play(
      {
        ...LIFE,
        traits: { survivesDrop: true },
        specification: { window: { from: 'now', length: '3h' }, source: { gone: 'end after 5m' } },
        script: [
          SOURCE,
          { at: due - SECOND, do: (d, vendor) => vendor.source(CHANNEL, false, d.now()) },
          { at: due + SECOND, do: (d, vendor) => vendor.source(CHANNEL, true, d.now()) },
          {
            at: due + 2 * SECOND,
            do: (d, vendor) =>
              vendor.faults.arm({ op: 'start', kind: 'refused', untilMs: d.now() + 7 * MINUTE }),
          },
        ],
      },
      handedOver,
    );
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ verdict: 'complete', takes: 2 });
    expect(run.endedAt - START).toBeGreaterThanOrEqual(3 * HOUR);
  });

  it('waits for the end of a next take that came to nothing: there are never three', async () => {
    const due = 2 * HOUR - 10 * MINUTE;
    let most = 0;
    const run = await play(
      {
        ...LIFE,
        specification: { window: { from: 'now', length: '3h' } },
        script: [
          SOURCE,
          // Accepted, and nobody looks before its proof is due; then its stop fails.
          { at: due + SECOND / 2, do: (d) => d.killWorker() },
          { at: due + 100 * SECOND, do: (d) => d.reviveWorker() },
          { at: due, do: (_d, vendor) => vendor.faults.arm({ op: 'stop', kind: 'refused', times: 5 }) },
        ],
        onStep: ({ takes }) => {
          const live = takes.filter(({ status }) => status === 'open' || status === 'unanswered');
          most = Math.max(most, live.length);
        },
      },
      handedOver,
    );
    expect(run.faults).toEqual([]);
    expect(most).toBe(2);
    expect(run.result).toMatchObject({ verdict: 'complete', takes: 3 });
  });

  it('is finished in a native pause, which holds both takes', async () => {
    const midst = 2 * HOUR - 10 * MINUTE + SECOND;
    const run = await play(
      {
        ...LIFE,
        traits: { nativePause: true },
        specification: { window: { from: 'now', length: '3h' } },
        script: [
          SOURCE,
          { at: midst, do: (d) => d.command('pause', { waits: true, id: 'p' }) },
          { at: midst + 20 * MINUTE, do: (d) => d.command('resume') },
        ],
      },
      handedOver,
    );
    expect(run.faults).toEqual([]);
    expect(run.answers.get('p')).toMatchObject({ applied: true });
    expect(run.result).toMatchObject({ verdict: 'complete', takes: 2 });
    const [former] = run.record.takes;
    expect(former!.ended!.at - START - midst).toBeLessThan(SECOND);
  });

  it('of a vendor that loses sight of its source tells how far that may have been', async () => {
    const run = await play({
      vendor: { blindMs: 5 * MINUTE },
      script: [SOURCE, { at: 20 * MINUTE, do: (d, vendor) => vendor.source(CHANNEL, false, d.now()) }],
    });
    expect(run.faults).toEqual([]);
    const [span] = run.record.spans;
    expect(span!.span.to!.plusMinusMs).toBeGreaterThanOrEqual(5 * MINUTE);
  });
});

describe('a take that is not ready at once', () => {
  it('proves nothing while it starts, and is proved then', async () => {
    const run = await play({ vendor: { startingMs: 40 * SECOND } });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ verdict: 'complete', takes: 1 });
    const run2 = await play({ vendor: { startingMs: 4 * HOUR } });
    expect(run2.record.log.map((entry) => entry.text).join('\n')).not.toContain('take 1 is proved');
    expect(run2.result!.takes).toBeGreaterThan(1);
  });
});
