/** What ApsaraVideo's pages leave open, each point in each position: the session tells what really happened all the same. */
import { expect, it } from 'vitest';
import type { AlibabaUnknowns } from '../../src/emulators/index.ts';
import { runVendor, sourceDown, sourceUp } from '../driver/emulated-world.ts';
import { MINUTE, SECOND } from '../driver/world.ts';
import { playOf } from './vendor-samples.ts';

const POSITIONS: Partial<AlibabaUnknowns>[] = [
  { wrongStateCode: 'TaskNotFound' },
  { startWhenPaused: 'new-file' },
  { startWhenPaused: 'refused' },
  { stopDelay: '180s' },
  { restartAfterEnd: 'starts' },
  { manualDrop: 'survives' },
  { codes: '2018' },
  { throttlingStatus: 429 },
  { throttlingStatus: 503 },
  { commonStatus: 'other' },
  { recommend: false },
  { twoFormats: 'refused' },
  { repushAfterMs: 180_000 },
  { missingConfig: '200' },
  { bucketCheck: 'at-file' },
  { pauseEvents: false },
  { retries: 'older' },
  { notifyPaging: 'optional' },
  { indexMonths: 3 },
];

const CASES = POSITIONS.flatMap((unknowns) =>
  [false, true].map((called): [string, boolean, Partial<AlibabaUnknowns>] => [
    Object.entries(unknowns).flat().join(' '),
    called,
    unknowns,
  ]),
);

it.each(CASES)('%s, callbacks: %s', async (_name, called, unknowns) => {
  const run = await runVendor(
    'alibaba',
    playOf('alibaba', {
      called,
      emulator: { unknowns },
      script: [
        sourceUp(30 * SECOND),
        {
          at: 5 * MINUTE,
          do: (_d, hands) => void hands.control('faults', { op: '*', kind: 'throttled', times: 2 }),
        },
        sourceDown(10 * MINUTE),
        sourceUp(10 * MINUTE + 20 * SECOND),
        { at: 20 * MINUTE, do: (d) => d.command('pause') },
        { at: 21 * MINUTE, do: (d) => d.command('resume') },
        sourceDown(30 * MINUTE),
        sourceUp(36 * MINUTE),
      ],
    }),
  );
  expect(run.faults).toEqual([]);
  expect(run.result?.outcome).toBe('completed');
  expect(run.result?.totals.recordedMs).toBeGreaterThan(45 * MINUTE);
});
