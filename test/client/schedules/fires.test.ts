import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeepRolling, ScheduleRun } from '../../../src/client/index.ts';
import { until } from '../../temporal/world.ts';
import { clientKit, failureOf, NO_SERVER, type ClientKit } from '../kit.ts';
import { clockAt, clockIn, scheduleOf } from './kit.ts';

let kit: ClientKit;
let client: KeepRolling;

beforeAll(async () => {
  kit = await clientKit();
  await kit.startWorker();
  client = await kit.connect();
});
afterAll(async () => {
  for (const { name } of await client.schedules.list()) await client.schedules.delete(name);
  await kit.close();
});

describe('a schedule', { timeout: 60_000 }, () => {
  it('starts its window, and tells what became of it', async () => {
    kit.source(`${kit.world.prefix}news`, true);
    const made = await client.schedules.create(scheduleOf(kit, 'news'), { by: 'me' });
    expect(made).toMatchObject({ name: 'news', joined: true, key: kit.key('news') });
    const held = await until('its launcher', async () => {
      const { runs } = await client.schedules.show('news');
      return runs[0]?.sessionId ? runs[0] : undefined;
    });
    expect(held.state).toMatch(/held|running/);
    const ended = await until('its end', async () => {
      const { runs } = await client.schedules.show('news');
      return runs[0]?.state === 'ended' ? runs[0] : undefined;
    });
    expect(ended).toMatchObject({ outcome: 'completed', sessionId: held.sessionId });
  });

  it('is refused where there is one of its name, and where one is asked for that there is not', async () => {
    const far = scheduleOf(kit, 'far', { at: clockIn(7200), length: '1m' });
    await client.schedules.create(far);
    expect(await failureOf(client.schedules.create(far))).toMatchObject({
      code: 'E_SCHEDULE_EXISTS',
      details: { name: 'far', equal: true },
    });
    const unknown = await failureOf(client.schedules.show('fat'));
    expect(unknown).toMatchObject({ code: 'E_SCHEDULE_UNKNOWN', details: { name: 'fat', near: 'far' } });
    const broken = { ...far, account: 'nobody', schedule: { zone: 'UTC' } };
    const refused = await failureOf(client.schedules.create(broken));
    const where = (refused.details.problems as { where: string }[]).map((one) => one.where);
    expect(where).toEqual(expect.arrayContaining(['account', 'schedule']));
  });

  it('begins nothing while it is paused, joins the open window when resumed, and starts one when asked', async () => {
    kit.source(`${kit.world.prefix}held`, true);
    const name = 'held';
    await client.schedules.create(scheduleOf(kit, name, { at: clockIn(-5), length: '40s', paused: true }));
    const paused = await client.schedules.show(name);
    expect(paused).toMatchObject({ paused: true, runs: [] });
    expect(paused.next[0]?.from).toBe(paused.nextFrom?.replace('.000Z', '+00:00'));

    const resumed = await client.schedules.resume(name, { by: 'me', reason: 'the show goes on' });
    expect(resumed).toMatchObject({ triggered: true });
    const running = await runIn(name, 'running', /^recording/);
    const again = await client.schedules.pause(name, { by: 'me' });
    expect(again.goesOn).toMatchObject([{ sessionId: running.sessionId, state: 'running' }]);
    expect(again.text).toContain('one window that it has started goes on');
    await expect(client.schedules.show(name)).resolves.toMatchObject({ paused: true, note: 'paused by me' });

    const handle = await client.session(running.sessionId!);
    await handle.stop({ by: 'me' });
    expect(await runIn(name, 'ended')).toMatchObject({ outcome: 'completed' });
  });

  it('is deleted without what it has started, unless that is wanted', async () => {
    await client.schedules.create(scheduleOf(kit, 'gone', { at: clockIn(40), length: '1m' }));
    const held = await runIn('gone', 'held');
    const deleted = await client.schedules.delete('gone', { cancel: true, by: 'me' });
    expect(deleted.cancelled).toMatchObject([{ workflowId: held.workflowId }]);
    const launcher = kit.world.client.workflow.getHandle(held.workflowId);
    expect(await launcher.result()).toMatchObject({
      outcome: 'cancelled',
      text: 'cancelled by me before it began',
    });
    expect((await failureOf(client.schedules.show('gone'))).code).toBe('E_SCHEDULE_UNKNOWN');
  });

  it('is paused after a session that failed, where that is wanted', async () => {
    const failing = scheduleOf(
      kit,
      'failing',
      { at: clockIn(2), length: '30s', pauseOnFailure: true },
      { source: { late: 'fail after 1s' } },
    );
    await client.schedules.create(failing);
    const run = await runIn('failing', 'failed');
    expect(run.outcome).toMatch(/^failed/);
    const shown = await until('its pause', async () => {
      const one = await client.schedules.show('failing');
      return one.paused ? one : undefined;
    });
    expect(shown.note).toContain(run.outcome);
  });

  it('hands the target over to the next one, back to back', async () => {
    kit.source(`${kit.world.prefix}programme`, true);
    const begin = Date.now() + 4_000;
    const one = scheduleOf(kit, 'programme', { at: clockAt(begin), length: '7s' }, { name: 'first' });
    const next = scheduleOf(
      kit,
      'programme',
      { at: clockAt(begin + 7_000), length: '6s' },
      { name: 'second' },
    );
    await client.schedules.create(one);
    await client.schedules.create(next);
    const [first, second] = [await runIn('first', 'ended'), await runIn('second', 'ended')];
    expect(first.sessionId).not.toBe(second.sessionId);
    expect([first.outcome, second.outcome]).toEqual(['completed', 'completed']);
    const listed = await client.schedules.list();
    expect(listed.find(({ name }) => name === 'second')?.last).toMatchObject({
      state: 'ended',
      outcome: 'completed',
      sessionId: second.sessionId,
    });
  });

  it('fires in time for each of its windows, by the rule alone', async () => {
    const shown = await client.schedules.show('far');
    const describedBy = await kit.world.client.schedule.getHandle(shown.id).describe();
    const [fires] = describedBy.info.nextActionTimes;
    const early = Date.parse(shown.nextFrom!) - fires!.getTime();
    expect(early).toBeGreaterThanOrEqual(60_000);
    expect(early).toBeLessThanOrEqual(180_000);
    expect(shown.warnings).toEqual([]);
  });

  it('records a window from now on, as long as usual, when it is asked to', async () => {
    kit.source(`${kit.world.prefix}asked`, true);
    await client.schedules.create(scheduleOf(kit, 'asked', { at: clockIn(7200), length: '5s' }));
    const asked = await client.schedules.trigger('asked');
    expect(asked).toMatchObject({ triggered: true, text: expect.stringContaining('from now on') });
    expect(await runIn('asked', 'ended')).toMatchObject({ outcome: 'completed' });
  });

  it('is found by its labels, where the namespace has our attributes, and holds no secret', async () => {
    const labelled = scheduleOf(
      kit,
      'labelled',
      { at: clockIn(7200), length: '1m' },
      { labels: { tier: 'gold' } },
    );
    const { id } = await client.schedules.create(labelled, { by: 'me' });
    const there = await kit.world.client.schedule.getHandle(id).describe();
    expect(there.searchAttributes).toMatchObject({
      KeeprollingAccount: ['account'],
      KeeprollingOwner: ['me'],
      KeeprollingLabels: ['tier=gold'],
    });
    expect(there.memo).toMatchObject({ name: 'labelled', owner: 'me', key: kit.key('labelled') });
    expect(JSON.stringify({ ...there, raw: null })).not.toContain('ome-access-token');
    const offices = await client.schedules.list({ label: 'tier' });
    expect(offices.every(({ labels }) => labels.tier === 'gold')).toBe(true);
  });

  it('tells that it was edited by hand, and an update makes it again what its document says', async () => {
    const far = scheduleOf(kit, 'edited', { at: clockIn(7200), length: '1m' });
    const { id } = await client.schedules.create(far);
    const handle = kit.world.client.schedule.getHandle(id);
    await handle.update((was) => ({ ...was, spec: { calendars: [{ hour: 3 }], timezone: 'UTC' } }));
    expect((await client.schedules.show('edited')).warnings[0]).toContain('edited by hand');
    await client.schedules.update(far);
    expect((await client.schedules.show('edited')).warnings).toEqual([]);
  });
});

