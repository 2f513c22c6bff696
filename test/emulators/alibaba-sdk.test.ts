/** The core of the vendor's own clients (@alicloud/openapi-core) against the served emulator. */
import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { offsetClock } from '../../src/emulators/index.ts';
import { DEFAULT_ACCESS_KEY_ID, DEFAULT_ROLE } from '../../src/emulators/alibaba/options.ts';
import { startEmulator, type StartedEmulator } from '../../src/emulators/registry.ts';
import { CONFIG, TRIPLE, type Fields } from './alibaba-kit.ts';

const SECRET = 'canary-token';

interface Keys {
  accessKeyId?: string;
  accessKeySecret?: string;
  securityToken?: string;
}

interface Called {
  statusCode: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- replies are looked into freely by tests
  body: any;
}

/** The package is CommonJS, and its client the default export inside. */
const core = createRequire(import.meta.url)('@alicloud/openapi-core') as {
  default: new (config: unknown) => {
    callApi(params: unknown, request: unknown, runtime: unknown): Promise<Called>;
  };
  $OpenApiUtil: Record<'Config' | 'Params' | 'OpenApiRequest', new (map: object) => object>;
};
const { RuntimeOptions } = createRequire(import.meta.url)('@darabonba/typescript') as {
  RuntimeOptions: new (map: object) => object;
};

const clock = offsetClock();
let served: StartedEmulator;
beforeEach(async () => {
  clock.adjust({ offsetMs: 0 });
  served = await startEmulator('alibaba', { token: SECRET, clock });
});
afterEach(async () => await served.close());

async function call(action: string, query: Fields, keys: Keys = {}, more: Fields = {}): Promise<Called> {
  const { Config, Params, OpenApiRequest } = core.$OpenApiUtil;
  const client = new core.default(
    new Config({
      accessKeyId: DEFAULT_ACCESS_KEY_ID,
      accessKeySecret: SECRET,
      endpoint: `127.0.0.1:${served.port}`,
      protocol: 'http',
      ...keys,
      ...more,
    }),
  );
  const version = action === 'AssumeRole' ? '2015-04-01' : '2016-11-01';
  const params = new Params({
    action,
    version,
    protocol: 'HTTP',
    pathname: '/',
    method: 'POST',
    authType: 'AK',
    style: 'RPC',
    reqBodyType: 'formData',
    bodyType: 'json',
  });
  const texts = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return await client.callApi(params, new OpenApiRequest({ query: texts }), new RuntimeOptions({}));
}

const refused = async (asked: Promise<Called>): Promise<unknown> =>
  await asked.then(
    () => 'taken',
    (error: unknown) => (error as { code?: string }).code,
  );

it('adds a config, commands a recording and asks for the state, with long-lived keys', async () => {
  await call('AddLiveAppRecordConfig', CONFIG);
  served.emulator.controls['source.start']!({ stream: 'cam1' }, clock());
  const state = await call('DescribeLiveStreamState', TRIPLE);
  expect(state.body).toMatchObject({ StreamState: 'online', Type: 'push' });
  const started = await call('RealTimeRecordCommand', { ...TRIPLE, Command: 'start' });
  expect(Object.keys(started.body as object)).toEqual(['RequestId']);
  const described = await call('DescribeLiveRecordConfig', { DomainName: TRIPLE.DomainName });
  expect(described.body.LiveAppRecordList.LiveAppRecord).toMatchObject([{ StreamName: '*', OnDemond: 7 }]);
  expect(await refused(call('RealTimeRecordCommand', { ...TRIPLE, Command: 'start' }))).toBe(
    'TaskAlreadyStarted',
  );
});

it('names with odd characters are signed as they are sent', async () => {
  const state = await call('DescribeLiveStreamState', { ...TRIPLE, StreamName: "a b+c~!'()*/é直播" });
  expect(state.body).toMatchObject({ StreamState: 'offline' });
});

