/** One suite for every registered recorder: it fails when a trait lies about the vendor, as its emulator has it. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { VendorFailure } from '../../src/recorders/recorder.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import type { RecorderEventKind } from '../../src/session/events.ts';
import type { Observation } from '../../src/session/facts.ts';
import type { Traits } from '../../src/session/traits.ts';
import { benchOf, failureIn, subjectsOf, takeOf, type Bench } from './traits-kit.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const SUBJECTS = [...VENDORS.keys()].flatMap((vendor) =>
  subjectsOf(vendor).map((subject) => ({ vendor, ...subject })),
);

/** A take that records, or is armed, for half a minute. */
async function recording(bench: Bench, sourceFirst = true) {
  // What a take needs must be there before the source.
  const request = await bench.ready(1);
  bench.pass(2 * SECOND);
  if (sourceFirst) bench.source(true);
  bench.pass(5 * SECOND);
  const started = await bench.recorder.start(bench.context, request);
  bench.pass(30 * SECOND);
  return { request, started, take: takeOf(request, started) };
}

const kinds = ({ told }: Bench): Set<RecorderEventKind> => new Set(told.map(({ kind }) => kind));
const isPage = ({ subject }: Bench): boolean => subject.target.mode === 'web';

/** What each trait means, tried: a check fails where the vendor does otherwise. */
const CHECKS: Record<string, (one: Bench) => Promise<void>> = {
  'name the calls that there are': async (one) => {
    const { recorder, traits, vendor: registered, subject } = one;
    const calls = ['prepare', 'plan', 'assert', 'reserve', 'refresh', 'change'];
    expect(Object.fromEntries(calls.map((call) => [call, call in recorder]))).toEqual({
      prepare: traits.prepares,
      plan: traits.prepares,
      assert: traits.asserts,
      reserve: traits.reserves,
      refresh: traits.refreshEveryMs !== null,
      change: Object.keys(registered.contract.changes?.(subject) ?? {}).length > 0,
    });
    // Of a vendor with modes one alone may have a pause.
    expect(('pause' in recorder && 'resume' in recorder) || !traits.nativePause).toBe(true);
    expect(Boolean(registered.callbacks)).toBe(traits.callbacks !== null);
  },

  'tell what a start without a source is': async (one) => {
    const request = await one.ready(1);
    const start = one.recorder.start(one.context, request);
    if (one.traits.start === 'armed') {
      await start;
      expect(one.began()).toBe(1);
      return;
    }
    expect(await failureIn(start)).toMatchObject({ who: 'source', applied: 'no', cause: 'source-absent' });
    expect(one.began()).toBe(0);
  },

  'tell how a start is proved': async (one) => {
    const { take } = await recording(one);
    const [seen] = await one.look([take]);
    const isProved = seen!.actual === 'recording' && seen!.since?.at !== undefined;
    expect(one.media()).toBeGreaterThan(20 * SECOND);
    if (one.traits.proof === 'look') {
      expect(isProved || seen!.actual === 'recording' || isPage(one)).toBe(true);
      return;
    }
    expect(['presumed', 'recording']).toContain(seen!.actual);
    expect(kinds(one)).toContain('recorder-recording');
  },

  'tell what a start is whose reply was lost': async (one) => {
    const request = await one.ready(1);
    one.pass(2 * SECOND);
    one.source(true);
    one.pass(5 * SECOND);
    const op = startOp(await benchTruth(one.again()));
    one.emulator.faults.arm({ op, kind: 'reply-lost' });
    const first = await one.recorder.start(one.context, request).catch((error: unknown) => error);
    if (!(first instanceof VendorFailure)) {
      // It has looked for itself.
      expect(one.began()).toBe(1);
      return;
    }
    expect(first.failure).toMatchObject({ applied: 'unknown' });
    one.pass(SECOND);
    const again = one.recorder.start(one.context, { ...request, attempt: 2 });
    if (one.traits.unansweredStart === 'repeat') expect(await again).toMatchObject({ wasOurs: true });
    else await again.catch((error: unknown) => expect(error).toMatchObject({ name: 'VendorFailure' }));
    expect(one.began()).toBe(1);
  },

  'tell what a drop does, and who sees it': async (one) => {
    if (isPage(one)) return;
    const { take, started } = await recording(one);
    await one.look([take]);
    one.source(false);
    one.pass(20 * SECOND);
    const [during] = await one.look([{ ...take, belief: 'recording' }]);
    expect(during!.actual === 'recording' || during!.actual === 'presumed').toBe(!one.traits.seesDrops);
    const before = one.media();
    one.source(true);
    one.pass(40 * SECOND);
    const after = one.media() - before;
    if (one.traits.survivesDrop) {
      expect(after).toBeGreaterThan(15 * SECOND);
      return;
    }
    if (!one.traits.asserts) {
      // It may go on, and the look tells.
      const [back] = await one.look([{ ...take, belief: 'armed' }]);
      expect(back!.actual === 'recording').toBe(after > 15 * SECOND);
      return;
    }
    const [back] = await one.look([{ ...take, belief: 'armed' }]);
    expect(back!.actual).toBe('unsure');
    const asserted = await one.recorder.assert!(one.context, one.subject, take);
    expect(asserted.goesOn).toBe(after > 15 * SECOND);
    expect(asserted.handle).not.toEqual(started.handle);
    one.pass(20 * SECOND);
    expect(one.media() - before).toBeGreaterThan(15 * SECOND);
    const [settled] = await one.look([{ ...take, handle: asserted.handle, belief: 'presumed' }]);
    expect(['presumed', 'recording']).toContain(settled!.actual);
  },

  'tell whether it can be held': async (one) => {
    if (!one.traits.nativePause) return;
    const { take } = await recording(one);
    const standing = { ...take, settings: {}, held: false };
    const held = await one.recorder.pause!(one.context, one.subject, standing);
    one.pass(5 * SECOND);
    const before = one.media();
    one.pass(MINUTE);
    expect(one.media() - before).toBeLessThan(2 * SECOND);
    const [seen] = await one.look([{ ...take, belief: 'paused' }]);
    expect(seen!.actual).toBe('paused');
    const handle = held.handle ?? take.handle;
    await one.recorder.resume!(one.context, one.subject, { ...standing, handle, held: true });
    one.pass(MINUTE);
    expect(one.media() - before).toBeGreaterThan(45 * SECOND);
  },

  'tell what can be listed, and stopped by that': async (one) => {
    const { recorder, context, subject } = one;
    const { request, started } = await recording(one);
    expect('recordings' in recorder).toBe(recorder.lists !== 'none');
    if (!recorder.recordings) return;
    const known = recorder.lists === 'target' ? [subject.target] : [];
    const [found, ...others] = await recorder.recordings(context, known);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ recording: started.recording, target: subject.target });
    expect(found!.name === null || isDeepStrictEqual(found!.name, request.name)).toBe(true);
    expect(Math.abs(found!.since! - request.name.at)).toBeLessThan(10 * SECOND);
    const take = { take: 1, name: request.name, handle: found!.handle };
    expect(await recorder.stop(context, subject, take)).toMatchObject({ how: 'stopped' });
    expect(await recorder.recordings(context, known)).toEqual([]);
  },

  'tell how long the next start must wait': async (one) => {
    const { take } = await recording(one);
    await one.recorder.stop(one.context, one.subject, take);
    const request = await one.ready(2);
    const { restartGapMs } = one.traits;
    if (restartGapMs > 0) {
      one.pass(restartGapMs / 2);
      expect(await failureIn(one.recorder.start(one.context, request))).toMatchObject({ applied: 'no' });
      one.pass(restartGapMs / 2 + SECOND);
    }
    await one.recorder.start(one.context, request);
    expect(one.began()).toBe(2);
  },

  'tell whether something must be made in the account, and before the source': async (one) => {
    const policy = { foreign: 'refuse', account: 'ensure', repush: 'never', made: 'keep' } as const;
    if (!one.traits.prepares) return;
    const planned = await one.recorder.plan!(one.context, { ...one.subject, policy });
    const { made } = await one.recorder.prepare!(one.context, { ...one.subject, policy });
    expect(made.map(({ action, what, where }) => ({ action, what, where }))).toEqual(
      planned.map(({ action, what, where }) => ({ action, what, where })),
    );
    expect(await one.recorder.plan!(one.context, { ...one.subject, policy })).toEqual([]);
    expect(made.length > 0).toBe(one.traits.makes);
    if (made.length === 0) return;
    await one.recorder.release!(one.context, one.subject, made);
    expect(await one.recorder.plan!(one.context, { ...one.subject, policy })).toHaveLength(planned.length);
    one.source(true);
    one.pass(5 * SECOND);
    const request = await one.ready(1);
    expect(await failureIn(one.recorder.start(one.context, request))).toMatchObject({
      code: 'E_NOT_IN_FORCE',
    });
    await one.recorder.repush!(one.context, one.subject);
    one.pass(30 * SECOND);
    await one.recorder.start(one.context, request);
  },

  'tell what callbacks tell, and how files are known': async (one) => {
    const { take } = await recording(one);
    const looked: Observation[] = await one.look([take]);
    one.source(false);
    one.pass(5 * SECOND);
    one.source(true);
    one.pass(MINUTE);
    const stopped = await one.recorder.stop(one.context, one.subject, take);
    one.pass(one.traits.filesSettleMs + 10 * MINUTE);
    const told = kinds(one);
    const recorder: RecorderEventKind[] = ['recorder-started', 'recorder-recording', 'recorder-ended'];
    expect({
      source: told.has('source-up') && told.has('source-down'),
      recorder: recorder.some((kind) => told.has(kind)),
      files: told.has('file-ready'),
    }).toEqual({ ...one.traits.callbacks, ...(isPage(one) && { source: false }) });
    const named = [...looked, ...(stopped.observation ? [stopped.observation] : [])].flatMap(
      ({ files = [] }) => files,
    );
    if (one.traits.files === 'look') expect(named.length).toBeGreaterThan(0);
    if (one.traits.files !== 'list') return;
    const listed = await one.recorder.files!(one.context, one.subject, take, []);
    expect(listed.length).toBeGreaterThan(0);
  },
};

