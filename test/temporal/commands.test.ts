/** Signals and updates as any client sends them: what is refused leaves nothing behind, and what is taken is answered. */
import { ApplicationFailure, WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UpdateAnswer } from '../../src/workflows/definitions.ts';
import {
  inPhase,
  keyOf,
  omeWorld,
  specificationOf,
  whenStatus,
  type OmeWorld,
  type StartMore,
} from './ome.ts';
import { until as awaited, type RunningWorkers } from './world.ts';

let world: OmeWorld;
let workers: RunningWorkers;

beforeAll(async () => {
  world = await omeWorld();
  workers = await world.startWorkers();
});
afterAll(async () => {
  await workers.stop();
  await world.close();
});

type Handle = Awaited<ReturnType<OmeWorld['start']>>;

const update = async (handle: Handle, name: string, payload: unknown): Promise<UpdateAnswer> =>
  await handle.executeUpdate<UpdateAnswer, [unknown]>(name, { args: [payload] });

async function refusalOf(work: Promise<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  const { cause } = error as WorkflowUpdateFailedError;
  expect(cause).toBeInstanceOf(ApplicationFailure);
  return cause as ApplicationFailure;
}

const past = '2020-01-01T00:00:00Z';
const soon = (ms: number): string => new Date(Date.now() + ms).toISOString();

describe('an update', { timeout: 120_000 }, () => {
  let handle: Handle;

  beforeAll(async () => {
    handle = await world.start('updates');
    await inPhase(handle, 'recording');
  });
  afterAll(async () => {
    await handle.signal('stop');
    await handle.result();
  });

  it.each([
    ['a pause that ended before it begins', 'pause', { until: past }, /has passed/],
    ['an extension into the past', 'extend', { until: past }, /has passed/],
    ['an extension without an end', 'extend', {}, /needs "until"/],
    ['an extension that would shorten the window', 'extend', { until: soon(60_000) }, /only later/],
    ['an end for a resume', 'resume', { until: soon(60_000) }, /Only pause, extend and join/],
    ['a field that no command has', 'pause', { untill: soon(60_000) }, /"untill" is not a field/],
    ['an instant without an offset', 'pause', { until: '2030-01-01T00:00:00' }, /ISO 8601 with offset/],
    ['an instant that is no date', 'pause', { until: '2030-13-45T00:00:00Z' }, /no date/],
    ['a payload that is a text', 'stop', 'now', /must be an object/],
    ['a payload that is a list', 'stop', [], /must be an object/],
    ['an author that is no text', 'stop', { by: 7 }, /"by" must be a text/],
    ['a reason of a thousand characters', 'stop', { reason: 'x'.repeat(1000) }, /longer than 500/],
  ])('refuses %s and leaves no event in the history', async (_what, name, payload, sentence) => {
    const refusal = await refusalOf(update(handle, name, payload));
    expect(refusal.type).toBe('E_COMMAND_INVALID');
    expect(refusal.message).toMatch(sentence);
    const { events } = await handle.fetchHistory();
    const traces = events!.filter(
      (event) =>
        event.workflowExecutionUpdateAcceptedEventAttributes ??
        event.workflowExecutionUpdateCompletedEventAttributes,
    );
    expect(traces).toEqual([]);
    expect(await whenStatus(handle, 'a status', () => true)).toMatchObject({
      revision: 0,
      desired: { state: 'recording' },
    });
  });

  it('is answered when the pause is in effect at the recorder, with the status', async () => {
    const answer = await update(handle, 'pause', { by: 'director', reason: 'sponsor' });
    expect(answer).toMatchObject({ accepted: true, applied: true, revision: 1, note: null });
    expect(answer.status).toMatchObject({ phase: 'paused', desired: { by: 'director', reason: 'sponsor' } });
    expect(world.requests('stopRecord').length).toBe(1);
  });

  it('with an id that was seen is answered again and changes nothing', async () => {
    const first = await update(handle, 'resume', { id: 'once', by: 'director' });
    expect(first).toMatchObject({ applied: true, revision: 2 });
    await handle.signal('resume', { id: 'once', by: 'director' });
    const again = await update(handle, 'resume', { id: 'once', by: 'director' });
    expect(again).toMatchObject({ accepted: true, applied: true, revision: 2 });
  });

  it('to extend is answered at once', async () => {
    const until = soon(2 * 3_600_000);
    const answer = await update(handle, 'extend', { until });
    expect(answer).toMatchObject({ applied: true, revision: 3, status: { window: { until } } });
  });
});

describe('a stop', { timeout: 120_000 }, () => {
  it('wins over everything that comes after it', async () => {
    const handle = await world.start('stopping');
    await inPhase(handle, 'recording');
    // The recorder refuses the stop until it is told to take it.
    world.control('faults', { op: 'stopRecord', kind: 'error-unapplied', times: 1000 });
    await handle.signal('stop', { by: 'director' });
    await inPhase(handle, 'stopping');
    const refusal = await refusalOf(update(handle, 'resume', { by: 'somebody' }));
    expect(refusal.message).toMatch(/a stop wins over everything/);
    await handle.signal('pause', { by: 'somebody' });
    const status = await whenStatus(handle, 'the refusal in the log', (view) =>
      view.log.some((entry) => /pause by somebody was refused: .* wins over everything/.test(entry.text)),
    );
    expect(status).toMatchObject({ phase: 'stopping', desired: { state: 'stopped', by: 'director' } });
    world.emulator.faults.armed.length = 0;
    const answer = await update(handle, 'stop', { by: 'director' });
    expect(answer).toMatchObject({ accepted: true, applied: true });
    const { result, faults } = await world.verdict(handle);
    expect(result.outcome).toBe('completed');
    expect(faults).toEqual([]);
  });
});

