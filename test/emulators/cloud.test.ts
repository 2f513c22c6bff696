import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { Agent, MockAgent, request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { awsHttpHandler } from '../../src/credentials/aws/http-handler.ts';
import { besideCloud } from '../../src/emulators/cloud/beside.ts';
import { serveCloud } from '../../src/emulators/cloud/serve.ts';
import { cloudKit, HOUR_MS, KEY, ROLE, T0 } from '../credentials/kit.ts';

type Kit = ReturnType<typeof cloudKit>;
interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}
const OWN: Keys = { accessKeyId: KEY.accessKey, secretAccessKey: KEY.secretKey };

function configOf(kit: Kit, credentials: Keys) {
  return {
    region: 'eu-central-1',
    credentials,
    requestHandler: awsHttpHandler(kit.dispatcher, 5000),
    maxAttempts: 1,
    systemClockOffset: kit.clock.now() - Date.now(),
  } satisfies S3ClientConfig & Record<string, unknown>;
}
const s3 = (kit: Kit, credentials = OWN, more: S3ClientConfig = {}) =>
  new S3Client({ ...configOf(kit, credentials), ...more });

async function assume(kit: Kit, more: object = {}, credentials = OWN): Promise<Keys> {
  const client = new STSClient(configOf(kit, credentials));
  const { Credentials: got } = await client.send(
    new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'test', ...more }),
  );
  return {
    accessKeyId: got?.AccessKeyId ?? '',
    secretAccessKey: got?.SecretAccessKey ?? '',
    sessionToken: got?.SessionToken ?? '',
  };
}

const IN = { Bucket: 'recordings' };

describe('objects', () => {
  const odd = 'a b/ü+%2F/(c)*!\'"&<>~=?#.json';

  it('are put, read and deleted under any name', async () => {
    const kit = cloudKit();
    for (const client of [s3(kit), s3(kit, OWN, { forcePathStyle: true })]) {
      await client.send(new PutObjectCommand({ ...IN, Key: odd, Body: 'text ü' }));
      const got = await client.send(new GetObjectCommand({ ...IN, Key: odd }));
      expect(await got.Body?.transformToString()).toBe('text ü');
      await expect(client.send(new HeadObjectCommand({ ...IN, Key: odd }))).resolves.toMatchObject({
        ETag: got.ETag,
        LastModified: new Date(T0),
      });
      await client.send(new DeleteObjectCommand({ ...IN, Key: odd }));
      await expect(client.send(new GetObjectCommand({ ...IN, Key: odd }))).rejects.toMatchObject({
        name: 'NoSuchKey',
        $metadata: { httpStatusCode: 404 },
      });
      await expect(client.send(new HeadObjectCommand({ ...IN, Key: odd }))).rejects.toMatchObject({
        $metadata: { httpStatusCode: 404 },
      });
    }
  });

  it('are put once with If-None-Match, unless the store does not know it', async () => {
    const kit = cloudKit({
      buckets: (['honoured', 'ignored', 'refused'] as const).map((ifNoneMatch) => ({
        name: ifNoneMatch,
        region: 'eu-central-1',
        ifNoneMatch,
      })),
    });
    const put = async (Bucket: string, Body: string) =>
      await s3(kit).send(new PutObjectCommand({ Bucket, Key: 'k', Body, IfNoneMatch: '*' }));
    await put('honoured', 'one');
    await expect(put('honoured', 'two')).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
    await put('ignored', 'one');
    await put('ignored', 'twice');
    expect(kit.objects('ignored')).toMatchObject([{ bytes: 5 }]);
    await expect(put('refused', 'one')).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  it('are listed by page, with folders', async () => {
    const kit = cloudKit({ pageSize: 2 });
    const client = s3(kit);
    for (const Key of ['a/1', 'a/2/x', 'a/2/y', 'a/3', 'a/4', 'a/5/z', 'b'])
      await client.send(new PutObjectCommand({ ...IN, Key, Body: 'x' }));
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    let pages = 0;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ ...IN, Prefix: 'a/', Delimiter: '/', ContinuationToken }),
      );
      found.push(
        ...(page.Contents ?? []).map((one) => one.Key ?? ''),
        ...(page.CommonPrefixes ?? []).map((one) => one.Prefix ?? ''),
      );
      ContinuationToken = page.NextContinuationToken;
      pages += 1;
    } while (ContinuationToken !== undefined);
    expect(found.toSorted()).toEqual(['a/1', 'a/2/', 'a/3', 'a/4', 'a/5/']);
    expect(pages).toBe(3);
    expect((await client.send(new ListObjectsV2Command({ ...IN, Prefix: 'none/' }))).KeyCount).toBe(0);
  });
});

