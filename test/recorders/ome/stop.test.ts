import { describe, expect, it } from 'vitest';
import { kit, T0 } from './kit.ts';

const S = 1_000;

describe('stop at OvenMediaEngine', () => {
  it('tells the end and all files, counted from the sequence before the stop', async () => {
    const k = kit({ options: { interval: 10_000 } });
    k.source('start');
    const { take } = await k.start();
    k.clock.advance(34 * S);
    const stopped = await k.stop(take);
    const { id } = take.handle as { id: string };
    expect(stopped).toMatchObject({
      at: T0 + 34 * S,
      how: 'stopped',
      observation: { endedAt: { at: T0 + 34 * S, plusMinusMs: 250 }, fileCount: 4 },
    });
    expect(stopped.observation?.files?.map(({ name, state }) => [name, state])).toEqual(
      [0, 1, 2, 3].map((sequence) => [`/keeprolling/${id}_${sequence}.ts`, 'named']),
    );
    const finalised = k.truth('file').map(({ file }) => file);
    expect(finalised).toEqual(stopped.observation?.files?.map(({ name }) => name));
    expect(stopped.observation?.files?.at(-1)).toMatchObject({
      from: T0 + 30 * S,
      to: T0 + 34 * S,
      bytes: 1_000_000,
    });
  });

  it('asks for the totals before the stop and never trusts those of the reply', async () => {
    const k = kit();
    k.source('start');
    const { take } = await k.start();
    k.clock.advance(10 * S);
    const { observation } = await k.stop(take);
    expect(k.truth('request').map(({ op }) => op)).toEqual([
      'stream',
      'startRecord',
      'records',
      'stopRecord',
    ]);
    expect(observation?.files).toMatchObject([{ bytes: 2_500_000 }]);
  });

  it('is repeatable: what is not there is absent', async () => {
    const k = kit();
    k.source('start');
    const { take } = await k.start();
    k.clock.advance(10 * S);
    expect((await k.stop(take)).how).toBe('stopped');
    const again = await k.stop(take);
    expect(again).toEqual({ at: T0 + 10 * S, how: 'absent' });
  });

  it('stops a take whose start was never answered, by its name', async () => {
    const k = kit();
    k.source('start');
    const name = k.name();
    k.fault('startRecord', 'reply-lost');
    await k.failure(k.start(name));
    expect((await k.stop({ take: 1, name, handle: null })).how).toBe('stopped');
    expect(k.truth('recording').at(-1)).toMatchObject({ event: 'ended' });
  });

  it.each(['reply-lost', 'error-applied', 'malformed', 'late'] as const)(
    'is unknown after %s, and absent when it is sent again',
    async (kind) => {
      const k = kit();
      k.source('start');
      const { take } = await k.start();
      k.clock.advance(10 * S);
      k.fault('stopRecord', kind);
      expect(await k.failure(k.stop(take))).toMatchObject({ applied: 'unknown', retry: 'later' });
      expect((await k.stop(take)).how).toBe('absent');
    },
  );

  it.each([
    ['reset', 'unknown'],
    ['error-unapplied', 'unknown'],
    ['throttled', 'no'],
    ['refused', 'no'],
  ] as const)('stops after all when it is sent again after %s', async (kind, applied) => {
    const k = kit();
    k.source('start');
    const { take } = await k.start();
    k.clock.advance(10 * S);
    k.fault('stopRecord', kind);
    expect(await k.failure(k.stop(take))).toMatchObject({ applied });
    expect((await k.stop(take)).how).toBe('stopped');
  });

  it('does not believe "no record" while the record is still listed', async () => {
    const k = kit();
    k.source('start');
    const { take } = await k.start();
    k.fault('stopRecord', 'not-found');
    expect(await k.failure(k.stop(take))).toMatchObject({
      code: 'E_VENDOR_FAULT',
      retry: 'later',
      applied: 'no',
    });
    expect((await k.stop(take)).how).toBe('stopped');
  });

  it('goes ahead when the question before it fails, and uses the reply without its totals', async () => {
    const k = kit();
    k.source('start');
    const { take } = await k.start();
    k.clock.advance(10 * S);
    k.fault('records', 'error-unapplied');
    const stopped = await k.stop(take);
    expect(stopped).toMatchObject({
      how: 'stopped',
      observation: {
        endedAt: { at: T0 + 10 * S },
        fileCount: 1,
        files: [{ sequence: 0, bytes: 2_500_000, to: T0 + 10 * S }],
      },
    });
  });

  it('tells the end of the media and not of the task when the source was gone', async () => {
    const k = kit();
    k.source('start');
    const { take } = await k.start();
    k.clock.advance(10 * S);
    k.source('stop');
    k.clock.advance(30 * S);
    expect((await k.stop(take)).observation).toMatchObject({
      actual: 'armed',
      endedAt: { at: T0 + 10 * S },
      fileCount: 1,
      files: [{ state: 'named', to: T0 + 10 * S }],
    });
  });

  it('claims nothing of a take that never recorded', async () => {
    const k = kit();
    const { take } = await k.start();
    k.clock.advance(10 * S);
    const { how, observation } = await k.stop(take);
    expect(how).toBe('stopped');
    expect(observation).toMatchObject({ actual: 'armed' });
    expect(observation).not.toHaveProperty('endedAt');
    expect(observation).not.toHaveProperty('files');
  });

  it('tells a stall before the stop where the recorded time stands still with it', async () => {
    const k = kit({ unknowns: { recordTimeInStall: 'frozen' } });
    k.source('start');
    const { take } = await k.start();
    k.clock.advance(10 * S);
    k.source('stall');
    k.clock.advance(8 * S);
    expect((await k.stop(take)).observation).toMatchObject({ endedAt: { at: T0 + 10 * S, plusMinusMs: S } });
  });

  it('ends a record in error and says why it was', async () => {
    const k = kit();
    k.source('start');
    const { take } = await k.start();
    k.clock.advance(10 * S);
    k.control('disk', { full: true });
    k.clock.advance(10 * S);
    expect(await k.stop(take)).toMatchObject({
      how: 'stopped',
      observation: { actual: 'failed', failure: { who: 'destination' }, endedAt: { at: T0 + 10 * S } },
    });
  });

  it('stops nothing but its own record', async () => {
    const k = kit();
    k.source('start');
    const mine = await k.start();
    k.clock.advance(S);
    const other = await k.start(k.name(2));
    await k.stop(mine.take);
    expect(await k.see(other.take)).toMatchObject({ actual: 'recording' });
  });

  it('does not listen to the signal of a worker that shuts down', async () => {
    const k = kit();
    k.source('start');
    const { take } = await k.start();
    Object.assign(k.context, { signal: AbortSignal.abort(new Error('shutdown')) });
    expect((await k.stop(take)).how).toBe('stopped');
  });
});
