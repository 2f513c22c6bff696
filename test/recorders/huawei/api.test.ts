/** The typed client against the emulator: each operation, what never leaves, what is kept of an answer. */
import { describe, expect, it } from 'vitest';
import { KeepRollingError } from '../../../src/contract/errors.ts';
import { createHuaweiApi, huaweiInstant, type HuaweiApi } from '../../../src/recorders/huawei/api.ts';
import { apiOf } from '../../../src/recorders/huawei/handle.ts';
import { CALLBACK_KEY, DOMAIN, kit, MINUTE, PROJECT, SECOND, SECRET_KEY, T0 } from './kit.ts';

const TRIPLE = { publish_domain: DOMAIN, app: 'live', stream: 'match' };
const RULE = {
  ...TRIPLE,
  record_type: 'COMMAND_RECORD' as const,
  default_record_config: {
    record_format: ['HLS' as const],
    obs_addr: { bucket: 'recordings', location: 'cn-north-4', object: 'a' },
    hls_config: { record_cycle: 3600, record_max_duration_to_merge_file: -1 },
  },
};
const CALLBACK = {
  publish_domain: DOMAIN,
  app: '*',
  notify_callback_url: 'https://hooks.example.com/x',
  notify_event_subscription: ['RECORD_OVER' as const],
  sign_type: 'HMACSHA256' as const,
  key: CALLBACK_KEY,
};

