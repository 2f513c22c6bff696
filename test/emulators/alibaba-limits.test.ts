/** Requests a second at the emulated ApsaraVideo Live, as the pages of its operations say. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_ROLE } from '../../src/emulators/alibaba/options.ts';
import { alibabaKit, PLAY, TRIPLE, type AlibabaKit, type Fields } from './alibaba-kit.ts';

/** How many of many at one instant are not throttled. */
function taken(kit: AlibabaKit, action: string, fields: Fields, tries: number): number {
  let count = 0;
  for (let i = 0; i < tries; i += 1) if (!kit.code(action, fields).includes('Throttling')) count += 1;
  return count;
}

it.each([
  ['AddLiveAppRecordConfig', 30],
  ['UpdateLiveAppRecordConfig', 30],
  ['DeleteLiveAppRecordConfig', 50],
  ['DescribeLiveRecordConfig', 100],
  ['RealTimeRecordCommand', 50],
  ['DescribeLiveStreamState', 100],
  ['DescribeLiveStreamsPublishList', 3],
  ['DescribeLiveStreamRecordIndexFiles', 15],
  ['DescribeLiveStreamRecordIndexFile', 100],
  ['DescribeLiveStreamRecordContent', 50],
  ['CreateLiveStreamRecordIndexFiles', 45],
  ['DescribeLiveRecordNotifyRecords', 100],
  ['AddLiveRecordNotifyConfig', 30],
  ['UpdateLiveRecordNotifyConfig', 30],
  ['DeleteLiveRecordNotifyConfig', 30],
  ['DescribeLiveRecordNotifyConfig', 50],
  ['SetLiveStreamsNotifyUrlConfig', 15],
  ['ForbidLiveStream', 20],
  ['ResumeLiveStream', 30],
])('%s is answered %i times a second, refusals among them', (action, most) => {
  const kit = alibabaKit({ qps: 1 });
  expect(taken(kit, action, {}, most + 5)).toBe(most);
  kit.wait(999);
  expect(taken(kit, action, {}, 1)).toBe(0);
  kit.wait(1);
  expect(taken(kit, action, {}, most + 5)).toBe(most);
});

it.each([
  'AddLiveAppRecordConfig',
  'UpdateLiveAppRecordConfig',
  'DeleteLiveAppRecordConfig',
  'DescribeLiveRecordConfig',
  'RealTimeRecordCommand',
  'DescribeLiveStreamState',
  'DescribeLiveStreamsOnlineList',
  'DescribeLiveStreamsPublishList',
  'DescribeLiveDomainMapping',
  'ForbidLiveStream',
  'ResumeLiveStream',
  'DescribeLiveStreamRecordIndexFiles',
  'DescribeLiveStreamRecordIndexFile',
  'DescribeLiveStreamRecordContent',
  'CreateLiveStreamRecordIndexFiles',
  'DescribeLiveRecordNotifyRecords',
  'AddLiveRecordNotifyConfig',
  'UpdateLiveRecordNotifyConfig',
  'DeleteLiveRecordNotifyConfig',
  'DescribeLiveRecordNotifyConfig',
  'SetLiveStreamsNotifyUrlConfig',
  'DeleteLiveStreamsNotifyUrlConfig',
  'DescribeLiveStreamsNotifyUrlConfig',
])('a fault of %s hits it, and no other operation', (action) => {
  const kit = alibabaKit();
  kit.control('faults', { op: action, kind: 'error-unapplied', status: 503 });
  expect(kit.code('AssumeRole', {}, { version: '2015-04-01' })).toBe('400 MissingParameter');
  expect(kit.code(action)).toBe('503 ServiceUnavailable');
  // It is an operation that there is: its parameters are looked at.
  expect(kit.code(action)).toMatch(/^400 (Missing|Invalid)/);
});

it('the list of live streams is answered 10,000 times a minute', () => {
  const kit = alibabaKit({ qps: 0.001 });
  const look = () => taken(kit, 'DescribeLiveStreamsOnlineList', { DomainName: PLAY }, 12);
  expect(look()).toBe(10);
  kit.wait(59_999);
  expect(look()).toBe(0);
  kit.wait(1);
  expect(look()).toBe(10);
});

describe('a throttled answer', () => {
  it.each([400, 429, 503] as const)(
    'has the code Throttling.User and says when to come again, by status %i',
    (throttlingStatus) => {
      const kit = alibabaKit({ qps: 1, unknowns: { throttlingStatus } });
      for (let i = 0; i < 3; i += 1) {
        kit.send('DescribeLiveStreamsPublishList');
        kit.wait(100);
      }
      const { status, headers, json } = kit.send('DescribeLiveStreamsPublishList');
      expect([status, json.Code]).toEqual([throttlingStatus, 'Throttling.User']);
      expect(headers['x-acs-retry-after']).toBe('700');
      kit.control('faults', { op: '*', kind: 'throttled' });
      expect(kit.code('DescribeLiveStreamState', TRIPLE)).toBe(`${throttlingStatus} Throttling.User`);
    },
  );

  it('is for the whole account, whichever of its keys asks, and for its operation alone', () => {
    const kit = alibabaKit({ qps: 0.01 });
    const { json } = kit.send(
      'AssumeRole',
      { RoleArn: DEFAULT_ROLE, RoleSessionName: 'test' },
      { version: '2015-04-01' },
    );
    const { AccessKeyId: id, AccessKeySecret: secret, SecurityToken: token } = json.Credentials;
    expect(kit.code('DescribeLiveStreamState', TRIPLE)).toBe('200');
    expect(kit.code('DescribeLiveStreamState', TRIPLE, { keys: { id, secret, token } })).toBe(
      '400 Throttling.User',
    );
    expect(kit.code('DescribeLiveRecordConfig', { DomainName: PLAY })).toBe('200');
  });

  it('never comes where the rates are turned off', () => {
    const kit = alibabaKit({ qps: false });
    expect(taken(kit, 'DescribeLiveStreamsPublishList', {}, 50)).toBe(50);
    kit.control('qps', { scale: 1 });
    expect(taken(kit, 'DescribeLiveStreamsPublishList', {}, 50)).toBe(3);
  });

  it('is not given to who has not proved who they are: that costs nobody anything', () => {
    const kit = alibabaKit({ qps: 1 });
    const stranger = { keys: { id: 'LTAIstranger', secret: 'x' } };
    for (let i = 0; i < 10; i += 1) kit.code('DescribeLiveStreamsPublishList', {}, stranger);
    expect(taken(kit, 'DescribeLiveStreamsPublishList', {}, 5)).toBe(3);
  });
});
