/** Sessions and schedules of a folder: made, left, moved, replaced, taken away. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionStep } from '../../../src/client/apply/sessions.ts';
import { listSessions, OUR_TYPES } from '../../../src/client/find.ts';
import type { Applied, AppliedDocument, ApplyOptions, KeepRolling } from '../../../src/client/index.ts';
import { open } from '../../../src/client/open.ts';
import { prepare } from '../../../src/planning/prepare.ts';
import { VENDORS } from '../../../src/recorders/registry.ts';
import { until } from '../../temporal/world.ts';
import { clientKit, inMs, specificationOf, type ClientKit } from '../kit.ts';
import { clockIn, scheduleOf } from '../schedules/kit.ts';

let kit: ClientKit;
let client: KeepRolling;

beforeAll(async () => {
  kit = await clientKit();
  await kit.startWorker();
  client = await kit.connect();
});
afterAll(async () => {
  await client.apply([], { prune: true });
  await kit.close();
});

async function applied(documents: unknown[], options: ApplyOptions = {}): Promise<Applied> {
  const labelled = documents.map((document, i): AppliedDocument => ({ label: `${i + 1}.yaml`, document }));
  const done = await client.apply(labelled, { by: 'me', ...options });
  expect(done.outcomes.filter(({ error }) => error !== null)).toEqual([]);
  return done;
}

async function actionOf(document: unknown, options: ApplyOptions = {}): Promise<string> {
  const { outcomes } = await applied([document], options);
  return outcomes.map(({ action }) => action).join();
}

/** The list lags by about a second. */
async function settled(name: string): Promise<void> {
  await until(`${name} in the list`, async () => (await client.list()).some((one) => one.name === name));
}

const windowIn = (fromMs: number, untilMs: number): { window: { from: string; until: string } } => ({
  window: { from: inMs(fromMs), until: inMs(untilMs) },
});

