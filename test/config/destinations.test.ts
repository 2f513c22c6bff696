import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingsOf, type Settings } from '../../src/config/settings.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

const CANARY = 'CANARY-77aa';
const ROLE = 'arn:aws:iam::123456789012:role/recorder';

const aws = {
  cloud: 'aws',
  bucket: 'my-archive',
  region: 'eu-central-1',
  credentials: { provider: 'aws', role: ROLE, accessKey: '${AK}', secretKey: '${SK}' },
};

function load(configuration: object, env: Record<string, string> = {}, folder = '/'): Settings {
  return settingsOf(configuration, null, folder, VENDORS, env);
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return `${String(error)} ${JSON.stringify(error)}`;
  }
  throw new Error('It should have been refused.');
}

describe('destinations', () => {
  it('are not resolved before their use', () => {
    const settings = load({ destinations: { a: aws, b: { ...aws, bucket: '${BUCKET}' } } });
    expect(settings.destinationNames()).toEqual(['a', 'b']);
    expect(settings.place('a')).toEqual({
      name: 'a',
      cloud: 'aws',
      bucket: 'my-archive',
      region: 'eu-central-1',
      endpoint: null,
      prefix: null,
      hasCredentials: true,
      shortLived: true,
      lifeMs: 12 * 3_600_000,
      refreshMs: 3_600_000,
    });
    expect(settings.place('none')).toBeUndefined();
    expect(settings.place('constructor')).toBeUndefined();
    expect(() => settings.place('b')).toThrow(
      'destinations.b.bucket: the environment has no variable BUCKET',
    );
    expect(() => settings.destination('a')).toThrow('destinations.a.credentials.accessKey');
    expect(() => settings.destination('none')).toThrow('no destination none');
  });

  it('are resolved anew at each use', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keeprolling-destinations-'));
    const env: Record<string, string> = { AK: 'one', SK: 'two' };
    const settings = load(
      {
        secrets: { token: 'file:token' },
        destinations: {
          a: aws,
          b: {
            cloud: 's3-compatible',
            bucket: 'files',
            endpoint: 'http://127.0.0.1:9000',
            credentials: {
              provider: 'static',
              accessKey: { secret: 'token' },
              secretKey: 'x-${SK}',
              token: 't',
              expiresAt: '${END}',
            },
          },
        },
      },
      env,
      folder,
    );
    expect(settings.destination('a')).toMatchObject({
      credentials: { provider: 'aws', accessKey: 'one', secretKey: 'two', duration: 12 * 3_600_000 },
      refresh: 3_600_000,
      probe: 'write',
    });
    env['AK'] = 'changed';
    expect(settings.destination('a')).toMatchObject({ credentials: { accessKey: 'changed' } });
    expect(() => settings.destination('b')).toThrow('secrets.token: the file token cannot be read');
    writeFileSync(join(folder, 'token'), 'first\n');
    expect(() => settings.destination('b')).toThrow('no variable END');
    env['END'] = 'soon';
    expect(() => settings.destination('b')).toThrow('expiresAt');
    env['END'] = '2030-01-01T00:00:00Z';
    expect(settings.destination('b')).toMatchObject({
      credentials: { accessKey: 'first', secretKey: 'x-two' },
    });
    writeFileSync(join(folder, 'token'), 'second\n');
    expect(settings.destination('b')).toMatchObject({ credentials: { accessKey: 'second' } });
    expect(settings.place('b')).toMatchObject({
      shortLived: true,
      lifeMs: null,
      endpoint: 'http://127.0.0.1:9000',
    });
    expect(settings.secret('token')).toBe('second');
  });

  it('need no credentials where the recorder writes by its own right', () => {
    const settings = load(
      {
        destinations: {
          n: { cloud: 'naver', bucket: 'rec-bucket' },
          h: { cloud: 'huawei', bucket: '${BUCKET}', region: 'ap-southeast-3', prefix: 'live' },
        },
      },
      { BUCKET: 'rec' },
    );
    expect(settings.destination('n').credentials).toBeUndefined();
    expect(settings.place('n')).toMatchObject({ region: null, hasCredentials: false, shortLived: false });
    expect(settings.place('h')).toMatchObject({ bucket: 'rec', prefix: 'live', lifeMs: null });
  });

  it('are judged as far as they stand there, whatever their provider', () => {
    const of = (cloud: string, bucket: string, credentials: object) => ({
      cloud,
      bucket,
      region: 'ap-guangzhou',
      credentials: { role: '${ROLE}', accessKey: '${AK}', secretKey: '${SK}', ...credentials },
    });
    const settings = load({
      destinations: {
        oss: of('alibaba', 'rec', { provider: 'alibaba', duration: '6h' }),
        cos: of('tencent', 'rec-1250000000', { provider: 'tencent', externalId: '${ID}' }),
      },
    });
    expect(settings.place('oss')).toMatchObject({ shortLived: true, lifeMs: 6 * 3_600_000 });
    expect(settings.place('cos')).toMatchObject({ shortLived: true, lifeMs: 12 * 3_600_000 });
    expect(() => settings.destination('cos')).toThrow('the environment has no variable ROLE');
    const odd = { ...of('alibaba', 'rec', { provider: 'alibaba' }) };
    expect(
      refusal(() =>
        load({ destinations: { a: { ...odd, credentials: { ...odd.credentials, role: ROLE } } } }),
      ),
    ).toContain('acs:ram::');
  });

  it('find a command beside the configuration', () => {
    const exec = (command: string[]) => ({ ...aws, credentials: { provider: 'exec', command } });
    const settings = load(
      { destinations: { a: exec(['./mint', '--x']), b: exec(['vault']) } },
      {},
      '/etc/kr',
    );
    expect(settings.destination('a')).toMatchObject({ credentials: { command: ['/etc/kr/mint', '--x'] } });
    expect(settings.destination('b')).toMatchObject({ credentials: { command: ['vault'], timeout: 7_000 } });
  });

  const wrong: [what: string, destination: unknown, words: string][] = [
    ['an unknown field', { ...aws, bukket: 'x' }, 'destinations.a.bukket'],
    ['an unknown cloud', { ...aws, cloud: 'moon' }, 'destinations.a.cloud'],
    [
      'an unknown provider',
      { ...aws, credentials: { provider: 'magic', key: CANARY } },
      'aws, alibaba, tencent, exec or static',
    ],
    [
      'an unknown field of a provider',
      { ...aws, credentials: { ...aws.credentials, keys: CANARY } },
      '.keys',
    ],
    ['a bucket name', { ...aws, bucket: 'My_Bucket' }, 'not a bucket name of aws'],
    [
      'a bucket name although other values come later',
      { ...aws, bucket: 'My_Bucket', credentials: { provider: 'aws', role: '${ROLE}' } },
      'not a bucket name of aws',
    ],
    ['a bucket name of NAVER', { cloud: 'naver', bucket: '10.0.0.1' }, 'not a bucket name of naver'],
    ['no region', { ...aws, region: undefined }, 'aws needs a region'],
    ['no endpoint', { ...aws, cloud: 's3-compatible' }, 'found by its endpoint'],
    [
      'an endpoint of google',
      { ...aws, cloud: 'google', endpoint: 'https://s3.example.com' },
      'only aws and s3-compatible',
    ],
    [
      'an endpoint with a password',
      { ...aws, cloud: 's3-compatible', endpoint: `https://me:${CANARY}@s3.example.com` },
      'scheme, host and port alone',
    ],
    [
      'a token without an end',
      { ...aws, credentials: { provider: 'static', accessKey: 'a', secretKey: 'b', token: CANARY } },
      'say when',
    ],
    [
      'half a pair of keys',
      { ...aws, credentials: { provider: 'aws', role: ROLE, accessKey: CANARY } },
      'secretKey',
    ],
    ['a role that is none', { ...aws, credentials: { provider: 'aws', role: CANARY } }, 'ARN of a role'],
    [
      'a life too long',
      { ...aws, credentials: { provider: 'aws', role: ROLE, duration: '13h' } },
      'from 15m to 12h',
    ],
    ['a text', CANARY, 'destinations.a'],
    ['credentials that are a text', { ...aws, credentials: CANARY }, 'destinations.a.credentials'],
    [
      'a reference to no secret',
      { ...aws, credentials: { ...aws.credentials, secretKey: { secret: CANARY } } },
      'no secret of this name',
    ],
    ['a reference that is none', { ...aws, bucket: { secret: 7 } }, 'must be the name of a secret'],
  ];
  it.each(wrong)('are refused at load for %s', (_what, destination, words) => {
    const text = refusal(() => load({ destinations: { a: destination } }));
    expect(text).toContain(words);
    expect(text).not.toContain(CANARY);
  });

  it('are refused for a wrong value at its use, which is not told', () => {
    const settings = load(
      { destinations: { a: { ...aws, credentials: { provider: 'aws', role: '${ROLE}' } } } },
      { ROLE: CANARY },
    );
    const text = refusal(() => settings.destination('a'));
    expect(text).toContain('ARN of a role');
    expect(text).not.toContain(CANARY);
  });
});

