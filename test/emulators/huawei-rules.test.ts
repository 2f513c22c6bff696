import { describe, expect, it } from 'vitest';
import { DOMAIN, huaweiKit, RULE, ruleOf } from './huawei-kit.ts';
import type { HuaweiKit } from './huawei-kit.ts';

const ILLEGAL = { status: 400, json: { error_code: 'LIVE.100011001' } };
const config = RULE.default_record_config;
const at = (app: string, stream: string, more: object = {}) => ({ ...RULE, app, stream, ...more });
const types = (kit: HuaweiKit) => kit.truth('recording').filter(({ event }) => event === 'began').length;

describe('a rule', () => {
  it('is created, shown, listed, changed and deleted', () => {
    const kit = huaweiKit();
    const made = kit.rule();
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      ...RULE,
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
      create_time: '2026-01-01T12:00:00Z',
      update_time: '0001-01-01T00:00:00Z',
    });
    const one = `/record/rules/${made.json.id}`;
    expect(kit.call('GET', one).json).toEqual(made.json);
    kit.wait(5_000);
    const changed = kit.call('PUT', one, ruleOf(0));
    expect(changed).toMatchObject({ status: 200, json: { update_time: '2026-01-01T12:00:05Z' } });
    expect(kit.call('GET', '/record/rules').json).toEqual({ total: 1, record_config: [changed.json] });
    expect(kit.call('DELETE', one)).toMatchObject({ status: 204, body: '' });
    expect(kit.call('GET', '/record/rules').json).toEqual({ total: 0, record_config: [] });
  });

  it.each([404, 400] as const)('that does not exist is answered with %s', (missingStatus) => {
    const kit = huaweiKit({ unknowns: { missingStatus } });
    for (const [method, body] of [['GET'], ['PUT', RULE], ['DELETE']] as const)
      expect(kit.call(method, '/record/rules/none', body)).toMatchObject({
        status: missingStatus,
        json: { error_code: 'LIVE.100011001' },
      });
  });

  it.each(['LIVE.103011018', 'LIVE.100011001'] as const)(
    'that is there already gets %s',
    (duplicateRuleCode) => {
      const kit = huaweiKit({ unknowns: { duplicateRuleCode } });
      kit.rule();
      expect(kit.rule()).toMatchObject({ status: 400, json: { error_code: duplicateRuleCode } });
    },
  );

  it.each([
    ['place', 201],
    ['domain', 400],
  ] as const)('shares its type with those of its %s', (sameLevel, status) => {
    const kit = huaweiKit({ unknowns: { sameLevel } });
    kit.rule();
    expect(kit.rule({ ...RULE, record_type: 'CONTINUOUS_RECORD' })).toMatchObject({
      status: 400,
      json: { error_code: 'LIVE.103011022' },
    });
    expect(kit.rule(at('live', 'cam2', { record_type: 'CONTINUOUS_RECORD' })).status).toBe(status);
    expect(kit.rule(at('live', '*', { record_type: 'CONTINUOUS_RECORD' })).status).toBe(201);
  });

  it.each([
    ['no domain', { publish_domain: undefined }],
    ['a star within a name', { stream: 'live_0*' }],
    ['one stream of all apps', { app: '*' }],
    ['another type', { record_type: 'SOMETIMES' }],
    ['no format', { default_record_config: { ...config, record_format: [] } }],
    ['a format in lower case', { default_record_config: { ...config, record_format: ['hls'] } }],
    ['no address', { default_record_config: { ...config, obs_addr: undefined } }],
    ['no path', { default_record_config: { ...config, obs_addr: { bucket: 'b', location: 'cn-north-4' } } }],
    [
      'a bucket in another region',
      { default_record_config: { ...config, obs_addr: { ...config.obs_addr, location: 'cn-east-3' } } },
    ],
    ['a cycle that is too short', { default_record_config: { ...config, hls_config: { record_cycle: 59 } } }],
    [
      'a cycle that is too long',
      { default_record_config: { ...config, hls_config: { record_cycle: 43_201 } } },
    ],
    ['no cycle', { default_record_config: { ...config, hls_config: {} } }],
    [
      'slices that are too long',
      { default_record_config: { ...config, hls_config: { record_cycle: 60, record_slice_duration: 61 } } },
    ],
  ])('is refused with %s', (_what, more) => {
    expect(huaweiKit().rule({ ...RULE, ...more })).toMatchObject(ILLEGAL);
  });

  it('merges for good with HLS alone', () => {
    expect(huaweiKit().rule(ruleOf(-1)).status).toBe(201);
    expect(huaweiKit().rule(ruleOf(-1, {}, 'FLV'))).toMatchObject(ILLEGAL);
  });

  it.each([
    ['sdk', 60, 'HLS', 0, 201],
    ['sdk', 43_200, 'MP4', 600, 201],
    ['terraform', 899, 'HLS', 0, 400],
    ['terraform', 43_200, 'HLS', 600, 201],
    ['terraform', 10_801, 'MP4', 0, 400],
    ['terraform', 10_800, 'FLV', 300, 201],
    ['terraform', 10_800, 'FLV', 301, 400],
  ] as const)(
    'has the bounds of %s: %i s of %s, merging %i s: %i',
    (cycleBounds, cycle, format, merge, status) => {
      const kit = huaweiKit({ unknowns: { cycleBounds } });
      const own = { record_cycle: cycle, record_max_duration_to_merge_file: merge };
      const written = { ...config, record_format: [format], [`${format.toLowerCase()}_config`]: own };
      expect(kit.rule({ ...RULE, default_record_config: written }).status).toBe(status);
    },
  );

  it('is shown with all defaults and with zeros for what is not recorded, or as it was written', () => {
    const filled = huaweiKit().rule().json.default_record_config;
    expect(filled.hls_config).toMatchObject({
      record_slice_duration: 10,
      record_prefix: expect.any(String) as unknown,
    });
    expect(filled.mp4_config).toEqual({
      record_cycle: 0,
      record_prefix: '',
      record_max_duration_to_merge_file: 0,
    });
    const plain = huaweiKit({ unknowns: { ruleEcho: 'as-written' } }).rule().json;
    expect(plain.default_record_config).toEqual(config);
  });

  it('keeps its place when it is changed', () => {
    const kit = huaweiKit();
    const { id } = kit.rule().json;
    expect(kit.call('PUT', `/record/rules/${id}`, at('live', 'cam2'))).toMatchObject(ILLEGAL);
  });

  it('of a domain that the account has not is refused', () => {
    const kit = huaweiKit({ domains: ['push.example.org'] });
    expect(kit.rule()).toMatchObject({ status: 404, json: { error_code: 'LIVE.103011019' } });
    expect(kit.start()).toMatchObject({ status: 404, json: { error_code: 'LIVE.103011019' } });
  });
});

