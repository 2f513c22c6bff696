/** On a real server: a notifier over many runs, and maintenance as a client announces it. */
import { randomBytes } from 'node:crypto';
import type { Agent } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeepRolling } from '../../src/client/index.ts';
import { createHttpAgent } from '../../src/recorders/http.ts';
import type { Notice, NoticeSubject } from '../../src/session/notices.ts';
import {
  notifyWorkflowId,
  sessionWorkflowId,
  troublesWorkflowId,
  workflowQueue,
} from '../../src/session/names.ts';
import type { StatusView } from '../../src/session/views.ts';
import type { NoticeBatch, NotifyView } from '../../src/workflows/definitions.ts';
import type { NotifyResult } from '../../src/workflows/notify.ts';
import { syntheticVendor, type SyntheticVendor } from '../synthetic/vendor.ts';
import { runsOf } from '../temporal/histories.ts';
import { configuredServer } from '../temporal/own-server.ts';
import { temporalWorld, until, type RunningWorkers, type TemporalWorld } from '../temporal/world.ts';
import { listen, type Listener } from './listener.ts';

let listener: Listener;
let agent: Agent;
let vendor: SyntheticVendor;
let server: Awaited<ReturnType<typeof configuredServer>>;
let world: TemporalWorld;
let workers: RunningWorkers;
const registry = () => new Map([['synthetic', vendor.vendor]]);
const account = { vendor: 'synthetic', secret: 'CANARY-synthetic' };

beforeAll(async () => {
  listener = await listen();
  agent = createHttpAgent();
  vendor = syntheticVendor();
  server = await configuredServer({ 'limit.historyCount.suggestContinueAsNew': 60 });
  world = await temporalWorld({
    address: server.address,
    account,
    registry: registry(),
    dispatcher: agent,
    configuration: {
      receivers: { ops: { url: listener.url, keys: `whsec_${randomBytes(32).toString('base64')}` } },
      notify: ['ops'],
    },
  });
  workers = await world.startWorkers();
});
afterAll(async () => {
  await workers.stop();
  await world.close();
  await server.stop();
  await agent.close();
  await listener.close();
});
beforeEach(() => {
  listener.posts.length = 0;
  listener.answer = () => 204;
});

const noticesFrom = (first: number, count: number): Notice[] =>
  Array.from({ length: count }, (_, i) => ({
    sequence: first + i,
    at: Date.now(),
    kind: 'phase',
    text: `line ${first + i}`,
  }));

describe('a notifier', { timeout: 120_000 }, () => {
  async function fed(id: string, batches: NoticeBatch[]) {
    const subject: NoticeSubject = {
      id,
      type: 'session',
      source: `/keeprolling/test01/${id}`,
      about: { name: id },
    };
    const [first, ...others] = batches;
    const handle = await world.client.workflow.start('notify', {
      workflowId: notifyWorkflowId(id, 'ops'),
      taskQueue: workflowQueue(world.prefix),
      args: [{ receiver: 'ops', subject, first }],
    });
    for (const batch of others) await handle.signal('notices', batch);
    return handle;
  }
  const sequences = (): number[] => listener.taken().map(({ sequence }) => Number(sequence));

  it('goes on in a new run when the server suggests it, and tells nothing twice and all in order', async () => {
    listener.answer = () => 503;
    const batches = Array.from({ length: 120 }, (_, i) => ({
      notices: noticesFrom(i + 1, 1),
      missed: 0,
      last: i === 119,
    }));
    const handle = await fed('many', batches);
    await until(
      'the next run',
      async () => (await runsOf(world.client, handle.workflowId, handle.firstExecutionRunId)).length > 1,
    );
    listener.answer = () => 204;
    expect(await handle.result()).toEqual({ delivered: 120, givenUp: 0 } satisfies NotifyResult);
    expect(sequences()).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
  });

  it('keeps a thousand that wait, and tells the next how many it dropped', async () => {
    listener.answer = () => 503;
    const batch = (first: number, count: number, last = false): NoticeBatch => ({
      notices: noticesFrom(first, count),
      missed: 0,
      last,
    });
    const handle = await fed('flood', [batch(1, 2), batch(3, 700), batch(703, 700, true)]);
    const view = await until('all to be taken in', async () => {
      const now = await handle.query<NotifyView>('notices');
      return now.givenUp > 0 && now;
    });
    expect(view).toMatchObject({ waiting: 1000, givenUp: 402 });
    listener.answer = () => 204;
    expect(await handle.result()).toEqual({ delivered: 1000, givenUp: 402 });
    // Those that were under way kept their place, the oldest of the others were dropped.
    const told = sequences();
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    const missed = listener.taken().filter(({ data }) => data.missed !== undefined);
    expect(missed.map(({ data }) => data.missed)).toEqual([402]);
    const at = told.indexOf(Number(missed[0]!.sequence));
    expect(told[at]! - (told[at - 1] ?? 0)).toBe(403);
  });

  it('passes over a signal that it cannot understand', async () => {
    const handle = await fed('nonsense', [{ notices: noticesFrom(1, 1), missed: 0, last: false }]);
    await handle.signal('notices');
    await handle.signal('notices', { notices: 'none' });
    await handle.signal('notices', { notices: noticesFrom(2, 1), missed: 0, last: true });
    expect(await handle.result()).toEqual({ delivered: 2, givenUp: 0 });
  });
});