describe('the client', () => {
  it('keeps the request id of every answer, also of one without a body', async () => {
    const k = kit();
    const api = apiOf(k.context);
    const { rule, requestId } = await api.createRule(RULE);
    expect(requestId).toMatch(/^[0-9a-f-]{36}-/);
    k.clock.advance(SECOND);
    k.push();
    const started = await api.control({ action: 'START', ...TRIPLE });
    expect(Object.keys(started)).toEqual(['requestId']);
    expect(k.sent.at(-1)).toMatchObject({
      line: `POST /v1/${PROJECT}/record/control?action=START`,
      body: '{"publish_domain":"push.example.com","app":"live","stream":"match"}',
    });
    await api.control({ action: 'STOP', ...TRIPLE });
    expect((await api.deleteRule(rule.id)).requestId).toBeDefined();
  });

  it('creates, lists, gets, updates and deletes rules', async () => {
    const api = apiOf(kit().context);
    const { rule } = await api.createRule(RULE);
    expect(
      (await api.listRules({ ...TRIPLE, record_type: 'COMMAND_RECORD', offset: 0, limit: 1 })).rules,
    ).toEqual([rule]);
    const changed = {
      ...RULE,
      default_record_config: {
        ...RULE.default_record_config,
        record_format: ['MP4' as const],
        mp4_config: { record_cycle: 900 },
      },
    };
    await api.updateRule(rule.id, changed);
    expect((await api.getRule(rule.id)).rule.default_record_config.record_format).toEqual(['MP4']);
    await api.deleteRule(rule.id);
    expect((await api.listRules({})).total).toBe(0);
  });

  it('shows what is pushed, and what was', async () => {
    const k = kit();
    const api = apiOf(k.context);
    k.push();
    const { streams, total } = await api.listStreams({ ...TRIPLE, limit: 10 });
    expect(total).toBe(1);
    expect(streams[0]).toMatchObject({ ...TRIPLE, start_time: '2026-11-21T12:00:00Z' });
    k.clock.advance(MINUTE);
    await api.blockOnce({ domain: DOMAIN, app_name: 'live', stream_name: 'match' });
    k.clock.advance(10 * SECOND);
    const { history_stream_list: past } = await api.listHistory({
      domain: DOMAIN,
      app: 'live',
      stream: 'match',
      start_time: '2026-11-21T11:00:00Z',
      end_time: '2026-11-21T13:00:00Z',
    });
    expect(past).toMatchObject([{ start_time: '2026-11-21T12:00:00Z', end_time: '2026-11-21T12:01:00Z' }]);
    expect(k.lines('stats/history')[0]).toContain(`GET /v2/${PROJECT}/`);
  });

  it('creates, lists, gets, updates and deletes callbacks, whose key is not echoed', async () => {
    const api = apiOf(kit().context);
    const { callback } = await api.createCallback(CALLBACK);
    expect(callback).not.toHaveProperty('key');
    const changed = { ...CALLBACK, notify_event_subscription: ['RECORD_FAILED' as const] };
    await api.updateCallback(callback.id, changed);
    const found = await api.getCallback(callback.id);
    expect(found.callback.notify_event_subscription).toEqual(['RECORD_FAILED']);
    expect((await api.listCallbacks({ publish_domain: DOMAIN })).callbacks).toHaveLength(1);
    await api.deleteCallback(callback.id);
    expect((await api.listCallbacks({})).callbacks).toEqual([]);
  });

  it('sets, gets and deletes the stream notification of a domain', async () => {
    const api = apiOf(kit().context);
    await api.setNotification({
      domain: DOMAIN,
      url: 'https://hooks.example.com/x',
      auth_sign_key: CALLBACK_KEY,
      call_back_area: 'mainland_china',
    });
    expect(await api.getNotification(DOMAIN)).toMatchObject({
      url: 'https://hooks.example.com/x',
      call_back_area: 'mainland_china',
    });
    await api.deleteNotification(DOMAIN);
  });

  it('lists what was recorded, and makes one playlist of it', async () => {
    const k = kit();
    const take = await k.recording();
    k.clock.advance(10 * MINUTE);
    await k.stop(take);
    k.clock.advance(MINUTE);
    const api = apiOf(k.context);
    const span = { start_time: '2026-11-21T12:00:00Z', end_time: '2026-11-21T12:10:00Z' };
    const { record_contents: files } = await api.listContents({ ...TRIPLE, limit: 10 });
    expect(files.length).toBeGreaterThan(0);
    const index = await api.createIndex({ ...TRIPLE, ...span });
    expect(index.bucket).toBe('recordings');
  });

  it('signs every attempt anew', async () => {
    const k = kit();
    const api = apiOf(k.context);
    await api.listRules({});
    k.clock.advance(20 * MINUTE);
    await expect(api.listRules({})).resolves.toMatchObject({ total: 0 });
    const [first, second] = k.sent.map(({ headers }) => headers['x-sdk-date']);
    expect(first).toBe('20261121T120000Z');
    expect(second).toBe('20261121T122000Z');
  });

  it('takes a turn on the quota of each call', async () => {
    const k = kit();
    await k.recording();
    const api = apiOf(k.context);
    await api.listCallbacks({});
    expect(k.turns).toEqual(['control', 'control', 'streams', 'control', 'control', 'callbacks']);
  });

  it('sends a user’s token instead of a signature', async () => {
    const k = kit();
    const api = createHuaweiApi({
      url: 'http://127.0.0.1:18080',
      projectId: PROJECT,
      credentials: { token: 'canary-token' },
      dispatcher: k.context.dispatcher,
      now: k.clock.now,
    });
    const failure = await k.failure(api.listRules({}));
    expect(failure).toMatchObject({ code: 'E_VENDOR_AUTH', vendor: { code: 'APIGW.0301' } });
    expect(k.sent[0]?.headers).toMatchObject({ 'x-auth-token': 'canary-token', 'x-project-id': PROJECT });
    expect(k.sent[0]?.headers['authorization']).toBeUndefined();
  });

  it('with temporary keys of others signs their security token', async () => {
    const k = kit({ account: { securityToken: 'canary-security-token' } });
    await k.failure(apiOf(k.context).listRules({}));
    const { headers } = k.sent[0]!;
    expect(headers['x-security-token']).toBe('canary-security-token');
    expect(headers['authorization']).toContain('x-sdk-date;x-security-token');
  });

  it.each([
    ['skew', (k: ReturnType<typeof kit>) => k.control('skew', { ms: 16 * MINUTE }), 'clock of this machine'],
    [
      'no permission',
      (k: ReturnType<typeof kit>) => k.control('permissions', { deny: ['live:record:listRules'] }),
      'live:record:listRules',
    ],
  ])('says what is wrong: %s', async (_name, spoil, words) => {
    const k = kit();
    spoil(k);
    const failure = await k.failure(apiOf(k.context).listRules({}));
    expect(failure).toMatchObject({ code: 'E_VENDOR_AUTH', who: 'you', applied: 'no' });
    expect(failure.message).toContain(words);
    expect(JSON.stringify(failure)).not.toContain(SECRET_KEY);
  });

  it.each([429, 403] as const)('is throttled by status %s', async (throttledStatus) => {
    const k = kit({ limits: { record: 2 }, unknowns: { throttledStatus } });
    const api = apiOf(k.context);
    await api.listRules({});
    await api.listRules({});
    expect(await k.failure(api.listRules({}))).toMatchObject({
      code: 'E_VENDOR_THROTTLED',
      retry: 5_000,
      applied: 'no',
      vendor: { status: throttledStatus },
    });
  });

  it('takes a success without its documented form for malformed, and for possibly applied', async () => {
    const k = kit();
    k.says('record/rules', 201, { id: '' });
    expect(await k.failure(apiOf(k.context).createRule(RULE))).toMatchObject({
      code: 'E_VENDOR_MALFORMED',
      applied: 'unknown',
    });
    k.says('realtime/streams', 200, '<html>');
    expect(await k.failure(apiOf(k.context).listStreams(TRIPLE))).toMatchObject({
      code: 'E_VENDOR_MALFORMED',
      applied: 'no',
    });
  });

  it('finds the host of its region', async () => {
    const sent: string[] = [];
    const dispatcher = {
      request: async ({ origin }: { origin: string }) => {
        sent.push(origin);
        return await Promise.resolve({ statusCode: 200, headers: {}, body: [Buffer.from('{}')] });
      },
    };
    const api = createHuaweiApi({
      region: 'ap-southeast-3',
      projectId: PROJECT,
      credentials: { token: 'x' },
      dispatcher: dispatcher as never,
    });
    await api.listRules({});
    expect(sent).toEqual(['https://live.ap-southeast-3.myhuaweicloud.com']);
  });
});