describe('a session that is applied', { timeout: 60_000 }, () => {
  it('is started once, also where it has ended', async () => {
    const document = specificationOf(kit, 'once', { window: { from: 'now', length: '1h' } });
    expect(await actionOf(document, { plan: true })).toBe('create');
    expect(await actionOf(document)).toBe('create');
    expect(await actionOf(document)).toBe('unchanged');
    await settled('once');
    const handle = await client.session('once');
    await handle.stop({ by: 'me', all: true });
    await handle.result();
    expect(await actionOf(document)).toBe('unchanged');
    expect(await actionOf(document, { plan: true })).toBe('unchanged');
  });

  it('is moved with its document before it begins, and replaced where more has changed', async () => {
    const document = specificationOf(kit, 'held', windowIn(3_600_000, 7_200_000));
    expect(await actionOf(document)).toBe('create');
    await settled('held');
    const moved = { ...document, ...windowIn(5_400_000, 9_000_000) };
    expect(await actionOf(moved, { plan: true })).toBe('reschedule');
    expect(await actionOf(moved)).toBe('reschedule');
    const status = await (await client.session('held')).status();
    expect(Date.parse(status.startAt!)).toBeGreaterThan(Date.now() + 5_000_000);
    await until('unchanged', async () => (await actionOf(moved, { plan: true })) === 'unchanged');
    const other = { ...moved, policy: { busy: 'skip' } };
    expect(await actionOf(other)).toBe('replace');
    await until('unchanged', async () => (await actionOf(other, { plan: true })) === 'unchanged');
  });

  it('is held again where its document goes back to what it was, or is put back', async () => {
    const first = specificationOf(kit, 'back', windowIn(3_600_000, 7_200_000));
    const second = { ...first, policy: { busy: 'skip' } as const };
    const isHeld = async (document: unknown): Promise<void> => {
      await until('unchanged', async () => {
        const { outcomes } = await applied([document], { plan: true });
        return outcomes[0]!.text === 'its window has not begun';
      });
      expect(await (await client.session('back')).status()).toMatchObject({ source: 'scheduled' });
    };
    expect(await actionOf(first)).toBe('create');
    await isHeld(first);
    for (const document of [second, first, second, first]) {
      expect(await actionOf(document)).toBe('replace');
      await isHeld(document);
    }
    await applied([], { prune: true });
    await until('it is listed as taken away', async () => {
      const of = (await client.list()).filter(({ name }) => name === 'back');
      return of.every(({ closed }) => closed);
    });
    expect(await actionOf(first, { plan: true })).toBe('create');
    expect(await actionOf(first)).toBe('create');
    await isHeld(first);
    // What somebody has stopped is not begun again.
    await (await client.session('back')).stop({ by: 'me' });
    await until('stopped', async () => (await applied([first])).outcomes[0]!.text === 'it has ended');
  });

  it('is a conflict where its session was moved, and has ended in that other window', async () => {
    const document = specificationOf(kit, 'away', windowIn(3_600_000, 7_200_000));
    expect(await actionOf(document)).toBe('create');
    await settled('away');
    const handle = await client.session('away');
    await handle.reschedule({ from: new Date(), length: '10m' });
    await until('begun', async () => (await handle.status()).view);
    await handle.stop({ by: 'me' });
    await handle.result();
    const error = await until('told', async () => {
      const { outcomes } = await client.apply([{ label: '1.yaml', document }], { by: 'me' });
      return outcomes[0]!.error;
    });
    expect(error!.code).toBe('E_REQUEST_CONFLICT');
    expect(error!.message).toContain('was moved to another window: your window begins');
  });

  it('is not stopped in order to be replaced, where it has begun meanwhile', async () => {
    const opened = await open({ settings: kit.world.settings, registry: VENDORS, env: {} });
    const { context } = opened;
    try {
      const before = specificationOf(kit, 'begins', windowIn(16_000, 3_600_000));
      expect(await actionOf(before)).toBe('create');
      const held = await until('it is listed', async () => {
        const found = await listSessions(context, OUR_TYPES, 1000);
        return found.find(({ memo }) => memo.name === 'begins');
      });
      expect(held).toMatchObject({ kind: 'launch', open: true });
      const document = { ...before, policy: { busy: 'skip' } };
      const prepared = prepare(context, document, {}, Date.now());
      const step = await sessionStep(context, { document, prepared, over: false, plan: false }, [held]);
      expect(step.action).toBe('replace');
      const handle = await client.session('begins');
      await until('it has begun', async () => (await handle.status()).source === 'live');
      await expect(step.run!()).rejects.toMatchObject({ code: 'E_COMMAND_INVALID' });
      expect(await handle.status()).toMatchObject({ ended: false });
    } finally {
      await opened.close();
    }
  });

  it('is extended while it runs; what else has changed is a conflict that is named', async () => {
    const begin = inMs(0);
    const document = specificationOf(kit, 'runs', { window: { from: begin, until: inMs(600_000) } });
    expect(await actionOf(document)).toBe('create');
    await settled('runs');
    const longer = { ...document, window: { from: begin, until: inMs(900_000) } };
    expect(await actionOf(longer)).toBe('extend');
    await until('unchanged', async () => (await actionOf(longer, { plan: true })) === 'unchanged');
    const { outcomes } = await applied([{ ...longer, options: { interval: 60_000 } }]);
    expect(outcomes).toMatchObject([{ action: 'conflict', done: false }]);
    expect(outcomes[0]!.text).toContain(
      'it cannot be changed while it records: your options.interval is 60000',
    );
  });

  it('whose window has passed is left alone', async () => {
    const past = specificationOf(kit, 'past', windowIn(-7_200_000, -3_600_000));
    const { outcomes } = await applied([past]);
    expect(outcomes).toMatchObject([{ action: 'unchanged', text: 'its window has passed' }]);
  });

  it('is stopped by prune, and what apply has not made is not', async () => {
    const own = specificationOf(kit, 'own');
    await client.start(specificationOf(kit, 'others'));
    await applied([own]);
    await settled('own');
    await settled('others');
    const { outcomes } = await applied([], { prune: true, plan: true });
    expect(outcomes).toContainEqual(
      expect.objectContaining({ name: 'own', action: 'prune', text: 'IT RUNS, AND IS STOPPED', done: false }),
    );
    expect(outcomes.map(({ name }) => name)).not.toContain('others');
    const handle = await client.session('own');
    await applied([], { prune: true });
    expect((await handle.status()).ended).toBe(true);
    await (await client.session('others')).stop({ all: true });
  });
});

