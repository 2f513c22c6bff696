import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pushSign } from '../../src/emulators/huawei/push-events.ts';
import { recordSign } from '../../src/emulators/huawei/record-events.ts';
import { DOMAIN, huaweiKit, PROJECT, RULE, ruleOf, T0 } from './huawei-kit.ts';
import type { HuaweiKit, Told } from './huawei-kit.ts';

const KEY = '0123456789abcdef0123456789ABCDEF';
const ALL = ['RECORD_START', 'RECORD_NEW_FILE_START', 'RECORD_FILE_COMPLETE', 'RECORD_OVER', 'RECORD_FAILED'];
const callbacks = { url: 'https://hooks.example.com/one', key: 'emulated' };
const CONFIG = {
  publish_domain: DOMAIN,
  app: '*',
  notify_callback_url: 'https://hooks.example.com/two',
  notify_event_subscription: ALL,
  sign_type: 'HMACSHA256',
  key: KEY,
};

const events = (told: Told[]) => told.map(({ event }) => event.split(' ')[0]);
const byName = (a = '', b = '') => a.localeCompare(b);
const ofRecord = (told: Told[]) => told.filter(({ event }) => event.startsWith('RECORD'));
const configure = (kit: HuaweiKit, more: object = {}) =>
  kit.call('POST', '/record/callbacks', { ...CONFIG, ...more });

function recording(kit: HuaweiKit, rule: Record<string, unknown> = RULE): HuaweiKit {
  kit.rule(rule);
  kit.push();
  kit.start();
  return kit;
}

describe('signatures of callbacks', () => {
  const [publish_domain, app, stream] = ['publish.example.com', 'live', 'mystream'];
  const one = { publish_domain, app, stream };

  it.each([
    [{ event_type: 'RECORD_START' }, '43190c2c2d0be99a02253e09bfa37f46e88302f4d703852d57960737ef74d699'],
    [
      {
        event_type: 'RECORD_FILE_COMPLETE',
        download_url: 'https://bucket.obs.example.com/live/mystream.m3u8',
      },
      '0c7fa9ebec12c4763f8668fecadb9f4b65941582711c62a81c7314d96d1ab95c',
    ],
  ])('of %j are those of the formula', (more, hex) => {
    expect(recordSign('HMACSHA256', KEY, 1_776_826_800, { ...one, ...more })).toBe(hex);
    expect(recordSign('MD5', KEY, 1_776_826_800, { ...one, ...more })).toBe(
      'cd26a4dacd40e4a1f9dd317465b48278',
    );
  });

  it('of stream status have another order', () => {
    const event = { event: 'PUBLISH', domain: publish_domain, app, stream };
    expect(pushSign(KEY, 1_776_826_800, event)).toBe(
      '0608abeca482e00471b5ad49bbe6fab3b1b0a419c9091108ba52d7b3b6c1ea66',
    );
  });
});