const WRONG: [string, (api: HuaweiApi) => Promise<unknown>][] = [
  [
    'a domain of 256 characters',
    (api) => api.control({ action: 'START', ...TRIPLE, publish_domain: 'd'.repeat(256) }),
  ],
  ['no domain', (api) => api.control({ action: 'START', ...TRIPLE, publish_domain: '' })],
  ['an app of 129 characters', (api) => api.control({ action: 'STOP', ...TRIPLE, app: 'a'.repeat(129) })],
  [
    'a stream of 513 characters',
    (api) => api.control({ action: 'STOP', ...TRIPLE, stream: 's'.repeat(513) }),
  ],
  ['another action', (api) => api.control({ action: 'PAUSE' as 'STOP', ...TRIPLE })],
  ['a page of 101', (api) => api.listStreams({ ...TRIPLE, limit: 101 })],
  ['a stream without its app', (api) => api.listStreams({ publish_domain: DOMAIN, stream: 'match' })],
  ['an offset beyond 4096', (api) => api.listCallbacks({ offset: 4097 })],
  ['a key of 31 letters', (api) => api.createCallback({ ...CALLBACK, key: 'k'.repeat(31) })],
  [
    'a callback address with a query',
    (api) => api.createCallback({ ...CALLBACK, notify_callback_url: 'https://h.example.com/?a=1' }),
  ],
  [
    'a cycle of 59 s',
    (api) =>
      api.createRule({
        ...RULE,
        default_record_config: { ...RULE.default_record_config, hls_config: { record_cycle: 59 } },
      }),
  ],
  [
    'an index over 12 h and a second',
    (api) =>
      api.createIndex({ ...TRIPLE, start_time: '2026-11-21T00:00:00Z', end_time: '2026-11-21T12:00:01Z' }),
  ],
  [
    'a history of more than a day',
    (api) =>
      api.listHistory({
        domain: DOMAIN,
        start_time: '2026-11-20T00:00:00Z',
        end_time: '2026-11-21T00:00:01Z',
      }),
  ],
];

describe('a request that the pages forbid', () => {
  it.each(WRONG)('never leaves: %s', async (_name, call) => {
    const k = kit();
    const error = await call(apiOf(k.context)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(KeepRollingError);
    expect((error as KeepRollingError).code).toBe('E_SPEC_INVALID');
    expect(k.sent).toEqual([]);
  });
});

describe('an instant of Huawei', () => {
  it.each([
    ['2026-11-21T12:00:00Z', T0],
    ['2026-11-21 12:00:00', T0],
    ['2026-11-21T12:00:00.000000Z', T0],
    ['2026-11-21T20:00:00+08:00', T0],
    [T0 / 1000, T0],
    [String(T0), T0],
    ['0001-01-01T00:00:00Z', undefined],
    ['', undefined],
    ['yesterday', undefined],
    [0, undefined],
  ])('%s is read', (text, at) => {
    expect(huaweiInstant(text)).toBe(at);
  });
});
