import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import type { NaverUnknowns } from '../../src/emulators/index.ts';
import { CHANNEL, naverKit, type NaverKit } from './naver-kit.ts';

type Step = { act: (kit: NaverKit) => void; waitMs: number };

const ignoringRefusals = (act: (kit: NaverKit) => unknown) => (kit: NaverKit) => {
  try {
    act(kit);
  } catch {
    // A control that does not fit the moment is refused in both runs alike.
  }
};

const put = (verb: string) => (kit: NaverKit) => kit.send('PUT', `/api/v2/channels/${CHANNEL}/${verb}`);

const ACTS = [
  (kit: NaverKit) => kit.push(),
  (kit: NaverKit) => kit.push(),
  (kit: NaverKit) => kit.leave(),
  (kit: NaverKit) => kit.start(),
  (kit: NaverKit) => kit.start(),
  (kit: NaverKit) => kit.stop(),
  (kit: NaverKit) => kit.control('source.stall', { channel: CHANNEL }),
  (kit: NaverKit) => kit.control('source.flow', { channel: CHANNEL }),
  (kit: NaverKit) => kit.control('bucket', { denied: true }),
  (kit: NaverKit) => kit.control('bucket', { denied: false }),
  (kit: NaverKit) => kit.control('processing', { fails: true }),
  (kit: NaverKit) => kit.control('processing', { fails: false }),
  (kit: NaverKit) => {
    const recordIds = kit
      .records()
      .flatMap((one) => (one['status'] === 'TRANSFER_FAIL' ? [one.recordId] : []));
    kit.send('POST', '/api/v2/buckets/archive/upload', { recordIds });
  },
  put('off'),
  put('on'),
].map(ignoringRefusals);

const steps = array(record({ act: constantFrom(...ACTS), waitMs: integer({ min: 0, max: 20_000 }) }), {
  maxLength: 30,
});

const unknowns = record<Partial<NaverUnknowns>>({
  doubleStart: constantFrom('error', 'same', 'another'),
  publishEnd: constantFrom('ends', 'later', 'stays'),
  reconnect: constantFrom('ended', 'another', 'goes-on', 'fragments'),
  publishEndDelayMs: integer({ min: 0, max: 15_000 }),
  longestMs: constantFrom(Infinity, 25_000),
  temporaryMs: constantFrom(40_000, 86_400_000),
  finishedVisibleMs: constantFrom(0, 10_000, Infinity),
  removed: constantFrom('listed', 'gone'),
});

function run(script: Step[], switches: Partial<NaverUnknowns>, lookEveryMs: number): NaverKit {
  const kit = naverKit({ unknowns: switches });
  for (const { act, waitMs } of script) {
    act(kit);
    for (let left = waitMs; left > 0; left -= lookEveryMs) {
      kit.wait(Math.min(left, lookEveryMs));
      kit.emulator.settle(kit.clock.now());
    }
  }
  return kit;
}

interface Span {
  recording: string;
  from: number;
  to: number;
  bytes: number;
}

/** Media of each file, neighbours joined. */
function recorded(kit: NaverKit): Span[] {
  const spans: (Span & { file: string })[] = [];
  for (const { recording, file, from, to, bytes } of kit.truth('media')) {
    const last = spans.at(-1);
    if (last?.file === file && last.to === from) Object.assign(last, { to, bytes: last.bytes + bytes });
    else spans.push({ recording, file, from, to, bytes });
  }
  return spans;
}

it('makes no difference how often it is looked at', () => {
  assert(
    property(steps, unknowns, integer({ min: 50, max: 7000 }), (script, switches, lookEveryMs) => {
      const seldom = run(script, switches, 1_000_000);
      const often = run(script, switches, lookEveryMs);
      expect(recorded(often)).toEqual(recorded(seldom));
      for (const type of ['recording', 'file', 'source', 'request'] as const)
        expect(often.truth(type)).toEqual(seldom.truth(type));
      expect(often.records()).toEqual(seldom.records());
      expect(often.info()).toEqual(seldom.info());
    }),
    { numRuns: 300 },
  );
});

it('records within the life of a recording and while frames arrive, and one recording at a time', () => {
  assert(
    property(steps, unknowns, (script, switches) => {
      const kit = run(script, switches, 1_000_000);
      const spans = recorded(kit);
      const lives = kit.truth('recording');
      const open = new Set<string>();
      for (const { recording, event } of lives) {
        const isNews = event === 'began' ? !open.has(recording) : open.delete(recording);
        if (event === 'began') open.add(recording);
        expect([isNews, open.size <= 1]).toEqual([true, true]);
      }
      expect(kit.info()['isRecording']).toBe(open.size === 1);
      for (const { recording, from, to } of spans) {
        const own = lives.filter((one) => one.recording === recording);
        const ended = own.find(({ event }) => event === 'ended')?.at ?? kit.clock.now();
        expect(from).toBeGreaterThanOrEqual(own[0]!.at);
        expect(to).toBeLessThanOrEqual(ended);
        expect(to).toBeGreaterThan(from);
        // No change of the source lies within a stretch.
        const changes = kit
          .truth('source')
          .filter(({ at, event }) => at > from && at < to && event !== 'denied');
        expect(changes).toEqual([]);
        const before = kit.truth('source').filter(({ at, event }) => at <= from && event !== 'denied');
        expect(['up', 'flowing']).toContain(before.at(-1)?.event);
      }
    }),
    { numRuns: 300 },
  );
});

it('tells the end of each file once: in the bucket or lost', () => {
  assert(
    property(steps, unknowns, (script, switches) => {
      const kit = run(script, switches, 1_000_000);
      kit.stop();
      kit.wait(2 * 86_400_000);
      const told = kit.truth('file').map(({ file }) => file);
      expect(new Set(told).size).toBe(told.length);
      const made = kit.truth('media').map(({ file }) => file);
      expect(made.filter((file) => !told.includes(file))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
