/** Windows that get no recording of their own: their receivers hear of it. In seconds: the server skips none after the first notice. */
import { randomBytes } from 'node:crypto';
import type { Agent } from 'undici';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { NoticeEvent } from '../../src/receivers/event.ts';
import { createHttpAgent } from '../../src/recorders/http.ts';
import { sessionWorkflowId } from '../../src/session/names.ts';
import { syntheticVendor } from '../synthetic/vendor.ts';
import { skippingWorld } from '../temporal/skipping.ts';
import { listen, type Listener } from './listener.ts';

const SECOND = 1_000;
const CHANNEL = 'news';

let listener: Listener;
let agent: Agent;

beforeEach(async () => {
  listener = await listen('/windows');
  agent = createHttpAgent();
});
afterEach(async () => {
  await agent.close();
  await listener.close();
});

it('tells of windows that are left out, wait in vain, are covered by another recording, or are cancelled', async () => {
  const vendor = syntheticVendor();
  const world = await skippingWorld({
    registry: new Map([['synthetic', vendor.vendor]]),
    account: { vendor: 'synthetic', secret: 'CANARY-synthetic' },
    looks: { every: '5m' },
    dispatcher: agent,
    configuration: {
      receivers: { ops: { url: listener.url, keys: `whsec_${randomBytes(32).toString('base64')}` } },
    },
  });
  try {
    const begunAt = await world.clock.sync();
    listener.now = world.clock.now;
    const heard: NoticeEvent[] = [];
    listener.answer = (event) => {
      heard.push(event);
      return 204;
    };
    vendor.source(CHANNEL, true, begunAt);
    const iso = (seconds: number): string => new Date(begunAt + seconds * SECOND).toISOString();
    const specification = (name: string, from: number, until: number, busy?: string) => ({
      name,
      account: 'account',
      target: { channel: CHANNEL },
      window: { from: iso(from), until: iso(until) },
      ...(busy !== undefined && { policy: { busy } }),
    });
    await world.client.workflow.start('recording', {
      workflowId: sessionWorkflowId(`synthetic/account/${CHANNEL}`),
      taskQueue: 'keeprolling',
      args: [{ specification: specification('all-day', 0, 600) }],
    });
    const launch = async (name: string, from: number, until: number, busy?: string) =>
      await world.client.workflow.start('launch', {
        workflowId: `launch/${name}`,
        taskQueue: 'keeprolling',
        args: [{ specification: { ...specification(name, from, until, busy), notify: ['ops'] } }],
      });
    const windows = [
      await launch('left-out', 4, 8, 'skip'),
      await launch('in-vain', 4, 8),
      await launch('covered', 4, 8, 'extend'),
      await launch('called-off', 300, 400),
    ];
    await windows[3]!.signal('stop', { by: 'director' });
    // Not their results: who waits for one lets the server skip, past the end of every window.
    await vi.waitFor(() => expect(heard).toHaveLength(windows.length), { timeout: 60_000, interval: 200 });
    const told = heard.map(({ type, data }) => [data.name, type, data.outcome, data.verdict]);
    expect(told.toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([
      ['called-off', 'keeprolling.session.phase', 'cancelled', undefined],
      ['covered', 'keeprolling.session.phase', 'joined', undefined],
      ['in-vain', 'keeprolling.session.verdict', 'busy', 'nothing'],
      ['left-out', 'keeprolling.session.verdict', 'skipped', 'nothing'],
    ]);
  } finally {
    await world.close();
  }
}, 120_000);