describe('secrets', () => {
  it('are named, and resolved at their use alone', () => {
    const settings = load(
      { secrets: { page: '${PAGE}', empty: '${NO}x' } },
      { PAGE: 'https://example.com/?t=1' },
    );
    expect(settings.secretNames()).toEqual(['page', 'empty']);
    expect(settings.secret('page')).toBe('https://example.com/?t=1');
    expect(() => settings.secret('empty')).toThrow('secrets.empty: the environment has no variable NO');
    expect(() => settings.secret('none')).toThrow('no secret none');
    expect(() => settings.secret('toString')).toThrow('no secret toString');
  });

  it('stand in accounts', () => {
    const accounts = { o: { vendor: 'ome', url: 'http://127.0.0.1:8081', accessToken: { secret: 't' } } };
    expect(load({ accounts, secrets: { t: '${T}' } }, { T: 'x' }).account('o').fields).toMatchObject({
      accessToken: 'x',
    });
    expect(() => load({ accounts })).toThrow('there is no secret of this name');
    expect(() => load({ accounts, secrets: { t: '${T}' } }).account('o')).toThrow('no variable T');
  });

  it.each([
    ['a wrong name', { 'a b': CANARY }],
    ['a list', { a: [CANARY] }],
    ['a reference', { a: { secret: CANARY } }],
    ['a text for all', CANARY],
  ])('are never quoted: %s', (_what, secrets) => {
    expect(refusal(() => load({ secrets }))).not.toContain(CANARY);
  });
});

