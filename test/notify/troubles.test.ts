/** A trouble that many sessions have, gathered on Temporal: one notification, and none while work is announced. */
import { randomBytes } from 'node:crypto';
import type { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpAgent } from '../../src/recorders/http.ts';
import type { TroubleReport } from '../../src/session/gathered.ts';
import { notifyWorkflowId, sessionWorkflowId, troublesWorkflowId } from '../../src/session/names.ts';
import type { StatusView } from '../../src/session/views.ts';
import type { TroublesView } from '../../src/workflows/definitions.ts';
import { syntheticVendor, type SyntheticVendor } from '../synthetic/vendor.ts';
import { skippingWorld, type SkippingWorld } from '../temporal/skipping.ts';
import { listen, type Listener } from './listener.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const CHANNEL = 'news';
const SCOPE = 'account/account';

let listener: Listener;
let agent: Agent;
let world: SkippingWorld;
let vendor: SyntheticVendor;
let begunAt: number;

beforeEach(async () => {
  listener = await listen();
  agent = createHttpAgent();
  vendor = syntheticVendor();
  world = await skippingWorld({
    registry: new Map([['synthetic', vendor.vendor]]),
    account: { vendor: 'synthetic', secret: 'CANARY-synthetic' },
    looks: { every: '1m' },
    dispatcher: agent,
    configuration: {
      receivers: { ops: { url: listener.url, keys: `whsec_${randomBytes(32).toString('base64')}` } },
      notify: ['ops'],
    },
  });
  begunAt = await world.clock.sync();
});
afterEach(async () => {
  await world.close();
  await agent.close();
  await listener.close();
});

const reportOf = (session: number, state: 'on' | 'off', deadline: number | null = null): TroubleReport => ({
  sessionId: `s${session}`,
  name: `webinar-${session}`,
  workflowId: `recording/${session}`,
  trouble: {
    scope: SCOPE,
    state,
    code: 'E_VENDOR_AUTH',
    who: 'you',
    text: 'The key is refused.',
    since: begunAt,
    deadline,
  },
});

/** As a client or a session's activity does it. */
async function tell(signal: 'trouble' | 'maintenance', payload: unknown): Promise<void> {
  await world.client.workflow.signalWithStart('troubles', {
    workflowId: troublesWorkflowId(SCOPE),
    taskQueue: 'keeprolling',
    args: [{ installation: 'test01', scope: SCOPE }],
    signal,
    signalArgs: [payload],
  });
}

/** Lets it go on until there is nothing more to gather. (This server does not skip once a child has ended.) */
async function gathered(): Promise<void> {
  await world.client.workflow.getHandle(troublesWorkflowId(SCOPE)).result();
  await world.client.workflow.getHandle(notifyWorkflowId(SCOPE, 'ops')).result();
}

const ownWarnings = () => listener.taken().filter(({ type }) => /session\.(warning|recovered)/.test(type));

const shared = () => listener.taken().filter(({ subject }) => subject === SCOPE);

describe('a trouble of 200 sessions', { timeout: 120_000 }, () => {
  it('is one notification with their number and the nearest deadline, and one when it is over', async () => {
    const deadline = begunAt + 90 * MINUTE;
    for (let i = 1; i <= 200; i += 1) await tell('trouble', reportOf(i, 'on', deadline + i * MINUTE));
    await world.sleepUntil(world.clock.now() + 30 * SECOND);
    const handle = world.client.workflow.getHandle(troublesWorkflowId(SCOPE));
    expect(await handle.query<TroublesView>('troubles')).toMatchObject({ sessions: 200, maintenance: null });
    expect(shared()).toHaveLength(1);
    expect(shared()[0]).toMatchObject({
      type: 'keeprolling.account.trouble',
      source: `/keeprolling/test01/${SCOPE}`,
      data: {
        account: 'account',
        state: 'on',
        sessions: 200,
        deadline: new Date(deadline + MINUTE).toISOString(),
        text: expect.stringMatching(/^account refuses our credentials: 200 sessions, the first is hurt at /),
      },
    });
    for (let i = 1; i <= 200; i += 1) await tell('trouble', reportOf(i, 'off'));
    await gathered();
    expect(shared().map(({ data }) => data.state)).toEqual(['on', 'off']);
    const [on, off] = shared();
    expect(off!.sequence > on!.sequence).toBe(true);
  });
});

describe('a session with a trouble of its account', { timeout: 120_000 }, () => {
  async function record(
    script: (handle: { query: <T>(name: string) => Promise<T> }) => Promise<void>,
  ): Promise<void> {
    vendor.source(CHANNEL, true, begunAt);
    const handle = await world.client.workflow.start('recording', {
      workflowId: sessionWorkflowId(`synthetic/account/${CHANNEL}`),
      taskQueue: 'keeprolling',
      args: [
        {
          specification: {
            name: 'told',
            account: 'account',
            target: { channel: CHANNEL },
            window: { from: 'now', length: '1h' },
          },
        },
      ],
    });
    await script(handle as never);
    await handle.signal('stop');
    await handle.result();
  }

  it('has it told once for all, and not as a warning of its own', async () => {
    await record(async () => {
      await world.sleepUntil(begunAt + 10 * MINUTE);
      vendor.faults.arm({ op: 'look', kind: 'reset', untilMs: begunAt + 20 * MINUTE });
      await world.sleepUntil(begunAt + 15 * MINUTE);
      await gathered();
      expect(shared().map(({ data }) => [data.state, data.sessions, data.code])).toEqual([
        ['on', 1, 'E_VENDOR_FAULT'],
        ['off', 0, 'E_VENDOR_FAULT'],
      ]);
      expect(shared()[0]!.data.names).toEqual(['told']);
    });
    expect(ownWarnings()).toEqual([]);
    expect(listener.taken().some(({ type }) => type === 'keeprolling.session.verdict')).toBe(true);
  });

  it('is told of announced work, and the trouble is silent until that is over', async () => {
    await record(async (handle) => {
      await world.sleepUntil(begunAt + 5 * MINUTE);
      await tell('maintenance', { until: begunAt + 25 * MINUTE, by: 'alice', reason: 'upgrade' });
      await world.sleepUntil(begunAt + 10 * MINUTE);
      vendor.faults.arm({ op: 'look', kind: 'reset', untilMs: begunAt + 20 * MINUTE });
      await world.sleepUntil(begunAt + 15 * MINUTE);
      const { troubles, maintenance } = await handle.query<StatusView>('status');
      expect(troubles.map(({ about }) => about)).toEqual(['look']);
      expect(maintenance).toMatchObject({ by: 'alice', reason: 'upgrade' });
      await gathered();
      expect(shared().map(({ type, data }) => [type, data.state])).toEqual([
        ['keeprolling.account.maintenance', 'on'],
        ['keeprolling.account.maintenance', 'off'],
      ]);
      expect(shared()[0]!.data).toMatchObject({ by: 'alice', reason: 'upgrade', account: 'account' });
    });
    expect(ownWarnings()).toEqual([]);
  });
});
