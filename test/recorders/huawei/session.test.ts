/** Whole sessions: what only Huawei does to them. */
import { describe, expect, it } from 'vitest';
import type { HuaweiAccount, HuaweiTarget } from '../../../src/contract/vendors/huawei.ts';
import { emulatedAccount, sampleTarget } from '../../../src/emulators/registry.ts';
import { signed } from '../../../src/recorders/huawei/sign.ts';
import { runVendor, sourceUp, STREAM, type Hands } from '../../driver/emulated-world.ts';
import { MINUTE, SECOND, START } from '../../driver/world.ts';

/** By somebody at the console, who has the same rights. */
function stopAtConsole({ emulator }: Hands, at: number): number {
  const account = emulatedAccount('huawei', {
    url: 'http://127.0.0.1:8083',
    token: 'CANARY-secret-of-the-account',
  }) as unknown as HuaweiAccount;
  const { publishDomain, app, stream } = sampleTarget('huawei', STREAM) as unknown as HuaweiTarget;
  const { projectId, accessKey = '', secretKey = '' } = account;
  const request = {
    method: 'POST',
    host: '127.0.0.1:8083',
    path: `/v1/${projectId}/record/control`,
    query: { action: 'STOP' },
    body: JSON.stringify({ publish_domain: publishDomain, app, stream }),
    projectId,
    at,
  };
  const headers = signed(request, { accessKey, secretKey });
  const { method, path, body } = request;
  const answer = emulator.handle({ method, target: `${path}?action=STOP`, headers, body }, at);
  if (answer.kind !== 'response') throw new Error('No answer.');
  return answer.response.status;
}

describe('a session', () => {
  it('goes on after somebody has stopped its recording at the console, with a gap of seconds', async () => {
    const statuses: number[] = [];
    const run = await runVendor('huawei', {
      called: true,
      script: [
        sourceUp(SECOND),
        {
          at: 20 * MINUTE,
          do: (drive, hands) => statuses.push(stopAtConsole(hands, drive.now())),
        },
      ],
    });
    expect(statuses).toEqual([200]);
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 2 });
    expect(run.result!.totals.recordedMs).toBeGreaterThan(59 * MINUTE);
    expect(run.result!.totals.recordedMs).toBeLessThan(59.9 * MINUTE);
  });

  it('waits for the encoder to connect anew where its rule came too late', async () => {
    const run = await runVendor('huawei', {
      before: (hands) => hands.source(true),
      script: [
        { at: 10 * MINUTE, do: (_d, hands) => hands.source(false) },
        { at: 10 * MINUTE + 5 * SECOND, do: (_d, hands) => hands.source(true) },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 1 });
    expect(run.result!.totals.gapMs['vendor-rule']).toBeGreaterThan(9 * MINUTE);
    expect(run.result!.totals.recordedMs).toBeGreaterThan(48 * MINUTE);
  });

  it('is over minutes after its end where no drop is waited for and its source has gone before', async () => {
    const run = await runVendor('huawei', {
      specification: {
        options: { record_format: ['MP4'], mp4_config: { record_max_duration_to_merge_file: 0 } },
      },
      emulator: { unknowns: { noRecordStatus: 400 } },
      script: [sourceUp(SECOND), { at: 58 * MINUTE, do: (_d, hands) => hands.source(false) }],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 1 });
    const stops = run.emulator.truth.entries.filter(
      (entry) => entry.type === 'request' && entry.op === 'stop',
    );
    expect(stops.length).toBeLessThan(20);
  });

  it('cuts the encoder off once where that is wished for', async () => {
    const run = await runVendor('huawei', {
      before: (hands) => hands.source(true),
      specification: { policy: { repush: 'force' } },
      script: [],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed' });
    expect(run.result!.totals.recordedMs).toBeGreaterThan(58 * MINUTE);
    const cuts = run.emulator.truth.entries.filter(
      (entry) => entry.type === 'request' && entry.op === 'blockOnce',
    );
    expect(cuts).toHaveLength(1);
  });

  it('goes on by itself once the bucket takes files again', async () => {
    const run = await runVendor('huawei', {
      called: true,
      script: [
        sourceUp(SECOND),
        { at: 20 * MINUTE, do: (_d, hands) => hands.control('storage', { mode: 'denied' }) },
        { at: 25 * MINUTE, do: (_d, hands) => hands.control('storage', { mode: 'ok' }) },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed' });
    const { recordedMs, gapMs } = run.result!.totals;
    expect(gapMs.destination).toBeGreaterThan(4 * MINUTE);
    expect(recordedMs).toBeGreaterThan(52 * MINUTE);
  });

  it('keeps 10 s between a stop and the next start, and takes what it made away', async () => {
    const run = await runVendor('huawei', {
      specification: { policy: { made: 'remove' } },
      script: [
        sourceUp(SECOND),
        { at: 20 * MINUTE, do: (drive) => drive.command('pause', { by: 'director' }) },
        { at: 20 * MINUTE + 2 * SECOND, do: (drive) => drive.command('resume', { by: 'director' }) },
      ],
    });
    expect(run.faults).toEqual([]);
    const commands = run.emulator.truth.entries.flatMap((entry) =>
      entry.type === 'request' && ['start', 'stop'].includes(entry.op) ? [[entry.op, entry.at] as const] : [],
    );
    const stopped = commands.find(([op]) => op === 'stop')![1];
    const again = commands.find(([op, at]) => op === 'start' && at > stopped)![1];
    expect(stopped).toBeGreaterThanOrEqual(START + 20 * MINUTE);
    expect(again - stopped).toBeGreaterThanOrEqual(10 * SECOND);
    expect(again - stopped).toBeLessThan(20 * SECOND);
    expect(run.control('rules')).toEqual([]);
  });
});
