/** Whatever happens to the vendors that take no names of ours, in every position of what their pages leave open. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../src/emulators/faults.ts';
import { runVendor, type Hands, type VendorScript } from '../driver/emulated-world.ts';
import { MINUTE, SECOND } from '../driver/world.ts';
import { FIXED_VENDORS, playOf } from './vendor-samples.ts';

type Happening =
  | { command: 'pause' | 'resume'; forMs?: number }
  | { source: boolean }
  | { blinkMs: number }
  | { op: string; kind: string; times: number }
  | { workerDownMs: number };

const ops: Record<string, string[]> = {
  huawei: ['start', 'stop', 'listStreams', 'listRules', 'createRule'],
  alibaba: [
    'RealTimeRecordCommand',
    'DescribeLiveStreamsOnlineList',
    'DescribeLiveRecordConfig',
    'AddLiveAppRecordConfig',
  ],
  naver: ['startRecord', 'stopRecord', 'channel', 'records'],
};

const LIES: ReadonlySet<string> = new Set(['not-found', 'refused']);

const happening = (vendor: string): fc.Arbitrary<Happening> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom<Happening>(
        { command: 'pause' },
        { command: 'resume' },
        { command: 'pause', forMs: 4 * MINUTE },
      ),
    },
    { weight: 3, arbitrary: fc.boolean().map((source): Happening => ({ source })) },
    {
      weight: 3,
      arbitrary: fc.integer({ min: 2, max: 100 }).map((s): Happening => ({ blinkMs: s * SECOND })),
    },
    {
      weight: 5,
      arbitrary: fc
        .record({
          op: fc.constantFrom('*', '*', ...ops[vendor]!),
          // A state that ApsaraVideo tells is believed: 409 with a task's code means that nothing is being recorded.
          kind: fc.constantFrom(
            ...FAULT_KINDS.filter((kind) => vendor !== 'alibaba' || kind !== 'not-found'),
          ),
          times: fc.integer({ min: 1, max: 4 }),
        })
        // None of them is known to fail over: what it says twice, some time apart, counts as its word.
        .map((one): Happening => ({ ...one, times: LIES.has(one.kind) ? 1 : one.times })),
    },
    {
      weight: 2,
      arbitrary: fc.integer({ min: 1, max: 400 }).map((s): Happening => ({ workerDownMs: s * SECOND })),
    },
  );

const bool = fc.boolean();
const unknowns: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  huawei: fc.record({
    offlineStatus: fc.constantFrom(400, 404),
    noRuleStatus: fc.constantFrom(400, 404),
    tooSoonCode: fc.constantFrom('LIVE.100011022', 'LIVE.100011001'),
    mergeZero: fc.constantFrom('ends', 'goes-on'),
    stopWhileAway: fc.constantFrom('applied', 'refused'),
    overAfterStop: bool,
    throttledStatus: fc.constantFrom(429, 403),
    callbackRetries: fc.constantFrom('none', 'some'),
    callbackOrder: fc.constantFrom('as-happened', 'reversed'),
    authTimestamp: fc.constantFrom('number', 'string'),
    duplicateRuleCode: fc.constantFrom('LIVE.103011018', 'LIVE.100011001'),
    missingStatus: fc.constantFrom(404, 400),
    ruleEcho: fc.constantFrom('filled', 'as-written'),
    sameLevel: fc.constantFrom('place', 'domain'),
    contents: fc.constantFrom('available', 'absent'),
  }),
  alibaba: fc.record({
    wrongStateCode: fc.constantFrom('TaskNotStarted', 'TaskStateInvalid'),
    startWhenPaused: fc.constantFrom('same-file', 'new-file', 'refused'),
    codes: fc.constantFrom('current', '2018'),
    throttlingStatus: fc.constantFrom(400, 429, 503),
    pauseEvents: bool,
    manualDrop: fc.constantFrom('ends', 'survives'),
    recommend: bool,
    retries: fc.constantFrom('newer', 'older'),
  }),
  naver: fc.record({
    doubleStart: fc.constantFrom('error', 'same', 'another'),
    idleStop: fc.constantFrom('error', 'ok'),
    codeType: fc.constantFrom('number', 'text'),
    publishEnd: fc.constantFrom('ends', 'later', 'stays'),
    // In the position `another` the platform records by itself, also while nobody wants it: see docs/naver.md.
    reconnect: fc.constantFrom('ended', 'goes-on', 'fragments'),
    format: fc.constantFrom('honoured', 'ignored'),
    removed: fc.constantFrom('listed', 'gone'),
    listIsRecording: fc.constantFrom('there', 'absent'),
    recordInfo: fc.constantFrom('map', 'flat'),
    publishingWord: fc.constantFrom('PUBLISHING', 'PUBLISH'),
    eventTypes: fc.constantFrom('typed', 'text'),
    callbackRetries: fc.constantFrom('none', 'some'),
  }),
};

const rate = fc.constantFrom(0, 0, 0.1, 0.2);
const called = fc.option(fc.record({ lost: rate, doubled: rate, late: rate, reordered: rate, forged: rate }));

/** Random orders ask for what cannot be: a push that is there already, the end of none. */
function push(hands: Hands, up: boolean): void {
  try {
    hands.source(up);
  } catch (error) {
    if (!/already|not pushed|no such|not being pushed|is no push|nobody pushes/i.test(String(error)))
      throw error;
  }
}

