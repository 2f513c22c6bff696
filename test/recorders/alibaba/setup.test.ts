/** Where ApsaraVideo calls: one configuration a domain, and what others have configured stays. */
import { describe, expect, test } from 'vitest';
import { alibabaCallbacks } from '../../../src/recorders/alibaba/callbacks.ts';
import { createAlibabaApi } from '../../../src/recorders/alibaba/api.ts';
import { CALLBACK_URL, KEY, kit, PLAY, PUSH, SECRET, type Kit } from './kit.ts';

const setup = alibabaCallbacks.setup!;
const wish = { address: CALLBACK_URL, domains: [PLAY] };

const apiOf = (k: Kit) =>
  createAlibabaApi({
    keys: { accessKeyId: 'LTAIKIT', accessKeySecret: SECRET },
    url: k.account.url,
    dispatcher: k.context.dispatcher,
    now: k.clock.now,
  });

async function done<T>(k: Kit, work: Promise<T>): Promise<T> {
  const told = await work;
  k.told.push(told);
  return told;
}
const check = async (k: Kit) => await done(k, setup.check(k.context, wish));
const install = async (k: Kit, replace = false) =>
  await done(k, setup.install(k.context, { ...wish, replace }));
const remove = async (k: Kit) => await done(k, setup.remove(k.context, wish));
const states = (settings: Awaited<ReturnType<typeof check>>) =>
  settings.map(({ what, state }) => `${what}: ${state}`);

test('what is missing is told, made, and then as wanted', async () => {
  const k = kit();
  expect(states(await check(k))).toEqual([
    `record callback of ${PLAY}: missing`,
    `push callback of ${PUSH}: missing`,
  ]);
  expect(states(await install(k))).toEqual([
    `record callback of ${PLAY}: as-wanted`,
    `push callback of ${PUSH}: as-wanted`,
  ]);
  const { config } = await apiOf(k).call('DescribeLiveRecordNotifyConfig', { DomainName: PLAY });
  expect(config).toMatchObject({ NotifyUrl: CALLBACK_URL, NeedStatusNotify: true, NotifyReqAuth: true });
  const { config: pushed } = await apiOf(k).call('DescribeLiveStreamsNotifyUrlConfig', { DomainName: PUSH });
  expect(pushed).toMatchObject({ NotifyUrl: CALLBACK_URL, NotifyReqAuth: true });
});

test('it is installed once', async () => {
  const k = kit();
  await install(k);
  const before = k.sent.length;
  await install(k);
  expect(k.sent.slice(before).every(({ op }) => op.startsWith('Describe'))).toBe(true);
});

test('what calls us and differs is mended, and others’ question of what to record stays', async () => {
  const k = kit();
  await apiOf(k).call('AddLiveRecordNotifyConfig', {
    DomainName: PLAY,
    NotifyUrl: CALLBACK_URL,
    OnDemandUrl: 'https://others.example.com/ask',
  });
  const [found] = await check(k);
  expect(found).toMatchObject({
    state: 'differs',
    differences: [
      'callbacks are not signed (NotifyReqAuth is off)',
      'status events are not told (NeedStatusNotify is off)',
    ],
  });
  expect((await install(k))[0]!.state).toBe('as-wanted');
  const { config } = await apiOf(k).call('DescribeLiveRecordNotifyConfig', { DomainName: PLAY });
  expect(config!.OnDemandUrl).toBe('https://others.example.com/ask');
});

describe('what others have configured', () => {
  async function theirs(): Promise<Kit> {
    const k = kit();
    const NotifyUrl = 'https://others.example.com/canary-of-others';
    await apiOf(k).call('AddLiveRecordNotifyConfig', { DomainName: PLAY, NotifyUrl });
    await apiOf(k).call('SetLiveStreamsNotifyUrlConfig', { DomainName: PUSH, NotifyUrl });
    return k;
  }

  test('is told by its host alone, and left alone', async () => {
    const k = await theirs();
    expect(await install(k)).toEqual([
      {
        what: `record callback of ${PLAY}`,
        state: 'of-others',
        differences: ['it calls another address, at others.example.com'],
      },
      {
        what: `push callback of ${PUSH}`,
        state: 'of-others',
        differences: ['it calls another address, at others.example.com'],
      },
    ]);
    expect(states(await remove(k))).toEqual([
      `record callback of ${PLAY}: of-others`,
      `push callback of ${PUSH}: of-others`,
    ]);
  });

  test('is replaced when asked', async () => {
    const k = await theirs();
    expect((await install(k, true)).map(({ state }) => state)).toEqual(['as-wanted', 'as-wanted']);
  });
});

test('what calls us is removed, once', async () => {
  const k = kit();
  await install(k);
  expect((await remove(k)).map(({ state }) => state)).toEqual(['missing', 'missing']);
  expect((await remove(k)).map(({ state }) => state)).toEqual(['missing', 'missing']);
  expect(k.count('DeleteLiveRecordNotifyConfig')).toBe(1);
});

test('it is signed with the first of several keys', async () => {
  const k = kit({
    account: {
      callbacks: { path: 'canary-path-secret', keys: [KEY, 'older0123456789AB'], domains: { [PLAY]: PUSH } },
    },
  });
  await install(k);
  const sent = k.sent.find(({ op }) => op === 'AddLiveRecordNotifyConfig')!;
  expect(sent.query['NotifyAuthKey']).toBe(KEY);
});

test('a permission that is missing is named', async () => {
  const k = kit();
  k.control('permission', { action: 'live:SetLiveStreamsNotifyUrlConfig' });
  const failure = await k.failure(setup.install(k.context, { ...wish, replace: false }));
  expect(failure).toMatchObject({ code: 'E_VENDOR_AUTH', who: 'you' });
  expect(failure.message).toContain('live:SetLiveStreamsNotifyUrlConfig');
});