it('calls with keys that it got from AssumeRole, until they end', async () => {
  clock.adjust({ offsetMs: -10 * 60_000 });
  const { body } = await call('AssumeRole', {
    RoleArn: DEFAULT_ROLE,
    RoleSessionName: 'sdk',
    DurationSeconds: 900,
  });
  const { AccessKeyId, AccessKeySecret, SecurityToken } = body.Credentials;
  const keys = { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, securityToken: SecurityToken };
  clock.adjust({ offsetMs: 0 });
  expect((await call('DescribeLiveStreamState', TRIPLE, keys)).statusCode).toBe(200);
  clock.adjust({ offsetMs: 6 * 60_000 });
  expect(await refused(call('DescribeLiveStreamState', TRIPLE, keys))).toBe('InvalidSecurityToken.Expired');
});

it('signs by V1 where it is told to', async () => {
  const state = await call('DescribeLiveStreamState', TRIPLE, {}, { signatureAlgorithm: 'v2' });
  expect(state.body).toMatchObject({ StreamState: 'offline' });
  const { body } = await call('AssumeRole', { RoleArn: DEFAULT_ROLE, RoleSessionName: 'sdk' });
  const { AccessKeyId, AccessKeySecret, SecurityToken } = body.Credentials;
  const keys = { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, securityToken: SecurityToken };
  const more = { signatureAlgorithm: 'v2' };
  expect((await call('DescribeLiveStreamState', TRIPLE, keys, more)).statusCode).toBe(200);
  const wrong = call(
    'DescribeLiveStreamState',
    TRIPLE,
    { accessKeySecret: 'wrong' },
    { signatureAlgorithm: 'v2' },
  );
  expect(await refused(wrong)).toBe('SignatureDoesNotMatch');
});

it('is refused with a wrong secret, an unknown key and a clock that is wrong', async () => {
  const look = async (keys: Keys = {}) => await refused(call('DescribeLiveStreamState', TRIPLE, keys));
  expect(await look({ accessKeySecret: 'wrong' })).toBe('SignatureDoesNotMatch');
  expect(await look({ accessKeyId: 'LTAIunknown' })).toBe('InvalidAccessKeyId.NotFound');
  expect(await look({ securityToken: 'made-up' })).toBe('InvalidAccessKeyId.NotFound');
  clock.adjust({ offsetMs: 16 * 60_000 });
  expect(await look()).toBe('InvalidTimeStamp.Expired');
  clock.adjust({ offsetMs: 0 });
  expect(await look()).toBe('taken');
});

it('reads a throttled answer as one, with the wait that it names', async () => {
  served.emulator.controls['qps']!({ scale: 0.01 }, clock());
  const calls = await Promise.allSettled(
    Array.from(
      { length: 3 },
      async () => await call('RealTimeRecordCommand', { ...TRIPLE, Command: 'start' }),
    ),
  );
  const errors = calls.map(
    (one) => (one as PromiseRejectedResult).reason as { code: string; retryAfter?: number },
  );
  const throttled = errors.filter(({ code }) => code === 'Throttling.User');
  expect(throttled).toHaveLength(2);
  for (const { retryAfter } of throttled) expect(retryAfter).toBeGreaterThan(0);
});

it('is refused when the same request comes twice, as a stranger who overheard it would send it', async () => {
  const seen: { headers: Record<string, string>; target: string }[] = [];
  const { emulator } = served;
  const handle = emulator.handle.bind(emulator);
  emulator.handle = (request, now) => {
    seen.push(request);
    return handle(request, now);
  };
  await call('DescribeLiveStreamState', TRIPLE);
  const [{ headers, target }] = seen as [(typeof seen)[0]];
  const { host: _host, 'content-length': _length, connection: _connection, ...own } = headers;
  const replay = await fetch(`${served.url}${target}`, { method: 'POST', headers: own });
  expect(await replay.json()).toMatchObject({ Code: 'SignatureNonceUsed' });
});
