import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { destinationSchema } from '../../src/contract/destinations.ts';
import { storageAccess } from '../../src/credentials/access.ts';
import { serveCloud, type ServedCloud } from '../../src/emulators/cloud/serve.ts';
import type { CloudRole } from '../../src/emulators/cloud/options.ts';
import { failureOf, HOUR_MS, NEED, SECRET } from './kit.ts';

const ROLE = 'qcs::cam::uin/100000000001:roleName/recorder';
const KEY = { accessKey: 'AKIDCANARY0000000001', secretKey: SECRET };

let cloud: ServedCloud | undefined;
let server: Server | undefined;
afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

async function serve(role: Partial<CloudRole> = {}, clock: () => number = Date.now): Promise<ServedCloud> {
  cloud = await serveCloud({
    keys: [KEY],
    roles: [{ arn: ROLE, maxSessionMs: 12 * HOUR_MS, ...role }],
    buckets: [{ name: 'rec-1250000000' }],
    clock,
  });
  return cloud;
}

function access(endpoint: string, credentials: object = {}) {
  const provider = { provider: 'tencent', role: ROLE, endpoint, ...KEY, ...credentials };
  return storageAccess({
    name: 'cos-archive',
    destination: destinationSchema.parse({
      cloud: 'tencent',
      bucket: 'rec-1250000000',
      region: 'ap-guangzhou',
      credentials: provider,
    }),
    dispatcher: new Agent(),
    now: Date.now,
  });
}

describe('AssumeRole of Tencent Cloud', () => {
  it('gives temporary keys with which the bucket can be written, until they end', async () => {
    const { url, emulator } = await serve();
    const minted = await access(url).mint(NEED);
    const upload = { bucket: 'rec-1250000000', key: 'live/a.ts', bytes: 1, ...minted };
    expect(emulator.put(upload, Date.now())).toBe('stored');
    expect(minted.life!.expiresAt - minted.life!.mintedAt).toBeGreaterThan(12 * HOUR_MS - 60_000);
    expect(emulator.put(upload, minted.life!.expiresAt)).toBe('expired');
    expect(access(url).place).toMatchObject({ shortLived: true, lifeMs: 12 * HOUR_MS });
  });

  it('tells the externalId and the policy', async () => {
    const { url } = await serve({ externalId: 'kr/7' });
    const statement = [{ effect: 'allow', action: 'name/cos:PutObject', resource: '*' }];
    const policy = JSON.stringify({ version: '2.0', statement });
    await expect(access(url, { externalId: 'kr/7', policy }).mint(NEED)).resolves.toBeDefined();
    expect((await failureOf(access(url))).vendor).toMatchObject({ code: 'UnauthorizedOperation' });
    expect((await failureOf(access(url, { externalId: 'kr/7', policy: '{}' }))).message).toContain(
      '`policy` is not a policy that CAM understands',
    );
  });

  it.each([
    ['a stranger', { accessKey: 'AKIDNOBODY' }, 'there is no such access key'],
    ['a wrong secret', { secretKey: 'CANARY-wrong' }, 'the secret key does not fit the access key'],
    ['an unknown role', { role: `${ROLE}2` }, `there is no role ${ROLE}2`],
  ])('refuses %s, and says who must act', async (_what, credentials, words) => {
    const { url } = await serve();
    const failure = await failureOf(access(url, credentials));
    expect(failure).toMatchObject({ code: 'E_DESTINATION', who: 'you', applied: 'no', cause: 'credentials' });
    expect(failure.message).toContain(`cos-archive: AssumeRole at ${new URL(url).host}: ${words}`);
  });

  it('says what to raise where the role lives too shortly, and what is wrong with a clock', async () => {
    const { url } = await serve({ maxSessionMs: 2 * HOUR_MS });
    expect((await failureOf(access(url))).message).toContain('raise its longest session duration');
    expect((await failureOf(access(url, { duration: '2h' }))).message).toContain('and 4h are needed');
    await cloud!.close();
    const skewed = await serve({}, () => Date.now() + HOUR_MS);
    expect((await failureOf(access(skewed.url))).message).toContain('set it by NTP');
  });

  it.each([
    ['throttled', { who: 'destination', retry: 10_000 }, 'asks for fewer calls'],
    ['error-unapplied', { who: 'destination', retry: 'later' }, 'a fault of its own'],
    ['reply-lost', { who: 'destination', retry: 'later' }, 'gave no answer in time, or cut the connection'],
  ] as const)('stands a %s, and asks once', async (kind, fact, words) => {
    const { url, emulator } = await serve();
    emulator.faults.arm({ op: 'AssumeRole', kind, times: 1 });
    const failure = await failureOf(access(url));
    expect(failure).toMatchObject(fact);
    expect(failure.message).toContain(words);
    expect(emulator.truth.entries.filter(({ type }) => type === 'request')).toHaveLength(1);
    await expect(access(url).mint(NEED)).resolves.toBeDefined();
  });

  it('tells a service that is not there, and one that is none', async () => {
    server = createServer((_request, response) => response.writeHead(404).end('CANARY')).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => server!.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await failureOf(access(url))).vendor).toEqual({ operation: 'AssumeRole', status: 404 });
    await new Promise((resolve) => server!.close(resolve));
    server = undefined;
    expect((await failureOf(access(url))).message).toContain('refuses the connection');
  });
});
