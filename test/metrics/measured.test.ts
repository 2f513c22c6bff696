import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, describe, expect, it } from 'vitest';
import { MockAgent } from 'undici';
import { createActivities } from '../../src/activities/index.ts';
import type { Activities, SubjectRef } from '../../src/activities/wire.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { createMetrics, type Metrics } from '../../src/metrics/metrics.ts';
import type { SessionResult } from '../../src/session/events.ts';
import type { TakeName } from '../../src/session/facts.ts';
import { memoryArchive } from '../driver/memory-archive.ts';
import { CREDENTIAL_LIFE_MS, syntheticVendor, type SyntheticVendor } from '../synthetic/vendor.ts';
import { valueOf } from './kit.ts';

const START = Date.parse('2026-11-24T20:00:00Z');
const MINUTE = 60_000;
const subject: SubjectRef = {
  vendor: 'synthetic',
  account: 'studio',
  target: { channel: 'news' },
  options: {},
};
const name: TakeName = {
  installation: 'test01',
  sessionId: 'session',
  take: 1,
  nonce: 'abcdefgh',
  at: START,
};
const base = { id: 1, take: 1, name, handle: { id: 'x' } };
const standing = { settings: {}, held: false };

let clock: { now: number };
let metrics: Metrics;
let synthetic: SyntheticVendor;
let activities: Activities;
beforeEach(() => {
  clock = { now: START };
  metrics = createMetrics(() => clock.now);
  synthetic = syntheticVendor({ refreshEveryMs: 60 * MINUTE });
  synthetic.source('news', true, START);
  const registry = new Map([['synthetic', synthetic.vendor]]);
  activities = createActivities({
    settings: settingsOf(
      { installation: 'test01', accounts: { studio: { vendor: 'synthetic', secret: 'CANARY' } } },
      null,
      '/',
      registry,
      {},
    ),
    registry,
    archive: memoryArchive(),
    dispatcher: new MockAgent(),
    metrics,
    now: () => clock.now,
    random: () => 0.5,
  });
});

const value = async (metric: string, labels?: Record<string, string>): Promise<number | undefined> =>
  valueOf(await metrics.text(), `keeprolling_${metric}`, labels);
const calls = async (operation: string, result: string): Promise<number | undefined> =>
  await value('vendor_calls_total', { account: 'studio', operation, result });

/** As the server hands it to a worker: so long after it was scheduled, with what the attempt before noted. */
async function attempt<T>(
  run: () => Promise<T>,
  info: { waitedMs?: number; heartbeatDetails?: unknown; attempt?: number } = {},
): Promise<T> {
  const { waitedMs = 0, ...rest } = info;
  const environment = new MockActivityEnvironment(
    { currentAttemptScheduledTimestampMs: clock.now - waitedMs, ...rest },
    // Failures that are wanted are no news.
    { logger: new DefaultLogger('ERROR', () => undefined) },
  );
  return await environment.run(run);
}

const start = async (): Promise<unknown> =>
  await activities.startTake({
    subject,
    call: {
      ...base,
      op: 'start',
      attempt: 1,
      reservation: null,
      title: 'news',
      adoptForeign: false,
      endBy: START + 600 * MINUTE,
      patienceMs: null,
      storage: null,
      settings: {},
    },
  });
const refresh = async (endsAt?: number): Promise<unknown> =>
  await activities.refreshCredentials({
    subject,
    call: { ...base, op: 'refresh', storage: null, ...standing, ...(endsAt !== undefined && { endsAt }) },
  });

