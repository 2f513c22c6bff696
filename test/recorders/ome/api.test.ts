import { MockAgent } from 'undici';
import { describe, expect, it } from 'vitest';
import { createOmeEmulator, emulatorDispatcher, ManualClock } from '../../../src/emulators/index.ts';
import {
  createOmeApi,
  omeInstant,
  OmeRefusal,
  VendorFailure,
  type OmeApi,
} from '../../../src/recorders/ome/api.ts';
import { T0 } from './kit.ts';

const app = { vhost: 'default', app: 'app' };

function emulated(version = '0.20.0') {
  const clock = new ManualClock(T0);
  const emulator = createOmeEmulator({ clock: clock.now, accessToken: 'a:b c', version, seed: 1 });
  const api = createOmeApi({
    url: 'http://ome:8081/',
    accessToken: 'a:b c',
    dispatcher: emulatorDispatcher(emulator),
  });
  return { clock, emulator, api };
}

/** One canned answer, and the request that it was for. */
function canned(status: number, body: string, headers: Record<string, string> = {}) {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const requests: { path: string; headers: unknown; body: unknown; method: string }[] = [];
  for (const method of ['GET', 'POST'] as const) {
    agent
      .get('http://ome:8081')
      .intercept({ path: () => true, method })
      .reply((options) => {
        requests.push({ path: options.path, headers: options.headers, body: options.body, method });
        return { statusCode: status, data: body, responseOptions: { headers } };
      })
      .persist();
  }
  const api = createOmeApi({ url: 'http://ome:8081', accessToken: 'secret-token', dispatcher: agent });
  return { api, requests };
}

async function thrown(work: Promise<unknown>): Promise<VendorFailure> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(VendorFailure);
  return error as VendorFailure;
}

const start = (api: OmeApi) => api.startRecord(app, { id: 'x', stream: { name: 'cam1' } });

