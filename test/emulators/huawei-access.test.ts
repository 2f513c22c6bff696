import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../src/emulators/faults.ts';
import { DOMAIN, huaweiKit, PROJECT, RULE, T0 } from './huawei-kit.ts';
import type { HuaweiKit } from './huawei-kit.ts';

const STREAMS = `/v1/${PROJECT}/realtime/streams?publish_domain=${DOMAIN}`;
const MINUTE = 60_000;

const LOGIN = {
  auth: {
    identity: {
      methods: ['password'],
      password: { user: { name: 'recorder', password: 'huawei-password', domain: { name: 'customer' } } },
    },
    scope: { project: { id: PROJECT } },
  },
};
const KEYS = '/v3.0/OS-CREDENTIAL/securitytokens';
const post = (kit: HuaweiKit, path: string, body: unknown, headers = {}) =>
  kit.raw('POST', path, headers, JSON.stringify(body));
const login = (kit: HuaweiKit) => post(kit, '/v3/auth/tokens', LOGIN).headers['X-Subject-Token']!;
const asked = (token: object) => ({ auth: { identity: { methods: ['token'], token } } });
const mint = (kit: HuaweiKit, seconds: number) => {
  const { credential } = kit.send('POST', KEYS, asked({ duration_seconds: seconds })).json;
  return { access: credential.access, secret: credential.secret, token: credential.securitytoken };
};

describe('a token of IAM', () => {
  it('opens the door for 24 hours', () => {
    const kit = huaweiKit();
    const token = login(kit);
    const ask = () => kit.raw('GET', STREAMS, { 'x-auth-token': token });
    expect(ask().status).toBe(200);
    kit.wait(86_400_000 - 1);
    expect(ask().status).toBe(200);
    kit.wait(1);
    expect(ask()).toMatchObject({ status: 401, json: { error_code: 'APIGW.0307' } });
  });

  it('is not made up, and not given to whoever has another password', () => {
    const kit = huaweiKit();
    expect(kit.raw('GET', STREAMS, { 'x-auth-token': 'made-up' })).toMatchObject({
      status: 401,
      json: { error_code: 'APIGW.0301' },
    });
    const wrong = structuredClone(LOGIN);
    wrong.auth.identity.password.user.password = 'another';
    expect(post(kit, '/v3/auth/tokens', wrong).status).toBe(401);
    const elsewhere = { auth: { ...LOGIN.auth, scope: { project: { id: 'f'.repeat(32) } } } };
    expect(post(kit, '/v3/auth/tokens', elsewhere).status).toBe(401);
  });
});

describe('temporary keys', () => {
  it('are given for a token, by header or by name, and for keys', () => {
    const kit = huaweiKit();
    const token = login(kit);
    expect(post(kit, KEYS, asked({}), { 'x-auth-token': token }).status).toBe(201);
    expect(post(kit, KEYS, asked({ id: token })).status).toBe(201);
    expect(kit.send('POST', KEYS, asked({ duration_seconds: 900 })).json.credential).toMatchObject({
      expires_at: '2026-01-01T12:15:00.000000Z',
    });
    expect(post(kit, KEYS, asked({})).status).toBe(401);
    for (const duration_seconds of [899, 86_401])
      expect(kit.send('POST', KEYS, asked({ duration_seconds })).status).toBe(400);
  });

  it.each(['APIGW.0301', 'APIGW.0307'] as const)('end when they said, with %s', (endedKeysCode) => {
    const kit = huaweiKit({ unknowns: { endedKeysCode } });
    const by = mint(kit, 900);
    expect(kit.send('GET', STREAMS, undefined, by).status).toBe(200);
    kit.wait(900_000 - 1);
    expect(kit.send('GET', STREAMS, undefined, by).status).toBe(200);
    kit.wait(1);
    expect(kit.send('GET', STREAMS, undefined, by)).toMatchObject({
      status: 401,
      json: { error_code: endedKeysCode },
    });
  });

  it('are nothing without their own token, signed', () => {
    const kit = huaweiKit();
    const [one, two] = [mint(kit, 900), mint(kit, 900)];
    const refused = { status: 401, json: { error_code: 'APIGW.0301' } };
    expect(kit.send('GET', STREAMS, undefined, { access: one.access, secret: one.secret })).toMatchObject(
      refused,
    );
    expect(kit.send('GET', STREAMS, undefined, { ...one, token: two.token })).toMatchObject(refused);
    const forged = kit.send('GET', STREAMS, undefined, { ...one, secret: 'another' });
    expect(forged).toMatchObject(refused);
    // The reply shows what was signed, and the truth log does not.
    expect(forged.json.error_msg).toContain(one.token);
    expect(JSON.stringify(kit.truth('request'))).not.toContain(one.token);
  });
});

