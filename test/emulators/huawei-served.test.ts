/** The vendor's own core for Node.js against a served emulator: it signs as no code of ours does. */
import { BasicCredentials, Region } from '@huaweicloud/huaweicloud-sdk-core';
import { ClientBuilder } from '@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js';
import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import type { SdkResponse } from '@huaweicloud/huaweicloud-sdk-core/SdkResponse.js';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startEmulator } from '../../src/emulators/index.ts';
import type { StartedEmulator } from '../../src/emulators/index.ts';
import {
  DEFAULT_ACCESS_KEY,
  DEFAULT_PROJECT_ID,
  DEFAULT_REGION,
  DEFAULT_SECRET_KEY,
} from '../../src/emulators/huawei/options.ts';
import { DOMAIN, RULE } from './huawei-kit.ts';

interface Asked {
  query?: Record<string, unknown>;
  data?: Record<string, unknown>;
}

let served: StartedEmulator;
beforeEach(async () => {
  // The core prints what it is refused.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  served = await startEmulator('huawei', { vendor: { seed: 1 } });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await served.close();
});

const credentials = (ak = DEFAULT_ACCESS_KEY, sk = DEFAULT_SECRET_KEY) =>
  new BasicCredentials().withAk(ak).withSk(sk).withProjectId(DEFAULT_PROJECT_ID);

function clientOf(by = credentials()) {
  const client = new ClientBuilder<HcClient>((made) => made)
    .withCredential(by)
    .withEndpoint(served.url)
    .build();
  return async (method: string, rest: string, { query = {}, data }: Asked = {}) =>
    await client.sendRequest<SdkResponse & Record<string, unknown>>({
      method,
      url: `/v1/{project_id}${rest}`,
      contentType: 'application/json',
      queryParams: query,
      pathParams: { project_id: DEFAULT_PROJECT_ID },
      headers: {},
      ...(data && { data }),
    });
}

const STREAM = { publish_domain: DOMAIN, app: 'live', stream: 'cam1' };
const control = (name: string, input = {}) => served.emulator.controls[name]!(input, served.emulator.clock());
const push = (stream = 'cam1') => control('source.start', { stream });
const began = () =>
  served.emulator.truth.entries.filter((one) => one.type === 'recording' && one.event === 'began');

describe('the core of Huawei’s SDK', () => {
  it('makes a rule, starts, looks, stops and deletes', async () => {
    const call = clientOf();
    const made = await call('POST', '/record/rules', { data: RULE });
    expect(made).toMatchObject({ httpStatusCode: 201, stream: 'cam1', record_type: 'COMMAND_RECORD' });
    push();
    const started = await call('POST', '/record/control', { query: { action: 'START' }, data: STREAM });
    expect(started).toEqual({ httpStatusCode: 200 });
    expect(began()).toHaveLength(1);
    const listed = await call('GET', '/record/rules', { query: { publish_domain: DOMAIN, limit: 100 } });
    expect(listed).toMatchObject({ total: 1, record_config: [{ id: made['id'] }] });
    const { total_num: online } = await call('GET', '/realtime/streams', {
      query: { publish_domain: DOMAIN },
    });
    expect(online).toBe(1);
    const stopped = await call('POST', '/record/control', { query: { action: 'STOP' }, data: STREAM });
    expect(stopped['httpStatusCode']).toBe(200);
    const gone = await call('DELETE', `/record/rules/${made['id'] as string}`);
    expect(gone['httpStatusCode']).toBe(204);
  });

  it('is understood whatever the name of a stream holds', async () => {
    const call = clientOf();
    for (const stream of ['my stream~1', 'a+b&c=d', 'ü/%41', "!'()*", '録画']) {
      push(stream);
      const query = { publish_domain: DOMAIN, app: 'live', stream };
      expect(await call('GET', '/realtime/streams', { query })).toMatchObject({ streams: [{ stream }] });
    }
  });

  it('gets the codes of a refusal', async () => {
    const start = clientOf()('POST', '/record/control', { query: { action: 'START' }, data: STREAM });
    await expect(start).rejects.toMatchObject({
      httpStatusCode: 400,
      errorCode: 'LIVE.100011001',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}-\d+-\S+$/) as unknown,
    });
  });

  it.each([
    ['secret', () => credentials(undefined, 'another')],
    ['key', () => credentials('NOBODY')],
  ])('is refused with another %s', async (_what, by) => {
    const call = clientOf(by())('GET', '/record/rules');
    await expect(call).rejects.toMatchObject({ httpStatusCode: 401, errorCode: 'APIGW.0301' });
  });

  it('is refused when the gateway’s clock is 16 minutes away', async () => {
    control('skew', { ms: 16 * 60_000 });
    const call = clientOf()('GET', '/record/rules');
    await expect(call).rejects.toMatchObject({
      httpStatusCode: 401,
      errorMsg: expect.stringContaining('signature expired') as unknown,
    });
  });

  it('works with temporary keys until they end', async () => {
    const post = async (path: string, body: unknown, headers = {}) =>
      await request(served.url + path, { method: 'POST', body: JSON.stringify(body), headers });
    const login = await post('/v3/auth/tokens', {
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'recorder', password: 'huawei-password', domain: { name: 'customer' } } },
        },
        scope: { project: { name: DEFAULT_REGION } },
      },
    });
    await login.body.dump();
    expect(login.statusCode).toBe(201);
    const minted = await post(
      '/v3.0/OS-CREDENTIAL/securitytokens',
      { auth: { identity: { methods: ['token'], token: { duration_seconds: 900 } } } },
      { 'x-auth-token': login.headers['x-subject-token'] },
    );
    const { credential } = (await minted.body.json()) as { credential: Record<string, string> };
    const { access = '', secret = '', securitytoken = '' } = credential;
    const call = clientOf(credentials(access, secret).withSecurityToken(securitytoken));
    await call('POST', '/record/rules', { data: RULE });
    push();
    await call('POST', '/record/control', { query: { action: 'START' }, data: STREAM });
    expect(began()).toHaveLength(1);
    // Without its token the key is nobody's.
    const bare = clientOf(credentials(access, secret))('GET', '/record/rules');
    await expect(bare).rejects.toMatchObject({ httpStatusCode: 401 });
    control('skew', { ms: 14 * 60_000 });
    await call('GET', '/record/rules');
    control('clock', { advanceMs: 900_000 });
    await expect(call('GET', '/record/rules')).rejects.toMatchObject({ httpStatusCode: 401 });
  });

  it('finds the id of its project by the name of the region', async () => {
    const by = new BasicCredentials({ ak: DEFAULT_ACCESS_KEY, sk: DEFAULT_SECRET_KEY }).withIamEndpoint(
      served.url,
    );
    const client = new ClientBuilder<HcClient>((made) => made)
      .withCredential(by)
      .withRegion(new Region(DEFAULT_REGION, [served.url]))
      .build();
    const rules = await client.sendRequest({
      method: 'GET',
      url: '/v1/{project_id}/record/rules',
      contentType: 'application/json',
      queryParams: {},
      pathParams: { project_id: DEFAULT_PROJECT_ID },
      headers: {},
    });
    expect(rules).toMatchObject({ total: 0 });
    expect(by.projectId).toBe(DEFAULT_PROJECT_ID);
  });
});