describe('a signature', () => {
  const refusals: [what: string, spoil: (request: Record<string, unknown>) => void, code: string][] = [
    ['of another body', (sent) => (sent['body'] = 'other'), 'XAmzContentSHA256Mismatch'],
    ['of another path', (sent) => (sent['path'] = '/k2'), 'SignatureDoesNotMatch'],
    ['of another query', (sent) => (sent['query'] = { x: '1' }), 'SignatureDoesNotMatch'],
    ['of another method', (sent) => (sent['method'] = 'DELETE'), 'SignatureDoesNotMatch'],
    ['of another header', (sent) => header(sent, 'content-type', 'a/b'), 'SignatureDoesNotMatch'],
    [
      'without a header that must be in it',
      (sent) => header(sent, 'x-amz-acl', 'public-read'),
      'AuthorizationHeaderMalformed',
    ],
    ['of another form', (sent) => header(sent, 'authorization', 'Basic x'), 'AuthorizationHeaderMalformed'],
    [
      'that is not there',
      (sent) => delete (sent['headers'] as Record<string, string>)['authorization'],
      'AccessDenied',
    ],
  ];
  const header = (sent: Record<string, unknown>, name: string, value: string) => {
    (sent['headers'] as Record<string, string>)[name] = value;
  };
  it.each(refusals)('%s is refused', async (_what, spoil, code) => {
    const kit = cloudKit();
    const handler = awsHttpHandler(kit.dispatcher, 5000);
    const requestHandler = {
      ...handler,
      handle: async (sent: object, options: object) => {
        spoil(sent as Record<string, unknown>);
        return await handler.handle(sent, options);
      },
    };
    const client = s3(kit, OWN, { requestHandler, requestChecksumCalculation: 'WHEN_REQUIRED' });
    const put = client.send(
      new PutObjectCommand({ ...IN, Key: 'k', Body: 'text', ContentType: 'text/plain' }),
    );
    await expect(put).rejects.toMatchObject({ name: code });
    expect(kit.objects()).toEqual([]);
  });

  it.each([
    ['of another secret', { ...OWN, secretAccessKey: 'x' }, 'SignatureDoesNotMatch'],
    ['of an unknown key', { ...OWN, accessKeyId: 'x' }, 'InvalidAccessKeyId'],
    ['with a token that belongs to nothing', { ...OWN, sessionToken: 'x' }, 'InvalidToken'],
  ])('%s is refused', async (_what, keys, code) => {
    const put = s3(cloudKit(), keys).send(new PutObjectCommand({ ...IN, Key: 'k', Body: 'x' }));
    await expect(put).rejects.toMatchObject({ name: code });
  });

  it('of another time is refused, and of another region', async () => {
    const kit = cloudKit();
    const put = new PutObjectCommand({ ...IN, Key: 'k', Body: 'x' });
    const early = s3(kit);
    kit.clock.advance(16 * 60_000);
    await expect(early.send(put)).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
    await expect(s3(kit, OWN, { region: 'us-east-1' }).send(put)).rejects.toMatchObject({
      name: 'PermanentRedirect',
    });
    const own = { region: 'us-east-1', endpoint: 'http://x.test', forcePathStyle: true };
    await expect(s3(kit, OWN, own).send(put)).rejects.toMatchObject({ name: 'AuthorizationHeaderMalformed' });
  });
});

