/** What the emulated ApsaraVideo Live tells of its own accord: about pushes by GET, about recordings by POST. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { authHeaders } from '../../src/emulators/alibaba/callback-auth.ts';
import { DEFAULT_ACCESS_KEY_SECRET } from '../../src/emulators/alibaba/options.ts';
import { startEmulator } from '../../src/emulators/registry.ts';
import {
  alibabaKit,
  CONFIG,
  deliver,
  livingKit,
  PLAY,
  PUSH,
  signed,
  T0,
  TRIPLE,
  type AlibabaKit,
  type Arrived,
} from './alibaba-kit.ts';

const SECOND = 1000;
const URL_OF_HOOK = 'https://hooks.test/callbacks/acc';
const KEY = 'yourkey0123456789';
const CALLED = { callbacks: { url: URL_OF_HOOK, key: KEY } };

const named = (arrived: Arrived[]) => arrived.map(({ event, at }) => [event.split(' ')[0], (at - T0) / 1000]);
const bodies = (arrived: Arrived[]) =>
  arrived
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>);

describe('the signature of a callback', () => {
  it.each([
    ['learn.example.com', 1776826800, KEY, '3671df62d837bef37c9d62b855350db2'],
    ['push.example.com', 1776826800, KEY, '704a69f6cb9196c3534bf5641869a53d'],
    ['learn.aliyundoc.com', 1519375990, 'yourkey', '9e226fc2c250be266e3657e156f68c12'],
  ])('is the published one: %s', (domain, timestamp, key, signature) => {
    expect(authHeaders(domain, key, timestamp * 1000)).toEqual({
      'ALI-LIVE-TIMESTAMP': String(timestamp),
      'ALI-LIVE-SIGNATURE': signature,
    });
  });

  it('is over the ingest domain for pushes, and over the host that is called for recordings', () => {
    const kit = livingKit(CALLED);
    kit.command('start');
    const arrived = deliver(kit, T0 + 5 * SECOND);
    expect(named(arrived)).toEqual([
      ['record_started', 0],
      ['publish', 2],
    ]);
    expect(arrived[0]!.headers).toMatchObject(authHeaders('hooks.test', KEY, T0));
    expect(arrived[1]!.headers).toEqual(authHeaders(PUSH, KEY, T0 + 2 * SECOND));
  });

  it('is there only where a key is configured', () => {
    const kit = livingKit({ callbacks: { url: URL_OF_HOOK } });
    const [publish] = deliver(kit, T0 + 5 * SECOND);
    expect(publish!.headers).toEqual({});
  });

  it('keeps its key until the next push', () => {
    const kit = livingKit(CALLED);
    const key = 'another0123456789';
    const more = { DomainName: PLAY, NotifyUrl: URL_OF_HOOK, NeedStatusNotify: true, NotifyReqAuth: true };
    kit.send('UpdateLiveRecordNotifyConfig', { ...more, NotifyAuthKey: key });
    kit.command('start');
    const [first] = deliver(kit, T0 + SECOND);
    expect(first!.headers).toMatchObject(authHeaders('hooks.test', KEY, T0));
    kit.down();
    kit.up();
    kit.command('start');
    const second = deliver(kit, T0 + SECOND).find(({ event }) => event.startsWith('record_started'));
    expect(second!.headers).toMatchObject(authHeaders('hooks.test', key, T0 + SECOND));
  });
});

describe('callbacks about pushes', () => {
  it('come by GET with everything in the query; app is the ingest domain', () => {
    const kit = alibabaKit(CALLED);
    kit.up({ args: 'auth_key=1&x=a b' });
    const [publish] = deliver(kit, T0 + 5 * SECOND);
    expect(publish).toMatchObject({ method: 'GET', body: '', at: T0 + 2 * SECOND });
    expect(publish!.url.startsWith(`${URL_OF_HOOK}?`)).toBe(true);
    expect(Object.fromEntries(new URL(publish!.url).searchParams)).toMatchObject({
      action: 'publish',
      id: 'cam1',
      app: PUSH,
      appname: 'live',
      time: String(T0 / 1000 + 2),
      usrargs: 'auth_key=1&x=a b',
      width: '1280',
    });
    kit.down();
    const [done] = deliver(kit, T0 + 10 * SECOND);
    const told = Object.fromEntries(new URL(done!.url).searchParams);
    expect(told).toMatchObject({ action: 'publish_done', time: String(T0 / 1000 + 5) });
    expect(told).not.toHaveProperty('width');
  });

  it('come of whoever stays for 2 s, and 10 s after the last data', () => {
    const kit = alibabaKit(CALLED);
    kit.up();
    kit.wait(1500);
    kit.down();
    kit.wait(500);
    kit.up();
    kit.wait(10 * SECOND);
    kit.control('source.stall', { stream: 'cam1' });
    expect(named(deliver(kit, T0 + 60 * SECOND))).toEqual([
      ['publish', 12],
      ['publish_done', 22],
    ]);
  });
});

describe('callbacks about recordings', () => {
  const life = (kit: AlibabaKit): Arrived[] => {
    kit.command('start');
    kit.wait(10 * SECOND);
    kit.command('stop');
    kit.wait(5 * SECOND);
    kit.command('start');
    kit.wait(10 * SECOND);
    kit.command('restart');
    kit.wait(10 * SECOND);
    kit.command('stop');
    kit.command('cancel_delay');
    return deliver(kit, T0 + 60 * SECOND).filter(({ method }) => method === 'POST');
  };

  it('tell states with their triple, and files with neither event nor id', () => {
    const kit = livingKit(CALLED);
    kit.down();
    kit.up({ args: 'callback_id=7&callback_id=8&other=1' });
    const told = bodies(life(kit));
    const triple = { domain: PLAY, app: 'live', stream: 'cam1' };
    expect(told).toEqual([
      { ...triple, event: 'record_started' },
      { ...triple, event: 'record_paused' },
      { ...triple, event: 'record_resumed' },
      {
        ...triple,
        uri: 'record/live/cam1/0_2026-01-01-20-00-00_2026-01-01-20-00-25.mp4',
        duration: 20,
        start_time: T0 / 1000,
        stop_time: T0 / 1000 + 25,
        push_args: { callback_id: '7' },
      },
      { ...triple, event: 'record_started' },
      { ...triple, event: 'record_paused' },
      expect.objectContaining({ uri: 'record/live/cam1/0_2026-01-01-20-00-25_2026-01-01-20-00-35.mp4' }),
    ]);
  });

  it('have no pause and no resumption in the other position', () => {
    const kit = livingKit({ ...CALLED, unknowns: { pauseEvents: false } });
    expect(bodies(life(kit)).map(({ event = 'file' }) => event)).toEqual([
      'record_started',
      'record_started',
      'file',
      'record_started',
      'file',
    ]);
  });

  it('are about files alone unless states are asked for', () => {
    const kit = livingKit();
    kit.send('AddLiveRecordNotifyConfig', { DomainName: PLAY, NotifyUrl: URL_OF_HOOK });
    expect(bodies(life(kit)).map(({ event = 'file' }) => event)).toEqual(['file', 'file']);
  });

  it.each([
    ['missing', 'BucketNotFound'],
    ['denied', 'AccessDenied'],
    ['unauthorised', 'UserDisable'],
  ])('tell of a bucket that is %s as an error, at the start and at the file', (bucketState, code) => {
    const kit = livingKit(CALLED);
    kit.control('bucket', { bucket: CONFIG['OssBucket'], state: bucketState });
    expect(kit.command('start')).toBe('200');
    expect(bodies(deliver(kit, T0 + SECOND))).toMatchObject([
      { event: 'record_error', error_info: { code } },
    ]);
    kit.control('bucket', { bucket: CONFIG['OssBucket'], state: 'ok' });
    expect(kit.command('start')).toBe('200');
    kit.wait(10 * SECOND);
    kit.control('bucket', { bucket: CONFIG['OssBucket'], state: bucketState });
    kit.command('restart');
    const [started, error] = bodies(deliver(kit, T0 + 20 * SECOND));
    expect([started!['event'], error!['event']]).toEqual(['record_started', 'record_error']);
    expect(kit.truth('file')).toMatchObject([{ event: 'lost' }]);
  });

  it('tell of a bucket by the first file where it is not looked at before', () => {
    const kit = livingKit({ ...CALLED, unknowns: { bucketCheck: 'at-file' } });
    kit.control('bucket', { bucket: CONFIG['OssBucket'], state: 'unauthorised' });
    kit.command('start');
    kit.wait(10 * SECOND);
    kit.command('restart');
    const told = bodies(deliver(kit, T0 + 20 * SECOND));
    expect(told.map(({ event }) => event)).toEqual(['record_started', 'record_error', 'record_started']);
  });

  it('tell of a stream that cannot be recorded, and of a file that cannot be converted', () => {
    const kit = livingKit(CALLED);
    kit.command('start');
    kit.control('trouble', { stream: 'cam1', code: 'InvalidParameter.ResourceContentBad' });
    kit.control('trouble', { stream: 'cam1', code: 'StreamFormatError' });
    expect(bodies(deliver(kit, T0 + SECOND))).toMatchObject([
      { event: 'record_started' },
      { event: 'transformat_error', error_info: { code: 'InvalidParameter.ResourceContentBad' } },
      { event: 'record_error', error_info: { code: 'StreamFormatError' } },
    ]);
    expect(kit.command('stop')).toBe('409 TaskNotStarted');
  });

  it('say nothing of a bucket in another region, and nothing is recorded', () => {
    const kit = livingKit(CALLED);
    kit.control('bucket', { bucket: CONFIG['OssBucket'], region: 'cn-beijing' });
    expect(kit.command('start')).toBe('200');
    kit.wait(10 * SECOND);
    expect(kit.command('stop')).toBe('200');
    expect(bodies(deliver(kit, T0 + 600 * SECOND))).toEqual([]);
    expect(kit.truth('media')).toEqual([]);
  });
});

describe('delivery', () => {
  const fileAt = (kit: AlibabaKit): void => {
    kit.send('AddLiveRecordNotifyConfig', { DomainName: PLAY, NotifyUrl: URL_OF_HOOK });
    kit.command('start');
    kit.wait(10 * SECOND);
    kit.command('stop');
    kit.command('cancel_delay');
  };
  const records = (kit: AlibabaKit, more = {}) =>
    kit.send('DescribeLiveRecordNotifyRecords', {
      DomainName: PLAY,
      StartTime: '2026-01-01T11:00:00Z',
      EndTime: '2026-01-01T13:00:00Z',
      PageNumber: 1,
      PageSize: 20,
      ...more,
    }).json;

  it('waits 5 s and is repeated 5 times, 1 s apart; then the callback is lost, but kept', () => {
    const kit = livingKit();
    fileAt(kit);
    const arrived = deliver(kit, T0 + 60 * SECOND, () => null);
    expect(named(arrived)).toEqual([10, 11, 12, 13, 14, 15].map((at) => ['file_created', at]));
    expect(arrived[0]!.timeoutMs).toBe(5_000);
    const { Code, CallbackList, TotalNum } = records(kit);
    expect([Code, TotalNum]).toEqual([0, 1]);
    expect(CallbackList[0]).toMatchObject({
      NotifyType: 'file_created',
      NotifyResult: 'failed',
      NotifyUrl: URL_OF_HOOK,
      NotifyTime: '2026-01-01T12:00:10Z',
      StorageType: 'oss',
    });
    expect(JSON.parse(CallbackList[0].NotifyContent)).toMatchObject({ stream: 'cam1', duration: 10 });
    expect(kit.truth('callback').map(({ delivered }) => delivered)).toEqual([false]);
  });

  it('is repeated at random between 100 ms and 10 s, as older pages have it', () => {
    const kit = livingKit({ unknowns: { retries: 'older' } });
    fileAt(kit);
    const at = deliver(kit, T0 + 120 * SECOND, () => ({ status: 500, body: '' })).map((one) => one.at);
    const waits = at.slice(1).map((one, i) => one - at[i]!);
    expect(waits).toHaveLength(5);
    for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(100);
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(10_000);
    expect(new Set(waits).size).toBeGreaterThan(1);
  });

  it.each([
    ['required', 'MissingParameter'],
    ['optional', 0],
  ] as const)('is asked for with a page, which may be %s', (notifyPaging, code) => {
    const kit = alibabaKit({ unknowns: { notifyPaging } });
    expect(records(kit, { PageNumber: '', PageSize: '' }).Code).toBe(code);
  });

  it('ends with a 200; records are found by result, triple, time and storage, and kept for 7 days', () => {
    const kit = livingKit();
    fileAt(kit);
    let asked = 0;
    deliver(kit, T0 + 60 * SECOND, () => ({ status: (asked += 1) < 3 ? 500 : 200, body: 'ok' }));
    expect(asked).toBe(3);
    expect(records(kit).CallbackList).toMatchObject([{ NotifyResult: 'success', NotifyResponse: '200 ok' }]);
    for (const [more, found] of [
      [{ Status: 'success' }, 1],
      [{ Status: 'failed' }, 0],
      [{ StreamName: 'cam1', AppName: 'live' }, 1],
      [{ StreamName: 'cam2' }, 0],
      [{ StorageType: 'vod' }, 0],
      [{ StartTime: '2026-01-01T12:30:00Z' }, 0],
    ] as const)
      expect(records(kit, more).TotalNum).toBe(found);
    for (const [more, code] of [
      [{ PageSize: 501 }, 'InvalidPageSize.Malformed'],
      [{ PageNumber: 0 }, 'InvalidPageNumber.Malformed'],
      [{ PageNumber: '' }, 'MissingParameter'],
      [{ EndTime: '2026-01-20T00:00:00Z' }, 'InvalidEndTime.Mismatch'],
      [{ EndTime: 'x' }, 'InvalidEndTime.Malformed'],
    ] as const)
      expect(records(kit, more).Code).toBe(code);
    kit.wait(7 * 86_400 * SECOND);
    expect(records(kit).TotalNum).toBe(0);
    kit.wait(3600 * SECOND);
    expect(records(kit).Code).toBe('InvalidStartTime.Mismatch');
  });

  it.each([
    ['lost', []],
    ['doubled', ['0 s, genuine', '0 s, genuine']],
    ['late', ['3 s, genuine']],
    ['forged', ['0 s, forged', '0 s, genuine']],
  ])('can go wrong: %s', (kind, expected) => {
    const kit = livingKit(CALLED);
    kit.control('callback.faults', { event: 'record_started', kind, delayMs: 3 * SECOND });
    kit.command('start');
    const arrived = deliver(kit, T0 + 10 * SECOND).filter(({ event }) => event.startsWith('record_started'));
    const seen = arrived.map(({ at, headers }) => {
      const { 'ALI-LIVE-SIGNATURE': genuine } = authHeaders('hooks.test', KEY, at);
      const isGenuine = headers['ALI-LIVE-SIGNATURE'] === genuine;
      return `${(at - T0) / SECOND} s, ${isGenuine ? 'genuine' : 'forged'}`;
    });
    expect(seen).toEqual(expected);
    expect(records(kit).TotalNum).toBe(1);
  });

  it('of a push event can be doubled and forged as well, by GET', () => {
    const kit = alibabaKit(CALLED);
    kit.control('callback.faults', { event: 'publish', kind: 'doubled' });
    kit.up();
    const arrived = deliver(kit, T0 + 10 * SECOND);
    expect(arrived.map(({ method }) => method)).toEqual(['GET', 'GET']);
    expect(new Set(arrived.map(({ url }) => url)).size).toBe(1);
  });
});

describe('recording on demand by HTTP', () => {
  const ask = (answer: object, url = 'https://hooks.test/ondemand'): AlibabaKit => {
    const kit = alibabaKit();
    kit.send('AddLiveRecordNotifyConfig', { DomainName: PLAY, NotifyUrl: URL_OF_HOOK, OnDemandUrl: url });
    kit.send('AddLiveAppRecordConfig', {
      ...CONFIG,
      OnDemand: 1,
      'RecordFormat.2.Format': 'flv',
      'RecordFormat.2.OssObjectPrefix': 'f/{StartTime}_{EndTime}',
    });
    kit.up();
    const [asked] = deliver(kit, T0 + SECOND, () => ({ status: 200, body: JSON.stringify(answer) }));
    if (asked) {
      expect(asked.method).toBe('GET');
      expect(Object.fromEntries(new URL(asked.url).searchParams)).toMatchObject({
        app: 'live',
        domain: PLAY,
        stream: 'cam1',
        codec: 'h264',
      });
    }
    return kit;
  };

  it('records when the answer says so, in the formats that it names', () => {
    expect(ask({ NeedRecord: true }).truth('recording')).toHaveLength(1);
    const flv = ask({ NeedRecord: true, Format: ['flv'] });
    flv.wait(10 * SECOND);
    expect(flv.truth('media').map(({ file }) => file.split('/').at(-2))).toEqual(['flv']);
  });

  it('records in cycles as long as the answer says', () => {
    const kit = ask({ NeedRecord: true, Format: ['mp4'], Interval: { Mp4: 30, Flv: 60 } });
    kit.wait(65 * SECOND);
    expect(kit.truth('file').map(({ from = 0, to = 0 }) => to - from)).toEqual([30 * SECOND, 30 * SECOND]);
  });

  it('does not when it says no, or when there is nobody to ask', () => {
    expect(ask({ NeedRecord: false }).truth('recording')).toEqual([]);
    expect(ask({}).truth('recording')).toEqual([]);
    expect(ask({ NeedRecord: true }, '').truth('recording')).toEqual([]);
  });
});

describe('the configurations of callbacks', () => {
  const record = { DomainName: PLAY, NotifyUrl: URL_OF_HOOK };
  const push = { DomainName: PUSH, NotifyUrl: URL_OF_HOOK };

  it('of recordings: one a playback domain, added, described, updated and deleted', () => {
    const kit = alibabaKit();
    const domain = { DomainName: PLAY };
    expect(kit.code('DescribeLiveRecordNotifyConfig', domain)).toBe('404 InvalidConfig.NotFound');
    expect(kit.code('UpdateLiveRecordNotifyConfig', record)).toBe('404 InvalidConfig.NotFound');
    expect(kit.code('DeleteLiveRecordNotifyConfig', domain)).toBe('404 InvalidConfig.NotFound');
    expect(kit.code('AddLiveRecordNotifyConfig', record)).toBe('200');
    expect(kit.code('AddLiveRecordNotifyConfig', record)).toBe('400 ConfigAlreadyExists');
    const changed = { ...record, NeedStatusNotify: true, NotifyReqAuth: true, NotifyAuthKey: KEY };
    expect(kit.code('UpdateLiveRecordNotifyConfig', changed)).toBe('200');
    expect(kit.send('DescribeLiveRecordNotifyConfig', domain).json.LiveRecordNotifyConfig).toEqual({
      ...changed,
      OnDemandUrl: '',
    });
    expect(kit.code('DeleteLiveRecordNotifyConfig', domain)).toBe('200');
    expect(kit.code('AddLiveRecordNotifyConfig', { ...push, NeedStatusNotify: true })).toBe(
      '404 InvalidDomain.NotFound',
    );
  });

  it('of pushes: one an ingest domain, set, described and deleted', () => {
    const kit = alibabaKit();
    expect(kit.code('SetLiveStreamsNotifyUrlConfig', push)).toBe('200');
    const changed = { ...push, NotifyReqAuth: 'yes', NotifyAuthKey: 'k'.repeat(64) };
    expect(kit.code('SetLiveStreamsNotifyUrlConfig', changed)).toBe('200');
    const { json } = kit.send('DescribeLiveStreamsNotifyUrlConfig', { DomainName: PUSH });
    expect(json.LiveStreamsNotifyConfig).toEqual({ ...changed, ExceptionNotifyUrl: '', SwitchNotifyUrl: '' });
    expect(kit.code('DeleteLiveStreamsNotifyUrlConfig', { DomainName: PUSH })).toBe('200');
    expect(kit.code('DeleteLiveStreamsNotifyUrlConfig', { DomainName: PUSH })).toBe(
      '404 InvalidConfig.NotFound',
    );
    expect(kit.code('SetLiveStreamsNotifyUrlConfig', record)).toBe('404 InvalidDomain.NotFound');
  });

  it.each([
    ['AddLiveRecordNotifyConfig', { ...record, NotifyReqAuth: true }, 'InvalidNotifyAuthKey.Malformed'],
    [
      'AddLiveRecordNotifyConfig',
      { ...record, NotifyReqAuth: true, NotifyAuthKey: 'k'.repeat(33) },
      'InvalidNotifyAuthKey.Malformed',
    ],
    [
      'AddLiveRecordNotifyConfig',
      { ...record, NotifyReqAuth: true, NotifyAuthKey: 'with-a-hyphen-in-it' },
      'InvalidNotifyAuthKey.Malformed',
    ],
    [
      'AddLiveRecordNotifyConfig',
      { ...record, NeedStatusNotify: 'yes' },
      'InvalidNeedStatusNotify.Malformed',
    ],
    ['AddLiveRecordNotifyConfig', { ...record, NotifyUrl: 'ftp://x' }, 'InvalidNotifyUrl.Malformed'],
    ['AddLiveRecordNotifyConfig', { DomainName: PLAY }, 'MissingParameter'],
    ['SetLiveStreamsNotifyUrlConfig', { ...push, NotifyReqAuth: 'true' }, 'InvalidNotifyReqAuth.Malformed'],
    [
      'SetLiveStreamsNotifyUrlConfig',
      { ...push, NotifyReqAuth: 'yes', NotifyAuthKey: 'k'.repeat(65) },
      'InvalidNotifyAuthKey.Malformed',
    ],
  ])('%s refuses %o', (action, fields, code) => {
    expect(alibabaKit().code(action, fields)).toBe(`400 ${code}`);
  });
});

describe('an emulator that is served', () => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  it('sends push events by GET and record events by POST', async () => {
    const seen: { method: string; url: string; body: string; signed: boolean }[] = [];
    const hook = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        seen.push({ method, url, body, signed: 'ali-live-signature' in headers });
        response.end();
      });
    });
    await new Promise<void>((resolve) => {
      hook.listen(0, '127.0.0.1', resolve);
    });
    open.push(hook);
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`;
    const served = await startEmulator('alibaba', { callbacks: { url, key: KEY } });
    open.push(served);
    const { emulator } = served;
    const now = () => emulator.clock();
    const keys = { id: 'LTAIEMULATED0000000001', secret: DEFAULT_ACCESS_KEY_SECRET };
    const send = (action: string, fields: Parameters<typeof signed>[1]) =>
      emulator.handle(signed(action, fields, { at: now(), nonce: `${action}${Math.random()}`, keys }), now());
    send('AddLiveAppRecordConfig', CONFIG);
    emulator.controls['source.start']!({ stream: 'cam1' }, now());
    send('RealTimeRecordCommand', { ...TRIPLE, Command: 'start' });
    emulator.controls['clock']!({ advanceMs: 3000 }, now());
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(2);
    const [get] = seen.filter(({ method }) => method === 'GET');
    const [post] = seen.filter(({ method }) => method === 'POST');
    expect(get).toMatchObject({ body: '', signed: true });
    expect(get!.url).toContain('/hook?action=publish&');
    expect(post).toMatchObject({ url: '/hook', signed: true });
    expect(JSON.parse(post!.body)).toMatchObject({ event: 'record_started' });
  });
});
