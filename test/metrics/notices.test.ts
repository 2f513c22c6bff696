import { MockAgent } from 'undici';
import { afterEach, expect, it } from 'vitest';
import { deliverNotices } from '../../src/activities/deliver.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import type { Notice, NoticeSubject } from '../../src/session/notices.ts';
import { valueOf } from './kit.ts';

const START = Date.parse('2026-11-24T20:00:00Z');
const HOST = 'https://hooks.example.com';
const agent = new MockAgent();
agent.disableNetConnect();
afterEach(() => agent.assertNoPendingInterceptors());

const subject: NoticeSubject = {
  id: 'session',
  type: 'session',
  source: '/keeprolling/test01/x',
  about: { name: 'cam1', key: 'x', account: 'studio', owner: null, labels: {} },
};
const notices: Notice[] = [1, 2].map((sequence) => ({
  sequence,
  at: START + sequence * 1000,
  kind: 'phase',
  text: 'recording',
}));

it('a notification that is not taken tells its age until it is', async () => {
  let now = START + 61_000;
  const metrics = createMetrics(() => now);
  const keys = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  const receivers = { ops: { url: `${HOST}/hook`, keys } };
  const settings = settingsOf({ receivers }, null, '/', new Map(), {});
  const turn = async (): Promise<unknown> =>
    await deliverNotices(
      {
        settings,
        dispatcher: agent,
        metrics,
        memory: null,
        first: true,
        now: () => now,
        remember: () => undefined,
      },
      { receiver: 'ops', subject, notices, missed: 0, failures: 0 },
    );
  const answers = (status: number, times: number): void =>
    void agent.get(HOST).intercept({ path: '/hook', method: 'POST' }).reply(status).times(times);
  const value = async (name: string, labels: Record<string, string>): Promise<number | undefined> =>
    valueOf(await metrics.text(), `keeprolling_${name}`, labels);

  answers(503, 1);
  await turn();
  now += 9_000;
  expect(await value('notification_oldest_unsent_age_seconds', { receiver: 'ops' })).toBe(69);
  answers(204, 2);
  await turn();
  expect(await value('notification_oldest_unsent_age_seconds', { receiver: 'ops' })).toBeUndefined();
  expect(await value('notifications_total', { receiver: 'ops', result: 'ok' })).toBe(2);
  expect(await value('notifications_total', { receiver: 'ops', result: 'failed' })).toBe(1);
});
