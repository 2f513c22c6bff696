import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMetrics, type Metrics } from '../../src/metrics/metrics.ts';
import type { SessionResult } from '../../src/session/events.ts';
import { samplesIn, valueOf } from './kit.ts';

const MINUTE = 60_000;
const clock = { now: Date.parse('2026-11-24T20:00:00Z') };
let metrics: Metrics;
beforeEach(() => {
  clock.now = Date.parse('2026-11-24T20:00:00Z');
  metrics = createMetrics(() => clock.now);
});

const value = async (name: string, labels?: Record<string, string>): Promise<number | undefined> =>
  valueOf(await metrics.text(), `keeprolling_${name}`, labels);

function result(sessionId: string): SessionResult {
  return {
    sessionId,
    key: 'synthetic/studio/news',
    name: 'news',
    outcome: 'completed',
    verdict: 'partial',
    windowMs: 3_600_000,
    totals: {
      recordedMs: 3_526_000,
      byEvidence: { inferred: 0, observed: 3_526_000, filed: 0, stored: 0 },
      gapMs: { 'source-absent': 52_000, paused: 22_000 },
    },
    takes: 3,
    parts: 4,
  };
}

describe('numbers of calls', () => {
  it('are by account, operation and result, with their length in seconds', async () => {
    metrics.called('studio', 'start', 'ok', 120);
    metrics.called('studio', 'start', 'E_VENDOR_FAULT', 30_000);
    expect(await value('vendor_calls_total', { operation: 'start', result: 'ok' })).toBe(1);
    expect(await value('vendor_calls_total', { operation: 'start', result: 'E_VENDOR_FAULT' })).toBe(1);
    expect(await value('vendor_call_duration_seconds_sum', { account: 'studio' })).toBeCloseTo(30.12);
    expect(await value('vendor_call_duration_seconds_bucket', { le: '0.25' })).toBe(1);
  });

  it('of what came too soon for our clock are zero and not less', async () => {
    metrics.lookLate('studio', -80);
    metrics.laneWaited('studio', 'stop', 2_000);
    expect(await value('look_lateness_seconds_sum')).toBe(0);
    expect(await value('look_lateness_seconds_count')).toBe(1);
    expect(await value('lane_wait_seconds_sum', { operation: 'stop' })).toBe(2);
  });
});

describe('sessions that have ended', () => {
  it('count once, however often their ledger is closed', async () => {
    for (const id of ['a', 'a', 'b', 'a']) metrics.sessionEnded('studio', result(id));
    expect(await value('sessions_ended_total', { outcome: 'completed', verdict: 'partial' })).toBe(2);
    expect(await value('recorded_seconds_total', { account: 'studio' })).toBe(7052);
    expect(await value('lost_seconds_total', { cause: 'source-absent' })).toBe(104);
    expect(await value('lost_seconds_total', { cause: 'paused' })).toBe(44);
  });
});

describe('the least refresh slack', () => {
  const take = (number: number, account = 'studio') => ({ account, sessionId: 'session', take: number });
  const hour = { mintedAt: clock.now, expiresAt: clock.now + 60 * MINUTE };
  const slack = async (account = 'studio'): Promise<number | undefined> =>
    await value('refresh_slack_least_seconds', { account });

  it('is that of the take whose credentials end first, at the moment of the scrape', async () => {
    expect(await slack()).toBeUndefined();
    metrics.slack.minted(take(1), hour, 30 * MINUTE);
    metrics.slack.minted(take(2), { ...hour, expiresAt: clock.now + 50 * MINUTE }, 30 * MINUTE);
    metrics.slack.minted(take(3, 'other'), hour, null);
    expect(await slack()).toBe(3000);
    clock.now += 10 * MINUTE;
    expect(await slack()).toBe(2400);
    expect(await slack('other')).toBe(3000);
  });

  it('forgets a take that was stopped, and all of a session that has ended', async () => {
    metrics.slack.minted(take(1), hour, null);
    metrics.slack.stopped({ sessionId: 'session', take: 1 });
    expect(await slack()).toBeUndefined();
    metrics.slack.minted(take(1), hour, null);
    metrics.slack.sessionEnded('session');
    expect(await slack()).toBeUndefined();
  });

  it('forgets what another worker must have refreshed by then', async () => {
    metrics.slack.minted(take(1), hour, 20 * MINUTE);
    clock.now += 24 * MINUTE;
    expect(await slack()).toBe(36 * 60);
    clock.now += 1 * MINUTE;
    expect(await slack()).toBeUndefined();
    // Two thirds of an hour are the interval where the vendor sets none.
    metrics.slack.minted(take(1), { mintedAt: clock.now, expiresAt: clock.now + 60 * MINUTE }, null);
    clock.now += 49 * MINUTE;
    expect(await slack()).toBe(11 * 60);
    clock.now += 1 * MINUTE;
    expect(await slack()).toBeUndefined();
  });

  it('follows a refresh that fails until it succeeds, below zero too', async () => {
    metrics.slack.failing(take(1), clock.now + 4 * MINUTE);
    clock.now += 5 * MINUTE;
    expect(await slack()).toBe(-60);
    metrics.slack.failing(take(1), clock.now - MINUTE);
    clock.now += 14 * MINUTE;
    expect(await slack()).toBe(-15 * 60);
    metrics.slack.minted(take(1), { mintedAt: clock.now, expiresAt: clock.now + 60 * MINUTE }, null);
    expect(await slack()).toBe(3600);
  });
});

