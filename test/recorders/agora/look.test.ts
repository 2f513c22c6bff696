import { describe, expect, it } from 'vitest';
import type { TakeInQuestion } from '../../../src/recorders/recorder.ts';
import { HOUR, kit, type Kit, MINUTE, SECOND, T0, PAGE } from './kit.ts';

/** Queries of the second take only are answered so. */
function answerSecond(k: Kit, take: TakeInQuestion, status: number, body: object): void {
  const { sid } = take.handle as { sid: string };
  k.answers = (request, said) =>
    request.target.includes(sid)
      ? { kind: 'response', response: { status, headers: {}, body: JSON.stringify(body) }, delayMs: 0 }
      : said();
}

describe('a look', () => {
  it('proves a start 5 s after it, and claims media once a slice shows it, from its very beginning', async () => {
    const k = kit();
    k.control('source.start');
    const { take } = await k.begin();
    expect(await k.seeIn(SECOND, take)).toMatchObject({ actual: 'starting', source: 'query status 2' });
    expect(await k.seeIn(4 * SECOND, take)).toMatchObject({ actual: 'armed', source: 'query status 4' });
    const seen = await k.seeIn(15 * SECOND, { ...take, belief: 'armed' });
    expect(seen).toMatchObject({
      actual: 'recording',
      since: { at: T0 + 2 * SECOND, plusMinusMs: SECOND },
      lastGoodAt: T0 + 20 * SECOND,
      fileCount: 1,
    });
    const { folder, sid } = take.handle as { folder: string[]; sid: string };
    expect(seen.files).toMatchObject([{ name: `${folder.join('/')}/${sid}_news.m3u8`, state: 'open' }]);
  });

  it.each(['first-upload', 'ready', 'never'] as const)(
    'claims nothing of an empty channel, with a status 5 that comes %s',
    async (statusFive) => {
      const k = kit({ unknowns: { statusFive } });
      const { take } = await k.begin();
      const seen = await k.seeIn(10 * MINUTE, take);
      expect(seen).toMatchObject({ actual: 'armed', fileCount: 0 });
      expect(seen).not.toHaveProperty('lastGoodAt');
      k.control('source.start');
      expect(await k.seeIn(MINUTE, take)).toMatchObject({
        actual: 'recording',
        since: { at: T0 + 10 * MINUTE },
      });
    },
  );

  it.each(['ms', 's'] as const)('reads times of slices in %s', async (sliceStartUnit) => {
    const k = kit({ unknowns: { sliceStartUnit } });
    k.control('source.start');
    const { take } = await k.begin();
    expect(await k.seeIn(30 * SECOND, take)).toMatchObject({ since: { at: T0 + 2 * SECOND } });
  });

  it('tells nothing of the present stretch by the first slice, once it was absent', async () => {
    const k = kit();
    k.control('source.start');
    const { take } = await k.begin();
    const seen = await k.seeIn(30 * SECOND, { ...take, belief: 'absent' });
    expect(seen.actual).toBe('recording');
    expect(seen).not.toHaveProperty('since');
  });

  it('takes a 404 for absence, during a failover and after the end, and finds it again with its bak file', async () => {
    const k = kit();
    k.control('source.start');
    const { take } = await k.begin();
    await k.seeIn(30 * SECOND, take);
    k.control('failover', { forMs: 80 * SECOND });
    expect(await k.see(take)).toMatchObject({ actual: 'absent', source: 'query 404/404' });
    const seen = await k.seeIn(100 * SECOND, { ...take, belief: 'absent' });
    expect(seen.actual).toBe('recording');
    expect(seen.files!.at(-1)!.name).toMatch(/\/bak0_[0-9a-f]{32}_news\.m3u8$/);
    k.control('worker.crash');
    expect(await k.seeIn(MINUTE, take)).toMatchObject({ actual: 'absent' });
  });

  const exiting = async (queryWhileExiting: 'status' | '501' | '404') => {
    const k = kit({ unknowns: { queryWhileExiting } });
    const { take } = await k.begin();
    k.clock.advance(10 * SECOND);
    k.control('worker.crash');
    return { k, take, seen: await k.seeIn(SECOND, take) };
  };

  it.each([
    ['status', 'query status 20'],
    ['501', 'query 404/501'],
  ] as const)('knows an end for certain where Agora tells it, by %s', async (how, source) => {
    const { k, take, seen } = await exiting(how);
    expect(seen).toMatchObject({ actual: 'failed', source });
    expect(seen.failure).toMatchObject({ code: 'E_RECORDING_FAILED', retry: 'later', applied: 'no' });
    // A stop then says that it is over, and needs no 95 s to be believed.
    expect(await k.stop(take)).toMatchObject({ how: 'over' });
  });

  it('suspects an end where it does not', async () => {
    const { seen } = await exiting('404');
    expect(seen).toMatchObject({ actual: 'absent', source: 'query 404/404' });
    expect(seen).not.toHaveProperty('failure');
  });

  it('sees a recorder that its own uid has put out', async () => {
    const k = kit();
    k.control('source.start');
    const { take, handle } = await k.begin();
    await k.seeIn(30 * SECOND, take);
    k.control('user.join', { uid: handle.uid });
    expect(await k.seeIn(SECOND, take)).toMatchObject({ actual: 'failed', source: 'query status 20' });
    expect(await k.stop(take)).toMatchObject({ how: 'over' });
    const next = await k.begin(k.name(2));
    expect(next.handle.uid).not.toBe(handle.uid);
    expect(await k.seeIn(30 * SECOND, next.take)).toMatchObject({ actual: 'recording' });
  });

  it.each(['error-unapplied', 'throttled', 'reset', 'late', 'malformed'] as const)(
    'is no proof of anything when %s',
    async (kind) => {
      const k = kit();
      const { take } = await k.begin();
      k.fault('query', kind);
      const look = await k.look(take);
      expect(look).toMatchObject({ unreachable: { applied: 'no' } });
      expect(look.sentence).toMatch(/^no answer: query: /);
    },
  );

  it('tells what it saw of one take, where the other one is not answered for', async () => {
    const k = kit();
    k.control('source.start');
    const { take: first } = await k.begin();
    const { take: second } = await k.begin(k.name(2));
    k.clock.advance(30 * SECOND);
    answerSecond(k, second, 504, { code: 62, reason: 'request timeout' });
    k.control('worker.crash', { sid: (first.handle as { sid: string }).sid });
    k.clock.advance(10 * SECOND);
    const look = await k.look(first, second);
    expect(look).toMatchObject({ seen: [{ take: 1, actual: 'absent' }] });
    expect(look.sentence).toMatch(/^take 1 absent, query 404\/404; take 2 no answer: query: .*504 code 62/);
  });

  it('is unreachable where no take is answered for', async () => {
    const k = kit();
    const { take: first } = await k.begin();
    const { take: second } = await k.begin(k.name(2));
    k.control('restart', { downMs: MINUTE });
    expect(await k.look(first, second)).toMatchObject({ unreachable: { code: 'E_VENDOR_UNREACHABLE' } });
  });

  it('puts both takes of a hand-over into its sentence', async () => {
    const k = kit();
    k.control('source.start');
    const { take: first } = await k.begin();
    const { take: second } = await k.begin(k.name(2));
    k.clock.advance(30 * SECOND);
    expect((await k.look(first, second)).sentence).toBe(
      'take 1 recording, query status 5, 1 file; take 2 recording, query status 5, 1 file',
    );
  });

  it('is an absence after the hours of the resource, or an answer that nobody can use', async () => {
    for (const [expiredResource, expected] of [
      ['404', { seen: [{ actual: 'absent' }] }],
      ['433', { unreachable: { code: 'E_VENDOR_REFUSED', vendor: { code: '433' } } }],
    ] as const) {
      const k = kit({ unknowns: { expiredResource }, options: { resourceExpiredHour: 1 } });
      k.control('source.start');
      const { take } = await k.begin(k.name(), { endBy: T0 + 3 * HOUR });
      k.clock.advance(HOUR + MINUTE);
      expect(await k.look(take)).toMatchObject(expected);
    }
  });

  it('quotes no secret of the session, whatever an answer repeats of an earlier call', async () => {
    const k = kit({ mode: 'web' });
    const { take } = await k.begin();
    const key = new URL(PAGE).searchParams.get('key')!;
    const echo = async (reason: string, requestId: string): Promise<string> => {
      k.answers = (request, said) =>
        request.method === 'GET'
          ? {
              kind: 'response',
              delayMs: 0,
              response: {
                status: 400,
                headers: { 'x-request-id': requestId },
                body: JSON.stringify({ code: 2, reason }),
              },
            }
          : said();
      return JSON.stringify(await k.look(take));
    };
    for (const reason of [
      `page ${PAGE} is gone`,
      `key ${key} is refused`,
      'see https://a.example/?q=1',
      'mode',
    ])
      expect(await echo(reason, `r-${key}`)).not.toContain(key);
    expect(await echo('see https://a.example/?q=1', 'r-1')).not.toContain('a.example');
    expect(await echo('mode', 'r-1')).toContain('mode');
  });
});
