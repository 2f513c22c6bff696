import { describe, expect, it } from 'vitest';
import { destinationSchema, placeOf } from '../../../src/contract/destinations.ts';
import { problemsOf } from '../../../src/contract/problems.ts';
import { naverContract } from '../../../src/contract/vendors/naver.ts';
import { CHANNEL } from './kit.ts';

const ACCOUNT = { vendor: 'naver', accessKey: 'EXAMPLEACCESSKEY0001', secretKey: 'a/secret+key' };

function problems(part: 'account' | 'target' | 'options', value: unknown) {
  const checked = naverContract[part].safeParse(value);
  return checked.success ? [] : problemsOf(checked.error, value);
}

describe('an account', () => {
  it('needs a key and its secret, and is in region KR where it says nothing', () => {
    expect(naverContract.account.parse(ACCOUNT)).toEqual({ ...ACCOUNT, regionCode: 'KR' });
    expect(naverContract.account.parse({ ...ACCOUNT, regionCode: 'FKR' })).toMatchObject({
      regionCode: 'FKR',
    });
  });

  it.each([
    ['accessKey', undefined],
    ['accessKey', 'with blank'],
    ['secretKey', ''],
    ['regionCode', 'kr'],
    ['regionCode', 'JPN'],
    ['url', 'livestation.apigw.ntruss.com'],
    ['url', 'https://proxy.example.com/naver'],
    ['url', 'https://user:pass@proxy.example.com'],
    ['url', 'https://proxy.example.com?key=1'],
  ])('is refused for its %s: %s', (field, value) => {
    const found = problems('account', { ...ACCOUNT, [field]: value });
    expect(found.map(({ where }) => where)).toEqual([field]);
    expect(found[0]!.rule).toBeTruthy();
    expect(found[0]!.try).toBeTruthy();
  });

  it('shows no secret among its problems', () => {
    const canary = 'canary with blank';
    const found = problems('account', { ...ACCOUNT, accessKey: canary, secretKey: canary, url: canary });
    expect(found).toHaveLength(3);
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it('with callbacks has a secret path, and the public address of the gateway', () => {
    const callbacks = { path: '0123456789abcdef', url: 'https://hooks.example.com/live' };
    expect(naverContract.account.parse({ ...ACCOUNT, callbacks })).toMatchObject({
      callbacks: { path: ['0123456789abcdef'], url: 'https://hooks.example.com/live' },
    });
    const wrong = (more: object) =>
      problems('account', { ...ACCOUNT, callbacks: { ...callbacks, ...more } }).map(({ where }) => where);
    expect(wrong({ path: 'short' })).toEqual(['callbacks.path']);
    expect(wrong({ url: 'hooks.example.com' })).toEqual(['callbacks.url']);
    expect(wrong({ keys: 'they sign nothing' })).toEqual(['callbacks.keys']);
  });

  it('is the same as another one with the same access key', () => {
    const identity = (more: object) => naverContract.identity({ ...ACCOUNT, ...more });
    expect(identity({ secretKey: 'rotated', regionCode: 'FKR' })).toBe(identity({}));
    expect(identity({ accessKey: 'ANOTHER' })).not.toBe(identity({}));
  });
});

describe('a target', () => {
  it('is a channel by its id', () => {
    expect(naverContract.target.parse({ channel: CHANNEL })).toEqual({ channel: CHANNEL });
    expect(naverContract.keyParts({ channel: CHANNEL })).toEqual([CHANNEL]);
  });

  it.each([
    '',
    'my_channel',
    'ls-',
    'ls-2026/../x',
    'rtmp://host/relay',
    'vs-20260101-abc',
    `ls-${'x'.repeat(61)}`,
    7,
  ])('is refused: %s', (channel) => {
    expect(problems('target', { channel }).map(({ where }) => where)).toEqual(['channel']);
  });

  it('has nothing else', () => {
    expect(problems('target', { channel: CHANNEL, recordSeq: 1 })).toHaveLength(1);
  });
});

describe('options', () => {
  it.each(['PRIVATE', 'PUBLIC_READ'])('say who may read uploaded files: %s', (accessControl) => {
    expect(naverContract.options.parse({ accessControl })).toEqual({ accessControl });
  });

  it.each([
    ['accessControl', 'PUBLIC', 'upload recording files'],
    ['record', { type: 'MANUAL_UPLOAD' }, 'create channel, record'],
    ['type', 'MANUAL_UPLOAD', 'create channel, record.type'],
    ['format', 'MP4', 'create channel, record.format'],
    ['filePath', 'live', 'create channel, record.filePath'],
    ['immediateOnAir', true, 'create channel, immediateOnAir'],
    ['qualitySetId', 3, 'create channel, qualitySetId'],
    ['outputProtocol', 'HLS', 'create channel, outputProtocol'],
    ['useDvr', true, 'create channel, useDvr'],
    ['timemachineMin', 360, 'create channel, timemachineMin'],
    ['bucketName', 'recordings', 'upload recording files'],
    ['recordIds', [1], 'upload recording files'],
    ['interval', 3600, 'start recording'],
    ['schedule', '0 0 *', 'start recording'],
    ['fileName', 'match', 'start recording'],
  ])('refuse %s with the reason', (field, value, rule) => {
    const [problem, ...others] = problems('options', { [field]: value });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ where: field, rule: expect.stringContaining(rule) });
    expect(problem!.try).toBeTruthy();
  });

  it('refuse what Live Station does not know', () => {
    expect(problems('options', { acessControl: 'PRIVATE' })).toHaveLength(1);
  });
});

describe('a destination', () => {
  const subject = (options = {}) => ({ target: { channel: CHANNEL }, options });
  const place = (more = {}) =>
    placeOf('archive', destinationSchema.parse({ cloud: 'naver', bucket: 'recordings', ...more }));

  it('is a bucket of NAVER, or none', () => {
    expect(naverContract.storageProblems!(subject(), null)).toEqual([]);
    expect(naverContract.storageProblems!(subject({ accessControl: 'PRIVATE' }), place())).toEqual([]);
  });

  it('of another cloud is refused', () => {
    const aws = destinationSchema.parse({
      cloud: 'aws',
      bucket: 'recordings',
      region: 'eu-central-1',
      credentials: { provider: 'static', accessKey: 'a', secretKey: 'b' },
    });
    const [problem] = naverContract.storageProblems!(subject(), placeOf('archive', aws));
    expect(problem).toMatchObject({ where: 'storage', problem: expect.stringContaining('is in aws') });
  });

  it('with a prefix is refused, since no upload takes one', () => {
    const [problem] = naverContract.storageProblems!(subject(), place({ prefix: 'live' }));
    expect(problem).toMatchObject({ where: 'storage', problem: expect.stringContaining('prefix') });
  });

  it('is needed for accessControl to mean anything', () => {
    const found = naverContract.storageProblems!(subject({ accessControl: 'PRIVATE' }), null);
    expect(found).toMatchObject([{ where: 'options.accessControl' }]);
  });
});

it('has no policy of its own, and nothing can be changed while it records', () => {
  expect(Object.keys(naverContract)).not.toContain('policies');
  expect(Object.keys(naverContract)).not.toContain('changes');
});
