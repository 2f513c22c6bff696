/** Sessions that tell somebody, on Temporal's time-skipping server: who does not listen holds nothing up. */
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionRecord } from '../../src/archive/read.ts';
import type { NoticeEvent } from '../../src/receivers/event.ts';
import { createHttpAgent } from '../../src/recorders/http.ts';
import type { SessionResult } from '../../src/session/events.ts';
import type { StatusView } from '../../src/session/views.ts';
import { filesWorkflowId, notifyWorkflowId, sessionWorkflowId } from '../../src/session/names.ts';
import { syntheticVendor, type SyntheticVendor } from '../synthetic/vendor.ts';
import { runsOf, type Run } from '../temporal/histories.ts';
import { skippingWorld, type SkippingWorld } from '../temporal/skipping.ts';
import { listen, type Listener } from './listener.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CHANNEL = 'news';
const KEY = `whsec_${randomBytes(32).toString('base64')}`;

interface Ended {
  world: SkippingWorld;
  begunAt: number;
  result: SessionResult;
  closedAt: number;
  runs: Run[];
  record: SessionRecord;
}

let listener: Listener;
let agent: Agent;

beforeEach(async () => {
  listener = await listen('/CANARY-path?token=CANARY-query');
  agent = createHttpAgent();
});
afterEach(async () => {
  await agent.close();
  await listener.close();
});

interface Wanted {
  length: string;
  renewAfterMs?: number;
  notify?: string[];
  /** Since the begin; the clock of the listener. */
  answer?: (event: NoticeEvent, since: number) => number | 'nothing';
  /** While it runs. */
  meanwhile?: (world: SkippingWorld, vendor: SyntheticVendor, begunAt: number) => Promise<void>;
}

/** One session from its begin to its closed ledger; `then` is called while the server still runs. */
async function session(wanted: Wanted, then: (ended: Ended) => Promise<void>): Promise<void> {
  const vendor = syntheticVendor();
  const world = await skippingWorld({
    registry: new Map([['synthetic', vendor.vendor]]),
    account: { vendor: 'synthetic', secret: 'CANARY-synthetic' },
    looks: { every: '5m' },
    dispatcher: agent,
    configuration: { receivers: { ops: { url: listener.url, keys: KEY } } },
  });
  try {
    const begunAt = await world.clock.sync();
    listener.now = world.clock.now;
    listener.answer = (event, at) => wanted.answer?.(event, at - begunAt) ?? 204;
    vendor.source(CHANNEL, true, begunAt);
    const handle = await world.client.workflow.start('recording', {
      workflowId: sessionWorkflowId(`synthetic/account/${CHANNEL}`),
      taskQueue: 'keeprolling',
      args: [
        {
          specification: {
            name: 'told',
            owner: 'desk',
            labels: { tier: 'gold' },
            account: 'account',
            target: { channel: CHANNEL },
            window: { from: 'now', length: wanted.length },
            notify: wanted.notify ?? ['ops'],
          },
          ...(wanted.renewAfterMs !== undefined && { renewAfterMs: wanted.renewAfterMs }),
        },
      ],
    });
    await wanted.meanwhile?.(world, vendor, begunAt);
    const result = (await handle.result()) as SessionResult;
    const { closeTime } = await handle.describe();
    const runs = await runsOf(world.client, handle.workflowId, handle.firstExecutionRunId);
    const record = await world.recordOf(result.sessionId, result.key);
    await then({ world, begunAt, result, closedAt: closeTime!.getTime(), runs, record });
  } finally {
    await world.close();
  }
}

/** Lets the notifier finish, however often it was started. */
async function allTold({ world, result }: Ended): Promise<void> {
  await world.client.workflow.getHandle(notifyWorkflowId(result.sessionId, 'ops')).result();
}

const sequences = (): number[] => listener.taken().map(({ sequence }) => Number(sequence));
const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

async function dropAt(
  vendor: SyntheticVendor,
  world: SkippingWorld,
  begunAt: number,
  at: number,
): Promise<void> {
  await world.sleepUntil(begunAt + at);
  vendor.source(CHANNEL, false, world.clock.now());
  await world.sleepUntil(begunAt + at + 10 * MINUTE);
  vendor.source(CHANNEL, true, world.clock.now());
}

