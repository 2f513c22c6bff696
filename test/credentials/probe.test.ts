import { MockAgent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { destinationOf, cloudKit, failureOf, NEED, SECRET } from './kit.ts';

const KEYS = { provider: 'static', accessKey: 'AKIACANARY0000000001', secretKey: SECRET };
const agents: MockAgent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.close();
});

/** A bucket that answers as a real one would. */
function bucketSaying(status: number, code: string, headers: Record<string, string> = {}) {
  const agent = new MockAgent();
  agents.push(agent);
  agent.disableNetConnect();
  agent
    .get('https://recordings.s3.eu-central-1.amazonaws.com')
    .intercept({ path: /^\/live\/t1\/keeprolling-probe/, method: 'PUT' })
    .reply(status, code && `<Error><Code>${code}</Code><Message>CANARY says ${SECRET}</Message></Error>`, {
      headers,
    });
  return agent;
}

const rows: [code: string, status: number, words: string, who: string, cause: string][] = [
  ['AccessDenied', 403, 'may not write recordings/live/*', 'you', 'destination'],
  ['AllAccessDisabled', 403, 's3:PutObject', 'you', 'destination'],
  ['NoSuchBucket', 404, 'there is no bucket recordings', 'you', 'destination'],
  ['PermanentRedirect', 301, 'is not in eu-central-1', 'you', 'destination'],
  ['TemporaryRedirect', 307, 'is not in eu-central-1', 'you', 'destination'],
  ['', 301, 'is not in eu-central-1', 'you', 'destination'],
  ['AuthorizationHeaderMalformed', 400, 'is not in eu-central-1', 'you', 'destination'],
  ['SignatureDoesNotMatch', 403, 'the secret key does not fit', 'you', 'credentials'],
  ['ExpiredToken', 400, 'have expired', 'you', 'credentials'],
  ['InvalidToken', 400, 'token does not fit', 'you', 'credentials'],
  ['InvalidAccessKeyId', 403, 'no such access key', 'you', 'credentials'],
  ['RequestTimeTooSkewed', 403, 'NTP', 'you', 'credentials'],
  ['SlowDown', 503, 'fewer calls', 'destination', 'destination'],
  ['QuotaExceeded', 403, 'is full', 'you', 'destination'],
  ['InternalError', 500, 'a fault of its own', 'destination', 'destination'],
  ['ServiceUnavailable', 503, 'a fault of its own', 'destination', 'destination'],
  ['', 502, 'the answer is 502', 'destination', 'destination'],
  ['CANARYCode', 418, 'the answer is 418', 'you', 'destination'],
];

describe('a bucket that refuses the probe', () => {
  it.each(rows)('%s (%i): %s', async (code, status, words, who, cause) => {
    const kit = cloudKit();
    const failure = await failureOf(kit.access({ credentials: KEYS }, bucketSaying(status, code)));
    expect(failure).toMatchObject({ code: 'E_DESTINATION', who, cause, applied: 'no' });
    expect(failure.message).toContain('place: PutObject at S3: ');
    expect(failure.message).toContain(words);
    expect(failure.vendor).toMatchObject({ operation: 'PutObject', status });
  });

  it('says in which region the bucket is, where it tells', async () => {
    const told = bucketSaying(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'us-west-2' });
    const failure = await failureOf(cloudKit().access({ credentials: KEYS }, told));
    expect(failure.message).toContain('recordings is in us-west-2, not in eu-central-1');
    const odd = bucketSaying(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'CANARY' });
    expect((await failureOf(cloudKit().access({ credentials: KEYS }, odd))).message).toContain('is not in');
  });

  it.each([
    ['deny', { bucket: 'recordings' }, 'may not write'],
    ['bucket.delete', { bucket: 'recordings' }, 'there is no bucket'],
    ['faults', { op: 'PutObject', kind: 'throttled' }, 'fewer calls'],
    ['faults', { op: 'PutObject', kind: 'reply-lost' }, 'S3 gave no answer in time, or cut the connection'],
    ['faults', { op: 'PutObject', kind: 'late' }, 'S3 gave no answer in time, or cut the connection'],
  ])('%s %o', async (control, input, words) => {
    const kit = cloudKit();
    kit.control(control, input);
    expect((await failureOf(kit.access())).message).toContain(words);
    expect(kit.ops()).toHaveLength(2);
  });

  it('is not asked twice within one mint, and works when it is allowed again', async () => {
    const kit = cloudKit();
    kit.control('deny', { bucket: 'recordings' });
    await failureOf(kit.access());
    expect(kit.ops()).toEqual(['AssumeRole 200', 'PutObject 403']);
    kit.control('allow', { bucket: 'recordings' });
    await expect(kit.access().mint(NEED)).resolves.toBeDefined();
  });

  it("names the host of a store of one's own", async () => {
    const kit = cloudKit({ buckets: [{ name: 'own', region: 'eu-central-1' }] });
    kit.control('outage', { forMs: 1000 });
    const own = {
      cloud: 's3-compatible',
      bucket: 'own',
      endpoint: 'https://minio.test:9000',
      credentials: KEYS,
    };
    expect((await failureOf(kit.access(own))).message).toBe('place: minio.test:9000 refuses the connection.');
  });

  it('is reached at no other place than the configuration says', async () => {
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1';
    try {
      await expect(cloudKit().access().mint(NEED)).resolves.toBeDefined();
    } finally {
      delete process.env['AWS_ENDPOINT_URL'];
    }
    expect(destinationOf({ credentials: KEYS }).endpoint).toBeUndefined();
  });
});
