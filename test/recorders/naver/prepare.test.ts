import { describe, expect, it } from 'vitest';
import { naverRecorder } from '../../../src/recorders/naver/adapter.ts';
import { AUTO, CHANNEL, failureFrom, kit, MANUAL, type KitOptions } from './kit.ts';

const POLICY = { foreign: 'refuse', account: 'ensure', repush: 'never', made: 'keep' } as const;

describe('the look ahead', () => {
  it.each<[KitOptions, string]>([
    [{ settings: { record: MANUAL } }, 'files are uploaded to bucket recordings when they are ready'],
    [
      { settings: { record: MANUAL }, bucket: null },
      'it keeps files for 3 days, and no destination is named',
    ],
    [{ settings: { record: AUTO } }, 'it uploads to bucket recordings by itself'],
    [{ settings: { record: AUTO }, bucket: null }, 'it uploads to bucket recordings by itself'],
  ])('says where files will be, and changes nothing: %#', async (options, words) => {
    const k = kit(options);
    const prepared = await k.prepare();
    expect(prepared).toMatchObject({ made: [], requestId: expect.stringMatching(/\S{20}/) });
    expect(prepared.found).toContain(`channel ${CHANNEL} is READY`);
    expect(prepared.found).toContain(words);
    expect(k.sent.map(({ method }) => method)).toEqual(['GET']);
  });

  it.each<[string, KitOptions, string]>([
    [
      'cannot record',
      { settings: { record: { type: 'NO_RECORD', format: 'ALL' } } },
      'its record type is NO_RECORD',
    ],
    ['records by itself', { settings: { immediateOnAir: true } }, 'immediateOnAir'],
    [
      'uploads elsewhere',
      { settings: { record: { ...AUTO, bucketName: 'theirs' } } },
      'uploads to bucket theirs by itself (AUTO_UPLOAD), and destination naver-archive is bucket recordings',
    ],
  ])('refuses a channel that %s', async (_what, options, words) => {
    const k = kit(options);
    const failure = await failureFrom(k.prepare());
    expect(failure).toMatchObject({ code: 'E_ACCOUNT_UNREADY', who: 'you', retry: 'never', applied: 'no' });
    expect(failure.cause).toBe('vendor-rule');
    expect(failure.message).toContain(words);
  });

  it('lets a channel pass that records by itself, where that is to be adopted', async () => {
    const k = kit({ settings: { immediateOnAir: true } });
    expect((await k.prepare({ foreign: 'adopt' })).made).toEqual([]);
  });

  it('waits for a channel that does not exist yet', async () => {
    const k = kit({ channels: [] });
    expect(await failureFrom(k.prepare())).toMatchObject({
      code: 'E_ACCOUNT_UNREADY',
      who: 'you',
      retry: 'later',
      cause: 'vendor-rule',
    });
  });

  it.each([
    ['BLOCK', 'Lift that in the console'],
    ['FORCE_BLOCK', 'Ask NAVER Cloud'],
  ])('says of a channel that is suspended (%s) what to do, ahead and in a plan', async (status, words) => {
    const k = kit();
    if (status === 'BLOCK') await k.api().turnOff(CHANNEL);
    else k.control('block');
    const planned = naverRecorder.plan!(k.context, { ...k.subject, policy: POLICY });
    for (const failure of [await failureFrom(k.prepare()), await failureFrom(planned)]) {
      expect(failure).toMatchObject({
        code: 'E_ACCOUNT_UNREADY',
        who: 'you',
        retry: 'later',
        applied: 'no',
        cause: 'vendor-rule',
      });
      expect(failure.message).toContain(status);
      expect(failure.message).toContain(words);
    }
  });

  it('plans no change of the account, and fails as it would fail', async () => {
    const good = kit();
    expect(await naverRecorder.plan!(good.context, { ...good.subject, policy: POLICY })).toEqual([]);
    const bad = kit({ settings: { immediateOnAir: true } });
    const failure = await failureFrom(naverRecorder.plan!(bad.context, { ...bad.subject, policy: POLICY }));
    expect(failure.code).toBe('E_ACCOUNT_UNREADY');
  });
});
