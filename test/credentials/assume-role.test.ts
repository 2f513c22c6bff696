import { createHash } from 'node:crypto';
import { MockAgent } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AWS, cloudKit, failureOf, HOUR_MS, KEY, NEED, ROLE, T0 } from './kit.ts';

describe('AssumeRole', () => {
  it('gives credentials with which the bucket was written', async () => {
    const kit = cloudKit();
    const access = kit.access();
    const minted = await access.mint(NEED);
    expect(minted.life).toEqual({
      mintedAt: T0,
      expiresAt: T0 + 12 * HOUR_MS,
      fingerprint: createHash('sha256')
        .update(minted.accessKey + minted.token)
        .digest('hex')
        .slice(0, 12),
    });
    expect(kit.objects()).toEqual([{ key: 'live/t1/keeprolling-probe', bytes: 63, at: T0 }]);
    const upload = { bucket: 'recordings', key: 'live/t1/a.ts', bytes: 1000, ...minted };
    expect(kit.emulator.put(upload, T0)).toBe('stored');
    expect(kit.emulator.put(upload, T0 + 12 * HOUR_MS)).toBe('expired');
    expect(access.place).toMatchObject({ name: 'place', bucket: 'recordings', lifeMs: 12 * HOUR_MS });
  });

  it('mints anew each time, and the life is whole each time', async () => {
    const kit = cloudKit();
    const first = await kit.access().mint(NEED);
    kit.clock.advance(HOUR_MS);
    const second = await kit.access().mint(NEED);
    expect(second.life?.fingerprint).not.toBe(first.life?.fingerprint);
    expect(second.life?.expiresAt).toBe(T0 + 13 * HOUR_MS);
    expect(kit.objects()).toHaveLength(1);
  });

  it('works years from now and years ago, as the clock of the caller says', async () => {
    for (const years of [-20, 30]) {
      const kit = cloudKit();
      kit.clock.advance(years * 365 * 24 * HOUR_MS);
      await expect(kit.access().mint(NEED)).resolves.toBeDefined();
    }
  });

  it('narrows what the recorder may do by a session policy', async () => {
    const policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::recordings/live/*' }],
    });
    const kit = cloudKit();
    const credentials = { ...AWS.credentials, policy };
    const minted = await kit.access({ credentials }).mint(NEED);
    const upload = { bucket: 'recordings', bytes: 1, ...minted };
    expect(kit.emulator.put({ ...upload, key: 'live/a' }, T0)).toBe('stored');
    expect(kit.emulator.put({ ...upload, key: 'other/a' }, T0)).toBe('denied');
    expect(await failureOf(kit.access({ credentials }), { ...NEED, folder: 'other' })).toMatchObject({
      vendor: { code: 'AccessDenied' },
    });
  });

  it('tells the externalId', async () => {
    const kit = cloudKit({ roles: [{ arn: ROLE, maxSessionMs: 12 * HOUR_MS, externalId: 'kr-7' }] });
    await expect(
      kit.access({ credentials: { ...AWS.credentials, externalId: 'kr-7' } }).mint(NEED),
    ).resolves.toBeDefined();
    expect(await failureOf(kit.access())).toMatchObject({ vendor: { code: 'AccessDenied', status: 403 } });
  });

  it("reaches a store of one's own by its endpoint and in path style", async () => {
    const kit = cloudKit({ buckets: [{ name: 'own' }] });
    const endpoint = 'http://minio.test:9000';
    const own = { cloud: 's3-compatible', bucket: 'own', region: undefined, endpoint };
    await kit.access({ ...own, credentials: { ...AWS.credentials, endpoint } }).mint({ ...NEED, folder: '' });
    expect(kit.objects('own')).toMatchObject([{ key: 'keeprolling-probe' }]);
  });

  it.each([
    ['the probe is off', { probe: 'off' }],
    ['the cloud speaks no S3', { cloud: 'huawei', bucket: 'recordings' }],
  ])('writes nothing where %s', async (_why, fields) => {
    const kit = cloudKit();
    await kit.access(fields).mint(NEED);
    expect(kit.ops()).toEqual(['AssumeRole 200']);
  });
});

describe('without keys in the configuration', () => {
  const credentials = { provider: 'aws', role: ROLE };
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_EC2_METADATA_DISABLED'];
  const files = ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'];
  beforeEach(() => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    for (const name of files) vi.stubEnv(name, '/nowhere');
    for (const name of ['AWS_PROFILE', ...names.slice(0, 2)]) vi.stubEnv(name, undefined);
  });
  afterEach(() => vi.unstubAllEnvs());

  it("takes those of AWS's usual places", async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', KEY.accessKey);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', KEY.secretKey);
    await expect(cloudKit().access({ credentials }).mint(NEED)).resolves.toBeDefined();
  });

  it('says that there are none', async () => {
    const failure = await failureOf(cloudKit().access({ credentials }));
    expect(failure).toMatchObject({ who: 'you', cause: 'credentials' });
    expect(failure.message).toContain('no keys are configured');
  });
});

describe('a life that is too short', () => {
  it('is refused by the configuration alone where that says it', async () => {
    const kit = cloudKit();
    const failure = await failureOf(kit.access({ credentials: { ...AWS.credentials, duration: '1h' } }));
    expect(failure).toMatchObject({
      code: 'E_DESTINATION',
      who: 'you',
      retry: 'later',
      cause: 'credentials',
    });
    expect(failure.message).toBe(
      "place: its credentials are to live 1h, and 4h are needed: raise `duration` above it and the role's MaxSessionDuration with it; a role that is assumed with another role's keys (role chaining) gets 1h at most.",
    );
    expect(kit.ops()).toEqual([]);
  });

  it('is refused where the clocks take a moment of it', async () => {
    const kit = cloudKit();
    const access = kit.access({ credentials: { ...AWS.credentials, duration: '4h' } });
    kit.clock.advance(999);
    expect((await failureOf(access)).message).toContain('have 3h59m59s of life left, and 4h are needed');
  });

  it('is refused by the role', async () => {
    const kit = cloudKit({ roles: [{ arn: ROLE }] });
    const failure = await failureOf(kit.access());
    expect(failure).toMatchObject({ who: 'you', vendor: { code: 'ValidationError', status: 400 } });
    expect(failure.message).toContain('raise its MaxSessionDuration or lower `duration`');
  });

  it('is refused to a role that is assumed by a role', async () => {
    const other = 'arn:aws:iam::123456789012:role/worker';
    const kit = cloudKit({
      roles: [
        { arn: other, maxSessionMs: 12 * HOUR_MS },
        { arn: ROLE, maxSessionMs: 12 * HOUR_MS, trusts: [other] },
      ],
    });
    expect((await failureOf(kit.access())).message).toContain('may not assume');
    kit.control('mint.fail', { code: 'ValidationError', forMs: 1000 });
    expect((await failureOf(kit.access())).message).toContain('refused as invalid');
  });
});

describe('what STS says', () => {
  const rows: [code: string, words: string, who: string][] = [
    ['AccessDenied', 'may not assume', 'you'],
    ['ExpiredToken', 'have expired', 'you'],
    ['InvalidClientTokenId', 'no such access key', 'you'],
    ['RegionDisabledException', 'not activated in eu-central-1', 'you'],
    ['Throttling', 'fewer calls', 'destination'],
    ['ServiceUnavailable', 'the answer is 503', 'destination'],
    ['SomethingNew', 'does not know', 'you'],
  ];
  it.each(rows)('%s becomes a sentence', async (code, words, who) => {
    const kit = cloudKit();
    kit.control('mint.fail', { code, forMs: 1000 });
    const failure = await failureOf(kit.access());
    expect(failure).toMatchObject({ code: 'E_DESTINATION', who, applied: 'no', cause: 'credentials' });
    expect(failure.message).toContain(words);
    expect(failure.vendor).toMatchObject({
      operation: 'AssumeRole',
      requestId: expect.stringMatching(/^EMULATED/),
    });
    kit.clock.advance(1000);
    await expect(kit.access().mint(NEED)).resolves.toBeDefined();
  });

  it('asks for patience when throttled', async () => {
    const kit = cloudKit();
    kit.control('faults', { op: 'AssumeRole', kind: 'throttled' });
    expect((await failureOf(kit.access())).retry).toBe(10_000);
  });

  it('knows a wrong secret key, a wrong access key, a bad policy and a wrong clock', async () => {
    const kit = cloudKit();
    const change = (fields: object) => kit.access({ credentials: { ...AWS.credentials, ...fields } });
    expect((await failureOf(change({ secretKey: 'CANARY-wrong' }))).message).toContain(
      'secret key does not fit',
    );
    expect((await failureOf(change({ accessKey: 'AKIACANARY0000000009' }))).message).toContain(
      'no such access key',
    );
    expect((await failureOf(change({ policy: '{CANARY' }))).message).toContain('not a policy');
    kit.control('revoke', { accessKey: KEY.accessKey });
    expect((await failureOf(change({}))).message).toContain('disabled');
    const late = cloudKit();
    const { access, clock, emulator } = late;
    const from = access();
    const real = emulator.clock;
    Object.defineProperty(emulator, 'clock', { value: () => real() + 20 * 60_000 });
    clock.advance(0);
    expect((await failureOf(from)).message).toContain('set it by NTP');
  });
});

describe('when no answer comes', () => {
  const agents: MockAgent[] = [];
  afterEach(async () => {
    for (const agent of agents.splice(0)) await agent.close();
  });

  it.each([
    ['reset', 'gave no answer in time, or cut the connection'],
    ['late', 'gave no answer in time, or cut the connection'],
    ['malformed', 'not in the documented form'],
  ])('%s is told', async (kind, words) => {
    const kit = cloudKit();
    kit.control('faults', { op: 'AssumeRole', kind });
    const failure = await failureOf(kit.access());
    expect(failure.message).toContain(words);
    // Nothing is sent twice here.
    expect(kit.ops()).toHaveLength(1);
  });

  it('says where nobody listens', async () => {
    const kit = cloudKit();
    kit.control('outage', { forMs: 1000 });
    expect(await failureOf(kit.access())).toMatchObject({
      who: 'destination',
      message: 'place: STS refuses the connection.',
    });
  });

  it('never quotes what a stranger answers', async () => {
    const agent = new MockAgent();
    agents.push(agent);
    agent.disableNetConnect();
    agent
      .get('https://sts.eu-central-1.amazonaws.com')
      .intercept({ path: '/', method: 'POST' })
      .reply(
        403,
        '<ErrorResponse><Error><Code>CANARY-code</Code><Message>CANARY text</Message></Error></ErrorResponse>',
        {
          headers: { 'x-amzn-requestid': 'CANARY <id>' },
        },
      );
    const failure = await failureOf(cloudKit().access({}, agent));
    expect(failure.message).toContain('the answer is 403');
    expect(failure.vendor).toEqual({ operation: 'AssumeRole', status: 403 });
  });
});

// Measured: 3 to 5 ms with the emulator's own part; the bound only catches what would be ten times that.
it('costs little', async () => {
  const kit = cloudKit();
  const access = kit.access();
  for (let i = 0; i < 20; i += 1) await access.mint(NEED);
  const before = process.cpuUsage();
  for (let i = 0; i < 100; i += 1) await access.mint(NEED);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 100_000).toBeLessThan(40);
});
