/** What a user may write for Huawei Cloud Live; each refusal with its rule. */
import { describe, expect, it } from 'vitest';
import { destinationSchema, placeOf } from '../../../src/contract/destinations.ts';
import { problemsOf } from '../../../src/contract/problems.ts';
import {
  DEFAULTS,
  huaweiContract,
  huaweiOptionsSchema,
  thresholdOf,
} from '../../../src/contract/vendors/huawei.ts';
import { CALLBACK_KEY, PROJECT, TARGET } from './kit.ts';

const KEYS = { accessKey: 'AK', secretKey: 'SK' };
const ACCOUNT = { vendor: 'huawei', region: 'cn-north-4', projectId: PROJECT };
const CALLBACKS = { path: 'path-0123456789ab', keys: CALLBACK_KEY };

type Part = 'account' | 'target' | 'options';

/** `where: problem` of each refusal. */
function problems(part: Part, value: unknown): string[] {
  const checked = huaweiContract[part].safeParse(value);
  if (checked.success) return [];
  return problemsOf(checked.error, value).map(({ where }) => where);
}

describe('an account', () => {
  it.each([
    { ...ACCOUNT, ...KEYS },
    { ...ACCOUNT, ...KEYS, securityToken: 'ST' },
    { ...ACCOUNT, token: 'T' },
    { ...ACCOUNT, temporary: { domain: 'd', user: 'u', password: 'p' } },
    { ...ACCOUNT, temporary: { token: 't', duration: '15m' } },
    { vendor: 'huawei', url: 'http://127.0.0.1:18080', projectId: PROJECT, ...KEYS },
    {
      ...ACCOUNT,
      ...KEYS,
      callbacks: { ...CALLBACKS, url: 'https://h.example.com', domains: ['push.example.com'] },
    },
  ])('is taken: %j', (account) => {
    expect(problems('account', account)).toEqual([]);
  });

  it.each([
    ['no credentials', ACCOUNT, 'accessKey'],
    ['two ways', { ...ACCOUNT, ...KEYS, token: 'T' }, 'accessKey'],
    ['a key without its secret', { ...ACCOUNT, accessKey: 'AK' }, 'secretKey'],
    ['a security token without keys', { ...ACCOUNT, token: 'T', securityToken: 'ST' }, 'securityToken'],
    ['no region and no url', { vendor: 'huawei', projectId: PROJECT, ...KEYS }, 'region'],
    [
      'AP-Bangkok, where nothing can be recorded',
      { ...ACCOUNT, ...KEYS, region: 'ap-southeast-2' },
      'region',
    ],
    ['an address with a password', { ...ACCOUNT, ...KEYS, url: 'https://u:p@h.example.com' }, 'url'],
    ['no project', { vendor: 'huawei', region: 'cn-north-4', ...KEYS }, 'projectId'],
    ['a user without password', { ...ACCOUNT, temporary: { domain: 'd', user: 'u' } }, 'temporary.user'],
    [
      'temporary keys of less than 15 min',
      { ...ACCOUNT, temporary: { token: 't', duration: '14m' } },
      'temporary.duration',
    ],
    [
      'temporary keys of more than 24 h',
      { ...ACCOUNT, temporary: { token: 't', duration: '25h' } },
      'temporary.duration',
    ],
    [
      'no way to IAM',
      { vendor: 'huawei', url: 'http://127.0.0.1:1', projectId: PROJECT, temporary: { token: 't' } },
      'temporary.iam',
    ],
    [
      'a callback key of 31 letters',
      { ...ACCOUNT, ...KEYS, callbacks: { ...CALLBACKS, keys: 'k'.repeat(31) } },
      'callbacks.keys',
    ],
    [
      'another way to sign callbacks',
      { ...ACCOUNT, ...KEYS, callbacks: { ...CALLBACKS, sign: 'SHA1' } },
      'callbacks.sign',
    ],
    [
      'a domain that is none',
      { ...ACCOUNT, ...KEYS, callbacks: { ...CALLBACKS, domains: ['*'] } },
      'callbacks.domains',
    ],
    [
      'an area that is none',
      { ...ACCOUNT, ...KEYS, callbacks: { ...CALLBACKS, area: 'mars' } },
      'callbacks.area',
    ],
  ])('is refused for %s', (_name, account, where) => {
    expect(problems('account', account)).toEqual([where]);
  });

  it('is the same one by project and region', () => {
    const identity = (account: Record<string, unknown>) => huaweiContract.identity(account);
    expect(identity({ ...ACCOUNT, ...KEYS })).toBe(identity({ ...ACCOUNT, token: 'T' }));
    expect(identity({ ...ACCOUNT, region: 'cn-east-3' })).not.toBe(identity(ACCOUNT));
  });

  it('shows no secret in a refusal', () => {
    const account = {
      ...ACCOUNT,
      accessKey: 'canary key',
      secretKey: 'canary secret',
      token: 'canary token',
    };
    const checked = huaweiContract.account.safeParse(account);
    expect(checked.success).toBe(false);
    const told = problemsOf(checked.error!, account, ['accounts', 'huawei']);
    expect(JSON.stringify(told)).not.toContain('canary');
  });
});