describe('a receiver of a session', { timeout: 120_000 }, () => {
  it('gets each line of its log, its verdict and what became of its files, in order and signed', async () => {
    await session(
      {
        length: '1h',
        meanwhile: async (world, vendor, begunAt) => await dropAt(vendor, world, begunAt, 20 * MINUTE),
      },
      async (ended) => {
        await allTold(ended);
        const { record, result } = ended;
        const taken = listener.taken();
        const logged = record.log.length;
        expect(sequences()).toEqual(upTo(logged + 1));
        expect(taken.map(({ data }) => data.text).slice(0, -1)).toEqual(record.log.map(({ text }) => text));
        expect(taken.at(-2)).toMatchObject({
          type: 'keeprolling.session.verdict',
          data: { verdict: result.verdict, outcome: 'completed', name: 'told', owner: 'desk' },
        });
        expect(taken.at(-1)).toMatchObject({
          type: 'keeprolling.session.files',
          id: `${result.sessionId}-${logged + 1}`,
          data: { missing: 0, names: [], labels: { tier: 'gold' } },
        });
        const gap = taken.find(({ type }) => type === 'keeprolling.session.gap');
        expect(gap!.data).toMatchObject({ cause: 'vendor-fault', from: expect.any(String), take: 1 });
        for (const { headers, body } of listener.posts) {
          const at = new Date(Number(headers['webhook-timestamp']) * 1000);
          const id = String(headers['webhook-id']);
          expect(headers['webhook-signature']).toBe(new Webhook(KEY).sign(id, at, body));
        }
      },
    );
  });

  it('that answers 500 and then 200 gets it again under the same id, and nothing before it', async () => {
    let refused = 0;
    await session(
      {
        length: '10m',
        answer: ({ sequence }) => (Number(sequence) === 3 && (refused += 1) <= 2 ? 500 : 200),
      },
      async (ended) => {
        await allTold(ended);
        expect(sequences()).toEqual(upTo(ended.record.log.length + 1));
        const third = listener.posts.filter(({ event }) => Number(event.sequence) === 3);
        expect(third.map(({ answered }) => answered)).toEqual([500, 500, 200]);
        expect(new Set(third.map(({ event }) => event.id)).size).toBe(1);
        const [first, second, last] = third.map(({ at }) => at);
        expect(second! - first!).toBeGreaterThan(4 * SECOND);
        expect(last! - second!).toBeGreaterThan(9 * SECOND);
      },
    );
  });

  it('that is dead for 20 h gets all of it afterwards, in order', async () => {
    await session(
      {
        length: '22h',
        answer: (_event, since) => (since < 20 * HOUR ? 'nothing' : 204),
        meanwhile: async (world, vendor, begunAt) => await dropAt(vendor, world, begunAt, 2 * HOUR),
      },
      async (ended) => {
        await allTold(ended);
        const { record, begunAt, world, result } = ended;
        expect(sequences()).toEqual(upTo(record.log.length + 1));
        const waited = listener.taken().filter(({ time }) => Date.parse(time) < begunAt + 20 * HOUR);
        expect(waited.length).toBeGreaterThan(8);
        expect(listener.taken().some(({ data }) => data.missed !== undefined)).toBe(false);
        // 80 attempts and more, and no event of history for any of them.
        expect(listener.posts.length - listener.taken().length).toBeGreaterThan(60);
        const id = notifyWorkflowId(result.sessionId, 'ops');
        const { events } = await world.client.workflow.getHandle(id).fetchHistory();
        expect(events!.length).toBeLessThan(120);
      },
    );
  });

  it('that is dead for 25 h misses what is older than a day, and is told how much', async () => {
    await session(
      {
        length: '27h',
        answer: (_event, since) => (since < 25 * HOUR ? 503 : 204),
        meanwhile: async (world, vendor, begunAt) => await dropAt(vendor, world, begunAt, 2 * HOUR),
      },
      async (ended) => {
        await allTold(ended);
        const { record, begunAt } = ended;
        const logged = record.log.length;
        // All of the first hour, and nothing that is younger than a day.
        const old = record.log.filter(({ at }) => at < begunAt + HOUR).length;
        expect(old).toBeGreaterThan(2);
        expect(sequences()).toEqual(upTo(logged + 1).slice(old));
        expect(listener.taken().map(({ data }) => data.missed)).toEqual([
          old,
          ...Array.from({ length: logged - old }, () => undefined),
        ]);
      },
    );
  });

  it('that is gone (410) is asked no more', async () => {
    await session({ length: '30m', answer: () => 410 }, async (ended) => {
      await allTold(ended);
      // Once for the session, and once for its files, whose notifier knows nothing of the first.
      expect(listener.posts.length).toBeLessThanOrEqual(2);
    });
  });
});