describe('the archive', () => {
  it.each([
    ['neither place', {}, 'either a directory or a destination'],
    ['both places', { directory: 'x', destination: 'a' }, 'either a directory or a destination'],
    ['a prefix in a directory', { directory: 'x', prefix: 'y' }, 'belongs to a destination'],
    ['an unknown destination', { destination: 'b' }, 'no destination of this name'],
    ['a cloud that does not speak S3', { destination: 'h' }, 'aws or s3-compatible'],
    ['a destination without credentials', { destination: 'w' }, 'with credentials, and this one has none'],
  ])('is refused for %s', (_what, archive, words) => {
    const { credentials: _credentials, ...without } = aws;
    const destinations = { a: aws, h: { ...aws, cloud: 'huawei', bucket: 'abc' }, w: without };
    expect(refusal(() => load({ destinations, archive }))).toContain(words);
  });

  it('may be in a bucket whose keys are not there yet', () => {
    expect(() =>
      load({ destinations: { a: aws }, archive: { destination: 'a', prefix: 'ledgers' } }),
    ).not.toThrow();
  });
});

it('knows which parameters of URLs are no secrets', () => {
  expect(load({ publicParameters: ['lang'] }).publicParameters()).toEqual(['lang']);
  expect(load({}).publicParameters()).toEqual([]);
});