describe('the list of rules', () => {
  it('is given in pages, by what was asked for', () => {
    const kit = huaweiKit();
    for (let n = 0; n < 12; n += 1) kit.rule(at('live', `cam${n}`));
    kit.rule(at('other', '*', { record_type: 'CONTINUOUS_RECORD' }));
    const list = (query: string) => {
      const { status, json } = kit.call('GET', `/record/rules?${query}`);
      return { status, total: json.total, got: json.record_config?.length };
    };
    expect(list('')).toEqual({ status: 200, total: 13, got: 10 });
    expect(list('limit=100')).toEqual({ status: 200, total: 13, got: 13 });
    expect(list('limit=5&offset=10')).toEqual({ status: 200, total: 13, got: 3 });
    expect(list(`app=live&publish_domain=${DOMAIN}&record_type=COMMAND_RECORD&stream=cam3`)).toMatchObject({
      total: 1,
    });
    expect(list('record_type=CONTINUOUS_RECORD')).toMatchObject({ total: 1 });
    expect(list('limit=101')).toMatchObject({ status: 400 });
  });
});

describe('the rule of a push', () => {
  it('is that of the stream before that of the app before that of the domain', () => {
    const kit = huaweiKit();
    const continuous = { record_type: 'CONTINUOUS_RECORD' };
    kit.rule(at('*', '*', continuous));
    kit.rule(at('live', '*'));
    kit.rule(at('live', 'cam1', continuous));
    const push = (app: string, stream: string) => {
      kit.control('source.start', { app, stream });
      return types(kit);
    };
    expect(push('live', 'cam1')).toBe(1);
    expect(push('live', 'cam2')).toBe(1);
    expect(push('other', 'cam3')).toBe(2);
    expect(kit.start('cam2').status).toBe(200);
    expect(kit.start('cam1').status).toBe(400);
  });

  it('stays that of the push, whatever becomes of it', () => {
    const kit = huaweiKit();
    const { id } = kit.rule(ruleOf(60)).json;
    kit.push();
    kit.start();
    kit.wait(10_000);
    kit.call('PUT', `/record/rules/${id}`, ruleOf(0));
    kit.unpush();
    kit.wait(59_000);
    expect(kit.recording()).toBe(true);
    kit.push();
    kit.stop();
    kit.wait(10_000);
    kit.start();
    kit.wait(10_000);
    kit.unpush();
    // Pushed since under the changed rule.
    expect(kit.recording()).toBe(false);
  });

  it.each([
    ['CONTINUOUS_RECORD', true],
    ['COMMAND_RECORD', false],
    ['PLAN_RECORD', false],
    ['ON_DEMAND_RECORD', false],
  ])('of type %s records by itself: %s', (record_type, records) => {
    const kit = huaweiKit();
    kit.rule({ ...RULE, record_type });
    kit.push();
    expect(types(kit) > 0).toBe(records);
  });

  it('that records by itself is not stopped by a command', () => {
    const kit = huaweiKit();
    kit.rule({ ...RULE, record_type: 'CONTINUOUS_RECORD' });
    kit.push();
    kit.wait(10_000);
    expect(kit.stop()).toMatchObject(ILLEGAL);
    kit.unpush();
    kit.wait(60_000);
    expect(kit.recording()).toBe(false);
    kit.push();
    expect(kit.recording()).toBe(true);
  });

  it('is another one after the push was dropped once and came again', () => {
    const kit = huaweiKit();
    kit.push();
    kit.rule();
    expect(kit.start().status).toBe(400);
    const drop = () =>
      kit.call('POST', '/stream/block-once', { domain: DOMAIN, app_name: 'live', stream_name: 'cam1' });
    expect(drop()).toMatchObject({ status: 200, body: '' });
    expect(kit.call('GET', `/realtime/streams?publish_domain=${DOMAIN}`).json.streams).toEqual([]);
    expect(drop()).toMatchObject({ status: 404 });
    kit.wait(3_000);
    expect(kit.start().status).toBe(200);
    expect(kit.truth('source').map(({ event }) => event)).toEqual(['up', 'down', 'up']);
  });

  it('stays away where its encoder does not come again', () => {
    const kit = huaweiKit({ reconnectMs: false });
    kit.push();
    kit.call('POST', '/stream/block-once', { domain: DOMAIN, app_name: 'live', stream_name: 'cam1' });
    kit.wait(600_000);
    expect(kit.truth('source').at(-1)).toMatchObject({ event: 'down' });
  });
});