describe('sessions', () => {
  it('end, on the clock of the cloud', async () => {
    const kit = cloudKit();
    const keys = await assume(kit, { DurationSeconds: 900 });
    const put = async () => await s3(kit, keys).send(new PutObjectCommand({ ...IN, Key: 'k', Body: 'x' }));
    await put();
    kit.clock.advance(900_000);
    await expect(put()).rejects.toMatchObject({ name: 'ExpiredToken' });
  });

  it('live as long as the role lets them, and an hour in a chain', async () => {
    const second = 'arn:aws:iam::123456789012:role/second';
    const kit = cloudKit({
      roles: [
        { arn: ROLE, maxSessionMs: 4 * HOUR_MS },
        { arn: second, maxSessionMs: 4 * HOUR_MS, trusts: [ROLE] },
      ],
    });
    await expect(assume(kit, { DurationSeconds: 4 * 3600 + 1 })).rejects.toThrow(/MaxSessionDuration/);
    await expect(assume(kit, { DurationSeconds: 60 })).rejects.toThrow(/greater than or equal to 900/);
    const first = await assume(kit, { DurationSeconds: 4 * 3600 });
    await expect(assume(kit, { RoleArn: second, DurationSeconds: 3601 }, first)).rejects.toThrow(
      /role chaining/,
    );
    await expect(assume(kit, { RoleArn: second, DurationSeconds: 3600 }, first)).resolves.toBeDefined();
    await expect(assume(kit, { RoleArn: second })).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('lose their rights when controls say so', async () => {
    const kit = cloudKit();
    const {
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
      sessionToken: token = '',
    } = await assume(kit);
    const put = (more: object = {}) =>
      kit.emulator.put(
        { bucket: 'recordings', key: 'k', bytes: 5, accessKey, secretKey, token, ...more },
        kit.clock.now(),
      );
    expect(put()).toBe('stored');
    expect(put({ secretKey: 'x' })).toBe('unknown-key');
    expect(put({ token: 'x' })).toBe('unknown-key');
    expect(put({ accessKey: 'x' })).toBe('unknown-key');
    expect(put({ bucket: 'none' })).toBe('no-bucket');
    kit.control('deny', { bucket: 'recordings', principal: ROLE, access: 'write' });
    expect(put()).toBe('denied');
    expect(put({ ...KEY, token: undefined })).toBe('stored');
    kit.control('allow', { bucket: 'recordings' });
    expect(put()).toBe('stored');
    kit.control('revoke', { role: ROLE });
    expect(put()).toBe('denied');
    kit.control('revoke', { accessKey });
    expect(put()).toBe('unknown-key');
    kit.control('enable', { accessKey });
    kit.clock.advance(HOUR_MS);
    expect(put()).toBe('expired');
    kit.clock.advance(25 * HOUR_MS);
    await assume(kit);
    expect(kit.control('sessions')).toHaveLength(1);
  });
});

it('keeps nothing of what is written over', async () => {
  const kit = cloudKit();
  for (let i = 0; i < 50; i += 1)
    await s3(kit).send(new PutObjectCommand({ ...IN, Key: 'probe', Body: 'x'.repeat(1000) }));
  expect(kit.objects()).toHaveLength(1);
  expect(JSON.stringify(kit.emulator.truth.entries)).not.toContain('xxx');
});

it('stands beside a vendor, by host', async () => {
  const kit = cloudKit({ buckets: [{ name: 'recordings' }] });
  const vendor = new MockAgent();
  vendor.disableNetConnect();
  vendor.get('https://api.vendor.test').intercept({ path: '/' }).reply(200, 'vendor').times(2);
  const both = besideCloud(kit.dispatcher, vendor, ['http://minio.test:9000/']);
  expect(await (await request('https://api.vendor.test/', { dispatcher: both })).body.text()).toBe('vendor');
  for (const url of [
    'https://recordings.s3.us-east-1.amazonaws.com/k',
    'http://minio.test:9000/recordings/k',
  ])
    expect((await request(url, { dispatcher: both, headers: { host: new URL(url).host } })).statusCode).toBe(
      403,
    );
  await vendor.close();
});

describe('over HTTP', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  it('is the same, with controls for another process', async () => {
    const agent = new Agent();
    const cloud = await serveCloud();
    open.push(agent, cloud);
    const client = new S3Client({
      region: 'us-east-1',
      endpoint: cloud.url,
      forcePathStyle: true,
      credentials: { accessKeyId: 'AKIAEMULATED00000001', secretAccessKey: 'emulated-secret-key' },
      requestHandler: awsHttpHandler(agent, 5000),
      maxAttempts: 1,
    });
    const put = async () =>
      await client.send(new PutObjectCommand({ Bucket: 'recordings', Key: 'a/ü b', Body: 'text' }));
    await put();
    const got = await client.send(new GetObjectCommand({ Bucket: 'recordings', Key: 'a/ü b' }));
    expect(await got.Body?.transformToString()).toBe('text');
    const control = async (name: string, input: object) =>
      await request(`${cloud.controlUrl}/_emulator/${name}`, { method: 'POST', body: JSON.stringify(input) });
    await control('deny', { bucket: 'recordings' });
    await expect(put()).rejects.toMatchObject({ name: 'AccessDenied' });
    expect((await control('deny', { bucket: 'recordings', access: 'x' })).statusCode).toBe(400);
  });
});
