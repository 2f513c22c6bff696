/** One life of a recording in every position of what Huawei's pages leave open. */
import { describe, expect, it } from 'vitest';
import type { HuaweiUnknowns } from '../../../src/emulators/index.ts';
import { huaweiCallbacks } from '../../../src/recorders/huawei/callbacks.ts';
import { huaweiRecorder } from '../../../src/recorders/huawei/adapter.ts';
import { CALLBACK_KEY, DOMAIN, kit, MINUTE, SECOND } from './kit.ts';

const OTHER_POSITIONS: Partial<HuaweiUnknowns>[] = [
  {},
  { offlineStatus: 404 },
  { noRuleStatus: 404 },
  { tooSoonCode: 'LIVE.100011001' },
  { mergeZero: 'goes-on' },
  { stopWhileAway: 'refused' },
  { overAfterStop: false },
  { throttledStatus: 403 },
  { deniedBy: 'service' },
  { endedKeysCode: 'APIGW.0307' },
  { callbackRetries: 'some' },
  { callbackOrder: 'reversed' },
  { authTimestamp: 'string' },
  { duplicateRuleCode: 'LIVE.100011001' },
  { missingStatus: 400 },
  { ruleEcho: 'as-written' },
  { sameLevel: 'domain' },
  { cycleZero: 'whole-stream' },
  { cycleBounds: 'terraform' },
  { contents: 'absent' },
  { callbackConfigs: 'app' },
  { fileFields: 'always' },
  { notificationKey: 'hidden' },
];

const ADDRESS = 'https://hooks.example.com/callbacks/canary-path-0123456';

describe.each(OTHER_POSITIONS)('with %j', (unknowns) => {
  it('a recording is prepared, started, asked about, stopped and cleared away', async () => {
    const k = kit({
      unknowns,
      options: { record_format: ['HLS', 'FLV', 'MP4'] },
      account: { callbacks: { path: 'canary-path-0123456', keys: CALLBACK_KEY } },
    });
    const wish = { address: ADDRESS, domains: [DOMAIN] };
    const installed = await huaweiCallbacks.setup!.install(k.context, { ...wish, replace: false });
    expect(installed.map(({ state }) => state)).toEqual(['as-wanted', 'as-wanted']);
    expect(await k.failure(k.start())).toMatchObject({ who: 'source' });
    const { made } = await k.prepare();
    k.clock.advance(SECOND);
    k.push();
    k.clock.advance(SECOND);
    const started = await k.start();
    const take = k.take(started);
    k.clock.advance(MINUTE);
    const { memory } = await k.see(take);
    k.unpush();
    k.clock.advance(20 * SECOND);
    expect((await k.see(take, memory)).seen.actual).toBe('armed');
    k.push();
    k.clock.advance(5 * SECOND);
    expect((await k.see(take, memory)).seen.actual).toBe('unsure');
    const asserted = await k.assert(take);
    expect(asserted.goesOn).toBe(true);
    expect(await k.stop({ ...take, handle: asserted.handle })).toMatchObject({ how: 'stopped' });
    expect(k.live()).toEqual([]);
    await huaweiRecorder.release!(k.context, k.subject, made);
    expect(k.control('rules')).toEqual([]);
    const removed = await huaweiCallbacks.setup!.remove(k.context, wish);
    expect(removed.map(({ state }) => state)).toEqual(['missing', 'missing']);
  });

  it('what is called back is read, and nothing of it twice', async () => {
    const k = kit({
      unknowns,
      callbacks: { url: ADDRESS, key: CALLBACK_KEY },
      account: { callbacks: { path: 'canary-path-0123456', keys: CALLBACK_KEY } },
    });
    const take = await k.recording();
    k.clock.advance(5 * MINUTE);
    await k.stop(take);
    k.unpush();
    k.clock.advance(MINUTE);
    const readings = k.emulator.callbacks!.due(k.clock.now()).map(({ body }) =>
      huaweiCallbacks.read(k.account, {
        method: 'POST',
        headers: {},
        body: Buffer.from(body),
        receivedAt: k.clock.now(),
      }),
    );
    expect(readings.map(({ verdict }) => verdict)).not.toContain('forged');
    const ids = readings.flatMap((one) =>
      one.verdict === 'genuine' ? one.news.map(({ event }) => event.id) : [],
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(4);
  });
});
