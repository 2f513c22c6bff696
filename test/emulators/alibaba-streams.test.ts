/** Streams at the emulated ApsaraVideo Live: whether they are live, since when, and who is barred. */
import { describe, expect, it } from 'vitest';
import { alibabaKit, CONFIG, PLAY, PUSH, T0, TRIPLE, type AlibabaKit, type Fields } from './alibaba-kit.ts';

const SECOND = 1000;
const PUBLISHER: Fields = { ...TRIPLE, LiveStreamType: 'publisher' };
const state = (kit: AlibabaKit, fields: Fields = TRIPLE): string =>
  kit.send('DescribeLiveStreamState', fields).json.StreamState;
const online = (kit: AlibabaKit, fields: Fields = {}) =>
  kit.send('DescribeLiveStreamsOnlineList', { DomainName: PLAY, ...fields }).json;
const sources = (kit: AlibabaKit) =>
  kit.truth('source').map(({ at, event }): [number, string] => [(at - T0) / 1000, event]);

it('a state is asked for by either domain', () => {
  const kit = alibabaKit();
  expect(state(kit)).toBe('offline');
  kit.up();
  expect(state(kit)).toBe('online');
  expect(state(kit, { ...TRIPLE, DomainName: PUSH })).toBe('online');
  expect(state(kit, { ...TRIPLE, StreamName: 'cam2' })).toBe('offline');
  expect(kit.code('DescribeLiveStreamState', { DomainName: PLAY })).toBe('400 InvalidParam');
  expect(kit.code('DescribeLiveStreamState', { ...TRIPLE, DomainName: 'x.test' })).toBe(
    '404 InvalidDomain.NotFound',
  );
  kit.down();
  expect(state(kit)).toBe('offline');
});

it('an encoder that is silent is online for 10 s more, and connects anew when it sends again', () => {
  const kit = alibabaKit();
  kit.up();
  kit.wait(5 * SECOND);
  kit.control('source.stall', { stream: 'cam1' });
  kit.wait(9 * SECOND);
  expect(state(kit)).toBe('online');
  kit.wait(SECOND);
  expect(state(kit)).toBe('offline');
  kit.wait(5 * SECOND);
  kit.control('source.flow', { stream: 'cam1' });
  expect(state(kit)).toBe('online');
  expect(online(kit).OnlineInfo.LiveStreamOnlineInfo[0].PublishTime).toBe('2026-01-01T12:00:20Z');
  expect(sources(kit)).toEqual([
    [0, 'up'],
    [5, 'stalled'],
    [15, 'down'],
    [20, 'up'],
  ]);
});

describe('the list of live streams', () => {
  const kit = alibabaKit();
  for (const [app, stream] of [
    ['live', 'cam1'],
    ['live', 'cam10'],
    ['live2', 'cam1'],
  ])
    kit.control('source.start', { app, stream });

  it('tells each push with its domains and its beginning', () => {
    expect(online(kit, { AppName: 'live', StreamName: 'cam1', QueryType: 'strict' })).toMatchObject({
      TotalNum: 1,
      PageNum: 1,
      PageSize: 2000,
      TotalPage: 1,
      OnlineInfo: {
        LiveStreamOnlineInfo: [
          {
            DomainName: PLAY,
            PublishDomain: PUSH,
            AppName: 'live',
            StreamName: 'cam1',
            PublishTime: '2026-01-01T12:00:00Z',
            PublishUrl: 'rtmp://push.example.com/live/cam1',
          },
        ],
      },
    });
  });

  it('takes names as parts of names unless it is asked to be strict', () => {
    expect(online(kit, { StreamName: 'cam1' }).TotalNum).toBe(3);
    expect(online(kit, { AppName: 'live', StreamName: 'cam1' }).TotalNum).toBe(3);
    expect(online(kit, { StreamName: 'cam1', QueryType: 'strict' }).TotalNum).toBe(2);
    expect(online(kit, { StreamType: 'trans' }).TotalNum).toBe(0);
  });

  it('pages', () => {
    const { OnlineInfo, TotalPage } = online(kit, { PageSize: 2, PageNum: 2 });
    expect([OnlineInfo.LiveStreamOnlineInfo.length, TotalPage]).toEqual([1, 2]);
    expect(online(kit, { PageSize: 3001 }).Code).toBe('InvalidPageSize.Malformed');
    expect(online(kit, { DomainName: PUSH }).Code).toBe('InvalidDomain.NotFound');
  });
});