describe('record callbacks', () => {
  it('tell the life of a recording', () => {
    const kit = recording(huaweiKit({ callbacks }));
    const told = ofRecord(kit.told(3_602_000));
    expect(events(told)).toEqual([
      'RECORD_START',
      'RECORD_NEW_FILE_START',
      'RECORD_FILE_COMPLETE',
      'RECORD_NEW_FILE_START',
    ]);
    kit.stop();
    const end = ofRecord(kit.told(1_000));
    expect(events(end)).toEqual(['RECORD_FILE_COMPLETE', 'RECORD_OVER']);
    const [task] = kit.truth('recording');
    expect(new Set([...told, ...end].map(({ json }) => json.task_id))).toEqual(new Set([task!.recording]));
    const [, begun, whole] = told;
    expect(whole!.json.job_id).toBe(begun!.json.job_id);
    expect(whole).toMatchObject({
      url: callbacks.url,
      method: 'POST',
      json: {
        project_id: PROJECT,
        publish_domain: DOMAIN,
        app: 'live',
        stream: 'cam1',
        record_format: 'HLS',
        event_type: 'RECORD_FILE_COMPLETE',
        record_duration: 3600,
        file_size: 450_000_000,
        width: 1280,
        height: 720,
        start_time: '2026-01-01T12:00:01Z',
        end_time: '2026-01-01T13:00:01Z',
        obs_location: 'https://obs.cn-north-4.myhuaweicloud.com',
        obs_bucket: 'recordings',
      },
    });
    expect(kit.truth('callback')).toHaveLength(7);
  });

  it('are signed with a time at which they end', () => {
    const [told] = ofRecord(recording(huaweiKit({ callbacks })).told(5_000));
    const { auth_sign, auth_timestamp } = told!.json;
    expect(auth_timestamp).toBe(Math.floor(told!.at / 1000) + 600);
    const text = `${auth_timestamp}RECORD_START${DOMAIN}livecam1`;
    expect(auth_sign).toBe(createHmac('sha256', callbacks.key).update(text).digest('hex'));
  });

  it.each(['number', 'string'] as const)('have that time as a %s', (authTimestamp) => {
    const kit = recording(huaweiKit({ callbacks, unknowns: { authTimestamp } }));
    expect(typeof ofRecord(kit.told(5_000))[0]!.json.auth_timestamp).toBe(authTimestamp);
  });

  it.each([
    [true, ['RECORD_FILE_COMPLETE', 'RECORD_OVER']],
    [false, ['RECORD_FILE_COMPLETE']],
  ])('tell of the end after a STOP by RECORD_OVER: %s', (overAfterStop, expected) => {
    const kit = recording(huaweiKit({ callbacks, unknowns: { overAfterStop } }));
    kit.told(60_000);
    kit.stop();
    expect(events(kit.told(5_000))).toEqual(expected);
  });

  it.each([
    ['as-happened', ['RECORD_START', 'RECORD_NEW_FILE_START', 'RECORD_FILE_COMPLETE', 'RECORD_OVER']],
    ['reversed', ['RECORD_NEW_FILE_START', 'RECORD_START', 'RECORD_OVER', 'RECORD_FILE_COMPLETE']],
  ] as const)('of one instant come %s', (callbackOrder, expected) => {
    const kit = recording(huaweiKit({ callbacks, unknowns: { callbackOrder } }));
    const begun = ofRecord(kit.told(60_000));
    kit.stop();
    expect(events([...begun, ...kit.told(5_000)])).toEqual(expected);
  });

  it.each([
    ['none', 1],
    ['some', 4],
  ] as const)('are tried again: %s', (callbackRetries, tries) => {
    const kit = recording(huaweiKit({ callbacks, unknowns: { callbackRetries } }));
    const sent: string[] = [];
    for (let ms = 0; ms < 60_000; ms += 100) {
      for (const one of kit.emulator.callbacks.due(kit.clock.now())) {
        if (one.event.startsWith('RECORD_START')) sent.push(JSON.parse(one.body).auth_sign);
        kit.emulator.callbacks.answered(one.id, null, kit.clock.now());
      }
      kit.wait(100);
    }
    expect(sent).toHaveLength(tries);
    // Signed anew, so that a late one is not out of date.
    expect(new Set(sent).size).toBe(tries);
    expect(kit.truth('callback').filter(({ event }) => event.startsWith('RECORD_START'))).toMatchObject([
      { delivered: false },
    ]);
  });

  it('tell an interruption by what the formats do', () => {
    const short = recording(huaweiKit({ callbacks }));
    short.told(20_000);
    short.unpush();
    expect(events(short.told(59_000))).toEqual(['PUBLISH_DONE']);
    const over = short.told(2_000);
    expect(events(over)).toEqual(['RECORD_FILE_COMPLETE', 'RECORD_OVER']);
    // Of its last frame, and not of the end of the wait.
    expect(over[0]!.json).toMatchObject({ end_time: '2026-01-01T12:00:20Z', record_duration: 19 });
    const goesOn = recording(huaweiKit({ callbacks, unknowns: { mergeZero: 'goes-on' } }), ruleOf(0));
    goesOn.told(20_000);
    goesOn.unpush();
    expect(events(goesOn.told(59_000)).toSorted(byName)).toEqual(['PUBLISH_DONE', 'RECORD_FILE_COMPLETE']);
    goesOn.push();
    expect(events(goesOn.told(1_000)).toSorted(byName)).toEqual(['PUBLISH', 'RECORD_NEW_FILE_START']);
  });

  it('tell what failed', () => {
    const kit = recording(huaweiKit({ callbacks, buckets: [] }));
    const [told] = ofRecord(kit.told(5_000));
    expect(told!.json).toMatchObject({ event_type: 'RECORD_FAILED', error_message: 'upload to OBS failed' });
  });

  it('are lost, doubled, late and forged on demand', () => {
    const kit = recording(huaweiKit({ callbacks }));
    const arm = (kind: string, event: string) =>
      kit.control('callback.faults', { kind, event, delayMs: 30_000 });
    arm('lost', 'RECORD_START');
    arm('forged', 'RECORD_NEW_FILE_START');
    const [stranger, own, ...rest] = ofRecord(kit.told(10_000));
    expect(rest).toEqual([]);
    expect(stranger!.json).toEqual({ ...own!.json, auth_sign: stranger!.json.auth_sign });
    expect(stranger!.json.auth_sign).not.toBe(own!.json.auth_sign);
    arm('doubled', 'RECORD_FILE_COMPLETE');
    arm('late', 'RECORD_OVER');
    kit.stop();
    expect(events(kit.told(10_000))).toEqual(['RECORD_FILE_COMPLETE', 'RECORD_FILE_COMPLETE']);
    expect(events(kit.told(30_000))).toEqual(['RECORD_OVER']);
  });

  it.each([
    ['when-complete', false],
    ['always', true],
  ] as const)('tell name and beginning of a file %s', (fileFields, early) => {
    const kit = recording(huaweiKit({ callbacks, unknowns: { fileFields } }));
    const begun = ofRecord(kit.told(5_000))[1]!.json;
    expect(begun).toMatchObject({ event_type: 'RECORD_NEW_FILE_START', record_format: 'HLS' });
    for (const name of ['start_time', 'obs_location', 'obs_bucket', 'obs_object'])
      expect(name in begun).toBe(early);
    for (const name of ['download_url', 'end_time', 'file_size']) expect(begun).not.toHaveProperty(name);
    kit.stop();
    expect(kit.told(1_000)[0]!.json).toMatchObject({
      job_id: begun.job_id,
      start_time: '2026-01-01T12:00:01Z',
      end_time: '2026-01-01T12:00:05Z',
      obs_bucket: 'recordings',
    });
  });

  it('are not signed without a key', () => {
    const kit = huaweiKit();
    configure(kit, { key: undefined });
    kit.call('PUT', `/notifications/publish?domain=${DOMAIN}`, { url: 'https://hooks.example.com/push' });
    const told = recording(kit).told(5_000);
    expect(events(told)).toEqual(['PUBLISH', 'RECORD_START', 'RECORD_NEW_FILE_START']);
    for (const { json } of told)
      expect(Object.keys(json).filter((name) => name.startsWith('auth_'))).toEqual([]);
  });

  it('go nowhere where nobody asked for them', () => {
    const kit = recording(huaweiKit());
    kit.told(60_000);
    expect(kit.truth('callback')).toEqual([]);
  });
});

