/** Whole sessions in each position of what no page tells about a recording and its push, judged by the truth log. */
import { describe, expect, it } from 'vitest';
import { sampleTarget } from '../../../src/emulators/registry.ts';
import { phaseOf } from '../../../src/session/phase.ts';
import { runVendor, sourceDown, sourceUp, STREAM } from '../../driver/emulated-world.ts';
import { MINUTE, SECOND } from '../../driver/world.ts';

/** The channel of these sessions. */
const NEWS = sampleTarget('naver', STREAM);
const PUBLISH_ENDS = ['ends', 'later', 'stays'] as const;
const RECONNECTS = ['ended', 'another', 'goes-on', 'fragments'] as const;
const POSITIONS = PUBLISH_ENDS.flatMap((publishEnd) =>
  RECONNECTS.map((reconnect) => ({ publishEnd, reconnect })),
);

/** Drops that last longer than the distance of two looks, which are all that looks can tell. */
const SCRIPT = [
  sourceUp(90 * SECOND),
  sourceDown(10 * MINUTE),
  sourceUp(12 * MINUTE),
  sourceDown(20 * MINUTE),
  sourceUp(40 * MINUTE),
];

/** Several sessions each, on a machine that may be busy. */
const PATIENT = { timeout: 60_000 };

describe('a session whose source comes and goes', () => {
  it.each(POSITIONS)(
    'claims what was recorded, and leaves nothing recording: %j',
    PATIENT,
    async (unknowns) => {
      for (const called of [false, true]) {
        const run = await runVendor('naver', { called, script: SCRIPT, emulator: { unknowns } });
        expect(run.faults).toEqual([]);
        expect(run.result?.outcome).toBe('completed');
        expect(run.result?.totals.recordedMs).toBeGreaterThan(33 * MINUTE);
        expect(run.result?.totals.gapMs['source-absent']).toBeGreaterThan(19 * MINUTE);
        expect(run.result?.totals.gapMs.unknown ?? 0).toBe(0);
      }
    },
  );
});

describe('a session whose start or stop goes wrong', () => {
  const wrong = ['error', 'same', 'another'].flatMap((doubleStart) =>
    ['error', 'ok'].map((idleStop) => ({ doubleStart, idleStop })),
  );

  it.each(wrong)('makes one recording all the same: %j', PATIENT, async (unknowns) => {
    for (const kind of ['reply-lost', 'error-applied', 'malformed', 'throttled'])
      for (const op of ['startRecord', 'stopRecord']) {
        const run = await runVendor('naver', {
          script: [
            sourceUp(30 * SECOND),
            { at: 0, do: (_d, naver) => naver.control('faults', { op, kind, times: 1 }) },
          ],
          emulator: { unknowns },
        });
        expect(run.faults).toEqual([]);
        expect(run.result).toMatchObject({ outcome: 'completed', takes: 1 });
      }
  });
});

describe('a session whose channel is suspended', () => {
  it('waits, says who must act, and records once that is lifted', async () => {
    const seen: unknown[] = [];
    const run = await runVendor('naver', {
      before: (naver) => naver.control('block', NEWS),
      script: [
        { at: 5 * MINUTE, do: (drive) => seen.push(phaseOf(drive.state()), drive.state().troubles) },
        { at: 10 * MINUTE, do: (_d, naver) => naver.control('block', { ...NEWS, blocked: false }) },
        sourceUp(10 * MINUTE + SECOND),
      ],
    });
    expect(seen[0]).toBe('waiting');
    expect(JSON.stringify(seen[1])).toContain('E_ACCOUNT_UNREADY');
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 1 });
    expect(run.result!.totals.gapMs['vendor-rule']).toBeGreaterThan(9 * MINUTE);
    expect(run.result!.totals.gapMs['vendor-fault'] ?? 0).toBe(0);
    expect(run.result!.totals.recordedMs).toBeGreaterThan(48 * MINUTE);
  });
});