describe('schedules without a server', () => {
  it('are previewed by their documents', async () => {
    const { schedules } = await kit.connect({ temporal: NO_SERVER });
    const document = scheduleOf(kit, 'preview', { at: '20:00', length: '1h', zone: 'Europe/Berlin' });
    const windows = await schedules.next(document, { count: 2 });
    expect(windows.map(({ from }) => from.slice(10, 19))).toEqual(['T20:00:00', 'T20:00:00']);
    const broken = schedules.next({ ...document, schedule: { zone: 'UTC' } });
    expect((await failureOf(broken)).code).toBe('E_SPEC_INVALID');
  });

  it('say so soon', async () => {
    const offline = await kit.connect({ temporal: NO_SERVER });
    const { schedules } = offline;
    const at = Date.now();
    for (const call of [schedules.list(), schedules.show('x'), schedules.create(scheduleOf(kit, 'x'))])
      expect((await failureOf(call)).code).toBe('E_SERVER_UNREACHABLE');
    expect(Date.now() - at).toBeLessThan(9_000);
  });
});

async function runIn(name: string, state: string, text = /./): Promise<ScheduleRun> {
  return await until(`${name} ${state}`, async () => {
    const { runs } = await client.schedules.show(name);
    return runs.find((one) => one.state === state && text.test(one.text));
  });
}
