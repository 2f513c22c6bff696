/**
 * A server that takes the connection and never answers. Nobody waits for it here: the clock is turned to the next
 * deadline whenever nothing else is left to do, so that what is counted is the waiting alone, on any machine.
 */
import type { ConnectionLike } from '@temporalio/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { memoryArchive } from '../driver/memory-archive.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { command } from '../../src/client/commands.ts';
import type { Context } from '../../src/client/context.ts';
import { coverage } from '../../src/client/coverage.ts';
import { list } from '../../src/client/list.ts';
import { reachOf } from '../../src/client/reach.ts';
import { resolveSession } from '../../src/client/references.ts';
import { searchAttributesAsked } from '../../src/client/search-attributes.ts';
import { start } from '../../src/client/start.ts';
import { statusOf } from '../../src/client/status.ts';
import { workersOf } from '../../src/client/workers.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

/** 3 s for an answer, of which the program itself needs half a second to start. */
const ANSWER_MS = 2_500;
/** Its scan may take longer than that where there is a server. */
const LIST_MS = 2_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const never = new Promise<never>(() => {});

function muteConnection(): ConnectionLike {
  const service = new Proxy({}, { get: () => async () => await never });
  const calling = async (_given: unknown, call: () => Promise<unknown>) => await call();
  return {
    options: { address: 'mute:7233' },
    workflowService: service,
    operatorService: service,
    plugins: [],
    close: async () => {},
    ensureConnected: async () => {},
    withDeadline: calling,
    withMetadata: calling,
    withAbortSignal: calling,
  } as unknown as ConnectionLike;
}

function muteContext(): Context {
  const account = { vendor: 'ome', url: 'http://127.0.0.1:8081', accessToken: 't' };
  const settings = settingsOf({ installation: 'test01', accounts: { account } }, null, '/', VENDORS, {});
  const reach = reachOf(settings, {}, { connection: muteConnection(), payloadCodecs: [] });
  return {
    settings,
    registry: VENDORS,
    archive: memoryArchive(),
    reach,
    hasSearchAttributes: searchAttributesAsked(reach),
  };
}

/** How much waiting there is in some work, milliseconds. */
async function waiting(work: Promise<unknown>): Promise<number> {
  const from = Date.now();
  let settled = false;
  const done = work
    .catch(() => undefined)
    .finally(() => {
      settled = true;
    });
  for (;;) {
    // Everything that can go on without waiting has gone on by then.
    for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    if (settled) break;
    await vi.advanceTimersToNextTimerAsync();
  }
  await done;
  return Date.now() - from;
}

const session = { sessionId: '01JDG000000000000000000000', key: 'ome/account/default/app/cam', name: 'cam' };

it.each<[string, number, (context: Context) => Promise<unknown>]>([
  ['list', LIST_MS, async (context) => await list(context)],
  ['list of problems', LIST_MS, async (context) => await list(context, { problems: true })],
  ['workers', LIST_MS, async (context) => await workersOf(context.settings, context.reach)],
  ['session', ANSWER_MS, async (context) => await resolveSession(context, 'cam')],
  ['status', ANSWER_MS, async (context) => await statusOf(context, session)],
  [
    'session and status',
    ANSWER_MS,
    async (context) => {
      await resolveSession(context, session.key).catch(() => undefined);
      await statusOf(context, session);
    },
  ],
  ['coverage', ANSWER_MS, async (context) => await coverage(context, session.key)],
  ['stop', ANSWER_MS, async (context) => await command(context, session, 'stop')],
  [
    'start',
    ANSWER_MS,
    async (context) =>
      await start(context, {
        name: 'cam',
        account: 'account',
        target: { app: 'app', stream: 'cam' },
        window: { from: 'now', length: '1h' },
      }),
  ],
])('%s waits no longer than an answer may take', async (_what, atMostMs, work) => {
  const ms = await waiting(work(muteContext()));
  // One wait there is: else the server was not asked at all.
  expect(ms).toBeGreaterThan(300);
  expect(ms).toBeLessThanOrEqual(atMostMs);
});
