/** A vendor that wants a reservation before each start, and cannot name what an unanswered start made. */
import { describe, expect, it } from 'vitest';
import type { Traits } from '../../src/session/traits.ts';
import type { Drive } from '../driver/driver.ts';
import { CHANNEL, HOUR, MINUTE, SECOND, START, type SyntheticRun } from '../driver/world.ts';
import { play, SOURCE } from './play.ts';

const RESERVED: Partial<Traits> = {
  reserves: true,
  unansweredStart: 'repeat-reserved',
  unansweredMs: 60_000,
  orphanBoundMs: null,
};

const operations = ({ synthetic }: SyntheticRun, ...ops: string[]): string[] =>
  synthetic.truth.entries.flatMap((entry) =>
    entry.type === 'request' && ops.includes(entry.op) ? [`${entry.op} ${entry.verdict}`] : [],
  );

const firstAt = ({ synthetic }: SyntheticRun, op: string): number =>
  synthetic.truth.entries.flatMap((entry) =>
    entry.type === 'request' && entry.op === op ? [entry.at] : [],
  )[0]!;

describe('a vendor that reserves', () => {
  it('is asked for a reservation just before its start', async () => {
    const run = await play({ traits: RESERVED });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
    expect(operations(run, 'reserve', 'start')).toEqual(['reserve applied', 'start applied']);
    expect(firstAt(run, 'start') - firstAt(run, 'reserve')).toBeLessThan(100);
  });

  it('is asked anew when a start was held back until its reservation had ended', async () => {
    const run = await play({
      traits: RESERVED,
      vendor: { reservationMs: 2 * MINUTE },
      // Refused for want of a source, again and again.
      script: [{ at: 10 * MINUTE, do: (d, vendor) => vendor.source(CHANNEL, true, d.now()) }],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 1 });
    expect(run.synthetic.misuses).toEqual([]);
  });

  it('is asked anew when no worker carried the start out before the reservation had ended', async () => {
    let drive: Drive | undefined;
    let killed = false;
    const run = await play({
      traits: RESERVED,
      script: [
        { at: 0, do: (d) => void (drive = d) },
        SOURCE,
        { at: 8 * MINUTE, do: (d) => d.reviveWorker() },
      ],
      onStep: (_state, _event, effects) => {
        if (killed || !effects.some((effect) => effect.kind === 'call' && effect.call.op === 'start')) return;
        killed = true;
        drive?.killWorker();
      },
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 1 });
    expect(operations(run, 'reserve', 'start')).toEqual([
      'reserve applied',
      'start refused',
      'reserve applied',
      'start applied',
    ]);
  });

  it('that fails to reserve is asked again, and no start is taken for sent', async () => {
    for (const kind of ['reply-lost', 'error-unapplied', 'throttled', 'refused', 'late'] as const) {
      const states: string[] = [];
      const run = await play({
        traits: RESERVED,
        script: [{ at: 0, do: (_d, vendor) => vendor.faults.arm({ op: 'reserve', kind, times: 2 }) }, SOURCE],
        onStep: (state) => void states.push(...state.takes.map((take) => take.status)),
      });
      expect(run.faults).toEqual([]);
      expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
      expect(states).not.toContain('unanswered');
      expect(operations(run, 'start')).toEqual(['start applied']);
    }
  });

  /** The reservation's reply is on its way when the command comes. */
  const between = async (command: 'stop' | 'pause'): Promise<SyntheticRun & { left: number }> => {
    let left = 0;
    const run = await play({
      traits: RESERVED,
      script: [
        SOURCE,
        { at: 1, do: (d) => d.command(command) },
        { at: 5 * MINUTE, do: (d) => d.command('resume') },
      ],
      onStep: (state) => {
        const settled = state.at > START + SECOND && state.at < START + 5 * MINUTE;
        if (settled) left += state.takes.length;
      },
    });
    return { ...run, left };
  };

  it('and a stop between reservation and start leave nothing behind, and no number used', async () => {
    const run = await between('stop');
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'cancelled', verdict: 'nothing', takes: 0 });
    expect(operations(run, 'start', 'stop')).toEqual([]);
    expect(run.endedAt - START).toBeLessThan(SECOND);
  });

  it('and a pause between them leave nothing behind either', async () => {
    const run = await between('pause');
    expect(run.faults).toEqual([]);
    expect(run.left).toBe(0);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 1 });
    expect(operations(run, 'reserve', 'start')).toEqual([
      'reserve applied',
      'reserve applied',
      'start applied',
    ]);
  });

  it('and a stop while reservations fail leave nothing behind either', async () => {
    const run = await play({
      traits: RESERVED,
      script: [
        { at: 0, do: (_d, vendor) => vendor.faults.arm({ op: 'reserve', kind: 'reply-lost', times: 1000 }) },
        SOURCE,
        { at: 5 * MINUTE, do: (d) => d.command('stop') },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'cancelled', takes: 0 });
    expect(run.endedAt - START).toBeLessThan(5 * MINUTE + 31 * SECOND);
  });
});

