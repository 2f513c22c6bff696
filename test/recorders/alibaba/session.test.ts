/** Whole sessions at the emulated ApsaraVideo Live, where its config and its account decide; the referee judges each. */
import { expect, it } from 'vitest';
import { runVendor, sourceDown, sourceUp, type VendorPlay } from '../../driver/emulated-world.ts';
import { playOf } from '../../session/vendor-samples.ts';
import { MINUTE, SECOND } from './kit.ts';

const play = async (more: VendorPlay) => await runVendor('alibaba', playOf('alibaba', more));
const policy = (more: Record<string, unknown>) => ({
  specification: { ...playOf('alibaba', {}).specification, policy: more },
});
type Run = Awaited<ReturnType<typeof play>>;

const requests = (run: Run, op: string) =>
  run.emulator.truth.entries.filter((entry) => entry.type === 'request' && entry.op === op);

it.each([false, true])(
  'waits until the encoder reconnects where it came before the config; callbacks: %s',
  async (called) => {
    const run = await play({
      called,
      before: (hands) => hands.source(true),
      script: [sourceDown(10 * MINUTE), sourceUp(12 * MINUTE)],
    });
    expect(run.faults).toEqual([]);
    expect(
      run.record.log.some(({ text }) => text.includes('nothing is recorded until the encoder reconnects')),
    ).toBe(true);
    expect(run.result).toMatchObject({ outcome: 'completed' });
    expect(run.result!.totals.recordedMs).toBeGreaterThan(47 * MINUTE);
    expect(run.result!.totals.recordedMs).toBeLessThan(48.1 * MINUTE);
    expect(requests(run, 'ForbidLiveStream')).toEqual([]);
  },
);

it('makes it reconnect once where that is wished for', async () => {
  const run = await play({
    before: (hands) => hands.source(true),
    script: [],
    ...policy({ repush: 'force' }),
  });
  expect(run.faults).toEqual([]);
  expect(requests(run, 'ForbidLiveStream')).toHaveLength(1);
  expect(run.result!.totals.recordedMs).toBeGreaterThan(58 * MINUTE);
});

it('changes nothing in the account with policy.config require, and records nothing', async () => {
  const run = await play({ ...policy({ config: 'require' }) });
  expect(run.faults).toEqual([]);
  expect(requests(run, 'AddLiveAppRecordConfig')).toEqual([]);
  expect(run.result!.totals.recordedMs).toBe(0);
  expect(run.record.log.some(({ text }) => text.includes('policy.config is require'))).toBe(true);
});

it('takes its config away again where that is wished for', async () => {
  const run = await play({ ...policy({ made: 'remove' }) });
  expect(run.faults).toEqual([]);
  expect(requests(run, 'DeleteLiveAppRecordConfig')).toHaveLength(1);
  expect(run.result!.totals.recordedMs).toBeGreaterThan(59 * MINUTE);
});

it.each([false, true])(
  'records through pauses and drops, each in its place; callbacks: %s',
  async (called) => {
    const run = await play({
      called,
      script: [
        sourceUp(10 * SECOND),
        { at: 10 * MINUTE, do: (d) => d.command('pause') },
        { at: 12 * MINUTE, do: (d) => d.command('resume') },
        sourceDown(20 * MINUTE),
        sourceUp(21 * MINUTE),
        { at: 30 * MINUTE, do: (d) => d.command('pause') },
        sourceDown(31 * MINUTE),
        sourceUp(32 * MINUTE),
        { at: 40 * MINUTE, do: (d) => d.command('resume') },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result!.totals.recordedMs).toBeGreaterThan(45 * MINUTE);
    // restart cuts files, and none was needed.
    expect(run.record.log.length).toBeGreaterThan(0);
  },
);

it('says that the bucket does not take what is recorded, and goes on once it does', async () => {
  const run = await play({
    called: true,
    script: [
      sourceUp(10 * SECOND),
      {
        at: 5 * MINUTE,
        do: (_d, hands) => void hands.control('bucket', { bucket: 'keeprolling-live', state: 'denied' }),
      },
      sourceDown(6 * MINUTE),
      sourceUp(6 * MINUTE + 20 * SECOND),
      {
        at: 15 * MINUTE,
        do: (_d, hands) => void hands.control('bucket', { bucket: 'keeprolling-live', state: 'ok' }),
      },
    ],
  });
  expect(run.faults).toEqual([]);
  expect(run.record.log.some(({ text }) => text.includes('the bucket does not let ApsaraVideo write'))).toBe(
    true,
  );
  expect(run.result!.totals.recordedMs).toBeGreaterThan(30 * MINUTE);
});
