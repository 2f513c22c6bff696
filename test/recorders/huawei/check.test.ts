/** What `keeprolling doctor` says of an account. */
import { describe, expect, it } from 'vitest';
import { huaweiRecorder } from '../../../src/recorders/huawei/adapter.ts';
import { CALLBACK_KEY, DOMAIN, kit } from './kit.ts';

const CALLBACKS = { path: 'canary-path-0123456', keys: CALLBACK_KEY, domains: [DOMAIN] };

describe('the check of an account', () => {
  it('reads rules, streams and callbacks, and changes nothing', async () => {
    const k = kit({ account: { callbacks: CALLBACKS } });
    const lines = await huaweiRecorder.check(k.context);
    k.told.push(lines);
    expect(lines.map(({ what, ok }) => `${what}: ${ok}`)).toEqual([
      'recording rules can be read: true',
      'streams can be seen: true',
      'record callbacks can be read: true',
      'stream notifications can be read: true',
      'what cannot be tried without changing anything: true',
    ]);
    expect(k.sent.every(({ line }) => line.startsWith('GET'))).toBe(true);
  });

  it('names every permission that a session needs', async () => {
    const k = kit({ account: { callbacks: CALLBACKS } });
    const text = JSON.stringify(await huaweiRecorder.check(k.context));
    for (const action of [
      'live:record:createCommand',
      'live:record:createRule',
      'live:record:listRules',
      'live:record:deleteRule',
      'live:stream:listLiveStreamsOnline',
      'live:record:listCallbacks',
      'live:domain:getStreamNotifications',
    ])
      expect(text).toContain(action);
  });

  it.each(['gateway', 'service'] as const)(
    'says which permission is missing, refused by the %s',
    async (deniedBy) => {
      const k = kit({ unknowns: { deniedBy } });
      k.control('permissions', { deny: ['live:stream:listLiveStreamsOnline'] });
      const lines = await huaweiRecorder.check(k.context, k.subject);
      k.told.push(lines);
      expect(lines.map(({ ok }) => ok)).toEqual([true, false, true]);
      expect(lines[1]?.remedy).toContain('live:stream:listLiveStreamsOnline');
    },
  );

  it('says that it cannot be reached', async () => {
    const k = kit();
    k.control('restart', { downMs: 60_000 });
    const [line] = await huaweiRecorder.check(k.context);
    expect(line).toMatchObject({ ok: false });
    expect(line?.remedy).toContain('reach the Internet');
  });
});
