/** Sessions at a vendor that takes no names, needs a rule, and tells by another start alone whether a take goes on. */
import { describe, expect, it } from 'vitest';
import { CHANNEL, MINUTE, SECOND } from '../driver/world.ts';
import { down, playFixed, up, type FixedRun } from './fixed.ts';

const textsOf = (run: FixedRun): string[] => run.record.log.map(({ text }) => text);
const startsOf = (run: FixedRun, op = 'start'): number =>
  run.vendor.truth.entries.filter(
    (one) => one.type === 'request' && one.op === op && one.verdict === 'applied',
  ).length;

describe('what a take needs in the account', () => {
  it('is made before the source comes, and then recorded with', async () => {
    const run = await playFixed({ script: [up(5 * MINUTE)] });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed' });
    expect(textsOf(run)).toContain("the vendor's account was changed: create rule of the channel");
    expect(run.vendor.hasRule()).toBe(true);
  });

  it('leaves the session waiting where it came after the push, until the encoder connects anew', async () => {
    const phases = new Set<string>();
    const run = await playFixed({
      script: [up(0), down(20 * MINUTE), up(21 * MINUTE)],
      onStep: (state) => {
        if (state.troubles.start?.code === 'E_NOT_IN_FORCE') phases.add(state.phase);
      },
    });
    expect(run.faults).toEqual([]);
    expect([...phases]).toContain('waiting');
    expect([...phases]).not.toContain('recording');
    expect(run.vendor.cutOffs).toBe(0);
    expect(run.result?.verdict).toBe('partial');
    const first = run.record.spans[0]!.span.from.at - run.begunAt;
    expect(first).toBeGreaterThanOrEqual(21 * MINUTE);
    expect(run.result?.totals.gapMs['vendor-rule']).toBeGreaterThan(19 * MINUTE);
  });

  it('cuts the encoder off once where that is asked for, and never again', async () => {
    const run = await playFixed({ specification: { policy: { repush: 'force' } } });
    expect(run.faults).toEqual([]);
    expect(run.vendor.cutOffs).toBe(1);
    expect(run.record.spans[0]!.span.from.at - run.begunAt).toBeLessThan(MINUTE);
  });

  it('is never written where only a check is allowed, and waited for', async () => {
    const run = await playFixed({
      specification: { policy: { rule: 'require' } },
      script: [{ at: 10 * MINUTE, do: (d, vendor) => vendor.rule(true, d.now()) }, up(12 * MINUTE)],
    });
    expect(run.faults).toEqual([]);
    expect(run.result?.outcome).toBe('completed');
    expect(textsOf(run).filter((text) => text.includes('was changed'))).toEqual([]);
    expect(textsOf(run).some((text) => text.startsWith('prepare: There is no rule'))).toBe(true);
  });

  it.each([
    ['keep', true],
    ['remove', false],
  ])('is taken away at the end where that is asked for: %s', async (made, stays) => {
    const run = await playFixed({ specification: { policy: { made } }, script: [up(MINUTE)] });
    expect(run.faults).toEqual([]);
    expect(run.vendor.hasRule()).toBe(stays);
  });

  it('is left alone at the end where it was there before', async () => {
    const run = await playFixed({
      vendor: { ruled: true },
      specification: { policy: { made: 'remove' } },
    });
    expect(run.faults).toEqual([]);
    expect(run.vendor.hasRule()).toBe(true);
  });

  it('is known to be ours although the reply to its making was lost', async () => {
    const run = await playFixed({
      specification: { policy: { made: 'remove' } },
      script: [
        { at: 0, do: (_d, vendor) => vendor.faults.arm({ op: 'prepare', kind: 'reply-lost' }) },
        up(MINUTE),
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.vendor.hasRule()).toBe(false);
  });

  it('does not hold the lock when it cannot be taken away', async () => {
    const run = await playFixed({
      specification: { policy: { made: 'remove' } },
      script: [
        up(MINUTE),
        {
          at: 30 * MINUTE,
          do: (_d, vendor) => vendor.faults.arm({ op: 'release', kind: 'refused', times: 99 }),
        },
      ],
    });
    expect(run.result?.outcome).toBe('completed');
    expect(run.endedAt - run.begunAt).toBeLessThan(62 * MINUTE);
    expect(textsOf(run).at(-2)).toMatch(/stays there|verdict|released/);
    expect(run.vendor.hasRule()).toBe(true);
  });
});

describe('a drop of the source', () => {
  it('shorter than the threshold: the take goes on, by the answer to another start', async () => {
    const run = await playFixed({
      vendor: { ruled: true, threshold: 60 * SECOND },
      script: [up(0), down(10 * MINUTE), up(10 * MINUTE + 30 * SECOND)],
      looks: { everyMs: 10_000 },
    });
    expect(run.faults).toEqual([]);
    expect(run.record.takes).toHaveLength(1);
    expect(startsOf(run)).toBe(1);
    expect(startsOf(run, 'assert')).toBe(1);
    expect(textsOf(run)).toContain('take 1 goes on with the new push of its source');
  });

  it('longer: the take has ended, and the next one is begun by that very start', async () => {
    const run = await playFixed({
      vendor: { ruled: true, threshold: 10 * SECOND },
      script: [up(0), down(10 * MINUTE), up(15 * MINUTE)],
      looks: { everyMs: 10_000 },
    });
    expect(run.faults).toEqual([]);
    expect(run.record.takes).toHaveLength(2);
    expect(startsOf(run)).toBe(1);
    expect(startsOf(run, 'assert')).toBe(1);
  });

  it('whose start got no answer is told with the doubt that this leaves', async () => {
    const run = await playFixed({
      vendor: { ruled: true, threshold: 0 },
      script: [
        up(0),
        down(10 * MINUTE),
        {
          at: 12 * MINUTE,
          do: (_d, vendor) => vendor.faults.arm({ op: 'assert', kind: 'reply-lost', times: 2 }),
        },
        up(12 * MINUTE),
      ],
      looks: { everyMs: 10_000 },
    });
    expect(run.faults).toEqual([]);
    expect(run.result?.outcome).toBe('completed');
  });
});

describe('a recording of somebody else', () => {
  it('is refused after the wait that the vendor demands after a stop, and not stopped', async () => {
    const run = await playFixed({
      vendor: { ruled: true },
      script: [up(0), { at: 0, do: (d, vendor) => vendor.foreign(CHANNEL, true, d.now()) }],
    });
    expect(run.result?.outcome).toBe('failed-to-start');
    expect(run.endedAt - run.begunAt).toBeGreaterThan(10 * SECOND);
    expect(run.endedAt - run.begunAt).toBeLessThan(MINUTE);
    expect(startsOf(run, 'stop')).toBe(0);
  });

  it('is no such thing where it was stopped just before: the same answer means the wait', async () => {
    const run = await playFixed({
      vendor: { ruled: true },
      script: [
        { at: -1, do: (d, vendor) => vendor.source(CHANNEL, true, d.now()) },
        { at: -1, do: (d, vendor) => vendor.foreign(CHANNEL, true, d.now()) },
        { at: -1, do: (d, vendor) => vendor.foreign(CHANNEL, false, d.now()) },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result?.outcome).toBe('completed');
    expect(run.result?.totals.recordedMs).toBeGreaterThan(59 * MINUTE);
  });

  it('is taken over where that is asked for', async () => {
    const run = await playFixed({
      vendor: { ruled: true },
      specification: { policy: { foreign: 'adopt' } },
      script: [up(0), { at: 0, do: (d, vendor) => vendor.foreign(CHANNEL, true, d.now()) }],
    });
    expect(run.result?.outcome).toBe('completed');
    expect(startsOf(run, 'stop')).toBe(1);
  });
});

describe('the proof', () => {
  it('stays inferred without callbacks, and is observed with them', async () => {
    const without = await playFixed({ vendor: { ruled: true } });
    expect(without.result?.totals.byEvidence).toMatchObject({ observed: 0, filed: 0 });
    expect(without.result?.totals.byEvidence.inferred).toBeGreaterThan(59 * MINUTE);
    const told = await playFixed({ vendor: { ruled: true, callbacks: {} } });
    expect(told.faults).toEqual([]);
    expect(told.result?.totals.byEvidence.inferred).toBeLessThan(MINUTE);
  });

  it('costs no report for each look that cannot confirm it', async () => {
    const run = await playFixed({ vendor: { ruled: true, callbacks: {} } });
    expect(run.events.filter((kind) => kind === 'report').length).toBeLessThan(5);
  });
});

describe('a file that is named after its take has ended', () => {
  it('belongs to the take that was under way when it began, while the next one is paused for', async () => {
    const run = await playFixed({
      vendor: { ruled: true, callbacks: {} },
      script: [
        up(0),
        { at: 10 * MINUTE, do: (d) => d.command('pause') },
        { at: 20 * MINUTE, do: (d) => d.command('resume') },
      ],
    });
    expect(run.faults).toEqual([]);
    const [first, second] = run.record.takes;
    expect(first!.files?.files.map(({ name }) => name)).toEqual([expect.stringMatching(/^r1-/)]);
    expect(second!.files?.files.map(({ name }) => name)).toEqual([expect.stringMatching(/^r2-/)]);
    expect(run.record.spans.map(({ span }) => span.evidence)).toEqual(['filed', 'filed']);
  });
});