it('the list of pushes has those that ended and those that go on, for 30 days', () => {
  const kit = alibabaKit();
  kit.up();
  kit.wait(60 * SECOND);
  kit.down();
  kit.wait(60 * SECOND);
  kit.up();
  const list = () =>
    kit
      .send('DescribeLiveStreamsPublishList', {
        DomainName: PLAY,
        StartTime: '2026-01-01T11:00:00Z',
        EndTime: '2026-01-01T14:00:00Z',
      })
      .json.PublishInfo.LiveStreamPublishInfo.map(
        ({ PublishTime, StopTime }: Record<string, string>) => `${PublishTime}/${StopTime}`,
      );
  expect(list()).toEqual(['2026-01-01T12:00:00Z/2026-01-01T12:01:00Z', '2026-01-01T12:02:00Z/']);
  kit.wait(31 * 86_400 * SECOND);
  expect(list()).toEqual(['2026-01-01T12:02:00Z/']);
});

it('the mapping tells which domain is for what, by either of them', () => {
  const kit = alibabaKit();
  for (const DomainName of [PLAY, PUSH])
    expect(
      kit.send('DescribeLiveDomainMapping', { DomainName }).json.LiveDomainModels.LiveDomainModel,
    ).toEqual([
      { DomainName: PLAY, Type: 'vhost' },
      { DomainName: PUSH, Type: 'publish' },
    ]);
});

describe('ForbidLiveStream', () => {
  it('cuts a push and bars it until it is resumed; then the encoder comes back under the present config', () => {
    const kit = alibabaKit({ reconnectMs: 2000 });
    kit.up();
    kit.send('AddLiveAppRecordConfig', CONFIG);
    kit.wait(5 * SECOND);
    expect(kit.code('ForbidLiveStream', PUBLISHER)).toBe('200');
    expect(state(kit)).toBe('offline');
    kit.wait(60 * SECOND);
    expect(state(kit)).toBe('offline');
    expect(kit.code('ResumeLiveStream', PUBLISHER)).toBe('200');
    expect(state(kit)).toBe('offline');
    kit.wait(2 * SECOND);
    expect(state(kit)).toBe('online');
    expect(kit.command('start')).toBe('200');
    expect(sources(kit)).toEqual([
      [0, 'up'],
      [5, 'down'],
      [7, 'denied'],
      [67, 'up'],
    ]);
  });

  it('bars whoever comes, until the time that it was given', () => {
    const kit = alibabaKit();
    kit.send('ForbidLiveStream', { ...PUBLISHER, DomainName: PUSH, ResumeTime: '2026-01-01T12:01:00Z' });
    kit.up();
    expect(state(kit)).toBe('offline');
    kit.wait(59 * SECOND);
    expect(state(kit)).toBe('offline');
    kit.wait(SECOND);
    expect(state(kit)).toBe('online');
  });

  it('only interrupts where it is told so', () => {
    const kit = alibabaKit();
    kit.up();
    kit.send('ForbidLiveStream', { ...PUBLISHER, Oneshot: 'yes' });
    expect(state(kit)).toBe('offline');
    kit.wait(SECOND);
    expect(state(kit)).toBe('online');
  });

  it('shows in the state of the edition of 2018', () => {
    const kit = alibabaKit({ unknowns: { codes: '2018' } });
    kit.send('ForbidLiveStream', PUBLISHER);
    expect(state(kit)).toBe('forbidden');
  });

  it.each([
    [{ LiveStreamType: 'player' }, 'InvalidLiveStreamType.Malformed'],
    [{ LiveStreamType: '' }, 'MissingParameter'],
    [{ Oneshot: 'perhaps' }, 'InvalidOneshot.Malformed'],
    [{ ResumeTime: 'later' }, 'InvalidResumeTime.Malformed'],
  ])('refuses %o', (more, code) => {
    expect(alibabaKit().code('ForbidLiveStream', { ...PUBLISHER, ...more })).toBe(`400 ${code}`);
  });
});

it('a reset leaves nothing behind but the truth', () => {
  const kit = alibabaKit();
  kit.send('AddLiveAppRecordConfig', CONFIG);
  kit.up();
  kit.command('start');
  kit.wait(10 * SECOND);
  kit.control('reset');
  expect(state(kit)).toBe('offline');
  expect(kit.send('DescribeLiveRecordConfig', { DomainName: PLAY }).json.TotalNum).toBe(0);
  expect(kit.truth('recording').at(-1)).toMatchObject({ event: 'ended', reason: 'reset' });
  expect(kit.truth('file')).toHaveLength(1);
});
