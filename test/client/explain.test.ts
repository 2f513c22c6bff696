/** A session explained while it runs, without its worker, after its end, and without any server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explanation, KeepRolling } from '../../src/client/index.ts';
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

const texts = ({ timeline }: Explanation): string[] => timeline.map(({ text }) => text);
const sequences = ({ timeline }: Explanation): number[] => timeline.flatMap(({ sequence }) => sequence ?? []);
const whole = (explanation: Explanation): void => {
  const told = sequences(explanation);
  expect(told).toEqual(told.map((_one, i) => i + 1));
};

describe('an explanation', () => {
  it('of an open session has its whole log, and says who must act', async () => {
    kit.source(`${kit.world.prefix}cam1`, true);
    const { handle } = await client.start(specificationOf(kit, 'cam1'));
    await until('recording', async () => (await handle.status()).view?.phase === 'recording');
    await handle.pause({ by: 'director', reason: 'sponsor' });
    await until('paused', async () => (await handle.status()).view?.phase === 'paused');
    const explanation = await client.explain('cam1');
    expect(explanation).toMatchObject({ name: 'cam1', needs: [], missing: [], unreachable: null });
    expect(explanation.status.source).toBe('live');
    whole(explanation);
    expect(texts(explanation)[0]).toBe('The session begins.');
    expect(texts(explanation)).toContain('Command: pause by director: sponsor.');
    const gap = explanation.timeline.findLast((one) => one.gap !== null);
    expect(gap).toMatchObject({ kind: 'gap', gap: { cause: 'paused', detail: 'director, sponsor' } });
    expect(gap?.text).toMatch(/^Nothing is recorded since .* so far: paused/);
  });

  it('without a worker is what the archive has, and says what is missing and who can mend it', async () => {
    await kit.stopWorker();
    const explanation = await client.explain('cam1');
    expect(explanation).toMatchObject({ unreachable: 'worker', status: { source: 'last-known' } });
    expect(explanation.missing.join()).toContain('does not answer');
    expect(explanation.needs[0]).toMatchObject({ who: 'you', code: 'E_NO_WORKER' });
    expect(texts(explanation)[0]).toBe('The session begins.');
    await kit.startWorker();
  });

  it('of a closed session is the same with a server and from the archive alone', async () => {
    const handle = await client.session('cam1');
    await handle.stop({ by: 'tester' });
    await handle.result();
    await until('archived', async () => (await client.explain('cam1')).missing.length === 0);
    const explanation = await client.explain('cam1');
    whole(explanation);
    expect(texts(explanation).at(-1)).toBe('It is over: completed.');
    expect(explanation).toMatchObject({ needs: [], unreachable: null, status: { ended: true } });
    const offline = await kit.connect({ temporal: NO_SERVER });
    const alone = await offline.explain('cam1');
    expect(alone.timeline).toEqual(explanation.timeline);
    expect(alone.totals).toEqual(explanation.totals);
    expect(alone).toMatchObject({ needs: [], missing: [], unreachable: null, status: { ended: true } });
  });

  it('of a scheduled session has no line yet', async () => {
    await client.start(specificationOf(kit, 'later', { window: { from: inMs(3_600_000), length: '1h' } }));
    const explanation = await until(
      'listed',
      async () => await client.explain('later').catch(() => undefined),
    );
    expect(explanation).toMatchObject({ timeline: [], needs: [], status: { source: 'scheduled' } });
    expect(explanation.totals.windowMs).toBe(0);
  });

  it('of nothing is a refusal', async () => {
    expect((await failureOf(client.explain('nobody'))).code).toBe('E_SESSION_UNKNOWN');
  });
});
