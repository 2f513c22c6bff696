import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { payloadOf } from '../../src/client/commands.ts';
import type { KeepRolling } from '../../src/client/index.ts';
import { until } from '../temporal/world.ts';
import { clientKit, failureOf, inMs, NO_SERVER, specificationOf, type ClientKit } from './kit.ts';

describe('the payload of a command', () => {
  const now = Date.UTC(2026, 10, 24, 12);

  it('has an absolute end', () => {
    expect(payloadOf('pause', { for: '15m', id: 'a' }, now)).toEqual({
      id: 'a',
      until: '2026-11-24T12:15:00.000Z',
    });
    const extended = payloadOf(
      'extend',
      { until: '2026-11-24T14:00:00+01:00', by: 'me', reason: 'late' },
      now,
    );
    expect(extended).toMatchObject({ by: 'me', reason: 'late', until: '2026-11-24T13:00:00.000Z' });
    expect(extended.id).toMatch(/^[0-9A-Z]{26}$/);
  });

  it.each([
    ['extend', {}],
    ['extend', { until: '2026-11-24T14:00' }],
    ['extend', { until: new Date(Number.NaN) }],
    ['pause', { for: 'long' }],
    ['pause', { for: '0s' }],
    ['pause', { for: '1h', until: '2026-11-24T14:00:00Z' }],
    ['stop', { for: '1h' }],
    ['resume', { until: '2026-11-24T14:00:00Z' }],
  ] as const)('%s %j is refused', (name, options) => {
    expect(() => payloadOf(name, options, now)).toThrow(
      expect.objectContaining({ code: 'E_COMMAND_INVALID' }),
    );
  });
});

describe('a command', () => {
  let kit: ClientKit;
  let client: KeepRolling;

  beforeAll(async () => {
    kit = await clientKit();
    await kit.startWorker();
    client = await kit.connect();
  });
  afterAll(async () => await kit.close());

  it('is in effect when it is answered', async () => {
    kit.source(`${kit.world.prefix}live`, true);
    const { handle } = await client.start(specificationOf(kit, 'live'));
    await until('recording', async () => (await handle.status()).view?.phase === 'recording');

    const paused = await handle.pause({ by: 'director', reason: 'sponsor', for: '10m' });
    expect(paused).toMatchObject({ accepted: true, applied: true, revision: 1, note: null });
    expect(paused.status).toMatchObject({ source: 'live', look: null, silent: null });
    expect(paused.status.view).toMatchObject({
      phase: 'paused',
      desired: { by: 'director', reason: 'sponsor' },
    });

    expect(await handle.resume()).toMatchObject({ applied: true, status: { view: { phase: 'recording' } } });
    const end = inMs(2 * 3_600_000);
    const extended = await handle.extend({ until: end, id: 'once' });
    expect(extended).toMatchObject({
      applied: true,
      revision: 3,
      status: { view: { window: { until: end } } },
    });
    // The same command again is the same command.
    expect(await handle.extend({ until: end, id: 'once' })).toMatchObject({ applied: true, revision: 3 });

    const stopped = await handle.stop({ by: 'director' });
    expect(stopped).toMatchObject({
      applied: true,
      status: { ended: true, result: { outcome: 'completed' } },
    });
  });

  it('is refused with its reason, and changes nothing', async () => {
    const { handle } = await client.start(specificationOf(kit, 'refusals'));
    await until('begun', async () => (await handle.status()).view);
    const early = await failureOf(handle.extend({ until: inMs(60_000) }));
    expect(early.code).toBe('E_COMMAND_INVALID');
    expect(early.message).toMatch(/moves the end only later/);
    expect((await handle.status()).view?.revision).toBe(0);
  });

  it('to a session that has ended tells how it ended', async () => {
    const { handle } = await client.start(specificationOf(kit, 'over'));
    await until('begun', async () => (await handle.status()).view);
    await handle.stop();
    await handle.result();
    for (const late of ['pause', 'stop'] as const) {
      expect(await failureOf(handle[late]())).toMatchObject({
        code: 'E_SESSION_ENDED',
        details: { outcome: 'cancelled' },
      });
    }
    const offline = await kit.connect({ temporal: NO_SERVER });
    await until('archived', async () =>
      (await offline.list({ state: 'closed' })).some((one) => one.name === 'over'),
    );
    const unheard = await offline.session('over');
    expect(await failureOf(unheard.pause())).toMatchObject({ code: 'E_SESSION_ENDED' });
  });

  it('without a server says so', async () => {
    const { handle } = await client.start(specificationOf(kit, 'unheard'));
    await until('begun', async () => (await handle.status()).view);
    kit.source(`${kit.world.prefix}unheard`, true);
    const offline = await kit.connect({ temporal: NO_SERVER });
    // The archive has it by its first part.
    const same = await until('archived', async () => await offline.session('unheard').catch(() => undefined));
    expect((await failureOf(same.pause())).code).toBe('E_SERVER_UNREACHABLE');
  });
});

describe('a command without a worker', () => {
  let kit: ClientKit;
  beforeAll(async () => {
    kit = await clientKit();
  });
  afterAll(async () => await kit.close());

  it('is accepted, and taken once when a worker comes', async () => {
    const client = await kit.connect();
    const { handle } = await client.start(specificationOf(kit, 'waiting'));
    const paused = await handle.pause({ by: 'director', id: 'pause-1' });
    expect(paused).toMatchObject({
      accepted: true,
      applied: false,
      revision: null,
      note: 'accepted, not applied: no worker',
      status: { source: 'last-known', silent: { part: 'workflow-worker' } },
    });
    await kit.startWorker();
    const view = await until('taken', async () => {
      const status = await handle.status();
      return status.view?.desired.state === 'paused' ? status.view : undefined;
    });
    expect(view).toMatchObject({ revision: 1, desired: { by: 'director' } });
  });

  it('cancels a scheduled session when a worker comes', async () => {
    const other = await clientKit();
    try {
      const client = await other.connect();
      const window = { from: inMs(3_600_000), length: '1h' };
      const { handle } = await client.start(specificationOf(other, 'later', { window }));
      expect(await handle.stop()).toMatchObject({ accepted: true, applied: false });
      await other.startWorker();
      expect(await handle.result()).toMatchObject({ outcome: 'cancelled' });
    } finally {
      await other.close();
    }
  });
});