describe('the configuration of record callbacks', () => {
  it('is created, shown, listed, changed and deleted, and never shows its key', () => {
    const kit = huaweiKit();
    const made = configure(kit);
    const { key: _key, ...shown } = CONFIG;
    expect(made).toMatchObject({ status: 201, json: shown });
    const one = `/record/callbacks/${made.json.id}`;
    expect(kit.call('GET', one).json).toEqual(made.json);
    kit.wait(1_000);
    const changed = kit.call('PUT', one, { ...CONFIG, app: 'live', key: undefined });
    expect(changed).toMatchObject({
      status: 200,
      json: { app: 'live', update_time: '2026-01-01T12:00:01Z' },
    });
    const list = kit.call('GET', `/record/callbacks?publish_domain=${DOMAIN}`);
    expect(list.json).toEqual({ total: 1, callback_config: [changed.json] });
    expect(kit.call('GET', '/record/callbacks?app=other').json.total).toBe(0);
    for (const { body } of [made, changed, list]) expect(body).not.toContain(KEY);
    expect(kit.call('DELETE', one)).toMatchObject({ status: 204, body: '' });
    expect(kit.call('GET', one).status).toBe(404);
  });

  it('sends to its own address what was subscribed to, in place of the emulator’s', () => {
    const kit = huaweiKit({ callbacks });
    configure(kit, { notify_event_subscription: undefined, sign_type: 'MD5' });
    recording(kit);
    kit.told(60_000);
    kit.stop();
    const [told, ...rest] = kit.told(5_000);
    expect(rest).toEqual([]);
    expect(told).toMatchObject({
      event: expect.stringMatching(/^RECORD_FILE_COMPLETE /) as unknown,
      url: CONFIG.notify_callback_url,
    });
    const { auth_sign, auth_timestamp } = told!.json;
    expect(auth_sign).toBe(recordSign('MD5', KEY, auth_timestamp, told!.json));
  });

  it('keeps its key when it is changed without one', () => {
    const kit = huaweiKit();
    const { id } = configure(kit).json;
    kit.call('PUT', `/record/callbacks/${id}`, { ...CONFIG, key: undefined });
    const [told] = recording(kit).told(5_000);
    const { auth_sign, auth_timestamp } = told!.json;
    expect(auth_sign).toBe(recordSign('HMACSHA256', KEY, auth_timestamp, told!.json));
  });

  it.each([
    ['domain', 400],
    ['app', 201],
  ] as const)('is one for each %s', (callbackConfigs, status) => {
    const kit = huaweiKit({ unknowns: { callbackConfigs } });
    configure(kit);
    expect(configure(kit).json.error_code).toBe('LIVE.103011018');
    expect(
      configure(kit, { app: 'live', notify_callback_url: 'https://hooks.example.com/live' }).status,
    ).toBe(status);
    if (status === 400) return;
    expect(recording(kit).told(5_000)[0]!.url).toBe('https://hooks.example.com/live');
  });

  it.each([
    ['taken', 201],
    ['refused', 400],
  ] as const)('has RECORD_START %s', (startSubscription, status) => {
    const kit = huaweiKit({ unknowns: { startSubscription } });
    expect(configure(kit).status).toBe(status);
    expect(configure(kit, { app: 'b', notify_event_subscription: ['RECORD_OVER'] }).status).toBe(
      status === 201 ? 400 : 201,
    );
  });

  it.each([
    ['a short key', { key: 'short' }],
    ['a key with a hyphen', { key: `${'a'.repeat(32)}-` }],
    ['an event that is none', { notify_event_subscription: ['RECORD_PAUSED'] }],
    ['no events', { notify_event_subscription: [] }],
    ['an address with a query', { notify_callback_url: 'https://hooks.example.com/one?token=x' }],
    ['another signature', { sign_type: 'SHA1' }],
    ['no app', { app: undefined }],
  ])('is refused with %s', (_what, more) => {
    expect(configure(huaweiKit(), more)).toMatchObject({
      status: 400,
      json: { error_code: 'LIVE.100011001' },
    });
  });
});

