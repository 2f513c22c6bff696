import { describe, expect, it } from 'vitest';
import { naverRecorder } from '../../../src/recorders/naver/adapter.ts';
import type { Check } from '../../../src/recorders/recorder.ts';
import { AUTO, CHANNEL, kit, type Kit, type KitOptions, MINUTE } from './kit.ts';

async function check(k: Kit, withSubject = true): Promise<Check[]> {
  return await k.hear(naverRecorder.check(k.context, withSubject ? k.subject : undefined));
}

/** The gateway or the service says this to everything. */
function says(k: Kit, status: number, code: number | string): void {
  const body = JSON.stringify({ error: { errorCode: code, message: 'no' } });
  k.answers = () => ({ kind: 'response', response: { status, headers: {}, body }, delayMs: 0 });
}

describe('doctor', () => {
  it('finds key, region, clock and channel good, and names the permissions', async () => {
    const lines = await check(kit());
    expect(lines.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(lines[0]!.detail).toContain('region KR, 2 channels');
    expect(lines[1]!.detail).toContain('NCP_LIVE_STATION_VIEWER');
    expect(lines[1]!.detail).toContain('NCP_LIVE_STATION_MANAGER');
    expect(lines[2]).toMatchObject({ what: `channel ${CHANNEL}`, ok: true });
    expect(lines[2]!.detail).toContain('uploaded to bucket recordings');
  });

  it('writes nothing', async () => {
    const k = kit();
    await check(k);
    expect(new Set(k.sent.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  it.each<[string, KitOptions]>([
    ['a wrong secret', { account: { secretKey: 'another' } }],
    ['a wrong key', { account: { accessKey: 'another' } }],
  ])('says what to do about %s', async (_what, options) => {
    const [line, ...others] = await check(kit(options));
    expect(line).toMatchObject({ ok: false, remedy: expect.stringContaining('accessKey and secretKey') });
    expect(others).toEqual([]);
  });

  it('says what to do about a clock that is off', async () => {
    const k = kit();
    const context = { ...k.context, now: () => k.clock.now() + 6 * MINUTE };
    const [line] = await naverRecorder.check(context, k.subject);
    expect(line!.remedy).toContain('less than 5 minutes off');
  });

  it('finds the finance zone under its own prefix, and says what to do about a wrong region', async () => {
    const fin = kit({ zone: 'fin', account: { regionCode: 'FKR' } });
    expect((await check(fin))[0]).toMatchObject({ ok: true });
    expect(fin.sent[0]!.path).toMatch(/^\/api\/fin-v2\/channels\?/);
    const [line] = await check(kit({ zone: 'fin' }));
    expect(line!.remedy).toContain('regionCode');
  });

  it.each([
    [400, 250_019, 'regionCode'],
    [400, 250_020, 'regionCode'],
    [403, 250_010, 'NCP_LIVE_STATION_MANAGER'],
    [401, '210', 'NCP_LIVE_STATION_VIEWER'],
    [429, '400', 'others who call'],
    [500, 250_016, 'status page'],
  ])('says what to do about %d with code %s', async (status, code, words) => {
    const k = kit();
    says(k, status, code);
    const [line] = await check(k);
    expect(line).toMatchObject({ ok: false });
    expect(line!.remedy).toContain(words);
  });

  it('says that a channel does not exist, or cannot do what is asked', async () => {
    expect((await check(kit({ channels: [] }))).at(-1)).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('target.channel'),
    });
    const other = kit({ settings: { record: { ...AUTO, bucketName: 'theirs' } } });
    expect((await check(other)).at(-1)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('theirs'),
    });
    const immediate = kit({ settings: { immediateOnAir: true } });
    expect((await check(immediate)).at(-1)!.detail).toContain('immediateOnAir');
  });

  it('says what it can without a specification', async () => {
    expect(await check(kit(), false)).toHaveLength(2);
  });
});
