/** A vendor that exists only here, whose callbacks show all that a scheme can do; and a gateway around it. */
import { createHmac } from 'node:crypto';
import { tmpdir } from 'node:os';
import { z } from 'zod';
import { settingsOf, type Settings } from '../../src/config/settings.ts';
import { signedCallbacks } from '../../src/contract/callbacks.ts';
import { background } from '../../src/gateway/background.ts';
import type { CallbackCounts } from '../../src/gateway/counts.ts';
import { accountsCalled, doorsOf } from '../../src/gateway/doors.ts';
import { receiver } from '../../src/gateway/receive.ts';
import { refusalLog } from '../../src/gateway/refusals.ts';
import { createServer } from '../../src/gateway/server.ts';
import type { CallbackReading, Callbacks, News } from '../../src/recorders/callbacks.ts';
import { registryOf, VENDORS, type Registry } from '../../src/recorders/registry.ts';
import type { RecorderEvent } from '../../src/session/events.ts';
import { syntheticVendor, type SyntheticVendor } from '../synthetic/vendor.ts';

export const PATH = 'a-path-secret-CANARY-1';
export const KEY = 'a-signing-key-CANARY-2';
export const BODY_CANARY = 'CANARY-3-of-the-body';

export interface StubCallback {
  /** Epoch milliseconds; older than 5 min is stale. */
  at?: number;
  news?: News[];
  /** Whoever sends it waits for a permission, which everybody gets. */
  admission?: true;
  canary?: string;
}

const WINDOW_MS = 300_000;

/** As a vendor's scheme would be: signature, then age, then form. */
export const stubScheme: Callbacks<Record<string, unknown>> = {
  read(account, { headers, body, receivedAt }): CallbackReading {
    const { keys } = account.callbacks as { keys: string[] };
    const text = body.toString('utf8');
    const asked = parsed(text);
    const permission = asked?.admission && { status: 200, body: { allowed: true } };
    const signature = headers['x-signature'];
    if (!keys.some((key) => signatureOf(text, key) === signature))
      return { verdict: 'forged', why: 'no key fits', ...(permission && { reply: permission }) };
    if (!asked) return { verdict: 'malformed', why: 'the body is no JSON of a callback' };
    if (asked.at !== undefined && receivedAt - asked.at > WINDOW_MS)
      return { verdict: 'stale', why: 'it is older than 5 min', ...(permission && { reply: permission }) };
    const { news = [] } = asked;
    if (permission) return { verdict: 'genuine', news, reply: permission, replyFirst: true };
    return { verdict: 'genuine', news, reply: { status: 200, body: { received: true } } };
  },
};

function parsed(text: string): StubCallback | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

export function signatureOf(text: string, key = KEY): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

export function signed(
  callback: StubCallback,
  key = KEY,
): { headers: Record<string, string>; payload: string } {
  const payload = JSON.stringify(callback);
  return {
    headers: { 'content-type': 'application/json', 'x-signature': signatureOf(payload, key) },
    payload,
  };
}

/** The synthetic vendor, whose accounts take callbacks. */
export function calledBack(synthetic: SyntheticVendor = syntheticVendor()): Registry {
  const { vendor } = synthetic;
  const account = z.strictObject({
    vendor: z.literal('synthetic'),
    secret: z.string(),
    callbacks: signedCallbacks.optional(),
  });
  return registryOf([
    ...VENDORS.values(),
    { ...vendor, contract: { ...vendor.contract, account }, callbacks: stubScheme },
  ]);
}

export const ACCOUNT = { vendor: 'synthetic', secret: 's', callbacks: { path: PATH, keys: KEY } };

export function settingsWith(
  more: Record<string, unknown> = {},
  registry = calledBack(),
  env: Record<string, string> = {},
): Settings {
  const configuration = { installation: 'test01', accounts: { studio: ACCOUNT }, ...more };
  return settingsOf(configuration, null, tmpdir(), registry, env);
}

let events = 0;

export function newsOf(channel: string, more: Partial<News> = {}): News {
  events += 1;
  const event: RecorderEvent = { id: `e${events}`, at: 1_000, kind: 'source-up' };
  return { targets: [[channel]], event, ...more };
}

export interface Counted extends CallbackCounts {
  verdicts: Record<string, number>;
  starts: Record<string, number>;
}

export function counted(): Counted {
  const verdicts: Record<string, number> = {};
  const starts: Record<string, number> = {};
  const add = (to: Record<string, number>, key: string): void => void (to[key] = (to[key] ?? 0) + 1);
  return {
    verdicts,
    starts,
    count: (account, verdict) => add(verdicts, `${account} ${verdict}`),
    started: (account, result) => add(starts, `${account} ${result}`),
  };
}

/** A gateway whose Temporal is a list of open sessions. */
export function stubGateway(
  options: {
    settings?: Settings;
    registry?: Registry;
    retry?: { most: number; forMs: number; firstPauseMs: number };
  } = {},
) {
  const registry = options.registry ?? calledBack();
  const settings = options.settings ?? settingsWith({}, registry);
  const accounts = accountsCalled(settings, registry);
  const world = {
    open: new Set<string>(),
    /** Temporal answers nobody. */
    away: false,
    /** It answers then. */
    answers: Promise.resolve(),
    asked: 0,
    told: [] as { workflowId: string; event: RecorderEvent }[],
    looked: [] as string[],
    announced: [] as { account: string; id: string }[],
    lines: [] as string[],
    counts: counted(),
  };
  const refusals = refusalLog((line) => world.lines.push(line));
  const afterwards = background(options.retry);
  const app = createServer({
    doors: doorsOf(settings, registry, accounts),
    accounts,
    receive: receiver({
      sessions: {
        async tell(workflowId, event) {
          world.asked += 1;
          await world.answers;
          if (world.away) throw new Error('unreachable');
          if (!world.open.has(workflowId)) return false;
          world.told.push({ workflowId, event });
          return true;
        },
      },
      starts: {
        async announced(account, { id }) {
          await Promise.resolve();
          if (world.away) throw new Error('unreachable');
          world.announced.push({ account, id });
        },
      },
      looks: { ask: (workflowId) => void world.looked.push(workflowId), close: async () => {} },
      background: afterwards,
      counts: world.counts,
      refusals,
    }),
    ready: async () => await Promise.resolve(!world.away),
    counts: world.counts,
    refusals,
  });
  return {
    ...world,
    world,
    app,
    post: async (path: string, sent: { headers?: Record<string, string>; payload?: string | Buffer }) =>
      await app.inject({ method: 'POST', url: path, ...sent }),
    /** Waits for what was put off. */
    async close() {
      await app.close();
      await afterwards.close();
      refusals.close();
    },
  };
}

export const address = (account = 'studio', secret = PATH): string => `/callbacks/${account}/${secret}`;
