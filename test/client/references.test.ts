import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeepRolling, Started } from '../../src/client/index.ts';
import { until } from '../temporal/world.ts';
import { clientKit, failureOf, inMs, NO_SERVER, specificationOf, type ClientKit } from './kit.ts';

let kit: ClientKit;
let client: KeepRolling;
let show: Started;
let old: Started;
const windowFrom = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 60_000).toISOString();

beforeAll(async () => {
  kit = await clientKit();
  await kit.startWorker();
  client = await kit.connect();
  old = await client.start(specificationOf(kit, 'evening', { name: 'evening-show' }));
  await until('begun', async () => (await old.handle.status()).view);
  await old.handle.stop();
  await old.handle.result();
  show = await client.start(
    specificationOf(kit, 'morning', {
      name: 'morning-show',
      window: { from: windowFrom, length: '2h', zone: 'Asia/Tokyo' },
    }),
  );
  await client.start(
    specificationOf(kit, 'later', { name: 'later', window: { from: inMs(3_600_000), length: '1h' } }),
  );
  await until('archived', async () => {
    const offline = await kit.connect({ temporal: NO_SERVER });
    return (await offline.list({ state: 'closed' })).length === 1;
  });
});
afterAll(async () => await kit.close());

describe('a reference', () => {
  const local = new Date(Date.parse(windowFrom) + 9 * 3_600_000).toISOString().slice(0, 16);
  it.each<[string, () => string]>([
    ['session id', () => show.sessionId],
    ['session id in lower case', () => show.sessionId.toLowerCase()],
    ['name', () => 'morning-show'],
    ['name and window start, in the zone of the window', () => `morning-show@${local}`],
    ['name and window start, as an instant', () => `morning-show@${windowFrom}`],
    ['name and day', () => `morning-show@${local.slice(0, 10)}`],
    ['key', () => show.key],
    ['part of the name', () => 'morning'],
    ['part of the session id', () => show.sessionId.slice(-6)],
  ])('may be its %s', async (_what, reference) => {
    expect((await client.session(reference())).sessionId).toBe(show.sessionId);
  });

  it('may mean a scheduled session', async () => {
    const handle = await client.session('later');
    expect(await handle.status()).toMatchObject({ source: 'scheduled' });
  });

  it('may mean a closed session, and with its key the latest of the target', async () => {
    expect((await client.session('evening-show')).sessionId).toBe(old.sessionId);
    expect((await client.session(old.key)).sessionId).toBe(old.sessionId);
  });

  it('prefers what is open: both are shows, and one of them is over', async () => {
    expect((await client.session('-show')).sessionId).toBe(show.sessionId);
  });

  it('lists the candidates where several fit', async () => {
    const second = await client.start(specificationOf(kit, 'noon', { name: 'noon-show' }));
    await until('listed', async () => (await client.list()).some((one) => one.name === 'noon-show'));
    const error = await failureOf(client.session('-show'));
    expect(error.code).toBe('E_SESSION_AMBIGUOUS');
    const candidates = error.details.candidates as { sessionId: string }[];
    expect(candidates.map((one) => one.sessionId)).toEqual([second.sessionId, show.sessionId]);
    expect(error.message).toContain(`morning-show@${local}  ${show.sessionId}  open`);
  });

  it('is found at once after the start, before the server lists it', async () => {
    const fresh = await client.start(specificationOf(kit, 'fresh'));
    expect((await client.session('fresh')).sessionId).toBe(fresh.sessionId);
  });

  it('may mean nothing', async () => {
    expect(await failureOf(client.session('nobody'))).toMatchObject({
      code: 'E_SESSION_UNKNOWN',
      details: { reference: 'nobody' },
    });
  });

  it('is looked for in the archive when no server answers', async () => {
    const offline = await kit.connect({ temporal: NO_SERVER });
    for (const reference of ['evening-show', old.sessionId, old.key, old.sessionId.slice(-8)]) {
      expect((await offline.session(reference)).sessionId).toBe(old.sessionId);
    }
    expect((await failureOf(offline.session('nobody'))).code).toBe('E_SERVER_UNREACHABLE');
  });
});