describe('a schedule that is applied', { timeout: 60_000 }, () => {
  it('has the window replaced that it holds, when its document changes', async () => {
    const document = scheduleOf(kit, 'news', { at: clockIn(50), length: '1m' });
    expect(await actionOf(document)).toBe('create');
    await until('its launcher', async () => {
      const { runs } = await client.schedules.show('news');
      return runs.some(({ state, sessionId }) => state === 'held' && sessionId !== null);
    });
    const changed = { ...document, policy: { busy: 'extend' } };
    const { outcomes } = await applied([changed]);
    expect(outcomes).toMatchObject([
      { action: 'update', text: expect.stringContaining('the one that was held') },
    ]);
    const shown = await until('the other launcher', async () => {
      const one = await client.schedules.show('news');
      return one.runs.some(({ state, sessionId }) => state === 'held' && sessionId !== null) && one;
    });
    // One window, though two launchers had it; the one that has it now goes by the document as it is.
    expect(shown.runs).toHaveLength(1);
    const launcher = kit.world.client.workflow.getHandle(shown.runs[0]!.workflowId);
    expect(await launcher.describe()).toMatchObject({
      status: { name: 'RUNNING' },
      memo: { scheduleHash: shown.hash },
    });
    expect(await actionOf(changed)).toBe('unchanged');
  });

  it('comes no more where its document ends it, and is left alone then', async () => {
    const document = scheduleOf(kit, 'ends', { at: clockIn(7200), length: '1m' });
    expect(await actionOf(document)).toBe('create');
    const { schedule } = document;
    const ended = { ...document, schedule: { ...schedule, ends: inMs(-2 * 86_400_000).slice(0, 10) } };
    expect((await applied([ended], { plan: true })).outcomes).toMatchObject([
      { action: 'update', text: expect.stringContaining('no window of it is to come any more') },
    ]);
    expect((await applied([ended])).outcomes).toMatchObject([
      { action: 'update', text: 'changed; no window of it is to come any more' },
    ]);
    const { info } = await kit.world.client.schedule
      .getHandle((await client.schedules.show('ends')).id)
      .describe();
    expect(info.nextActionTimes).toEqual([]);
    expect(await actionOf(ended)).toBe('unchanged');
    // It is made to come again as any other.
    expect(await actionOf(document)).toBe('update');
    expect((await client.schedules.show('ends')).next.length).toBeGreaterThan(0);
  });

  it('is paused by nobody but who pauses it', async () => {
    const document = scheduleOf(kit, 'paused', { at: clockIn(7200), length: '1m' });
    await applied([document]);
    await client.schedules.pause('paused', { by: 'me' });
    expect(await actionOf({ ...document, labels: { tier: 'gold' } })).toBe('update');
    expect(await client.schedules.show('paused')).toMatchObject({ paused: true, labels: { tier: 'gold' } });
    // A list tells what it is now, and not what it was made as.
    const [listed] = await until('the list', async () => {
      const found = await client.schedules.list({ label: 'tier=gold' });
      return found.length > 0 && found;
    });
    expect(listed).toMatchObject({ name: 'paused', paused: true, labels: { tier: 'gold' } });
  });
});
