/** A change in mid-session: refused whole before anything is sent, or in effect when it is answered. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeepRollingError, Problem, SessionChange, SessionHandle } from '../../src/client/index.ts';
import { changeValues } from '../../src/client/changing.ts';
import { overlapsOf } from '../../src/client/overlaps.ts';
import { until } from '../temporal/world.ts';
import { clientKit, failureOf, specificationOf } from './kit.ts';
import { CANARY, syntheticKit, type SyntheticKit } from './synthetic.ts';

const problemsIn = (refusal: KeepRollingError): Problem[] => refusal.details.problems as Problem[];

describe('a change by itself', () => {
  it.each([
    [{}, 'it changes nothing'],
    [{ subscribe: undefined }, 'it changes nothing'],
    [{ stroage: { destination: 'alpha' } }, 'there is no such change'],
  ])('%j is refused', (change, problem) => {
    expect(() => changeValues(change as SessionChange)).toThrow(
      expect.objectContaining({
        code: 'E_COMMAND_INVALID',
        details: { problems: [expect.objectContaining({ problem })] },
      }),
    );
  });
});

describe('two takes at the same time', () => {
  const span = (take: number, from: number, to: number, sessionId = 'a') => ({
    sessionId,
    take,
    from,
    to,
    evidence: 'observed' as const,
    fromPlusMinusMs: 0,
    toPlusMinusMs: 0,
    open: false,
    files: [],
    place: null,
    recording: null,
  });

  it('are one overlap, in however many pieces their spans come', () => {
    const spans = [span(1, 0, 40), span(2, 30, 35), span(2, 35, 60), span(1, 40, 50)].toSorted(
      (a, b) => a.from - b.from,
    );
    expect(overlapsOf(spans)).toEqual([{ sessionId: 'a', take: 2, former: 1, from: 30, to: 50 }]);
  });

  it('are none where one only follows the other, or where they are of two sessions', () => {
    expect(overlapsOf([span(1, 0, 40), span(2, 40, 60)])).toEqual([]);
    expect(overlapsOf([span(1, 0, 40), span(2, 30, 60, 'b')])).toEqual([]);
  });
});

describe('a change of a session', { timeout: 60_000 }, () => {
  let kit: SyntheticKit;
  beforeAll(async () => {
    kit = await syntheticKit();
    await kit.startWorker();
  });
  afterAll(async () => await kit.close());

  const recording = async (name: string): Promise<SessionHandle> => {
    kit.synthetic.source(name, true, Date.now());
    const { handle } = await kit.client.start(kit.specificationOf(name));
    await until('recording', async () => (await handle.status()).view?.takes[0]?.actual === 'recording');
    return handle;
  };

  it('is in effect when it is answered, and stands in the status', async () => {
    const handle = await recording('changed');
    const changed = await handle.change(
      { subscribe: { uids: ['a', 'b'] } },
      { by: 'director', reason: 'second camera', id: 'c1' },
    );
    expect(changed).toMatchObject({ accepted: true, applied: true, revision: 1, note: null });
    expect(changed.status.view?.settings).toEqual({
      subscribe: { revision: 1, value: { uids: ['a', 'b'] } },
    });
    expect(changed.status.view?.log.map((entry) => entry.text)).toContain(
      'change subscribe by director: second camera',
    );
    expect(kit.synthetic.recordings().at(-1)?.settings).toEqual({ subscribe: { uids: ['a', 'b'] } });
    // The same change again is the same change.
    expect(await handle.change({ subscribe: { uids: ['a', 'b'] } }, { id: 'c1' })).toMatchObject({
      revision: 1,
    });
    await handle.stop();
  });

  it('of the destination is a hand-over, which coverage declares', async () => {
    const handle = await recording('moved');
    const moved = await handle.change({ storage: { destination: 'beta' } });
    expect(moved).toMatchObject({ applied: true });
    expect(moved.status.view?.storage).toEqual({ destination: 'beta' });
    expect(moved.status.view?.takes.at(-1)).toMatchObject({ number: 2, storage: 'beta' });
    await until(
      'the end of the former',
      async () => (await handle.status()).view?.takes.map((one) => one.number).join() === '2',
    );
    await handle.stop();
    await handle.result();
    const { overlaps, gaps } = await until('coverage', async () => await handle.coverage());
    expect(overlaps).toMatchObject([{ take: 2, former: 1 }]);
    expect(gaps.filter((gap) => gap.cause !== 'late-start')).toEqual([]);
  });

  it('that the vendor refuses for good is told so, and taken back', async () => {
    const handle = await recording('refused');
    const refused = await handle.change({ subscribe: { uids: ['forbidden'] } });
    expect(refused).toMatchObject({
      accepted: false,
      applied: false,
      note: 'This user cannot be subscribed to.',
    });
    expect(refused.status.view?.settings).toEqual({});
    await handle.stop();
  });

  const wrong: [SessionChange, Partial<Problem>[]][] = [
    [
      { subscribe: { uids: [] }, storage: { destination: 'nowhere' } },
      [
        { where: 'subscribe.uids', found: '[]' },
        {
          where: 'storage.destination',
          found: '"nowhere"',
          problem: 'the configuration has no such destination',
          try: 'one of alpha, beta',
        },
      ],
    ],
    [{ layout: { x: 1 } }, [{ where: 'layout', try: 'subscribe, storage' }]],
    [
      { storage: { destination: 'gamma' } },
      [{ where: 'storage', problem: 'the vendor writes to no such place' }],
    ],
    [
      { subscribe: { uids: [{ secret: 'nobody' }] } },
      [{ where: 'subscribe.uids[0]', problem: 'the configuration has no such secret', try: 'one of push' }],
    ],
    [
      { subscribe: { uids: [`rtmp://live.example.com/app/${CANARY}`] } },
      [{ where: 'subscribe.uids[0]', try: expect.stringContaining('{secret: name}') as string }],
    ],
  ];

  it('is refused with every problem, and nothing is sent', async () => {
    const handle = await recording('wrong');
    for (const [change, problems] of wrong) {
      const refusal = await failureOf(handle.change(change));
      expect(refusal.code).toBe('E_COMMAND_INVALID');
      expect(problemsIn(refusal)).toMatchObject(problems);
      expect(problemsIn(refusal)).toHaveLength(problems.length);
      expect(refusal.message).toMatch(/^change of wrong: \d problems?, nothing was changed\n\n {2}\S/);
      expect(JSON.stringify(refusal) + refusal.message).not.toContain(CANARY);
    }
    expect((await handle.status()).view?.revision).toBe(0);
    await handle.stop();
    expect((await failureOf(handle.change({ storage: { refresh: 'now' } }))).code).toBe('E_SESSION_ENDED');
  });

  it('goes as a signal where no worker answers, and is taken when one comes', async () => {
    const handle = await recording('silent');
    await kit.stopWorker();
    const change = { subscribe: { uids: ['late'] } };
    expect(await handle.change(change)).toMatchObject({
      accepted: true,
      applied: false,
      revision: null,
      note: 'accepted, not applied: no worker',
    });
    expect((await failureOf(handle.change({ subscribe: { uids: [] } }))).code).toBe('E_COMMAND_INVALID');
    await kit.startWorker();
    await until('in effect', async () =>
      kit.synthetic.recordings().some((one) => JSON.stringify(one.settings) === JSON.stringify(change)),
    );
    await handle.stop();
  });
});

describe('a session that takes no change', { timeout: 60_000 }, () => {
  it('says so, before its begin and after', async () => {
    const kit = await clientKit();
    try {
      await kit.startWorker();
      const client = await kit.connect();
      const { handle } = await client.start(specificationOf(kit, 'fixed'));
      await until('begun', async () => (await handle.status()).view);
      const refusal = await failureOf(handle.change({ layout: {}, storage: { refresh: 'now' } }));
      expect(problemsIn(refusal)).toEqual([
        { where: 'layout, storage', problem: 'nothing can be changed in this session' },
      ]);
      const window = { from: new Date(Date.now() + 3_600_000).toISOString(), length: '1h' };
      const later = await client.start(specificationOf(kit, 'later', { window }));
      expect((await failureOf(later.handle.change({ layout: {} }))).message).toContain('has not begun');
      await Promise.all([handle.stop(), later.handle.stop()]);
    } finally {
      await kit.close();
    }
  });
});
