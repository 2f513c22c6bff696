/** Agora through a real server and a real worker: its calls, its changes, and its files in an emulated AWS. */
import { ApplicationFailure, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionRecord } from '../../src/archive/read.ts';
import { systemClock } from '../../src/emulators/index.ts';
import type { SessionResult } from '../../src/session/events.ts';
import { sessionWorkflowId, workflowQueue } from '../../src/session/names.ts';
import type { UpdateAnswer } from '../../src/workflows/definitions.ts';
import { judge } from '../referee/referee.ts';
import {
  ACCOUNT,
  agoraPlaces,
  BUCKET,
  INDIVIDUAL,
  keyOf,
  MIX,
  SECRETS,
  SETTLED,
  specificationOf,
  WEB,
  type Places,
} from './agora-places.ts';
import { closedLedger, inPhase, whenStatus } from './ome.ts';
import { QUICK_LOOKS, temporalWorld, until, type RunningWorkers, type TemporalWorld } from './world.ts';

type Fields = Record<string, unknown>;
interface Body {
  cname: string;
  clientRequest: Fields;
}

let places: Places;
let world: TemporalWorld;
let workers: RunningWorkers;
let mix: WorkflowHandle;
let web: WorkflowHandle;
let hall: WorkflowHandle;
/** What Agora was sent, in its order. */
const sent: ({ op: string } & Body)[] = [];

async function start(target: typeof MIX, options: Fields = {}): Promise<WorkflowHandle> {
  return await world.client.workflow.start('recording', {
    workflowId: sessionWorkflowId(keyOf(target)),
    taskQueue: workflowQueue(world.prefix),
    args: [{ specification: specificationOf(target, { options }) }],
  });
}

beforeAll(async () => {
  places = agoraPlaces({
    clock: systemClock,
    standIn: {
      agora: ({ target, body }) => {
        if (body !== '') sent.push({ op: target.split('/').at(-1)!, ...(JSON.parse(body) as Body) });
        return undefined;
      },
    },
  });
  world = await temporalWorld({ account: ACCOUNT, dispatcher: places.dispatcher, registry: SETTLED });
  places.configured(world.settings, { looks: QUICK_LOOKS, refresh: '5s' });
  workers = await world.startWorkers();
  for (const { channel } of [MIX, INDIVIDUAL]) places.control('source.start', { channel });
  mix = await start(MIX);
  hall = await start(INDIVIDUAL, { streamTypes: 0, subscribeUidGroup: 0 });
  web = await start(WEB, {
    url: { secret: 'page-url' },
    audioProfile: 1,
    videoWidth: 1280,
    videoHeight: 720,
    publish: { outputs: [{ rtmpUrl: { secret: 'push-url' } }] },
  });
}, 60_000);

afterAll(async () => {
  await workers.stop();
  await world.close();
});

const updatesOf = ({ channel }: typeof MIX): Fields[] =>
  sent.flatMap(({ op, cname, clientRequest }) =>
    op === 'update' && cname === channel ? [clientRequest] : [],
  );
const refreshesOf = (target: typeof MIX): Fields[] =>
  updatesOf(target).filter((one) => one['storageConfig'] !== undefined);
const update = async (handle: WorkflowHandle, name: string, payload: Fields = {}): Promise<UpdateAnswer> =>
  await handle.executeUpdate<UpdateAnswer, [unknown]>(name, { args: [{ by: 'director', ...payload }] });

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  const { cause } = error as WorkflowUpdateFailedError;
  expect(cause).toBeInstanceOf(ApplicationFailure);
  expect((cause as ApplicationFailure).type).toBe('E_COMMAND_INVALID');
  return (cause as ApplicationFailure).message;
}

async function updatesIn(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  return events!.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length;
}

/** Stops it, waits for its ledger, and asks the referee. */
async function ended(handle: WorkflowHandle) {
  await handle.signal('stop', { by: 'director' });
  const result = (await handle.result()) as SessionResult;
  const { closeTime } = await handle.describe();
  const record: SessionRecord = await closedLedger(world, result);
  places.agora.settle(Date.now());
  const faults = judge({
    sessionId: result.sessionId,
    truth: places.agora.truth.entries,
    record,
    closedAt: closeTime!.getTime(),
    now: Date.now(),
    lookMs: 10_000,
    filesByName: true,
  });
  expect(faults).toEqual([]);
  return { result, record };
}

const uids = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

describe('a change that cannot be', { timeout: 60_000 }, () => {
  it.each([
    [
      'both lists of a medium',
      () => mix,
      { subscribe: { audioUidList: { subscribeAudioUids: ['1'], unsubscribeAudioUids: ['2'] } } },
      /subscribe\.audioUidList must hold subscribeAudioUids .* or unsubscribeAudioUids/,
    ],
    [
      '33 uids',
      () => mix,
      { subscribe: { videoUidList: { subscribeVideoUids: uids(33) } } },
      /subscribe\.videoUidList\.subscribeVideoUids must have at most 32 items/,
    ],
    [
      'a list of videos where only sound is recorded',
      () => hall,
      { subscribe: { videoUidList: { subscribeVideoUids: ['1'] } } },
      /subscribe\.(videoUidList|audioUidList)/,
    ],
    ['a layout where nothing is mixed', () => hall, { layout: { mixedVideoLayout: 1 } }, /layout cannot/],
    [
      'an address that is written out',
      () => web,
      { publish: { outputs: [{ rtmpUrl: SECRETS.pushUrl }] } },
      /publish\.outputs\[0\]\.rtmpUrl must be/,
    ],
  ])('is refused before anything is written: %s', async (_what, handle, value, sentence) => {
    await whenStatus(handle(), 'a status', () => true);
    const before = await updatesIn(handle());
    const refusal = await refusalOf(update(handle(), 'change', value));
    expect(refusal).toMatch(sentence);
    for (const secret of Object.values(SECRETS)) expect(refusal).not.toContain(secret);
    expect(await updatesIn(handle())).toBe(before);
  });
});

