import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeepRolling } from '../../src/client/index.ts';
import { filesText } from '../../src/cli/render/files.ts';
import { until } from '../temporal/world.ts';
import { clientKit, failureOf, inMs, NO_SERVER, specificationOf, type ClientKit } from './kit.ts';

let kit: ClientKit;
let client: KeepRolling;

beforeAll(async () => {
  kit = await clientKit();
  await kit.startWorker();
  client = await kit.connect();
});
afterAll(async () => await kit.close());

describe('a window that another session records too', () => {
  it('has the coverage of the target in it, while it lasts, after it, and from the archive alone', async () => {
    kit.source(`${kit.world.prefix}both`, true);
    const begin = Date.now();
    const at = (ms: number): string => new Date(begin + ms).toISOString();
    const first = await client.start(
      specificationOf(kit, 'both', { window: { from: at(0), until: at(22_000) } }),
    );
    const window = { from: at(20_000), until: at(30_000) };
    const second = await client.start(
      specificationOf(kit, 'both', { name: 'second', policy: { busy: 'extend' }, window }),
    );
    expect(second.startAt).not.toBeNull();

    const joined = await until('joined', async () => {
      const status = await second.handle.status();
      return status.launch?.phase === 'joined' && status.totals ? status : undefined;
    });
    expect(joined).toMatchObject({
      source: 'scheduled',
      ended: false,
      launch: { window, running: { sessionId: first.sessionId, name: 'both' } },
    });
    const { neighbours, claims } = (await until('told', async () => (await first.handle.status()).view))!;
    expect(neighbours).toEqual([{ name: 'second', sessionId: second.sessionId, ...window, word: 'joined' }]);
    expect(claims.map(({ name, until: end }) => [name, end])).toEqual([
      ['both', at(22_000)],
      ['second', at(30_000)],
    ]);

    const result = await second.handle.result();
    expect(result).toMatchObject({ sessionId: second.sessionId, name: 'second', outcome: 'completed' });
    expect(result.totals.recordedMs).toBeGreaterThan(0);
    await first.handle.result();
    const whole = await until('closed in the archive', async () => {
      const told = await client.coverage('second');
      return told.missing.length === 0 ? told : undefined;
    });
    expect(whole).toMatchObject({ key: kit.key('both'), from: window.from, to: window.until });
    expect(whole.sessions.map((one) => one.sessionId)).toEqual([first.sessionId]);
    expect(whole.totals).toMatchObject({ windowMs: 10_000, verdict: 'complete' });
    expect(await second.handle.status()).toMatchObject({
      ended: true,
      result: { outcome: 'completed' },
      totals: { windowMs: 10_000 },
    });

    const listed = await until('listed', async () =>
      (await client.list({ state: 'closed' })).find((one) => one.name === 'second'),
    );
    expect(listed).toMatchObject({ sessionId: second.sessionId, closed: true, outcome: 'completed' });

    const files = await client.files('second');
    expect(files).toMatchObject({
      sessionId: second.sessionId,
      name: 'second',
      recordedBy: { sessionId: first.sessionId, name: 'both' },
    });
    expect(files.counts.files).toBeGreaterThan(0);
    expect(filesText(files, { now: Date.now(), zone: 'UTC' })).toMatch(
      /^second: .*\n {2}files of both, which/,
    );

    const offline = await kit.connect({ temporal: NO_SERVER });
    const forgotten = await offline.session('second');
    expect(forgotten.sessionId).toBe(second.sessionId);
    expect((await forgotten.coverage()).totals).toEqual(whole.totals);
    expect(await forgotten.status()).toMatchObject({
      source: 'archive',
      ended: true,
      name: 'second',
      result: { outcome: 'completed', verdict: 'complete' },
    });
  }, 120_000);
});