describe('stream status notifications', () => {
  const path = `/notifications/publish?domain=${DOMAIN}`;
  const WANTED = {
    url: 'https://hooks.example.com/push',
    auth_sign_key: KEY,
    call_back_area: 'outside_mainland_china',
  };

  it('pair the beginning and the end of a push by its timestamp', () => {
    const kit = huaweiKit({ callbacks });
    kit.push();
    kit.wait(5_000);
    kit.unpush();
    const told = kit.told(1_000);
    expect(told.map(({ json }) => json)).toMatchObject([
      { event: 'PUBLISH', domain: DOMAIN, app: 'live', stream: 'cam1', publish_timestamp: String(T0 / 1000) },
      { event: 'PUBLISH_DONE', publish_timestamp: String(T0 / 1000) },
    ]);
    const { auth_sign, auth_timestamp } = told[0]!.json;
    const text = `PUBLISH${DOMAIN}livecam1${auth_timestamp}`;
    expect(auth_sign).toBe(createHmac('sha256', callbacks.key).update(text).digest('hex'));
  });

  it.each([
    ['shown', true],
    ['hidden', false],
  ] as const)('have one address for each domain, and a key that is %s', (notificationKey, isShown) => {
    const kit = huaweiKit({ callbacks, unknowns: { notificationKey } });
    expect(kit.call('GET', path).status).toBe(404);
    expect(kit.call('PUT', path, WANTED).status).toBe(201);
    expect(kit.call('PUT', path, { ...WANTED, auth_sign_key: undefined }).status).toBe(200);
    const shown = kit.call('GET', path);
    expect(shown).toMatchObject({
      status: 200,
      json: { url: WANTED.url, call_back_area: WANTED.call_back_area },
    });
    expect(shown.body.includes(KEY)).toBe(isShown);
    kit.push();
    expect(kit.told(1_000)[0]!.url).toBe(WANTED.url);
    expect(kit.call('DELETE', path).status).toBe(204);
    kit.unpush();
    expect(kit.told(1_000)[0]!.url).toBe(callbacks.url);
  });

  it.each([
    ['a short key', { auth_sign_key: 'short' }],
    ['a key that is too long', { auth_sign_key: 'a'.repeat(129) }],
    ['another area', { call_back_area: 'everywhere' }],
    ['no address', { url: '' }],
  ])('are refused with %s', (_what, more) => {
    expect(huaweiKit().call('PUT', path, { ...WANTED, ...more }).status).toBe(400);
  });

  it('want a domain', () => {
    expect(huaweiKit().call('GET', '/notifications/publish').status).toBe(400);
  });
});