describe('maintenance of an account', { timeout: 120_000 }, () => {
  let client: KeepRolling;
  beforeAll(async () => {
    client = await KeepRolling.connect({
      configuration: {
        installation: 'test01',
        temporal: { address: server.address },
        accounts: { account },
        queues: { prefix: world.prefix },
      },
      registry: registry(),
      env: {},
    });
  });
  afterAll(async () => await client.close());

  it('is told to each open session and to the receivers, and so is its end', async () => {
    const channels = ['one', 'two'];
    const handles = await Promise.all(
      channels.map(async (channel) => {
        vendor.source(channel, true, Date.now());
        return await world.client.workflow.start('recording', {
          workflowId: sessionWorkflowId(`synthetic/account/${channel}`),
          taskQueue: workflowQueue(world.prefix),
          args: [
            {
              specification: {
                name: channel,
                account: 'account',
                target: { channel },
                window: { from: 'now', length: '1h' },
              },
            },
          ],
        });
      }),
    );
    const all = async (what: string, probe: (view: StatusView) => boolean): Promise<void> => {
      await until(what, async () => {
        const views = await Promise.all(
          handles.map(async (one) => await one.query<StatusView>('status').catch(() => undefined)),
        );
        return views.every((view) => view !== undefined && probe(view));
      });
    };
    await all('recordings', ({ phase }) => phase === 'recording');
    await until('both in the list', async () => (await client.list({ account: 'account' })).length === 2);

    const result = await client.maintenance('account', { for: '15m', by: 'alice', reason: 'upgrade' });
    expect(result).toMatchObject({ account: 'account', sessions: 2, applied: true, note: null });
    await all('the announcement', ({ maintenance }) => maintenance?.by === 'alice');
    await client.maintenance('account', { end: true, by: 'alice' });
    await all('its end', ({ maintenance }) => maintenance === null);
    await world.client.workflow.getHandle(troublesWorkflowId('account/account')).result();
    await until('both notifications', async () => await Promise.resolve(shared().length === 2));
    expect(shared().map(({ data }) => data.state)).toEqual(['on', 'off']);
    for (const handle of handles) await handle.signal('stop');
    for (const handle of handles) await handle.result();
  });

  it('is refused for an account that is not configured, and without an end that makes sense', async () => {
    await expect(client.maintenance('nobody', { for: '15m' })).rejects.toMatchObject({
      code: 'E_ACCOUNT_UNKNOWN',
    });
    for (const options of [{}, { for: 'soon' }, { until: '2020-01-01T00:00:00Z' }, { end: true, for: '15m' }])
      await expect(client.maintenance('account', options)).rejects.toMatchObject({
        code: 'E_COMMAND_INVALID',
      });
  });

  it('is accepted and not applied where no worker runs', async () => {
    const idle = await KeepRolling.connect({
      configuration: {
        installation: 'test01',
        temporal: { address: server.address },
        accounts: { idle: account },
        queues: { prefix: `${world.prefix}idle-` },
      },
      registry: registry(),
      env: {},
    });
    expect(await idle.maintenance('idle', { for: '15m' })).toMatchObject({
      sessions: 0,
      applied: false,
      note: 'accepted, not applied: no worker',
    });
    await idle.close();
  });

  it('says that no server answers', async () => {
    const alone = await KeepRolling.connect({
      configuration: {
        installation: 'test01',
        temporal: { address: '127.0.0.1:1' },
        accounts: { account },
      },
      registry: registry(),
      env: {},
    });
    const refusal = alone.maintenance('account', { for: '15m' });
    await expect(refusal).rejects.toMatchObject({ code: 'E_SERVER_UNREACHABLE' });
    await alone.close();
  });
});

const shared = () => listener.taken().filter(({ type }) => type === 'keeprolling.account.maintenance');