describe('a session', { timeout: 120_000 }, () => {
  it('is renewed and closed in time while nobody listens', async () => {
    await session({ length: '2h', renewAfterMs: 20 * MINUTE, answer: () => 'nothing' }, async (ended) => {
      const { runs, closedAt, begunAt } = ended;
      expect(runs.length).toBeGreaterThanOrEqual(5);
      expect(closedAt - begunAt - 2 * HOUR).toBeLessThan(MINUTE);
      expect(listener.posts.length).toBeGreaterThan(5);
      expect(listener.taken()).toEqual([]);
      await Promise.resolve();
    });
  });

  it('tells all of it over many runs, once somebody listens', async () => {
    await session(
      {
        length: '2h',
        renewAfterMs: 20 * MINUTE,
        answer: (_event, since) => (since < 90 * MINUTE ? 503 : 204),
        meanwhile: async (world, vendor, begunAt) => await dropAt(vendor, world, begunAt, 50 * MINUTE),
      },
      async (ended) => {
        await allTold(ended);
        expect(ended.runs.length).toBeGreaterThanOrEqual(5);
        expect(sequences()).toEqual(upTo(ended.record.log.length + 1));
      },
    );
  });

  it('leaves neither address nor key of a receiver in any history', async () => {
    const kept: string[] = [];
    await session(
      {
        length: '1h',
        answer: (_event, since) => (since < 30 * MINUTE ? 302 : 204),
        meanwhile: async (world, _vendor, begunAt) => {
          await world.sleepUntil(begunAt + 10 * MINUTE);
          const { sessionId } = await world.client.workflow
            .getHandle(sessionWorkflowId(`synthetic/account/${CHANNEL}`))
            .query<StatusView>('status');
          const pending = await world.client.workflow
            .getHandle(notifyWorkflowId(sessionId, 'ops'))
            .describe();
          kept.push(JSON.stringify(pending.raw));
        },
      },
      async (ended) => {
        await allTold(ended);
        const { world, result, runs } = ended;
        for (const { history } of runs) kept.push(JSON.stringify(history));
        for (const id of [notifyWorkflowId(result.sessionId, 'ops'), filesWorkflowId(result.sessionId)])
          kept.push(JSON.stringify(await world.client.workflow.getHandle(id).fetchHistory()));
        expect(kept[0]).toContain('answered 302');
        for (const one of kept.map((raw) => raw + decoded(raw))) {
          expect(one).not.toMatch(/CANARY-(path|query|answer)/);
          expect(one).not.toContain(KEY.slice(6, 30));
        }
      },
    );
  });

  it('has not one event more where it tells nobody', async () => {
    const told = new Map<string, { events: number; text: string }>();
    for (const notify of [[], ['ops']]) {
      await session({ length: '30m', notify }, async ({ runs }) => {
        const text = runs.map(({ history }) => decoded(JSON.stringify(history))).join('');
        told.set(notify.join(), { events: runs[0]!.events.length, text });
        await Promise.resolve();
      });
    }
    const [nobody, ops] = [told.get('')!, told.get('ops')!];
    expect(nobody.text).not.toMatch(/"data":|"notifiers|"receivers|sharesTroubles|"verdict",/);
    expect(ops.text).toMatch(/"receivers/);
    expect(nobody.events).toBeLessThan(ops.events);
    // A batch of lines is a signal: 5 events, whatever becomes of it.
    expect(ops.events - nobody.events).toBeLessThanOrEqual(40);
  });
});

/** Every payload in it, as text. */
function decoded(json: string): string {
  return [...json.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)]
    .map(([, text]) => Buffer.from(text!, 'base64').toString('utf8'))
    .join('\n');
}