describe('the list of online streams', () => {
  const list = (kit: HuaweiKit, query: string) =>
    kit.call('GET', `/realtime/streams?publish_domain=${DOMAIN}${query}`);

  it('tells what is pushed, in pages, and not what is recorded', () => {
    const kit = huaweiKit();
    for (let n = 1; n <= 12; n += 1) kit.push(`cam${n}`);
    expect(list(kit, '').json).toMatchObject({ total_page: 2, total_num: 12, offset: 0, limit: 10 });
    expect(list(kit, '&limit=100').json.streams).toHaveLength(12);
    expect(list(kit, '&app=live&stream=cam3').json.streams).toEqual([
      expect.objectContaining({
        publish_domain: DOMAIN,
        app: 'live',
        stream: 'cam3',
        video_codec: 'H264',
        start_time: '2026-01-01T12:00:00Z',
      }),
    ]);
    kit.unpush('cam3');
    expect(list(kit, '&app=live&stream=cam3').json.streams).toEqual([]);
  });

  it('wants a domain, and an app beside a stream', () => {
    const kit = huaweiKit();
    expect(kit.call('GET', '/realtime/streams?app=live')).toMatchObject(ILLEGAL);
    expect(list(kit, '&stream=cam1')).toMatchObject(ILLEGAL);
    expect(list(kit, '&limit=0')).toMatchObject(ILLEGAL);
  });
});