describe('activities that are measured', () => {
  it('count each call at the vendor under ok or its code, and fail as they would', async () => {
    synthetic.faults.arm({ op: 'start', kind: 'throttled', times: 1 });
    await expect(attempt(start)).rejects.toMatchObject({ type: 'E_VENDOR_THROTTLED' });
    await attempt(start);
    expect(await calls('start', 'E_VENDOR_THROTTLED')).toBe(1);
    expect(await calls('start', 'ok')).toBe(1);
    expect(await value('vendor_call_duration_seconds_count', { operation: 'start' })).toBe(2);
  });

  it('tell how long a write waited for a worker', async () => {
    await attempt(start, { waitedMs: 2_500 });
    expect(await value('lane_wait_seconds_sum', { account: 'studio', operation: 'start' })).toBe(2.5);
  });

  it('work without a server, where nobody can tell how long they waited', async () => {
    await start();
    expect(await calls('start', 'ok')).toBe(1);
    expect(await value('lane_wait_seconds_count')).toBeUndefined();
  });

  it('tell how late a look is, and count it as what it found', async () => {
    await attempt(start);
    const look = async (): Promise<unknown> =>
      await activities.watchTakes({
        subject,
        watch: {
          version: 1,
          takes: [{ ...base, belief: 'recording' }],
          doubt: false,
          patient: false,
          memory: null,
          firstMs: 0,
        },
      });
    const memory = { at: clock.now, recorder: null, lastGood: {}, nextAt: clock.now + MINUTE };
    clock.now += MINUTE + 4_000;
    await expect(attempt(look, { heartbeatDetails: memory, attempt: 2 })).rejects.toMatchObject({
      type: 'AsBelieved',
    });
    expect(await value('look_lateness_seconds_sum', { account: 'studio' })).toBe(4);
    expect(await calls('look', 'ok')).toBe(1);
    synthetic.faults.arm({ op: 'look', kind: 'throttled', times: 1 });
    await attempt(look, { heartbeatDetails: memory, attempt: 2 });
    expect(await calls('look', 'E_VENDOR_THROTTLED')).toBe(1);
  });

  it('know when the credentials of a take end, from its start to its stop', async () => {
    const slack = async (): Promise<number | undefined> => await value('refresh_slack_least_seconds');
    await attempt(start);
    expect(await slack()).toBe(CREDENTIAL_LIFE_MS / 1000);
    clock.now += 60 * MINUTE;
    await attempt(refresh);
    expect(await slack()).toBe(CREDENTIAL_LIFE_MS / 1000);
    synthetic.mintsFailUntil = Infinity;
    const endsAt = clock.now + 7 * MINUTE;
    await expect(attempt(async () => await refresh(endsAt))).rejects.toThrow('The mint is down.');
    expect(await slack()).toBe(7 * 60);
    await attempt(async () => await activities.stopTake({ subject, call: { ...base, op: 'stop' } }));
    expect(await slack()).toBeUndefined();
  });

  it('count a session once although its ledger is closed twice', async () => {
    const header = {
      sessionId: 'session',
      key: 'synthetic/studio/news',
      name: 'news',
      owner: null,
      account: 'studio',
      vendor: 'synthetic',
      window: { fromMs: START, untilMs: START + 60 * MINUTE, zone: 'UTC' },
    };
    const totals = {
      recordedMs: 3_540_000,
      byEvidence: { inferred: 0, observed: 3_540_000, filed: 0, stored: 0 },
      gapMs: { 'vendor-fault': 60_000 },
    };
    const result: SessionResult = {
      sessionId: 'session',
      key: header.key,
      name: 'news',
      outcome: 'completed',
      verdict: 'partial',
      windowMs: 3_600_000,
      totals,
      takes: 1,
      parts: 1,
    };
    const close = async (): Promise<unknown> =>
      await activities.closeLedger({
        header,
        result,
        files: [],
        collection: { subject, queues: { workflows: 'q', account: 'q' }, session: 's' },
        previousHash: null,
      });
    await attempt(close);
    await attempt(close);
    expect(await value('sessions_ended_total', { account: 'studio', verdict: 'partial' })).toBe(1);
    expect(await value('lost_seconds_total', { account: 'studio', cause: 'vendor-fault' })).toBe(60);
  });

  it('put no secret and no session into their numbers', async () => {
    await attempt(start);
    const text = await metrics.text();
    expect(text).toContain('account="studio"');
    expect(text).not.toContain('CANARY');
    expect(text).not.toContain('abcdefgh');
    expect(text).not.toContain('"session"');
  });
});