describe('notifications', () => {
  const age = async (): Promise<number | undefined> =>
    await value('notification_oldest_unsent_age_seconds', { receiver: 'ops' });

  it('count by receiver, and the oldest that waits tells its age until it is taken', async () => {
    metrics.noticeFailed('ops', 'a/1', clock.now - 10 * MINUTE);
    metrics.noticeFailed('ops', 'b/1', clock.now - 5 * MINUTE);
    expect(await age()).toBe(600);
    metrics.noticeSent('ops', 'a/1');
    expect(await age()).toBe(300);
    metrics.noticeSent('ops', 'b/1');
    expect(await age()).toBeUndefined();
    expect(await value('notifications_total', { receiver: 'ops', result: 'ok' })).toBe(2);
    expect(await value('notifications_total', { receiver: 'ops', result: 'failed' })).toBe(2);
  });

  it('that nobody tries any more here are forgotten', async () => {
    metrics.noticeFailed('ops', 'a/1', clock.now);
    clock.now += 21 * MINUTE;
    expect(await age()).toBeUndefined();
  });
});

describe('what is collected', () => {
  it('is not told before it is known', async () => {
    expect(await value('server_reachable')).toBeUndefined();
    expect(await value('sessions_without_worker')).toBeUndefined();
    expect(await value('collected_timestamp_seconds')).toBeUndefined();
  });

  it('says which account has no worker, and leaves what cannot be told as it was', async () => {
    const standing = { at: clock.now, server: true, accounts: { a: true, b: false }, sessions: true };
    metrics.collected.stands(standing);
    metrics.collected.stands({ ...standing, server: false, accounts: { a: null, b: null }, sessions: null });
    expect(await value('server_reachable')).toBe(0);
    expect(await value('account_without_worker', { account: 'a' })).toBe(0);
    expect(await value('account_without_worker', { account: 'b' })).toBe(1);
    expect(await value('sessions_without_worker')).toBe(0);
  });

  it('counts sessions by phase and by who must act, and when that was', async () => {
    const nobody = { you: 0, destination: 0, source: 0, vendor: 0, keeprolling: 0 };
    const byPhase = [{ account: 'a', phase: 'recording', count: 2 }];
    metrics.collected.sessions({ byPhase, byWho: { ...nobody, you: 1 }, maintenance: {} }, clock.now);
    expect(await value('sessions_open', { account: 'a', phase: 'recording' })).toBe(2);
    expect(await value('sessions_in_trouble', { who: 'you' })).toBe(1);
    expect(await value('sessions_in_trouble', { who: 'vendor' })).toBe(0);
    expect(await value('collected_timestamp_seconds')).toBe(clock.now / 1000);
  });

  it('says at which account work is announced, and not beyond its end, whoever still answers', async () => {
    const byWho = { you: 0, destination: 0, source: 0, vendor: 0, keeprolling: 0 };
    const maintenance = { a: clock.now + 60_000, b: null };
    metrics.collected.sessions({ byPhase: [], byWho, maintenance }, clock.now);
    expect(await value('maintenance', { account: 'a' })).toBe(1);
    expect(await value('maintenance', { account: 'b' })).toBe(0);
    clock.now += 60_000;
    expect(await value('maintenance', { account: 'a' })).toBe(0);
  });
});

describe('every metric', () => {
  const LABELS = [
    'account',
    'destination',
    'receiver',
    'operation',
    'result',
    'outcome',
    'verdict',
    'cause',
    'phase',
    'who',
    'le',
  ];
  const families = async (): Promise<string[]> =>
    [...(await metrics.text()).matchAll(/^# HELP (\S+) /gm)].map(([, name]) => name!);

  it('is ours by name, has its unit there, a sentence of help, and labels with few values', async () => {
    metrics.called('a', 'start', 'ok', 1);
    metrics.lookLate('a', 1);
    metrics.laneWaited('a', 'start', 1);
    metrics.sessionEnded('a', result('a'));
    metrics.noticeFailed('ops', 'x', 1);
    metrics.callbacks.count('a', 'delivered');
    metrics.callbacks.started('a', 'started');
    metrics.slack.failing({ account: 'a', sessionId: 's', take: 1 }, 1);
    const text = await metrics.text();
    const help = [...text.matchAll(/^# HELP (\S+) (.*)$/gm)];
    expect(help.filter(([, name]) => !/^keeprolling_[a-z_]+$/.test(name!))).toEqual([]);
    expect(help.filter(([, , words]) => !/^[A-Z0-9].{20,}\.$/.test(words!))).toEqual([]);
    const counted = [...text.matchAll(/^# TYPE (\S+) counter$/gm)].map(([, name]) => name!);
    expect(counted.filter((name) => !name.endsWith('_total'))).toEqual([]);
    const labels = new Set(samplesIn(text).flatMap((one) => Object.keys(one.labels)));
    expect([...labels].filter((name) => !LABELS.includes(name))).toEqual([]);
  });

  it('stands in docs/metrics.md, and nothing else does', async () => {
    const text = readFileSync('docs/metrics.md', 'utf8');
    const told = [...text.matchAll(/^\| `(keeprolling_\w+)`/gm)].map(([, name]) => name!);
    expect(told.toSorted()).toEqual((await families()).toSorted());
  });

  it('is made in src/metrics and nowhere else', () => {
    const others = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
      (path) =>
        path.endsWith('.ts') &&
        !path.startsWith('metrics/') &&
        readFileSync(`src/${path}`, 'utf8').includes("'prom-client'"),
    );
    expect(others).toEqual([]);
  });
});
