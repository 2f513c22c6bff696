import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertLater, movedWindow, type MoveWish } from '../../src/client/moved.ts';
import { KeepRollingError, type KeepRolling } from '../../src/client/index.ts';
import { windowProblems } from '../../src/contract/specification.ts';
import type { SessionMemo } from '../../src/planning/memo.ts';
import type { LaunchInput } from '../../src/workflows/definitions.ts';
import { specification } from '../cli/kit.ts';
import { until } from '../temporal/world.ts';
import { clientKit, failureOf, inMs, specificationOf, type ClientKit } from './kit.ts';

const HOUR = 3_600_000;

describe('a moved window', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');
  const memo = { name: 'ch-news', specification: specification() } as SessionMemo;

  it('keeps what is left out', () => {
    expect(movedWindow(memo, { from: '2026-11-24T20:00:00.000Z' }, now)).toEqual({
      from: '2026-11-24T20:00:00.000Z',
    });
    // A length counts from the begin, be that the old one.
    expect(movedWindow(memo, { lengthMs: HOUR }, now)).toEqual({ until: '2026-11-24T23:30:00.000Z' });
  });

  it('says what moves the end too, and from when a length counts', () => {
    const refused = (wish: MoveWish): KeepRollingError => {
      try {
        movedWindow(memo, wish, now);
      } catch (error) {
        if (error instanceof KeepRollingError) return error;
      }
      throw new Error('It was expected to be refused.');
    };
    const beyond = refused({ from: '2026-11-26T20:00:00.000Z' });
    expect(beyond.message).toMatch(/found +from 2026-11-26 21:00 to 2026-11-25 04:00 Europe\/Berlin/);
    expect(beyond.message).toMatch(/length \(--length\)/);
    const soon = refused({ until: '2026-11-24T12:00:10.000Z' });
    expect(soon.message).toMatch(/for \(--for\) counts from now/);
  });

  it('is not shortened by extend, also where its end is a longest duration', () => {
    const from = Date.parse('2026-11-24T20:00:00Z');
    const { window } = memo.specification;
    const limited = { ...window, fromMs: from, untilMs: null, limitMs: from + 12 * HOUR };
    const lasts = { ...memo, specification: { ...memo.specification, window: limited } };
    expect(() => assertLater(lasts, { until: '2026-11-24T21:00:00.000Z' })).toThrow(
      /goes on until 2026-11-25T08:00:00.000Z already; extend moves the end only later/,
    );
    expect(() => assertLater(lasts, { until: '2026-11-25T08:00:00.000Z' })).not.toThrow();
    expect(() => assertLater(lasts, { until: '2026-11-25T08:00:01.000Z' })).toThrow(
      /maxDuration ends the window at 2026-11-25T08:00:00.000Z/,
    );
  });

  it('tells of a local time that a clock change has moved', () => {
    const window = { from: '2027-03-28T02:30', until: '2027-03-28T03:15', zone: 'Europe/Berlin' };
    expect(windowProblems(window, now)).toEqual([
      expect.objectContaining({
        where: 'window.until',
        found: '2027-03-28T02:30 to 2027-03-28T03:15',
        problem: expect.stringMatching(/^the window ends before it begins; window\.from .*02:30.*03:30/),
      }),
    ]);
  });

  it.each([
    [{ from: '2026-11-26T20:00:00.000Z' }, 'the window ends before it begins'],
    [{ from: '2026-11-23T20:00:00.000Z', until: '2026-11-23T21:00:00.000Z' }, 'the window ended 15h ago'],
  ])('%j is refused', (wish, problem) => {
    expect(() => movedWindow(memo, wish, now)).toThrow(
      expect.objectContaining({ code: 'E_COMMAND_INVALID', message: expect.stringContaining(problem) }),
    );
  });
});