describe('a target', () => {
  it('makes the key of domain, app and stream, whatever the case of the domain', () => {
    expect(huaweiContract.keyParts({ ...TARGET, publishDomain: 'Push.Example.COM' })).toEqual([
      'push.example.com',
      'live',
      'match',
    ]);
  });

  it.each([
    ['publishDomain', { ...TARGET, publishDomain: undefined }],
    ['publishDomain', { ...TARGET, publishDomain: '' }],
    ['publishDomain', { ...TARGET, publishDomain: 'rtmp://push.example.com' }],
    ['publishDomain', { ...TARGET, publishDomain: `${'d'.repeat(250)}.example.com` }],
    ['app', { ...TARGET, app: '' }],
    ['app', { ...TARGET, app: 'a'.repeat(129) }],
    ['app', { ...TARGET, app: '*' }],
    ['stream', { ...TARGET, stream: 's'.repeat(513) }],
    ['stream', { ...TARGET, stream: '*' }],
    ['stream', { ...TARGET, stream: 'two words' }],
    ['playbackDomain', { ...TARGET, playbackDomain: 'play.example.com' }],
    ['domain', { ...TARGET, domain: 'play.example.com' }],
  ])('is refused at %s: %j', (where, target) => {
    expect(problems('target', target)).toEqual([where]);
  });

  it('takes names as long as the page has them', () => {
    const target = {
      publishDomain: `${'d'.repeat(63)}.example.com`,
      app: 'a'.repeat(128),
      stream: 's'.repeat(512),
    };
    expect(problems('target', target)).toEqual([]);
  });

  it('says that a playback domain is of no use', () => {
    const checked = huaweiContract.target.safeParse({ ...TARGET, playbackDomain: 'x' });
    expect(checked.error?.issues[0]?.message).toContain('Huawei records by the ingest domain');
  });
});

