import { describe, expect, it } from 'vitest';
import { kit, type Kit, MINUTE, SECOND, T0 } from './kit.ts';

/** A take that has recorded for so long. */
async function recorded(k: Kit, ms: number) {
  k.control('source.start');
  const { take } = await k.begin();
  k.clock.advance(ms);
  return take;
}

describe('a stop', () => {
  it('waits for the upload, and its reply names all files as stored', async () => {
    const k = kit({ options: { avFileType: ['hls', 'mp4'] } });
    const take = await recorded(k, 10 * MINUTE);
    const { how, observation } = await k.stop(take);
    expect(k.lastSent('stop')).toEqual({ async_stop: false });
    expect(how).toBe('stopped');
    expect(observation).toMatchObject({
      actual: 'recording',
      endedAt: { at: T0 + 10 * MINUTE, plusMinusMs: SECOND },
      filedUntil: T0 + 10 * MINUTE,
      fileCount: 2,
      source: 'stop 200, uploaded',
    });
    expect(observation!.files!.map(({ state }) => state)).toEqual(['stored', 'stored']);
    expect(observation, 'looks have told it').not.toHaveProperty('since');
  });

  it('dates the beginning of a take that ended before any look saw a slice', async () => {
    const k = kit({ options: { avFileType: ['hls', 'mp4'] } });
    const take = await recorded(k, 20 * SECOND);
    const { observation } = await k.stop(take);
    expect(observation).toMatchObject({ actual: 'recording', since: { at: T0 + 2 * SECOND } });
  });

  it.each([
    ['backup', 'unknown', 'backuped', true],
    ['lost', 'unknown', 'unknown', false],
    ['lost', 'unknow', 'unknown', false],
  ] as const)(
    'tells refused uploads, %s and spelt %s, as %s: named, and not stored',
    async (refusedUploads, unknownSpelling, told, filed) => {
      const k = kit({ unknowns: { refusedUploads, unknownSpelling } });
      const take = await recorded(k, MINUTE);
      k.control('storage', { mode: 'denied' });
      k.clock.advance(10 * MINUTE);
      const { observation } = await k.stop(take);
      expect(observation).toMatchObject({ source: `stop 200, ${told}`, files: [{ state: 'named' }] });
      expect('filedUntil' in observation!).toBe(filed);
    },
  );

  it('says that nothing was recorded where nobody sent anything', async () => {
    const k = kit();
    const { take } = await k.begin();
    k.clock.advance(MINUTE);
    expect(await k.stop(take)).toMatchObject({
      how: 'stopped',
      observation: { actual: 'armed', empty: true, source: 'stop 206/435, no recorded data' },
    });
  });

  it('is over for a task that is ending, whose files the query still names', async () => {
    const k = kit();
    const take = await recorded(k, MINUTE);
    k.control('worker.crash');
    k.clock.advance(SECOND);
    const { how, observation } = await k.stop(take);
    expect(how).toBe('over');
    // It claims nothing: the session knows what was believed.
    expect(observation).toMatchObject({ actual: 'starting', fileCount: 1, files: [{ state: 'named' }] });
    expect(observation).not.toHaveProperty('endedAt');
  });

  it.each(['404', '501'] as const)('is over without files where a query has %s for them', async (how) => {
    const k = kit({ unknowns: { queryWhileExiting: how } });
    const take = await recorded(k, MINUTE);
    k.control('worker.crash');
    k.clock.advance(SECOND);
    const stopped = await k.stop(take);
    expect(stopped).toMatchObject({ how: 'over' });
    expect(stopped.observation).not.toHaveProperty('files');
  });

  it('finds nothing of a task that is gone, and nothing of one that fails over', async () => {
    const k = kit();
    const take = await recorded(k, MINUTE);
    k.control('failover', { forMs: 80 * SECOND });
    expect(await k.stop(take)).toMatchObject({ how: 'absent' });
    k.clock.advance(90 * SECOND);
    expect(await k.stop(take)).toMatchObject({ how: 'stopped' });
    k.clock.advance(MINUTE);
    expect(await k.stop(take)).toEqual({ at: k.clock.now(), how: 'absent', requestId: expect.any(String) });
  });
});

describe('a stop whose upload takes more than 20 s', () => {
  it.each([
    ['mixed', 'status', 'stop, code 50: the upload goes on', true],
    ['old', '404', 'stop, code 50: the upload goes on', false],
    ['mixed', '501', 'stop, code 50: the upload goes on', false],
    ['new', 'status', 'stop unanswered, and it is ending', true],
  ] as const)('is a stop: table %s, query with %s', async (errorTable, queryWhileExiting, source, named) => {
    const k = kit({ unknowns: { errorTable, queryWhileExiting } });
    const take = await recorded(k, MINUTE);
    k.control('upload', { takesMs: MINUTE });
    const { how, observation } = await k.stop(take);
    expect(how).toBe('stopped');
    expect(observation).toMatchObject({ actual: 'starting', source, endedAt: { at: T0 + MINUTE } });
    expect('files' in observation!).toBe(named);
    expect(observation).not.toHaveProperty('filedUntil');
  });

  it('is left open where neither code nor query tell, and told by the next try', async () => {
    const k = kit({ unknowns: { errorTable: 'new', queryWhileExiting: '404' } });
    const take = await recorded(k, MINUTE);
    k.control('upload', { takesMs: MINUTE });
    expect(await k.failure(k.stop(take))).toMatchObject({ applied: 'unknown', vendor: { code: '62' } });
    expect(await k.stop(take)).toMatchObject({ how: 'over' });
  });
});

describe('a stop whose answer is lost', () => {
  it.each(['reply-lost', 'error-applied', 'late', 'malformed'] as const)(
    'is told by a query in the same call: %s',
    async (kind) => {
      const k = kit();
      const take = await recorded(k, MINUTE);
      // So that it is still there after the longest wait.
      k.control('upload', { takesMs: 19 * SECOND });
      k.fault('stop', kind, { delayMs: 15 * SECOND });
      const { how, observation } = await k.stop(take);
      expect(how).toBe('stopped');
      expect(observation!.endedAt!.at).toBe(T0 + MINUTE);
    },
  );

  it.each(['error-unapplied', 'reset'] as const)('was none where it still records: %s', async (kind) => {
    const k = kit();
    const take = await recorded(k, MINUTE);
    k.fault('stop', kind, { status: 504 });
    expect(await k.failure(k.stop(take))).toMatchObject({ applied: 'unknown' });
    expect(await k.see(take)).toMatchObject({ actual: 'recording' });
  });

  it('takes no longer than a write may, with the query that follows', async () => {
    const k = kit();
    const take = await recorded(k, MINUTE);
    k.fault('stop', 'late');
    k.fault('query', 'late');
    const begun = k.clock.now();
    await k.failure(k.stop(take));
    expect(k.clock.now() - begun).toBeLessThan(30 * SECOND);
  });

  it('is not asked after where it was certainly refused', async () => {
    const k = kit();
    const take = await recorded(k, MINUTE);
    k.fault('stop', 'throttled');
    expect(await k.failure(k.stop(take))).toMatchObject({ applied: 'no', code: 'E_VENDOR_THROTTLED' });
    expect(k.requests('query')).toHaveLength(0);
  });
});
