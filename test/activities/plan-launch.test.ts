/** Which session a firing of a schedule becomes. */
import { describe, expect, it } from 'vitest';
import { rememberRequest } from '../../src/archive/requests.ts';
import { outcomeIn, planLaunch, type EndedAs } from '../../src/activities/plan-launch.ts';
import type { PlanLaunchInput } from '../../src/activities/wire.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { memoryArchive } from '../driver/memory-archive.ts';

const settings = settingsOf(
  {
    installation: 'test01',
    accounts: { studio: { vendor: 'ome', url: 'http://127.0.0.1:1', accessToken: 'unused' } },
  },
  null,
  '/',
  VENDORS,
  {},
);

const specification = {
  name: 'news',
  account: 'studio',
  target: { vhost: 'default', app: 'app', stream: 'cam1' },
  window: { padding: { before: '2m', after: '5m' } },
  schedule: { at: '20:00', until: '21:00', zone: 'UTC' },
};
const FIRED = Date.parse('2026-11-24T19:56:00Z');
const FROM = '2026-11-24T20:00:00.000Z';

function firing() {
  const archive = memoryArchive();
  const fire = async (more: { firedAt?: number; at?: number; endedAs?: EndedAs } = {}) => {
    const { firedAt = FIRED, at = firedAt, endedAs = () => Promise.resolve(null) } = more;
    const answer = await planLaunch({ settings, registry: VENDORS }, archive, endedAs, {
      specification,
      installation: null,
      sessionId: null,
      requestId: null,
      at,
      searchAttributes: false,
      schedule: { id: 'keeprolling/test01/news', firedAt },
      moved: null,
    });
    if ('nothing' in answer) return answer;
    const { recording, key, memo } = answer.plan;
    const { requestId, sessionId } = recording;
    const { specificationHash } = memo as { specificationHash: string };
    await rememberRequest(archive, { requestId: requestId!, sessionId, key, specificationHash });
    return answer.plan;
  };
  return fire;
}

const ended =
  (outcome: string): EndedAs =>
  () =>
    Promise.resolve(outcome);

describe('a firing', () => {
  it('is the window that begins some minutes later, by absolute instants', async () => {
    expect(await firing()()).toMatchObject({
      name: 'news',
      startAt: Date.parse('2026-11-24T19:57:55Z'),
      neighbour: { fromMs: Date.parse(FROM), busy: 'queue' },
      recording: { requestId: `schedule/keeprolling/test01/news/${FROM}` },
    });
  });

  it('for a window that has its session is for nothing', async () => {
    const fire = firing();
    const first = await fire();
    expect(await fire({ endedAs: ended('completed') })).toMatchObject({ outcome: 'own' });
    expect(await fire({ firedAt: FIRED + 25 * 60_000 })).toMatchObject({ outcome: 'own' });
    expect(first).toMatchObject({ name: 'news' });
  });

  it('begins a session again that has failed, and one that was ended only when somebody asks for it', async () => {
    const fire = firing();
    const [first, second] = [await fire(), await fire({ endedAs: ended('failed') })];
    expect(second).toMatchObject({ recording: { requestId: expect.stringMatching(/#2$/) } });
    const asked = FIRED + 25 * 60_000 + 7_000;
    const third = await fire({ firedAt: asked, endedAs: ended('completed') });
    expect(third).toMatchObject({ neighbour: { fromMs: Date.parse(FROM) } });
    const ids = [first, second, third].map((one) => 'recording' in one && one.recording.sessionId);
    expect(new Set(ids).size).toBe(3);
  });

  it('that comes when its window is over misses it', async () => {
    const after = Date.parse('2026-11-24T21:05:00Z');
    expect(await firing()({ at: after - 1_000 })).toMatchObject({ name: 'news' });
    expect(await firing()({ at: after })).toMatchObject({ outcome: 'missed' });
  });
});

it('keeps what a request asked for at first, however often its window is moved', async () => {
  const { schedule: _schedule, ...once } = specification;
  const planned = async (document: unknown, more: Partial<PlanLaunchInput> = {}) => {
    const answer = await planLaunch({ settings, registry: VENDORS }, null, ended('completed'), {
      specification: document,
      installation: null,
      sessionId: null,
      requestId: 'booking-1',
      at: FIRED,
      searchAttributes: false,
      schedule: null,
      moved: null,
      ...more,
    });
    if (!('plan' in answer)) throw new Error(`It was expected to be planned: ${answer.nothing}`);
    return answer.plan;
  };
  const first = await planned({ ...once, window: { from: FROM, length: '1h' } });
  const asked = first.memo.specificationHash;
  expect(first.memo.requestHash).toBeUndefined();
  const moved = { moved: { from: '2026-11-25T20:00:00.000Z', until: '2026-11-25T21:00:00.000Z' } };
  const second = await planned(first.recording.specification, { ...first.recording, ...moved });
  expect(second.memo.specificationHash).not.toBe(asked);
  expect(second).toMatchObject({ memo: { requestHash: asked }, recording: { requestHash: asked } });
  const third = await planned(second.recording.specification, {
    ...second.recording,
    moved: { until: '2026-11-25T22:00:00.000Z' },
  });
  expect(third).toMatchObject({ memo: { requestHash: asked }, recording: { requestHash: asked } });
});

it('a session that goes on, or that another one hides, has not ended; one that said no last word has failed', async () => {
  const plan = await firing()();
  if (!('memo' in plan)) throw new Error('It was expected to be planned.');
  const { sessionId } = plan.recording;
  const known = plan.memo.lastKnown as object;
  const told = (name: string, outcome: string | null = null, id = sessionId): string | null =>
    outcomeIn({ status: { name }, memo: { ...plan.memo, lastKnown: { ...known, outcome } } }, id);
  expect(told('RUNNING')).toBeNull();
  expect(told('PAUSED')).toBeNull();
  expect(told('COMPLETED', 'cancelled')).toBe('cancelled');
  expect(told('COMPLETED', 'cancelled', 'another')).toBeNull();
  expect(told('TERMINATED')).toBe('failed');
  expect(told('FAILED')).toBe('failed');
});

it('refuses a session id that is none before the launcher waits for its window', async () => {
  const { schedule: _schedule, ...once } = specification;
  const planned = planLaunch({ settings, registry: VENDORS }, null, ended('completed'), {
    specification: { ...once, window: { from: 'now', length: '1h' } },
    installation: null,
    sessionId: '../../elsewhere',
    requestId: null,
    at: FIRED,
    searchAttributes: false,
    schedule: null,
    moved: null,
  });
  await expect(planned).rejects.toThrow(/sessionId must be a ULID/);
});