describe('a page', { timeout: 60_000 }, () => {
  it('is held and goes on within one take, by updates that are answered when it is so', async () => {
    await inPhase(web, 'recording');
    const held = await update(web, 'pause', { reason: 'sponsor' });
    expect(held).toMatchObject({ accepted: true, applied: true, status: { phase: 'paused' } });
    expect(updatesOf(WEB)).toContainEqual(expect.objectContaining({ webRecordingConfig: { onhold: true } }));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await update(web, 'resume')).toMatchObject({ accepted: true, applied: true });
    expect(updatesOf(WEB)).toContainEqual(expect.objectContaining({ webRecordingConfig: { onhold: false } }));
    await inPhase(web, 'recording');
  });

  it('is pushed elsewhere, by a name whose address Agora alone is told', async () => {
    const outputs = [{ rtmpUrl: { secret: 'other-push-url' } }];
    const answer = await update(web, 'change', { publish: { outputs } });
    expect(answer).toMatchObject({ accepted: true, applied: true });
    expect(answer.status.settings.publish?.value).toEqual({ outputs });
    expect(updatesOf(WEB)).toContainEqual(
      expect.objectContaining({ rtmpPublishConfig: { outputs: [{ rtmpUrl: SECRETS.otherPushUrl }] } }),
    );
  });

  it('is in the archive as one take with a pause', async () => {
    const { result, record } = await ended(web);
    expect(result).toMatchObject({ outcome: 'completed', takes: 1 });
    expect(result.totals.gapMs.paused).toBeGreaterThan(1000);
    expect(record.commands.map(({ command }) => command)).toEqual(['pause', 'resume', 'change', 'stop']);
  });
});

describe('a channel', { timeout: 60_000 }, () => {
  it('is acquired, started, and proved by a slice', async () => {
    const status = await whenStatus(mix, 'a slice', ({ takes }) => takes[0]?.actual === 'recording');
    expect(status).toMatchObject({
      phase: 'recording',
      takes: [{ number: 1, evidence: 'observed', storage: 's3-archive' }],
    });
    expect(places.requests('acquire')).toHaveLength(3);
    expect(places.requests('start')).toHaveLength(3);
  });

  it('gets credentials of its own at the pace of its destination, each proved by a write', async () => {
    await until('two refreshes', async () => await Promise.resolve(refreshesOf(MIX).length >= 2));
    const started = sent.find(({ op, cname }) => op === 'start' && cname === MIX.channel)!;
    const given = [started.clientRequest, ...updatesOf(MIX)].map(
      ({ storageConfig }) => storageConfig as Fields,
    );
    expect(new Set(given.map(({ stsToken }) => stsToken)).size).toBe(given.length);
    for (const one of given) expect(one).toMatchObject({ vendor: 1, region: 7, bucket: BUCKET });
    const minted = places.requests('AssumeRole').length;
    expect(places.requests('PutObject').length).toBeGreaterThanOrEqual(minted - 1);
  });

  it('gets them at once when somebody asks', async () => {
    const before = refreshesOf(MIX).length;
    const answer = await update(mix, 'change', { storage: { refresh: 'now' } });
    expect(answer).toMatchObject({ accepted: true, applied: true });
    expect(refreshesOf(MIX).length).toBeGreaterThan(before);
  });

  it('takes a change of whom it subscribes to, once', async () => {
    const subscribe = { audioUidList: { subscribeAudioUids: ['#allstream#'] } };
    const answer = await update(mix, 'change', { subscribe });
    expect(answer).toMatchObject({ accepted: true, applied: true, note: null });
    expect(answer.status.settings.subscribe?.value).toEqual(subscribe);
    expect(updatesOf(MIX).filter((one) => !one.storageConfig)).toEqual([
      { streamSubscribe: expect.objectContaining(subscribe) as unknown },
    ]);
  });

  it('is in the archive with its files, which are in the bucket', async () => {
    const { result, record } = await ended(mix);
    expect(result).toMatchObject({ outcome: 'completed', takes: 1 });
    expect(result.totals.gapMs['vendor-fault']).toBeUndefined();
    const files = record.takes.flatMap((take) => take.files?.files ?? []);
    expect(files.length).toBeGreaterThan(0);
    const stored = (places.cloudControl('objects', { bucket: BUCKET }) as { key: string }[]).map(
      ({ key }) => key,
    );
    for (const { name, state } of files) {
      expect(state).toBe('stored');
      expect(stored).toContain(name);
    }
  });

  it('is recorded by itself, one user at a time, in individual mode', async () => {
    const { result } = await ended(hall);
    expect(result).toMatchObject({ outcome: 'completed', takes: 1 });
    expect(result.totals.recordedMs).toBeGreaterThan(1000);
  });
});
