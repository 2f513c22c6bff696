import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../src/emulators/faults.ts';
import { agoraKit, APP, AUTHORIZATION, MIX, STORAGE } from './agora-kit.ts';

describe('the gateway of the emulated Agora', () => {
  it.each([
    ['without credentials', { authorization: '' }, 401, 'Invalid authentication credentials'],
    ['with wrong ones', { authorization: 'Basic eDp5' }, 401, 'Invalid authentication credentials'],
    [
      'with another scheme',
      { authorization: AUTHORIZATION.replace('Basic', 'Bearer') },
      401,
      'Invalid authentication credentials',
    ],
  ])('refuses a request %s', (_words, headers, status, message) => {
    const kit = agoraKit();
    const got = kit.send('POST', kit.path('acquire'), { cname: 'a', uid: '1', clientRequest: {} }, headers);
    expect(got).toMatchObject({ status, json: { message } });
    expect(kit.truth('request')).toMatchObject([{ op: 'acquire', verdict: 'refused', status }]);
  });

  it('says so when the header is missing', () => {
    const { emulator, clock, path } = agoraKit();
    const request = { method: 'POST', target: path('acquire'), headers: {}, body: '{}' };
    expect(emulator.handle(request, clock.now())).toMatchObject({
      response: { status: 401, body: '{"message":"Unauthorized"}' },
    });
  });

  it.each([
    ['GET', 'acquire'],
    ['POST', 'resourceid/x/sid/y/mode/mix/query'],
    ['POST', 'resourceid/x/mode/other/start'],
    ['POST', 'Acquire'],
    ['POST', 'resourceid/x/sid/y/mode/mix/list'],
  ])('has no route %s %s', (method, rest) => {
    const kit = agoraKit();
    expect(kit.send(method, kit.path(rest))).toMatchObject({
      status: 404,
      json: { message: 'no Route matched with those values' },
    });
    expect(kit.truth('request')[0]?.op).toBe('unknown');
  });

  it('knows only its own apps', () => {
    const kit = agoraKit();
    const target = '/v1/apps/ffffffffffffffffffffffffffffffff/cloud_recording/acquire';
    expect(kit.send('POST', target, {})).toMatchObject({
      status: 400,
      json: { message: 'appid is invalid' },
    });
  });

  it('lets ten requests a second of each app pass', () => {
    const other = 'e'.repeat(32);
    const kit = agoraKit({ qps: 10, apps: [{ appId: APP }, { appId: other }] });
    const statuses = Array.from({ length: 12 }, () => kit.acquire().status);
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429, 429]);
    const body = { cname: 'room', uid: '1', clientRequest: {} };
    expect(kit.send('POST', `/v1/apps/${other}/cloud_recording/acquire`, body).status).toBe(200);
    kit.wait(100);
    expect(kit.acquire().status).toBe(200);
    expect(kit.acquire()).toMatchObject({ status: 429, json: { message: 'API rate limit exceeded' } });
    kit.wait(60_000);
    expect(Array.from({ length: 11 }, () => kit.acquire().status).at(-1)).toBe(429);
  });

  it('gives every answer an X-Request-Id of its own', () => {
    const kit = agoraKit();
    const ids = [kit.acquire(), kit.acquire(), kit.send('GET', '/nowhere')].map(
      ({ headers }) => headers['X-Request-Id'],
    );
    expect(ids.every((id) => id?.length === 32)).toBe(true);
    expect(new Set(ids).size).toBe(3);
  });

  it('tells the addresses of its notifications', () => {
    const kit = agoraKit();
    expect(kit.send('GET', '/v1/ncs/ip').json.data.service.hosts).toHaveLength(1);
    expect(kit.send('GET', '/v2/ncs/ip').status).toBe(200);
  });

  it('is away during a restart, while recordings go on', () => {
    const kit = agoraKit();
    kit.join();
    const ids = kit.begin('mix');
    kit.wait(10_000);
    kit.control('restart', { downMs: 20_000 });
    expect(kit.answer('GET', '/')).toEqual({ kind: 'refused' });
    expect(kit.emulator.downUntil?.(kit.clock.now())).toBe(kit.clock.now() + 20_000);
    kit.wait(20_000);
    expect(kit.query(ids).json.serverResponse.status).toBe(5);
    expect(kit.truth('process').map(({ event }) => event)).toEqual(['started', 'stopped', 'started']);
  });
});

describe('a fault of the emulated Agora', () => {
  const armed = (kind: string, op: string, status?: number) => {
    const kit = agoraKit();
    const ids = kit.begin('mix');
    const rid = kit.acquire({}, 'other').json.resourceId as string;
    kit.control('faults', { kind, op, ...(status !== undefined && { status }) });
    const ask = () => {
      if (op === 'acquire') return kit.acquire({}, 'third');
      if (op === 'start') return kit.start(rid, 'mix', { storageConfig: STORAGE, ...MIX }, 'other');
      return op === 'query' ? kit.query(ids) : kit.call(ids, op, { storageConfig: STORAGE });
    };
    return { kit, ask, last: () => kit.truth('request').at(-1) };
  };

  it.each([
    ['acquire', undefined, 500, 504, 'allocate_timeout'],
    ['acquire', 500, 500, 500, 'internal_error'],
    ['acquire', 501, 500, 501, 'no_worker_manager_available'],
    ['start', undefined, 206, 65, 'request not completed'],
    ['start', 500, 500, 62, 'request timeout'],
    ['start', 502, 500, 502, 'Failed to allocate worker'],
    ['update', undefined, 504, 62, 'request timeout'],
    ['update', 206, 206, 65, 'request not completed'],
    ['stop', undefined, 504, 62, 'request timeout'],
    ['query', 206, 206, 65, 'request not completed'],
  ])('fails %s with status %s in its own words', (op, status, http, code, reason) => {
    for (const [kind, verdict] of [
      ['error-applied', 'applied-reply-lost'],
      ['error-unapplied', 'refused'],
    ] as const) {
      const { ask, last } = armed(kind, op, status);
      expect(ask()).toMatchObject({ status: http, json: { code, reason } });
      expect(last()).toMatchObject({ op, verdict });
    }
  });

  it.each([
    ['refused', 400, { code: 2, reason: 'Update: invalid parameter!' }],
    ['throttled', 429, { message: 'API rate limit exceeded' }],
    ['not-found', 404, { code: 404, reason: 'failed to find worker' }],
  ])('%s', (kind, status, json) => {
    const { ask, last } = armed(kind, 'update');
    expect(ask()).toMatchObject({ status, json });
    expect(last()).toMatchObject({ verdict: 'refused' });
  });

  it('starts a task although the start is answered with 206, which a second start tells', () => {
    const { kit, ask } = armed('error-applied', 'start');
    expect(ask().status).toBe(206);
    expect(ask()).toMatchObject({ status: 201, json: { code: 7, reason: 'already started' } });
    expect(kit.truth('recording')).toHaveLength(2);
    // Nothing was begun by the second one.
    expect(kit.truth('request').at(-1)).toMatchObject({ op: 'start', status: 201, verdict: 'refused' });
  });

  it.each(FAULT_KINDS)('%s can hit each operation', (kind) => {
    for (const op of ['acquire', 'start', 'query', 'update', 'stop']) {
      const { kit, ask } = armed(kind, op);
      try {
        ask();
      } catch {
        // Cut connections and cut bodies are no replies.
      }
      expect(kit.emulator.faults.fired.get(kind)).toBe(1);
    }
  });
});