describe('a session that has not begun', () => {
  let kit: ClientKit;
  let client: KeepRolling;

  beforeAll(async () => {
    kit = await clientKit();
    await kit.startWorker();
    client = await kit.connect();
  });
  afterAll(async () => await kit.close());

  it('tells its window, and what its launcher does', async () => {
    const window = { from: inMs(HOUR), until: inMs(2 * HOUR) };
    const { handle } = await client.start(specificationOf(kit, 'seen', { window }));
    const status = await until('told', async () => {
      const told = await handle.status();
      return told.launch?.text === '' ? undefined : told;
    });
    expect(status).toMatchObject({
      source: 'scheduled',
      launch: { phase: 'scheduled', text: 'waits for its window', window, running: null, schedule: null },
    });
  });

  it('can be moved and extended, and begins when its new window does', async () => {
    const window = { from: inMs(HOUR), until: inMs(2 * HOUR) };
    const { handle } = await client.start(specificationOf(kit, 'moved', { window }));
    const later = { from: inMs(3 * HOUR), until: inMs(4 * HOUR) };
    const moved = await handle.reschedule({ ...later, by: 'desk' });
    expect(moved).toMatchObject({ accepted: true, applied: true, note: null });
    expect(moved.status.launch?.window).toEqual(later);
    expect(Date.parse(moved.status.startAt!)).toBeLessThanOrEqual(Date.parse(later.from));
    expect(Date.parse(moved.status.startAt!)).toBeGreaterThan(Date.parse(window.from));

    const end = inMs(5 * HOUR);
    const extended = await handle.extend({ until: end });
    expect(extended.status.launch?.window).toEqual({ from: later.from, until: end });
    expect((await failureOf(handle.extend({ until: later.until }))).message).toMatch(
      /extend moves the end only later/,
    );
    expect((await failureOf(handle.pause())).message).toMatch(/can only be rescheduled, extended or stopped/);

    await handle.reschedule({ from: new Date(), length: '1h' });
    await until('begun', async () => (await handle.status()).view);
    const late = await failureOf(handle.reschedule({ length: '2h' }));
    expect(late).toMatchObject({ code: 'E_COMMAND_INVALID' });
    expect(late.message).toBe(
      'Session moved has begun: its window cannot be moved any more. extend moves its end.',
    );
  });

  it('is found whatever the id of its launcher, as a schedule gives it', async () => {
    const window = { from: inMs(HOUR), until: inMs(2 * HOUR) };
    const workflowId = `launch/weekly-${kit.world.prefix}2026-11-24T20:00:00Z`;
    const { sessionId } = await client.start(specificationOf(kit, 'template', { window }));
    const given = await kit.world.client.workflow.getHandle(`launch/${sessionId}`).describe();
    await kit.world.client.workflow.start('launch', {
      workflowId,
      taskQueue: given.taskQueue,
      args: [
        {
          specification: specificationOf(kit, 'weekly', { window }),
          installation: 'test01',
        } satisfies LaunchInput,
      ],
    });
    const handle = await until('found', async () => await client.session('weekly').catch(() => undefined));
    expect((await handle.status()).launch?.window).toEqual(window);
    const moved = await handle.reschedule({ length: '30m' });
    expect(moved.applied).toBe(true);
    expect(moved.status.launch?.window.until).toBe(
      new Date(Date.parse(window.from) + HOUR / 2).toISOString(),
    );
    expect(await handle.stop()).toMatchObject({ status: { ended: true, result: { outcome: 'cancelled' } } });
    expect(await handle.result()).toMatchObject({ sessionId: handle.sessionId, outcome: 'cancelled' });
    const listed = await until('listed', async () =>
      (await client.list({ state: 'closed' })).find((one) => one.name === 'weekly'),
    );
    expect(listed.outcome).toBe('cancelled');
  });

  it('stays where it is when the new window is wrong', async () => {
    const window = { from: inMs(HOUR), until: inMs(2 * HOUR) };
    const { handle } = await client.start(specificationOf(kit, 'stays', { window }));
    const wrong = await failureOf(handle.reschedule({ from: inMs(3 * HOUR) }));
    expect(wrong).toMatchObject({
      code: 'E_COMMAND_INVALID',
      details: { problems: [{ where: 'window.until', problem: 'the window ends before it begins' }] },
    });
    for (const nonsense of [{}, { until: 'soon' }, { length: '1h', for: '1h' }, { length: '0s' }])
      expect((await failureOf(handle.reschedule(nonsense))).code).toBe('E_COMMAND_INVALID');
    expect((await handle.status()).launch?.window).toEqual(window);
  });

  it('is moved by a signal where no worker answers', async () => {
    const alone = await clientKit();
    try {
      const lonely = await alone.connect();
      const window = { from: inMs(HOUR), until: inMs(2 * HOUR) };
      const { handle } = await lonely.start(specificationOf(alone, 'lonely', { window }));
      const later = { from: inMs(3 * HOUR), until: inMs(4 * HOUR) };
      expect(await handle.reschedule(later)).toMatchObject({
        accepted: true,
        applied: false,
        note: 'accepted, not applied: no worker',
        status: { source: 'scheduled', launch: { window } },
      });
      await alone.startWorker();
      await until('moved', async () => (await handle.status()).launch?.window.from === later.from);
    } finally {
      await alone.close();
    }
  });
});
