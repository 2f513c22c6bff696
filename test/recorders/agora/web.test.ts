import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgoraUnknowns } from '../../../src/emulators/index.ts';
import { FAULT_KINDS } from '../../../src/emulators/faults.ts';
import { agoraRecorder } from '../../../src/recorders/agora/adapter.ts';
import { runAgora, type AgoraHands, type AgoraScript } from '../../driver/agora-world.ts';
import { kit, MINUTE, PAGE, SECOND, T0, WEB_OPTIONS } from './kit.ts';

const PUSH = { publish: { outputs: [{ rtmpUrl: { secret: 'cdn' } }] } };

describe('web mode', () => {
  it('records from the page on, dated by its first slice where one is named by then', async () => {
    const k = kit({ mode: 'web' });
    const { take } = await k.begin();
    expect(await k.seeIn(4 * SECOND, take)).toMatchObject({
      actual: 'starting',
      source: 'query status 3, page init',
    });
    const seen = await k.seeIn(3 * SECOND, { ...take, belief: 'starting' });
    expect(seen).toMatchObject({
      actual: 'recording',
      source: 'query status 4, page inProgress',
      fileCount: 0,
    });
    expect(await k.seeIn(20 * SECOND, { ...take, belief: 'starting' })).toMatchObject({
      actual: 'recording',
      since: { at: T0 + 5 * SECOND },
      fileCount: 1,
    });
  });

  it('never dates the stretch after a hold by the first slice of all', async () => {
    const k = kit({ mode: 'web' });
    const { take } = await k.begin();
    for (const belief of ['paused', 'absent', 'unseen', 'unreachable E_VENDOR_UNANSWERED', 'recording'])
      expect(await k.seeIn(30 * SECOND, { ...take, belief })).not.toHaveProperty('since');
  });

  it('tells the state of the push in its sentence', async () => {
    const k = kit({ mode: 'web', options: { ...WEB_OPTIONS, ...PUSH } });
    const { take } = await k.begin();
    k.clock.advance(4 * SECOND);
    expect((await k.look(take)).sentence).toBe('starting, query status 3, page init, push connecting');
    k.clock.advance(30 * SECOND);
    expect((await k.look(take)).sentence).toBe(
      'recording, query status 5, page inProgress, push publishing, 1 file',
    );
    k.rewords('"publishing"', '"disconnected"');
    expect((await k.look(take)).sentence).toContain(
      'recording, query status 5, page inProgress, push disconnected',
    );
  });

  it('stops with its files stored, and on hold claims nothing', async () => {
    const k = kit({ mode: 'web', options: { ...WEB_OPTIONS, avFileType: ['hls', 'mp4'] } });
    const { take } = await k.begin();
    k.clock.advance(5 * MINUTE);
    expect((await k.stop(take)).observation).toMatchObject({
      actual: 'recording',
      fileCount: 2,
      filedUntil: k.clock.now(),
    });

    const held = await k.begin(k.name(2));
    k.clock.advance(MINUTE);
    await agoraRecorder.pause!(k.context, k.subject, held.take);
    k.clock.advance(10 * MINUTE);
    const { observation } = await k.stop(held.take);
    expect(observation).toMatchObject({ actual: 'starting', fileCount: 2 });
    expect(observation).not.toHaveProperty('since');
  });

  it('ends with a page that cannot be loaded, and says which', async () => {
    const k = kit({ mode: 'web', options: { ...WEB_OPTIONS, readyTimeout: 30 } });
    k.control('page.set', { url: PAGE, state: 'slow' });
    const { take } = await k.begin();
    expect(await k.seeIn(40 * SECOND, take)).toMatchObject({ actual: 'starting' });
    const seen = await k.seeIn(21 * SECOND, take);
    expect(seen).toMatchObject({ actual: 'failed', source: 'query status 20, page exit' });
    expect(seen.failure!.message).toContain('query status 20, page exit');
  });

  it('takes words of older services by their status', async () => {
    const k = kit({ mode: 'web' });
    const { take } = await k.begin();
    k.rewords('"inProgress"', '"serviceInProgress"');
    expect(await k.seeIn(20 * SECOND, take)).toMatchObject({ actual: 'recording' });
  });
});

// ── sessions ───────────────────────────────────────────────────────────────────────────────────────────────────

