/** The worker's release changes in mid-recording. */
import { expect, describe, it } from 'vitest';
import { defaultPayloadConverter } from '@temporalio/common';
import { BEHAVIOUR } from '../../src/session/begin.ts';
import { sessionWorkflowId } from '../../src/session/names.ts';
import type { SessionResult } from '../../src/session/events.ts';
import type { StatusView } from '../../src/session/views.ts';
import type { RecordingInput } from '../../src/workflows/definitions.ts';
import { judge } from '../referee/referee.ts';
import { syntheticVendor } from '../synthetic/vendor.ts';
import { runsOf, type Run } from '../temporal/histories.ts';
import { skippingWorld } from '../temporal/skipping.ts';
import { nextRelease } from './bundles.ts';
import { marksOf } from './kept.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function carriedBy(run: Run): RecordingInput['carried'] {
  const payload = run.events[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  return payload ? defaultPayloadConverter.fromPayload<RecordingInput>(payload).carried : undefined;
}

describe('a worker of the next release', () => {
  it('goes on with a run under its level, and raises the level with the next run', async () => {
    const vendor = syntheticVendor();
    const world = await skippingWorld({
      registry: new Map([['synthetic', vendor.vendor]]),
      account: { vendor: 'synthetic', secret: 'CANARY-synthetic' },
      looks: { every: '5m' },
      uncached: true,
    });
    try {
      const begunAt = await world.clock.sync();
      vendor.source('news', true, begunAt);
      const handle = await world.client.workflow.start('recording', {
        workflowId: sessionWorkflowId('synthetic/account/news'),
        taskQueue: 'keeprolling',
        args: [
          {
            specification: {
              name: 'released',
              account: 'account',
              target: { channel: 'news' },
              window: { from: 'now', length: '150m' },
            },
            renewAfterMs: HOUR,
          },
        ],
      });
      await world.sleepUntil(begunAt + 20 * MINUTE);
      await handle.signal('pause', { by: 'director' });
      await world.sleepUntil(begunAt + 25 * MINUTE);
      await world.stopWorkers();
      await world.startWorkers(await nextRelease());
      await handle.signal('resume', { by: 'director' });
      await world.sleepUntil(begunAt + 30 * MINUTE);
      expect(await handle.query<StatusView>('status')).toMatchObject({ phase: 'recording', revision: 2 });

      const result = (await handle.result()) as SessionResult;
      const { closeTime } = await handle.describe();
      const runs = await runsOf(world.client, handle.workflowId, handle.firstExecutionRunId);
      expect(runs.map((run) => marksOf(run.history))).toEqual([
        [`behaviour-${BEHAVIOUR}`],
        [`behaviour-${BEHAVIOUR + 1}`],
        [`behaviour-${BEHAVIOUR + 1}`],
      ]);
      // What each run handed to the next tells the level that it had.
      expect(runs.map((run) => carriedBy(run)?.state.behaviour)).toEqual([
        undefined,
        BEHAVIOUR,
        BEHAVIOUR + 1,
      ]);
      expect(result).toMatchObject({ outcome: 'completed', takes: 2 });
      const record = await world.recordOf(result.sessionId, result.key);
      await world.clock.sync();
      vendor.settle(world.clock.now());
      const faults = judge({
        sessionId: result.sessionId,
        truth: vendor.truth.entries,
        record,
        closedAt: closeTime!.getTime(),
        now: world.clock.now(),
        lookMs: 5 * MINUTE,
      });
      expect(faults).toEqual([]);
    } finally {
      await world.close();
    }
  }, 60_000);
});