describe('the client of OvenMediaEngine', () => {
  it.each(['0.13.2', '0.15.3', '0.15.10', '0.15.11', '0.16.6', '0.20.0'])(
    'speaks with version %s',
    async (version) => {
      const { api, emulator, clock } = emulated(version);
      expect(await api.streams(app)).toEqual([]);
      expect(await api.stream(app, 'cam1')).toBeNull();
      expect(await api.records(app)).toEqual([]);
      expect(await start(api)).toMatchObject({ id: 'x', state: 'ready', stream: { name: 'cam1' } });
      emulator.controls['source.start']!({ stream: 'cam1' }, clock.now());
      clock.advance(2_000);
      expect(await api.streams(app)).toEqual(['cam1']);
      expect((await api.stream(app, 'cam1'))?.outputs).toMatchObject([{ name: 'cam1' }]);
      expect(await api.records(app, 'x')).toMatchObject([{ state: 'recording', recordTime: 2_000 }]);
      expect(await api.stopRecord(app, 'x')).toMatchObject({ state: 'stopping' });
      expect(await api.records(app, 'x')).toEqual([]);
    },
  );

  it('tells the version where the server does', async () => {
    expect(await emulated().api.version()).toMatchObject({ version: '0.20.0' });
    expect(await thrown(emulated('0.15.3').api.version())).toMatchObject({ status: 404, is: 'other' });
  });

  it('sends the whole access token in base64, and the colon of an action as it is', async () => {
    const { api, requests } = canned(200, '{"message":"OK","statusCode":200,"response":[]}');
    await api.records({ vhost: 'v h', app: 'a:b%' }, '7');
    expect(requests).toMatchObject([
      { method: 'POST', path: '/v1/vhosts/v%20h/apps/a%3Ab%25:records', body: '{"id":"7"}' },
    ]);
    expect(requests[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('secret-token').toString('base64')}`,
    });
  });

  it.each(['', '.', '..'])('refuses the path part %j', async (vhost) => {
    await expect(canned(200, '').api.records({ vhost, app: 'app' })).rejects.toThrow(
      'cannot be a name in a path',
    );
  });

  it('tells a known id by 400 as the source has it, and by 409 as the page has it', async () => {
    const { api } = emulated();
    await start(api);
    expect(await thrown(start(api))).toMatchObject({ is: 'duplicate-id', status: 400 });
    const page = canned(409, '{"message":"[HTTP] Duplicate ID already exists (409)","statusCode":409}');
    expect(await thrown(start(page.api))).toMatchObject({
      is: 'duplicate-id',
      failure: { retry: 'never', applied: 'no' },
    });
  });

  it('tells an unknown record from an unknown place', async () => {
    const { api } = emulated();
    expect(await thrown(api.stopRecord(app, 'x'))).toMatchObject({ is: 'no-record', status: 404 });
    expect(await thrown(api.stopRecord({ ...app, app: 'other' }, 'x'))).toMatchObject({
      is: 'other',
      status: 404,
    });
  });

  it.each([
    [401, 'E_VENDOR_AUTH', 'you', 'no', 'later'],
    [403, 'E_VENDOR_AUTH', 'you', 'no', 'later'],
    [400, 'E_VENDOR_REFUSED', 'keeprolling', 'no', 'never'],
    [404, 'E_VENDOR_REFUSED', 'you', 'no', 'later'],
    [408, 'E_VENDOR_THROTTLED', 'vendor', 'no', 'later'],
    [429, 'E_VENDOR_THROTTLED', 'vendor', 'no', 'later'],
    [302, 'E_VENDOR_REFUSED', 'you', 'no', 'later'],
    [500, 'E_VENDOR_FAULT', 'vendor', 'unknown', 'later'],
    [502, 'E_VENDOR_FAULT', 'vendor', 'unknown', 'later'],
    [503, 'E_VENDOR_FAULT', 'vendor', 'unknown', 'later'],
  ] as const)('classifies status %s', async (status, code, who, applied, retry) => {
    const { api } = canned(status, '<html>proxy</html>');
    const { failure } = await thrown(start(api));
    expect(failure).toMatchObject({
      code,
      who,
      applied,
      retry,
      vendor: { operation: 'startRecord', status },
    });
    expect(failure.message).toMatch(/^startRecord: .+\.$/);
    expect(failure.message).not.toContain('<html>');
    expect((await thrown(api.records(app))).failure.applied).toBe('no');
  });

  it('waits as long as it is asked to', async () => {
    const { failure } = await thrown(start(canned(429, '', { 'retry-after': '7' }).api));
    expect(failure.retry).toBe(7_000);
  });

  it('keeps the request id that a proxy gives', async () => {
    const { failure } = await thrown(start(canned(500, '', { 'x-request-id': 'r-1' }).api));
    expect(failure.vendor?.requestId).toBe('r-1');
  });

  it.each([
    '',
    'null',
    '[]',
    '"x"',
    '{}',
    '{"response":null}',
    '{"response":[]}',
    '{"response":[{"state":"ready"},{"state":"ready"}]}',
    '{"response":{}}',
    '{"response":{"state":7}}',
    '{"response":{"state":"recording","recordBytes":"7"}}',
    '{"response":{"state":"recording","startTime":"yesterday"}}',
    '{"response":{"state":"ready","stream":"cam1"}}',
    '{"response":{"sta',
  ])('takes the body %s for malformed, and for possibly applied', async (body) => {
    const { failure } = await thrown(start(canned(200, body).api));
    expect(failure).toMatchObject({ code: 'E_VENDOR_MALFORMED', applied: 'unknown', retry: 'later' });
    expect((await thrown(canned(200, '{"response":{}}').api.records(app))).failure.applied).toBe('no');
  });

  it('lets unknown fields pass and reads the state "Started" of the page as recording', async () => {
    const body = '{"response":{"state":"Started","id":"x","newField":{"a":1},"stream":{"name":"s","x":1}}}';
    expect(await start(canned(200, body).api)).toMatchObject({ state: 'recording', newField: { a: 1 } });
  });

  it('never repeats the access token, even if a proxy does', async () => {
    const token = Buffer.from('secret-token').toString('base64');
    const body = JSON.stringify({ message: `bad header Basic ${token} (secret-token)` });
    const error = await thrown(start(canned(500, body).api));
    expect(error).toBeInstanceOf(OmeRefusal);
    expect(JSON.stringify([error.failure, error.message, error.stack, error])).not.toMatch(
      /secret-token|c2VjcmV0/,
    );
    expect(error.failure.message).toContain('bad header Basic ***');
  });

  it('reads instants with their offset, and 1970 as never', () => {
    expect(omeInstant('2023-03-15T21:15:20.113+09:00')).toBe(Date.UTC(2023, 2, 15, 12, 15, 20, 113));
    expect(omeInstant('2023-03-15T21:15:20.113+0900')).toBe(Date.UTC(2023, 2, 15, 12, 15, 20, 113));
    expect(omeInstant('1970-01-01T09:00:00.000+09:00')).toBeUndefined();
    expect(omeInstant(undefined)).toBeUndefined();
  });
});
