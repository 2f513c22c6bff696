/** The gateway before a real server: what reaches sessions, what starts them, and what it does while nobody answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { request } from 'undici';
import { reachOf } from '../../src/client/reach.ts';
import { startGateway, type Gateway } from '../../src/gateway/index.ts';
import { lookNow } from '../../src/gateway/look-now.ts';
import type { News } from '../../src/recorders/callbacks.ts';
import { sessionWorkflowId } from '../../src/session/names.ts';
import { syntheticVendor } from '../synthetic/vendor.ts';
import { inPhase } from '../temporal/ome.ts';
import { temporalWorld, until, type RunningWorkers, type TemporalWorld } from '../temporal/world.ts';
import { ACCOUNT, address, calledBack, counted, newsOf, settingsWith, signed, type Counted } from './kit.ts';

const synthetic = syntheticVendor({ firstLookMs: 500 });
const registry = calledBack(synthetic);
let world: TemporalWorld;
let workers: RunningWorkers;
let gateway: Gateway;
let counts: Counted;
const lines: string[] = [];

const begin = async (): Promise<[Gateway, Counted]> => {
  const tally = counted();
  const { settings } = world;
  const log = (line: string): void => void lines.push(line);
  return [await startGateway({ settings, registry, env: {}, port: 0, counts: tally, log }), tally];
};
const post = async (
  callback: Parameters<typeof signed>[0],
  to = gateway,
): Promise<{ status: number; body: unknown }> => {
  const { headers, payload } = signed(callback);
  const { statusCode, body } = await request(`${to.url}${address('account')}`, {
    method: 'POST',
    headers,
    body: payload,
  });
  return { status: statusCode, body: await body.json() };
};
const handleOf = (channel: string) =>
  world.client.workflow.getHandle(sessionWorkflowId(`synthetic/account/${channel}`));
const announced = (channel: string, id: string): News =>
  newsOf(channel, { announced: { id, target: { channel, codec: 'h264' } } });

beforeAll(async () => {
  world = await temporalWorld({
    account: ACCOUNT,
    registry,
    // No look comes by itself within this test.
    looks: { every: '100h', doubt: '100h', withCallbacks: '100h' },
    configuration: {
      templates: {
        studio: { owner: 'studio', window: { length: '1h' } },
        late: { window: { until: '2020-01-01T00:00Z' } },
      },
      onPublish: [
        { account: 'account', target: { channel: 'show-*' }, template: 'studio', name: 'live {channel}!' },
        { account: 'account', target: { channel: 'late-*' }, template: 'late' },
      ],
    },
  });
  workers = await world.startWorkers();
  [gateway, counts] = await begin();
});
afterAll(async () => {
  await gateway?.close();
  await workers?.stop();
  await world?.close();
});

const started = async (channel: string): Promise<void> => {
  synthetic.source(channel, true, Date.now());
  await world.client.workflow.start('recording', {
    workflowId: handleOf(channel).workflowId,
    taskQueue: `${world.prefix}keeprolling`,
    args: [
      { specification: { name: channel, account: 'account', target: { channel }, window: { length: '2h' } } },
    ],
  });
  await inPhase(handleOf(channel), 'recording');
};
/** The server may hold a signal back while a turn of the workflow is under way. */
const signalled = async (channel: string, times: number): Promise<void> => {
  await until(`${times} signals`, async () => {
    const { events = [] } = await handleOf(channel).fetchHistory();
    const ours = events!.filter(
      (event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'recorderEvent',
    );
    return ours.length === times;
  });
};

test('a callback reaches the open session of its target as a signal, and nobody once it has ended', async () => {
  await started('news');
  expect((await post({ news: [newsOf('news')] })).status).toBe(200);
  await signalled('news', 1);
  await handleOf('news').signal('stop', {});
  await handleOf('news').result();
  expect((await post({ news: [newsOf('news')] })).status).toBe(200);
  expect((await post({ news: [newsOf('never-there')] })).status).toBe(200);
  expect(counts.verdicts).toEqual({ 'account delivered': 1, 'account no-session': 2 });
  expect((await request(`${gateway.url}/readyz`)).statusCode).toBe(200);
});

describe('look now', () => {
  const watchOf = async (channel: string) =>
    (await handleOf(channel).describe()).raw.pendingActivities?.find(
      ({ activityType }) => activityType?.name === 'watchTakes',
    );
  /** The one that proves the start comes soon, and the watch after it waits for hours. */
  const waiting = async (channel: string): Promise<void> => {
    await until('a watch that waits for long', async () => {
      const retry = (await watchOf(channel))?.currentRetryInterval?.seconds;
      return Number(retry ?? 0) > 60;
    });
  };
  const looks = (): number =>
    synthetic.truth.entries.filter((entry) => entry.type === 'request' && entry.op === 'look').length;
  const lengthOf = async (channel: string): Promise<number> =>
    Number((await handleOf(channel).fetchHistory()).events?.length);

  test('a watch that waits for its next look looks at once, keeps what it remembers, and writes no history', async () => {
    await started('looked-at');
    const reach = reachOf(world.settings, {}, { payloadCodecs: [] });
    const looking = lookNow(reach, 0, 0);
    // The first look of a watch is brought forward too.
    for (const round of ['first', 'second']) {
      await waiting('looked-at');
      const [before, length] = [looks(), await lengthOf('looked-at')];
      looking.ask(handleOf('looked-at').workflowId);
      await until(`the ${round} look`, async () => await Promise.resolve(looks() > before));
      await until('its memory', async () => {
        const watch = await watchOf('looked-at');
        return (
          watch?.lastFailure?.message?.startsWith('recording') && watch.heartbeatDetails?.payloads?.length
        );
      });
      expect(await lengthOf('looked-at')).toBe(length);
    }
    await looking.close();
    await reach.close();
  });

  test('it follows a callback that asks for it', async () => {
    await started('looked-at-too');
    await waiting('looked-at-too');
    const before = looks();
    await post({ news: [newsOf('looked-at-too', { look: true })] });
    await expect.poll(looks, { timeout: 25_000 }).toBeGreaterThan(before);
  });
});

describe('record on publish', () => {
  test('an announced stream that a rule fits is recorded as its template says', async () => {
    synthetic.source('show-1', true, Date.now());
    expect((await post({ news: [announced('show-1', 'announcement-1')] })).status).toBe(200);
    const status = await inPhase(handleOf('show-1'), 'recording');
    expect(status).toMatchObject({ name: 'live-show-1-' });
    const { memo } = await handleOf('show-1').describe();
    expect(memo).toMatchObject({ requestId: 'announcement-1', specification: { owner: 'studio' } });
    expect(counts.starts).toEqual({ 'account started': 1 });
  });

  test('announced twice, and to two gateways at once, it is one session', async () => {
    const [other, otherCounts] = await begin();
    synthetic.source('show-2', true, Date.now());
    const one = { news: [announced('show-2', 'announcement-2')] };
    const replies = await Promise.all([post(one), post(one, other), post(one), post(one, other)]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await inPhase(handleOf('show-2'), 'recording');
    const all = { ...otherCounts.starts };
    for (const [key, times] of Object.entries(counts.starts)) all[key] = (all[key] ?? 0) + times;
    // One of them is of the test before.
    expect(all).toEqual({ 'account started': 2, 'account existing': 3 });
    expect(synthetic.recordings().filter(({ source }) => source === 'show-2')).toHaveLength(1);

    // Also after it has ended: the same announcement does not begin anew.
    await handleOf('show-2').signal('stop', {});
    await handleOf('show-2').result();
    await post(one);
    expect(counts.starts['account existing']! + (otherCounts.starts['account existing'] ?? 0)).toBe(4);
    expect(synthetic.recordings().filter(({ source }) => source === 'show-2')).toHaveLength(1);
    await other.close();
  });

  test('a stream that is being recorded otherwise goes on as it is, and its session hears of the announcement', async () => {
    await started('show-3');
    await post({ news: [announced('show-3', 'announcement-3')] });
    expect(counts.starts['account busy']).toBe(1);
    await signalled('show-3', 1);
    // Who holds it is worth a line, and nobody's sleep.
    const [line, ...more] = lines.filter((one) => one.includes('show-3'));
    expect(more).toEqual([]);
    expect(JSON.parse(line!)).toMatchObject({
      level: 'info',
      account: 'account',
      verdict: 'busy',
      why: expect.stringMatching(
        /^synthetic\/account\/show-3 was announced, and is held by the session show-3/,
      ) as string,
    });
  });

  test('a stream that no rule fits is nobody’s, and a template that cannot work is told once', async () => {
    const own: string[] = [];
    const tally = counted();
    const { settings } = world;
    const other = await startGateway({
      settings,
      registry,
      env: {},
      port: 0,
      counts: tally,
      log: (line) => own.push(line),
    });
    for (const channel of ['elsewhere', 'late-1', 'late-2']) {
      expect((await post({ news: [announced(channel, `of ${channel}`)] }, other)).status).toBe(200);
    }
    await other.close();
    expect(tally.starts).toEqual({ 'account refused': 2 });
    expect(own).toHaveLength(1);
    expect(JSON.parse(own[0]!)).toMatchObject({
      account: 'account',
      verdict: 'refused',
      why: expect.stringContaining('the window ends before it begins') as string,
    });
  });
});

test('while no Temporal server answers it is up, asks vendors to send again, and still permits', async () => {
  const settings = settingsWith(
    { temporal: { address: '127.0.0.1:1' }, accounts: { account: ACCOUNT } },
    registry,
  );
  const tally = counted();
  const alone = await startGateway({ settings, registry, env: {}, port: 0, counts: tally, log: () => {} });
  try {
    expect((await post({ news: [newsOf('news')] }, alone)).status).toBe(503);
    const permission = await post({ admission: true, news: [newsOf('news')] }, alone);
    expect(permission).toEqual({ status: 200, body: { allowed: true } });
    expect((await request(`${alone.url}/healthz`)).statusCode).toBe(200);
    expect((await request(`${alone.url}/readyz`)).statusCode).toBe(503);
  } finally {
    await alone.close();
  }
  // Ending does not wait for a server that is not there.
  expect(tally.verdicts).toEqual({ 'account unavailable': 1, 'account dropped': 1 });
});