function happen(what: Happening): VendorScript[number]['do'] {
  return (d, hands) => {
    if ('command' in what)
      d.command(what.command, what.forMs === undefined ? {} : { until: d.now() + what.forMs });
    else if ('source' in what) push(hands, what.source);
    else if ('blinkMs' in what) push(hands, false);
    else if ('workerDownMs' in what) d.killWorker();
    else hands.control('faults', { ...what, delayMs: 15_000 });
  };
}

function after(at: number, what: Happening): VendorScript {
  if ('blinkMs' in what) return [{ at: at + what.blinkMs, do: (_d, hands) => push(hands, true) }];
  if ('workerDownMs' in what) return [{ at: at + what.workerDownMs, do: (d) => d.reviveWorker() }];
  return [];
}

const SELDOM_MS = 345_000;

/** With PROPERTY_RUNS a hunt; else the same lives at each run. A life is too long to be shrunk. */
const { PROPERTY_RUNS } = process.env;
const RUNS =
  PROPERTY_RUNS === undefined
    ? { numRuns: 60, seed: 20_261_121, endOnFailure: true }
    : { numRuns: Number(PROPERTY_RUNS), endOnFailure: true };

describe.each(FIXED_VENDORS)('whatever happens to %s', (vendor) => {
  it('the session ends, outlives nothing, and its coverage is the truth', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.integer({ min: 0, max: 3600 }), what: happening(vendor) }), {
          maxLength: 16,
        }),
        unknowns[vendor]!,
        called,
        fc.boolean(),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        async (happenings, positions, rates, sourceFirst, seed) => {
          const script: VendorScript = [
            ...(sourceFirst ? [{ at: MINUTE, do: happen({ source: true }) }] : []),
            ...happenings.flatMap(({ at, what }) => [
              { at: at * SECOND, do: happen(what) },
              ...after(at * SECOND, what),
            ]),
          ].toSorted((a, b) => a.at - b.at);
          const down = happenings.reduce(
            (sum, { what }) => sum + ('workerDownMs' in what ? what.workerDownMs : 0),
            0,
          );
          const run = await runVendor(
            vendor,
            playOf(vendor, {
              script,
              seed,
              called: rates !== null,
              emulator: { unknowns: positions, ...(rates && { callbackRates: rates }) },
            }),
            { lookMs: (rates ? SELDOM_MS : 75_000) + 2 * down },
          );
          expect(run.result, 'the session must end').not.toBeNull();
          expect(run.faults).toEqual([]);
          expect(JSON.stringify(run.state)).not.toContain('CANARY');
        },
      ),
      RUNS,
    );
  });
});