describe('calls a minute', () => {
  it('are counted for rules and commands together', () => {
    const kit = huaweiKit();
    kit.rule();
    kit.push();
    for (let n = 1; n < 300; n += 1) expect(kit.call('GET', '/record/rules').status).toBe(200);
    const refused = kit.start();
    expect(refused).toMatchObject({ status: 429, json: { error_code: 'APIGW.0308' } });
    expect(refused.json.error_msg).toContain('limit:300,time:1 minute');
    expect(kit.send('GET', STREAMS).status).toBe(200);
    kit.wait(MINUTE - 1);
    expect(kit.start().status).toBe(429);
    kit.wait(1);
    expect(kit.start().status).toBe(200);
  });

  it.each([
    ['streams', STREAMS.replace(`/v1/${PROJECT}`, ''), 1000],
    ['callbacks', '/record/callbacks', 300],
    ['notifications', `/notifications/publish?domain=${DOMAIN}`, 300],
  ])('of %s have a limit of their own', (_group, path, limit) => {
    const kit = huaweiKit();
    const statuses = Array.from({ length: limit + 1 }, () => kit.call('GET', path).status);
    expect(statuses.indexOf(429)).toBe(limit);
    expect(kit.call('GET', '/record/rules').status).toBe(200);
  });

  it.each([429, 403] as const)('too many are answered with %s', (throttledStatus) => {
    const kit = huaweiKit({ limits: { record: 0 }, unknowns: { throttledStatus } });
    expect(kit.rule()).toMatchObject({ status: throttledStatus, json: { error_code: 'APIGW.0308' } });
  });
});

describe('IAM actions', () => {
  it.each([
    ['gateway', 403, 'APIGW.0302'],
    ['service', 401, 'LIVE.100011003'],
  ] as const)('that are taken away are refused by the %s with %i', (deniedBy, status, error_code) => {
    const kit = huaweiKit({ unknowns: { deniedBy } });
    kit.control('permissions', { deny: ['live:record:createCommand'] });
    kit.rule();
    kit.push();
    expect(kit.start()).toMatchObject({ status, json: { error_code } });
    kit.control('permissions', { allow: ['live:record:createCommand'] });
    expect(kit.start().status).toBe(200);
  });

  it.each([
    ['live:record:createRule', 'POST', '/record/rules'],
    ['live:record:listRules', 'GET', '/record/rules'],
    ['live:record:updateRule', 'PUT', '/record/rules/1'],
    ['live:record:deleteRule', 'DELETE', '/record/rules/1'],
    ['live:record:listCallbacks', 'GET', '/record/callbacks'],
    ['live:stream:listLiveStreamsOnline', 'GET', `/realtime/streams?publish_domain=${DOMAIN}`],
  ])('%s stands before %s %s', (action, method, path) => {
    const kit = huaweiKit();
    kit.control('permissions', { deny: [action] });
    expect(kit.call(method, path)).toMatchObject({ status: 403, json: { error_code: 'APIGW.0302' } });
  });
});

