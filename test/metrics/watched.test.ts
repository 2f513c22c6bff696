import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { observing } from '../../src/cli/observing.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { KeepRollingError } from '../../src/contract/errors.ts';
import { listenAddress, metricsText, pageAt, serveEndpoint } from '../../src/metrics/endpoint.ts';
import { startHeartbeat } from '../../src/metrics/heartbeat.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { observe } from '../../src/metrics/observe.ts';
import { trouble } from '../../src/metrics/standing.ts';
import { until } from '../temporal/world.ts';
import { samplesIn, valueOf } from './kit.ts';

const CANARY = 'CANARY-heartbeat';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A server that answers with a status, and tells who called. */
async function listener(status: () => number, body = ''): Promise<{ url: string; called: string[] }> {
  const called: string[] = [];
  const server: Server = createServer((incoming, response) => {
    called.push(`${incoming.method} ${incoming.url}`);
    response.writeHead(status()).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => await new Promise((resolve) => server.close(resolve)));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, called };
}

describe('the endpoint', () => {
  const watched = (unready: string | null) => ({
    metrics: createMetrics(),
    sdk: null,
    unready: () => unready,
  });

  it('tells ready from not ready, and why, and lives in both cases', async () => {
    expect(await pageAt('/readyz', watched(null))).toMatchObject({ status: 200, body: 'ready\n' });
    expect(await pageAt('/readyz', watched('the Temporal server does not answer'))).toMatchObject({
      status: 503,
      body: 'the Temporal server does not answer\n',
    });
    expect(await pageAt('/healthz', watched('whatever'))).toMatchObject({ status: 200 });
    expect(await pageAt('/', watched(null))).toBeNull();
  });

  it('has ours and those of the SDK on one page, and ours alone where the SDK is silent', async () => {
    const sdk = await listener(() => 200, '# TYPE temporal_request counter\ntemporal_request{a="b"} 3\n');
    const metrics = createMetrics();
    metrics.collected.heartbeat('ok');
    const whole = await metricsText({ metrics, sdk: sdk.url.slice('http://'.length) });
    expect(valueOf(whole, 'temporal_request')).toBe(3);
    expect(valueOf(whole, 'keeprolling_heartbeats_total', { result: 'ok' })).toBe(1);
    const alone = await metricsText({ metrics, sdk: '127.0.0.1:1' });
    expect(alone).toContain("# The SDK's own numbers could not be read just now.");
    expect(samplesIn(alone).map((one) => one.name)).toContain('keeprolling_heartbeats_total');
  });

  it('serves over HTTP what it tells, and 404 for the rest', async () => {
    const here = watched(null);
    here.metrics.collected.heartbeat('ok');
    const endpoint = await serveEndpoint({ host: '127.0.0.1', port: 0 }, here);
    ends.push(endpoint.close);
    const got = async (path: string): Promise<Response> => await fetch(`http://${endpoint.address}${path}`);
    const metrics = await got('/metrics?x=1');
    expect(metrics.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(valueOf(await metrics.text(), 'keeprolling_heartbeats_total')).toBe(1);
    expect((await got('/readyz')).status).toBe(200);
    expect((await got('/secrets')).status).toBe(404);
    const { port } = listenAddress(endpoint.address)!;
    const twice = serveEndpoint({ host: '127.0.0.1', port }, watched(null));
    await expect(twice).rejects.toThrow(`127.0.0.1:${port}: EADDRINUSE`);
    await expect(twice).rejects.toBeInstanceOf(KeepRollingError);
  });

  it.each([
    ['9464', { host: '127.0.0.1', port: 9464 }],
    ['0.0.0.0:9464', { host: '0.0.0.0', port: 9464 }],
    ['[::1]:9464', { host: '::1', port: 9464 }],
    ['metrics.example.com:80', { host: 'metrics.example.com', port: 80 }],
    ['', undefined],
    ['127.0.0.1', undefined],
    ['127.0.0.1:99999', undefined],
    [':9464', undefined],
    ['a b:1', undefined],
  ])('takes %j for %j', (text, address) => {
    expect(listenAddress(text)).toEqual(address);
  });
});

describe('what a worker is told before it begins', () => {
  const told = async (configuration: Record<string, unknown>, metrics?: string): Promise<unknown> =>
    await observing({
      settings: settingsOf({ installation: 'test01', ...configuration }, null, '/', new Map(), {}),
      env: {},
      metrics,
      say: () => {},
    }).catch((error: unknown) => error);

  it('is an address for its metrics that is none', async () => {
    expect(await told({}, 'nowhere')).toMatchObject({
      code: 'E_USAGE',
      message: '--metrics: "nowhere" is no address, such as 127.0.0.1:9464 or 9464.',
    });
  });

  it('is a heartbeat whose address cannot be read', async () => {
    const heartbeat = { url: '${NOT_SET}' };
    expect(await told({ heartbeat }, '127.0.0.1:0')).toMatchObject({ code: 'E_CONFIG_INVALID' });
  });
});

describe('an installation without a server', () => {
  it('is told in bounded time, and leaves what was counted before', async () => {
    const metrics = createMetrics();
    const nobody = { you: 1, destination: 0, source: 0, vendor: 0, keeprolling: 0 };
    metrics.collected.sessions({ byPhase: [], byWho: nobody, maintenance: {} }, 1_000);
    const settings = settingsOf(
      { installation: 'test01', temporal: { address: '127.0.0.1:1' } },
      null,
      '/',
      new Map(),
      {},
    );
    const observer = await observe({ settings, env: {}, metrics, running: () => true, say: () => {} });
    ends.push(observer.close);
    expect(observer.unready()).toBe('the Temporal server has not been asked yet');
    await until('asked', async () => observer.unready() === 'the Temporal server does not answer');
    const text = await metrics.text();
    expect(valueOf(text, 'keeprolling_server_reachable')).toBe(0);
    expect(valueOf(text, 'keeprolling_sessions_in_trouble', { who: 'you' })).toBe(1);
    expect(valueOf(text, 'keeprolling_collected_timestamp_seconds')).toBe(1);
  });
});

describe('what is well', () => {
  const well = { at: 0, server: true, accounts: { a: true, b: true }, sessions: true };
  it.each<[string | null, Partial<typeof well> | Record<string, unknown>]>([
    [null, {}],
    ['the Temporal server does not answer', { server: false }],
    ['no worker runs the sessions', { sessions: false }],
    ['no worker runs the sessions', { sessions: null }],
    ['no worker takes the calls of b', { accounts: { a: true, b: false } }],
    ['no worker takes the calls of a, b', { accounts: { a: null, b: false } }],
  ])('%j: %j', (told, change) => {
    expect(trouble({ ...well, ...change })).toBe(told);
  });
});

describe('the heartbeat', () => {
  /** Beats until so many have been counted. */
  async function beats(
    url: string,
    amount: number,
    unwell: () => string | null,
  ): Promise<{ lines: string[]; results: Record<string, number> }> {
    const metrics = createMetrics();
    const results: Record<string, number> = {};
    const lines: string[] = [];
    await new Promise<void>((resolve) => {
      let count = 0;
      const heartbeat = (result: 'ok' | 'failed' | 'held-back'): void => {
        results[result] = (results[result] ?? 0) + 1;
        count += 1;
        // The line of this beat is told right after it has been counted.
        if (count === amount) setImmediate(resolve);
      };
      const started = startHeartbeat({
        settings: { heartbeat: () => ({ url, everyMs: 1 }) },
        metrics: { ...metrics, collected: { ...metrics.collected, heartbeat } },
        unwell: async () => await Promise.resolve(unwell()),
        say: (line) => lines.push(line),
      });
      if (started) ends.unshift(started.stop);
    });
    return { lines, results };
  }

  it('calls its address by GET while all is well', async () => {
    const { url, called } = await listener(() => 204);
    const { lines, results } = await beats(`${url}/${CANARY}`, 3, () => null);
    expect(called.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => `GET /${CANARY}`));
    expect(results).toEqual({ ok: 3 });
    expect(lines).toEqual([]);
  });

  it('calls nobody while something is wrong, and says so once', async () => {
    const { url, called } = await listener(() => 204);
    let asked = 0;
    const { lines, results } = await beats(url, 4, () => {
      asked += 1;
      return asked <= 3 ? 'no worker takes the calls of b' : null;
    });
    expect(results).toEqual({ 'held-back': 3, ok: 1 });
    expect(called.length).toBeGreaterThan(0);
    expect(lines).toEqual([
      'heartbeat: held back, no worker takes the calls of b',
      'heartbeat: sent again, all is well',
    ]);
  });

  it.each([
    ['refuses', 'http://127.0.0.1:1', 'ECONNREFUSED'],
    ['is none', 'not an address', 'ERR_INVALID_URL|UND_ERR_INVALID_ARG|TypeError'],
  ])('says in a line without the address that it %s', async (_how, address, code) => {
    const { lines, results } = await beats(`${address}/${CANARY}`, 2, () => null);
    expect(results).toEqual({ failed: 2 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^heartbeat: its address cannot be called: (${code})$`));
    expect(lines.join()).not.toContain(CANARY);
  });

  it('tells an answer that is a refusal', async () => {
    const { url } = await listener(() => 410);
    expect((await beats(url, 2, () => null)).lines).toEqual(['heartbeat: its address answers 410']);
  });

  it('is none where the configuration names no address', () => {
    const options = {
      metrics: createMetrics(),
      unwell: async () => await Promise.resolve(null),
      say: () => {},
    };
    expect(startHeartbeat({ ...options, settings: { heartbeat: () => null } })).toBeNull();
  });
});
