/** Fifty sessions on two production servers, of which one is gone at a time: nothing is lost, and nothing happens twice. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { temporal } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionWorkflowId } from '../../src/session/names.ts';
import { keyOf } from '../temporal/ome.ts';
import { SESSIONS, story, type Found } from './story.ts';

const BUNDLE = fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url));
const { EventType } = temporal.api.enums.v1;

describe('fifty sessions while a server is killed, and then another one is ended', () => {
  const startedAt = Date.now();
  const told: string[] = [];
  const note = (line: string): void => {
    const text = `${((Date.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${line}`;
    told.push(text);
    process.stderr.write(`${text}\n`);
  };
  let found: Found;

  beforeAll(async () => {
    if (!existsSync(BUNDLE)) throw new Error('dist/ is not built: npm run build.');
    found = await story(note);
  });
  afterAll(() => process.stderr.write(`\nWhat happened:\n${told.join('\n')}\n`));

  it('end as they should, in as few takes as they need', () => {
    expect(found.sessions).toHaveLength(SESSIONS);
    const ended = found.sessions.map(({ stream, result }) => [stream, result.outcome, result.takes]);
    expect(ended).toEqual([...found.takes].map(([stream, takes]) => [stream, 'completed', takes]));
  });

  it('claim nothing that the truth log does not bear out, and leave no gap without a cause', () => {
    const faults = found.sessions.flatMap(({ stream, faults: own }) => own.map((one) => `${stream}: ${one}`));
    expect(faults).toEqual([]);
  });

  it('complete once each, in the list of the server as in their histories', () => {
    const wanted = [...found.takes.keys()].map((stream) => sessionWorkflowId(keyOf(stream)));
    expect(found.listed.toSorted()).toEqual(wanted.toSorted());
    const ends = found.sessions.map(({ runs }) =>
      runs.flatMap((run) => run.events).filter((event) => event.eventType === COMPLETED),
    );
    expect(ends.map((events) => events.length)).toEqual(wanted.map(() => 1));
  });

  it('have no call in their histories that ended twice', () => {
    const ends = found.sessions.flatMap(({ stream, runs }) =>
      runs.flatMap((run) =>
        run.events.flatMap((event) => {
          const call = event.activityTaskCompletedEventAttributes ?? event.activityTaskFailedEventAttributes;
          return call ? [`${stream} ${run.runId} ${String(call.scheduledEventId)}`] : [];
        }),
      ),
    );
    expect(ends.length).toBeGreaterThan(SESSIONS);
    expect(new Set(ends).size).toBe(ends.length);
  });

  it('have histories that replay, as a production server wrote them', async () => {
    const histories = found.sessions.flatMap(({ stream, runs }) =>
      runs.map(({ history }) => ({ workflowId: sessionWorkflowId(keyOf(stream)), history })),
    );
    const failed: string[] = [];
    const options = { workflowBundle: { codePath: BUNDLE } };
    for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
      if (error) failed.push(`${workflowId}: ${error.message}`);
    }
    expect(failed).toEqual([]);
  });
});

const COMPLETED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED;