describe('the account', () => {
  it('that is frozen gets nothing', () => {
    const kit = huaweiKit();
    kit.control('account', { state: 'frozen' });
    expect(kit.rule()).toMatchObject({ status: 401, json: { error_code: 'LIVE.100011014' } });
    kit.control('account', { state: 'ok' });
    expect(kit.rule().status).toBe(201);
  });

  it('that failed too often is locked for a while', () => {
    const kit = huaweiKit();
    kit.control('lock', { forMs: 5_000 });
    expect(kit.rule()).toMatchObject({ status: 401, json: { error_code: 'APIGW.0301' } });
    kit.wait(5_000);
    expect(kit.rule().status).toBe(201);
  });
});

describe('the project', () => {
  it('is found by the name of its region', () => {
    const kit = huaweiKit();
    expect(kit.send('GET', '/v3/projects?name=cn-north-4').json.projects).toMatchObject([{ id: PROJECT }]);
    expect(kit.send('GET', '/v3/projects?name=elsewhere').json.projects).toEqual([]);
  });
});

describe('faults', () => {
  it.each([
    ['start', (kit: HuaweiKit) => kit.start()],
    ['createRule', (kit: HuaweiKit) => kit.rule({ ...RULE, stream: 'cam2' })],
    ['listRules', (kit: HuaweiKit) => kit.call('GET', '/record/rules')],
    ['listStreams', (kit: HuaweiKit) => kit.send('GET', STREAMS)],
    ['createKeys', (kit: HuaweiKit) => kit.send('POST', KEYS, asked({}))],
  ])('of %s are not applied and told so', (op, ask) => {
    for (const [kind, status] of [
      ['refused', 400],
      ['throttled', 429],
      ['not-found', 404],
      ['error-unapplied', 500],
    ] as const) {
      const kit = huaweiKit();
      kit.rule();
      kit.push();
      kit.control('faults', { op, kind });
      expect(ask(kit)).toMatchObject({ status, headers: { 'X-request-id': expect.any(String) as unknown } });
      expect(kit.truth('request').at(-1)).toMatchObject({ op, verdict: 'refused', status });
      expect(ask(kit).status).toBeLessThan(300);
    }
  });

  it('of a START that was applied leave a recording of which its caller knows nothing', () => {
    for (const kind of FAULT_KINDS.filter((one) => ['reply-lost', 'error-applied', 'late'].includes(one))) {
      const kit = huaweiKit();
      kit.rule();
      kit.push();
      kit.control('faults', { op: 'start', kind });
      try {
        kit.start();
      } catch {
        // The connection was cut.
      }
      expect(kit.truth('request').at(-1)).toMatchObject({ op: 'start', verdict: 'applied-reply-lost' });
      expect(kit.recording()).toBe(true);
      expect(kit.start()).toMatchObject({ status: 400, json: { error_code: 'LIVE.100011022' } });
    }
  });
});

describe('an outage of the API', () => {
  it('leaves recordings and callbacks alone', () => {
    const kit = huaweiKit({ callbacks: { url: 'https://hooks.example.com', key: 'key' } });
    kit.rule();
    kit.push();
    kit.start();
    kit.control('restart', { downMs: 10 * MINUTE });
    expect(() => kit.stop()).toThrow('refused');
    expect(kit.emulator.downUntil?.(kit.clock.now())).toBe(T0 + 10 * MINUTE);
    expect(kit.told(MINUTE)).toHaveLength(3);
    kit.wait(9 * MINUTE);
    expect(kit.stop().status).toBe(200);
    expect(kit.truth('media').reduce((sum, { from, to }) => sum + to - from, 0)).toBe(10 * MINUTE - 1_000);
  });

  it('and a reset forgets everything but the truth', () => {
    const kit = huaweiKit();
    kit.rule();
    kit.push();
    kit.start();
    kit.wait(MINUTE);
    kit.control('reset');
    expect(kit.truth('recording').at(-1)).toMatchObject({ event: 'ended', reason: 'reset' });
    expect(kit.truth('source').at(-1)).toMatchObject({ event: 'down' });
    expect(kit.call('GET', '/record/rules').json.total).toBe(0);
  });
});