describe.each(SUBJECTS)('the traits of $title', ({ vendor, target, options }) => {
  it.each(Object.keys(CHECKS))('%s', async (name) => {
    await expect(CHECKS[name]!(benchOf(vendor, { target, options }))).resolves.toBeUndefined();
  });
});

/** By check: traits of a vendor for which they would be wrong. */
const LIES: [check: string, vendor: string, lie: Partial<Traits>][] = [
  ['name the calls that there are', 'ome', { prepares: true }],
  ['name the calls that there are', 'ome', { asserts: true }],
  ['name the calls that there are', 'ome', { reserves: true }],
  ['name the calls that there are', 'ome', { refreshEveryMs: 3_600_000 }],
  ['name the calls that there are', 'ome', { callbacks: null }],
  ['tell what a start without a source is', 'ome', { start: 'source-needed' }],
  ['tell what a start without a source is', 'huawei', { start: 'armed' }],
  ['tell how a start is proved', 'huawei', { proof: 'look' }],
  ['tell what a start is whose reply was lost', 'agora', { unansweredStart: 'repeat' }],
  ['tell what a drop does, and who sees it', 'agora', { seesDrops: true }],
  ['tell what a drop does, and who sees it', 'huawei', { seesDrops: false }],
  ['tell what a drop does, and who sees it', 'alibaba', { survivesDrop: true }],
  ['tell whether something must be made in the account, and before the source', 'naver', { makes: true }],
  ['tell whether it can be held', 'ome', { nativePause: true }],
  ['tell how long the next start must wait', 'huawei', { restartGapMs: 0 }],
  ['tell how long the next start must wait', 'ome', { restartGapMs: 10_000 }],
  ['tell whether something must be made in the account, and before the source', 'ome', { prepares: true }],
  [
    'tell what callbacks tell, and how files are known',
    'ome',
    { callbacks: { source: true, recorder: true, files: false } },
  ],
  [
    'tell what callbacks tell, and how files are known',
    'huawei',
    { callbacks: { source: true, recorder: true, files: false } },
  ],
  ['tell what callbacks tell, and how files are known', 'huawei', { files: 'look' }],
];

describe('a lie', () => {
  it.each(LIES)('fails the check: %s, of %s', async (check, vendor, lie) => {
    const [subject] = subjectsOf(vendor);
    const one = benchOf(vendor, subject!);
    const lied = CHECKS[check]!({ ...one, traits: { ...one.traits, ...lie } });
    expect(await lied.catch((error: unknown) => error)).toBeInstanceOf(Error);
  });
});

/** How the emulator calls the request that begins a recording: the last one before the first recording began. */
function startOp(entries: readonly { type: string; op?: string; verdict?: string }[]): string {
  const began = entries.findIndex((one) => one.type === 'recording');
  const applied = entries.slice(began).find((one) => one.type === 'request' && one.verdict === 'applied');
  return applied?.op ?? '*';
}

async function benchTruth(one: Bench) {
  await recording(one);
  return one.emulator.truth.entries;
}