const URL = 'https://shop.example.com/live';
const SPECIFICATION = {
  target: { channel: 'shop', mode: 'web' },
  options: { ...WEB_OPTIONS, url: URL },
  window: { from: 'now', length: '1h' },
};

const happenings = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 3600 }),
    what: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('pause', 'resume') },
      {
        weight: 2,
        arbitrary: fc.integer({ min: 5, max: 80 }).map((seconds) => ({ failover: seconds * SECOND })),
      },
      { weight: 1, arbitrary: fc.constant('crash' as const) },
      { weight: 1, arbitrary: fc.constantFrom('page up', 'page down') },
      {
        weight: 4,
        arbitrary: fc.record({
          op: fc.constantFrom('acquire', 'start', 'query', 'update', 'stop', '*'),
          kind: fc.constantFrom(...FAULT_KINDS),
          times: fc.integer({ min: 1, max: 4 }),
          delayMs: fc.constant(15 * SECOND),
        }),
      },
    ),
  }),
  { maxLength: 12 },
);

type Happening = typeof happenings extends fc.Arbitrary<{ what: infer W }[]> ? W : never;

/**
 * "Up to 90 s": two failovers in a row that look like one longer one are no promise of the vendor's. And the emulated
 * worker that takes over does not look at its page.
 */
function apart(happened: { at: number; what: Happening }[]): { at: number; what: Happening }[] {
  let last = -Infinity;
  const moves = happened.some(({ what }) => typeof what !== 'string' && 'failover' in what);
  return happened
    .toSorted((a, b) => a.at - b.at)
    .filter(({ at, what }) => {
      if (what === 'page down') return !moves;
      if (typeof what === 'string' || !('failover' in what)) return true;
      if (at < last + 180) return false;
      last = at;
      return true;
    });
}

function happen(what: Happening): AgoraScript[number]['do'] {
  return (d, agora) => {
    if (what === 'pause' || what === 'resume') d.command(what);
    else if (what === 'crash') act(agora, 'worker.crash', { channel: 'shop' });
    else if (what === 'page up') act(agora, 'page.set', { url: URL, state: 'up' });
    else if (what === 'page down') act(agora, 'page.set', { url: URL, state: 'down' });
    else if ('failover' in what) act(agora, 'failover', { channel: 'shop', forMs: what.failover });
    else act(agora, 'faults', what);
  };
}

function act(agora: AgoraHands, control: string, input: Record<string, unknown>): void {
  try {
    agora.control(control, input);
  } catch (error) {
    if (!/no such task/i.test(String(error))) throw error;
  }
}

const unknowns: fc.Arbitrary<Partial<AgoraUnknowns>> = fc.record({
  errorTable: fc.constantFrom('mixed', 'old', 'new'),
  alreadyStartedCarriesSid: fc.boolean(),
  queryWhileExiting: fc.constantFrom('404', '501', 'status'),
  updateInFailover: fc.constantFrom('404', 'applied'),
  onholdCounts: fc.boolean(),
  omittedParts: fc.constantFrom('stay', 'reset'),
  sliceStartUnit: fc.constantFrom('ms', 's'),
  statusFive: fc.constantFrom('first-upload', 'ready', 'never'),
});

const numRuns = Number(process.env.PROPERTY_RUNS ?? 40);

describe('a session of a web page', () => {
  it('claims what was recorded and nothing of its holds, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, unknowns, fc.integer(), async (happened, open, seed) => {
        const script = apart(happened).map(({ at, what }) => ({ at: at * SECOND, do: happen(what) }));
        const run = await runAgora(
          { seed, script, emulator: { unknowns: open }, specification: SPECIFICATION },
          { lookMs: 180_000 },
        );
        expect(run.result, 'the session must end').not.toBeNull();
        expect(run.faults).toEqual([]);
      }),
      { numRuns },
    );
  });

  it('claims nothing of a hold whose end was never answered', async () => {
    const run = await runAgora({
      script: [
        { at: 10 * MINUTE, do: (d) => d.command('pause') },
        {
          at: 40 * MINUTE,
          do: (d, agora) => {
            agora.control('faults', { op: 'update', kind: 'reply-lost', times: 2 });
            agora.control('faults', { op: 'query', kind: 'error-unapplied', times: 2 });
            d.command('resume');
          },
        },
      ],
      specification: SPECIFICATION,
    });
    expect(run.faults).toEqual([]);
    expect(run.result!.totals.gapMs.paused).toBeGreaterThan(29 * MINUTE);
  });
});