describe('a command that comes in the task in which the session ends', { timeout: 120_000 }, () => {
  it.each(['stop', 'extend'])('is answered, and the session closes (%s)', async (name) => {
    await workers.stop();
    const window = { from: soon(3_600_000), length: '1h' };
    const handle = await world.start(`late-${name}`, { specification: { window } });
    await handle.signal('stop', { by: 'director' });
    const { workflowId } = handle;
    const late = handle.executeUpdate<UpdateAnswer, [unknown]>(name, {
      args: [{ by: 'somebody', ...(name === 'extend' && { until: soon(3 * 3_600_000) }) }],
      updateId: 'late',
    });
    const { workflowService } = world.client;
    const updateRef = { workflowExecution: { workflowId }, updateId: 'late' };
    await awaited('the update at the server', async () =>
      workflowService.pollWorkflowExecutionUpdate({ namespace: 'default', updateRef }).then(
        () => true,
        () => false,
      ),
    );
    workers = await world.startWorkers();
    const note = 'The session has ended (cancelled).';
    expect(await late).toMatchObject({
      accepted: false,
      applied: false,
      note,
      status: { phase: 'released' },
    });
    expect((await world.verdict(handle)).result.outcome).toBe('cancelled');
  });
});

describe('a signal with a mistake in its payload', { timeout: 120_000 }, () => {
  it('is told in the log and changes nothing', async () => {
    const handle = await world.start('mistakes');
    await inPhase(handle, 'recording');
    await handle.signal('pause', 'now');
    await handle.signal('stop', ['now']);
    await handle.signal('stop', { who: 'me' });
    await handle.signal('pause', { until: 'tomorrow' });
    await handle.signal('extend');
    const status = await whenStatus(
      handle,
      'five warnings',
      (view) => view.log.filter((entry) => /was ignored/.test(entry.text)).length === 5,
    );
    expect(status).toMatchObject({ phase: 'recording', revision: 0, desired: { state: 'recording' } });
    expect(status.log.map((entry) => entry.text).join('\n')).toMatch(
      /signal pause was ignored: "until" is "tomorrow"/,
    );
    await handle.signal('stop');
    expect((await world.verdict(handle)).faults).toEqual([]);
  });

  it('does not stop a session, even when it is not one of the commands', async () => {
    const handle = await world.start('nonsense');
    await inPhase(handle, 'recording');
    await handle.signal('recorderEvent');
    await handle.signal('recorderEvent', 'up');
    await handle.signal('recorderEvent', {});
    await handle.signal('recorderEvent', { id: 'x', at: 1, kind: 'meteor' });
    await handle.signal('recorderEvent', { id: 'x', at: 'now', kind: 'source-down' });
    await handle.signal('archiveState');
    await handle.signal('no such signal', { id: 'x' });
    const status = await whenStatus(
      handle,
      'six warnings',
      (view) =>
        view.log.filter((entry) => /signal (recorderEvent|archiveState) was ignored/.test(entry.text))
          .length === 6,
      10_000,
    );
    expect(status.phase).toBe('recording');
    await handle.signal('stop');
    expect((await world.verdict(handle)).faults).toEqual([]);
  });
});

describe('a session that must not be started so', { timeout: 120_000 }, () => {
  const wrong: [string, NonNullable<StartMore['options']>, string][] = [
    ['with an execution time-out', { workflowExecutionTimeout: '1h' }, 'E_WORKFLOW_OPTIONS'],
    ['with a run time-out', { workflowRunTimeout: '1h' }, 'E_WORKFLOW_OPTIONS'],
    ['with a retry policy', { retry: { maximumAttempts: 3 } }, 'E_WORKFLOW_OPTIONS'],
    ['under another workflow id than its lock', { workflowId: 'my-recording' }, 'E_WORKFLOW_OPTIONS'],
    [
      'with a specification without an end',
      { args: [{ specification: specificationOf('refused', { window: { from: 'now' } }) }] },
      'E_SPEC_INVALID',
    ],
    [
      'with an account that nobody knows',
      { args: [{ specification: specificationOf('refused', { account: 'nobody' }) }] },
      'E_SPEC_INVALID',
    ],
    [
      'with a session id that would lead out of the archive',
      { args: [{ specification: specificationOf('refused'), sessionId: '../../../elsewhere' }] },
      'E_WORKFLOW_OPTIONS',
    ],
    ['without a specification', { args: [{}] }, 'E_SPEC_INVALID'],
    ['without any input', { args: [] }, 'E_SPEC_INVALID'],
    ['with an input that is a text', { args: ['record it'] }, 'E_SPEC_INVALID'],
  ];

  it.each(wrong)('is refused %s before the recorder is called', async (_what, options, code) => {
    const before = world.emulator.truth.entries.length;
    const handle = await world.start('refused', {
      source: false,
      options,
    });
    const error: unknown = await handle.result().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    let { cause } = error as WorkflowFailedError;
    while (cause && !(cause instanceof ApplicationFailure)) cause = (cause as { cause?: Error }).cause;
    expect(cause).toMatchObject({ type: code });
    expect(world.emulator.truth.entries.length).toBe(before);
  });

  it('is refused while another session holds the lock of its target', async () => {
    const handle = await world.start('locked');
    await expect(world.start('locked', { source: false })).rejects.toThrow(/already started/i);
    expect(handle.workflowId).toBe(`recording/${keyOf('locked')}`);
    await handle.signal('stop');
    await handle.result();
  });
});