describe('a start under a reservation whose reply was lost', () => {
  const lost = (kind: 'reply-lost' | 'error-unapplied', times = 1): Parameters<typeof play>[0] => ({
    traits: RESERVED,
    vendor: { takeLifeMs: 24 * HOUR },
    // The account has callbacks, and none comes but what a test sends.
    plan: { callbacks: true },
    script: [{ at: 0, do: (_d, vendor) => vendor.faults.arm({ op: 'start', kind, times }) }, SOURCE],
  });

  it('is repeated, and was nothing: the take goes on under its name', async () => {
    const run = await play(lost('error-unapplied', 3));
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
    expect(operations(run, 'reserve')).toEqual(['reserve applied']);
  });

  it('is repeated, runs unnamed, and is written off with the end that the vendor gives it', async () => {
    const run = await play(lost('reply-lost'));
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 2 });
    expect(operations(run, 'start')).toEqual(['start applied-reply-lost', 'start refused', 'start applied']);
    const [orphan, next] = run.record.takes;
    expect(orphan).toMatchObject({ status: 'written-off' });
    // Its reservation, begun with the session, and a life from the last instant of that.
    expect(orphan!.boundAt! - START).toBeGreaterThan(24 * HOUR);
    expect(orphan!.boundAt! - START).toBeLessThan(24 * HOUR + 6 * MINUTE);
    expect(next).toMatchObject({ status: 'ended' });
    const names = run.synthetic.recordings().map((one) => one.name.nonce);
    expect(new Set(names).size).toBe(2);
    // Written off a minute after it was called, and no second recording before that.
    const { startedAt } = run.synthetic.recordings()[1]!;
    expect(startedAt - START).toBeGreaterThanOrEqual(MINUTE);
    expect(startedAt - START).toBeLessThan(MINUTE + 10 * SECOND);
    expect(run.result!.totals.gapMs['vendor-fault']).toBeGreaterThan(59 * SECOND);
  });

  it('is named by a callback, and goes on', async () => {
    const { script = [], ...rest } = lost('reply-lost');
    const run = await play({
      ...rest,
      script: [
        ...script,
        {
          at: 20 * SECOND,
          do: (d, vendor) => {
            const { id, mark } = vendor.recordings()[0]!;
            d.event({
              kind: 'recorder',
              event: { id: 'cb', at: d.now(), kind: 'recorder-started', mark, recording: id },
            });
          },
        },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
    expect(operations(run, 'start')).toEqual(['start applied-reply-lost', 'start refused']);
  });

  it('is written off at once where the account has no callbacks', async () => {
    const { plan: _callbacks, ...rest } = lost('reply-lost');
    const run = await play(rest);
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 2 });
    expect(run.synthetic.recordings()[1]!.startedAt - START).toBeLessThan(10 * SECOND);
  });

  it('and a stop: the session waits for a callback no longer than for the write-off', async () => {
    const { script = [], ...rest } = lost('reply-lost', 100);
    const run = await play({
      ...rest,
      script: [...script, { at: 10 * SECOND, do: (d) => d.command('stop') }],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ takes: 1 });
    expect(run.record.takes[0]).toMatchObject({ status: 'written-off' });
    expect(operations(run, 'stop')).toEqual([]);
    expect(run.endedAt - START).toBeGreaterThanOrEqual(MINUTE);
    expect(run.endedAt - START).toBeLessThan(MINUTE + 5 * SECOND);
  });

  it.each([30 * SECOND, 5 * MINUTE])(
    'and a pause that ends after %i ms: one recording that counts',
    async (until) => {
      const { script = [], ...rest } = lost('reply-lost');
      const run = await play({
        ...rest,
        script: [
          ...script,
          { at: 500, do: (d) => d.command('pause', { by: 'director' }) },
          { at: until, do: (d) => d.command('resume') },
        ],
      });
      expect(run.faults).toEqual([]);
      expect(run.result).toMatchObject({ outcome: 'completed', takes: 2 });
      expect(run.record.takes.map((take) => take.status)).toEqual(['written-off', 'ended']);
      expect(operations(run, 'stop')).toEqual(['stop applied']);
    },
  );
});