describe('options', () => {
  it('are those of a rule, and HLS alone unless told', () => {
    expect(huaweiOptionsSchema.parse({})).toEqual({ record_format: ['HLS'] });
    expect(DEFAULTS.hls_config).toMatchObject({ record_cycle: 3600, record_max_duration_to_merge_file: 60 });
  });

  it.each([
    { record_format: ['HLS', 'FLV', 'MP4'] },
    {
      hls_config: { record_cycle: 43_200, record_slice_duration: 60, record_max_duration_to_merge_file: -1 },
    },
    { record_format: ['FLV'], flv_config: { record_cycle: 10_800, record_max_duration_to_merge_file: 300 } },
    { hls_config: { record_prefix: 'a/{stream}-{file_start_time_unix}' } },
    { hls_config: { record_ts_prefix: '{file_start_time}_{ts_sequence_number}' } },
  ])('are taken: %j', (options) => {
    expect(problems('options', options)).toEqual([]);
  });

  it.each([
    ['record_format', { record_format: [] }],
    ['record_format', { record_format: ['hls'] }],
    ['record_format', { record_format: ['HLS', 'HLS'] }],
    ['record_format', { record_format: ['DASH'] }],
    ['hls_config.record_cycle', { hls_config: { record_cycle: 0 } }],
    ['hls_config.record_cycle', { hls_config: { record_cycle: 899 } }],
    ['hls_config.record_cycle', { hls_config: { record_cycle: 43_201 } }],
    ['flv_config.record_cycle', { record_format: ['FLV'], flv_config: { record_cycle: 10_801 } }],
    ['mp4_config.record_cycle', { record_format: ['MP4'], mp4_config: { record_cycle: 899 } }],
    ['hls_config.record_slice_duration', { hls_config: { record_slice_duration: 1 } }],
    ['hls_config.record_slice_duration', { hls_config: { record_slice_duration: 61 } }],
    [
      'hls_config.record_max_duration_to_merge_file',
      { hls_config: { record_max_duration_to_merge_file: -2 } },
    ],
    [
      'flv_config.record_max_duration_to_merge_file',
      { record_format: ['FLV'], flv_config: { record_max_duration_to_merge_file: 301 } },
    ],
    [
      'mp4_config.record_max_duration_to_merge_file',
      { record_format: ['MP4'], mp4_config: { record_max_duration_to_merge_file: -1 } },
    ],
    ['hls_config.record_prefix', { hls_config: { record_prefix: 'live/{stream}' } }],
    ['hls_config.record_prefix', { hls_config: { record_prefix: '/a/{file_start_time}' } }],
    ['hls_config.record_prefix', { hls_config: { record_prefix: '{file_start_time}/{nonsense}' } }],
    ['hls_config.record_ts_prefix', { hls_config: { record_ts_prefix: '{ts_sequence_number}' } }],
    ['hls_config.record_ts_prefix', { hls_config: { record_ts_prefix: '{file_start_time_unix}' } }],
    ['mp4_config.record_prefix', { record_format: ['MP4'], mp4_config: { record_prefix: 'match' } }],
    ['flv_config', { flv_config: {} }],
    ['hls_config', { record_format: ['MP4'], hls_config: {} }],
    [
      'record_format',
      {
        record_format: ['HLS', 'MP4'],
        hls_config: { record_max_duration_to_merge_file: 60 },
        mp4_config: { record_max_duration_to_merge_file: 120 },
      },
    ],
    ['record_type', { record_type: 'CONTINUOUS_RECORD' }],
    ['obs_addr', { obs_addr: { bucket: 'b' } }],
    ['default_record_config', { default_record_config: {} }],
    ['stream', { stream: '*' }],
    ['plan_record_time', { plan_record_time: {} }],
  ])('are refused at %s: %j', (where, options) => {
    expect(problems('options', options)).toEqual([where]);
  });

  it('tell how long a drop may be', () => {
    expect(thresholdOf(huaweiOptionsSchema.parse({}))).toBe(60);
    const never = { hls_config: { record_max_duration_to_merge_file: -1 } };
    expect(thresholdOf(huaweiOptionsSchema.parse(never))).toBe(-1);
    const mp4 = { record_format: ['MP4'], mp4_config: { record_max_duration_to_merge_file: 300 } };
    expect(thresholdOf(huaweiOptionsSchema.parse(mp4))).toBe(300);
  });
});

describe('the place for files', () => {
  const subject = { target: TARGET, options: {} };
  const place = (more: Record<string, unknown>) =>
    placeOf('archive', destinationSchema.parse({ bucket: 'recordings', region: 'cn-north-4', ...more }));

  it('is a bucket of OBS, and needs no credentials', () => {
    expect(huaweiContract.storageProblems?.(subject, place({ cloud: 'huawei' }))).toEqual([]);
  });

  it('is needed', () => {
    expect(huaweiContract.storageProblems?.(subject, null)).toMatchObject([{ where: 'storage' }]);
  });

  it('is in the region of the account, where that is known', () => {
    const there = place({ cloud: 'huawei', region: 'ap-southeast-3' });
    expect(huaweiContract.storageProblems?.(subject, there, {})).toEqual([]);
    expect(huaweiContract.storageProblems?.(subject, there, { region: 'ap-southeast-3' })).toEqual([]);
    const [problem] = huaweiContract.storageProblems!(subject, there, { region: 'cn-north-4' });
    expect(problem).toMatchObject({ where: 'storage', try: 'a destination with region: cn-north-4' });
    expect(problem?.problem).toContain('archive is in ap-southeast-3, and the account in cn-north-4');
  });

  it('is at no other cloud', () => {
    const credentials = { provider: 'static', accessKey: 'a', secretKey: 's' };
    const elsewhere = place({ cloud: 'aws', region: 'eu-central-1', credentials });
    expect(huaweiContract.storageProblems?.(subject, elsewhere)).toMatchObject([{ where: 'storage' }]);
  });
});

it('has the policies of rules', () => {
  expect(huaweiContract.policies).toEqual(['rule', 'repush', 'made']);
});
