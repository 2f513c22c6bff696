import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import { omeKit } from './ome-kit.ts';
import type { OmeKit } from './ome-kit.ts';

type Step = { act: (kit: OmeKit) => void; waitMs: number };

const ignoringRefusals = (act: (kit: OmeKit) => unknown) => (kit: OmeKit) => {
  try {
    act(kit);
  } catch {
    // A control that does not fit the moment is refused in both runs alike.
  }
};

const ACTS = [
  (kit: OmeKit) => kit.push({ keyframeMs: 1700, bitrate: 777_777 }),
  (kit: OmeKit) => kit.drop(),
  (kit: OmeKit) => kit.control('source.stall', { stream: 's' }),
  (kit: OmeKit) => kit.control('source.flow', { stream: 's' }),
  (kit: OmeKit) => kit.start('zz', { interval: 4000, filePath: '${Id}_${Sequence}_${EndTime:hhmmss}.ts' }),
  (kit: OmeKit) => kit.start('mm', { schedule: '*/7 * *', filePath: '${Id}_${Sequence}.ts' }),
  (kit: OmeKit) => kit.start('aa'),
  (kit: OmeKit) => kit.stop('zz'),
  (kit: OmeKit) => kit.stop('mm'),
  (kit: OmeKit) => kit.control('restart', { kill: true, downMs: 3000 }),
  (kit: OmeKit) => kit.control('restart', { kill: false }),
].map(ignoringRefusals);

const steps = array(record({ act: constantFrom(...ACTS), waitMs: integer({ min: 0, max: 15_000 }) }), {
  maxLength: 25,
});

/** Spans of media per recording, neighbours joined, and their bytes. */
function recorded(kit: OmeKit) {
  const spans = new Map<string, { from: number; to: number; bytes: number }[]>();
  for (const { recording, from, to, bytes } of kit.truth('media')) {
    const own = spans.get(recording) ?? [];
    const last = own.at(-1);
    if (last && last.to === from) Object.assign(last, { to, bytes: last.bytes + bytes });
    else own.push({ from, to, bytes });
    spans.set(recording, own);
  }
  return Object.fromEntries(spans);
}

function files(kit: OmeKit): string[] {
  const told = kit
    .truth('file')
    .map(({ at, recording, event, tmp }) => [at, recording, event, tmp].join(' '));
  return told.toSorted((a, b) => a.localeCompare(b));
}

const RECORDS = '/v1/vhosts/default/apps/app:records';

function run(script: Step[], lookEveryMs: number): OmeKit {
  const kit = omeKit();
  for (const { act, waitMs } of script) {
    act(kit);
    for (let left = waitMs; left > 0; left -= lookEveryMs) {
      kit.wait(Math.min(left, lookEveryMs));
      kit.emulator.settle(kit.clock.now());
    }
  }
  return kit;
}

it('makes no difference how often it is looked at', () => {
  assert(
    property(steps, integer({ min: 50, max: 5000 }), (script, lookEveryMs) => {
      const seldom = run(script, 1_000_000);
      const often = run(script, lookEveryMs);
      expect(recorded(often)).toEqual(recorded(seldom));
      expect(files(often)).toEqual(files(seldom));
      expect(often.answer('POST', RECORDS, {})).toEqual(seldom.answer('POST', RECORDS, {}));
    }),
    { numRuns: 200 },
  );
});