it('has its coverage too where a longest duration is its end', async () => {
  kit.source(`${kit.world.prefix}longest`, true);
  const begin = Date.now();
  const at = (ms: number): string => new Date(begin + ms).toISOString();
  const first = await client.start(
    specificationOf(kit, 'longest', { window: { from: at(0), until: at(600_000) } }),
  );
  const limited = { from: at(20_000), maxDuration: '10m' };
  const second = await client.start(
    specificationOf(kit, 'longest', { name: 'limited', policy: { busy: 'extend' }, window: limited }),
  );
  const recorded = await until('recorded', async () => {
    const { launch, totals } = await second.handle.status();
    return launch?.phase === 'joined' && totals !== null && totals.recordedMs > 0 ? totals : undefined;
  });
  expect(recorded.windowMs).toBeLessThan(600_000);
  expect(await second.handle.coverage()).toMatchObject({ from: at(20_000) });
  await second.handle.stop();
  await first.handle.stop({ all: true });
}, 120_000);

describe('a start on a target that is taken', () => {
  it('is handed to a launcher where it says what it wishes for', async () => {
    const first = await client.start(
      specificationOf(kit, 'taken', { window: { from: 'now', length: '1h' } }),
    );
    await until('begun', async () => (await first.handle.status()).view);
    const window = { from: inMs(-1_000), until: inMs(2 * 3_600_000) };
    const queued = specificationOf(kit, 'taken', { name: 'queued', window, policy: { busy: 'queue' } });
    const second = await client.start(queued);
    expect(second).toMatchObject({
      existing: false,
      busyWith: { sessionId: first.sessionId, name: 'taken', makesWay: false },
    });
    expect(second.startAt).not.toBeNull();
    const busy = await until('busy', async () => {
      const status = await second.handle.status();
      return status.launch?.phase === 'busy' ? status : undefined;
    });
    expect(busy.launch?.running).toMatchObject({ name: 'taken' });
    const listed = await until('listed', async () =>
      (await client.list()).find((one) => one.name === 'queued'),
    );
    expect(listed).toMatchObject({ phase: 'scheduled', problem: null, targetWith: 'taken' });
    expect(await client.start(queued)).toMatchObject({ existing: true, sessionId: second.sessionId });

    await first.handle.stop();
    await until('begun', async () => (await second.handle.status()).view);
  });

  it('is handed to a launcher where only its padding has begun', async () => {
    const first = await client.start(specificationOf(kit, 'lead', { window: { from: 'now', length: '1h' } }));
    await until('begun', async () => (await first.handle.status()).view);
    const window = { from: inMs(1_200_000), until: inMs(7_200_000), padding: { before: '25m' } };
    const next = await client.start(specificationOf(kit, 'lead', { name: 'after', window }));
    expect(next).toMatchObject({ existing: false, busyWith: { name: 'lead', makesWay: false } });
    await next.handle.stop();
    const begun = specificationOf(kit, 'lead', { name: 'begun', window: { from: 'now', length: '2h' } });
    const refused = await failureOf(client.start(begun));
    expect(refused.code).toBe('E_TARGET_BUSY');
    expect(refused.message).toMatch(/it can begin when that one is over: policy\.busy: queue/);
    const within = specificationOf(kit, 'lead', { name: 'in', window: { from: 'now', length: '5m' } });
    expect((await failureOf(client.start(within))).message).not.toMatch(/policy\.busy/);
    await first.handle.stop();
  });

  it('takes over at once where the other one is past its window', async () => {
    const window = { from: inMs(-3_600_000), until: inMs(2_000), padding: { after: '1h' } };
    const first = await client.start(specificationOf(kit, 'past', { window }));
    await until('past its window', async () => {
      const { view } = await first.handle.status();
      return view && Date.parse(view.window.until!) < Date.now();
    });
    const second = await client.start(specificationOf(kit, 'past', { name: 'next' }));
    expect(second).toMatchObject({ existing: false, busyWith: { name: 'past', makesWay: true } });
    await until('taken over', async () => (await second.handle.status()).view);
    expect((await first.handle.status()).ended).toBe(true);
  });
});
