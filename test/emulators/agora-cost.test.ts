import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agoraKit, FakeStore, PAGE, STORAGE, T0, type AgoraKit, type Ids } from './agora-kit.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('a day of recording', () => {
  const aDay = (looks: number) => {
    const store = new FakeStore();
    const kit = agoraKit({ store });
    kit.join();
    const ids = kit.begin('mix');
    for (let i = 0; i < looks; i += 1) {
      kit.wait(DAY / looks);
      if (kit.query(ids).status !== 200) throw new Error('The task is gone.');
    }
    kit.stop(ids);
    return { kit, store };
  };

  it('costs an upload each five minutes, however often it is looked at', () => {
    const [often, seldom] = [aDay(1440), aDay(1)];
    expect(often.store.uploads).toEqual(seldom.store.uploads);
    expect(often.store.uploads.length).toBeLessThan(300);
    const { entries } = often.kit.emulator.truth;
    expect(entries.length - 1440).toBeLessThan(320);
    expect(often.kit.notices().length).toBeLessThan(10);
  });

  it('costs nothing while nothing happens', () => {
    const store = new FakeStore();
    const kit = agoraKit({ store });
    kit.join('1', { role: 'audience' });
    kit.begin('mix', { recordingConfig: { channelType: 0 } });
    kit.wait(30 * DAY);
    kit.emulator.settle(kit.clock.now());
    expect(store.uploads).toHaveLength(1);
    expect(kit.emulator.truth.entries.length).toBeLessThan(10);
  });
});

type Step = { act: (kit: AgoraKit, ids: Ids[]) => unknown; waitMs: number };

const ACTS: Step['act'][] = [
  (kit) => kit.join('1'),
  (kit) => kit.join('2', { role: 'audience' }),
  (kit) => kit.leave('1'),
  (kit) => kit.leave('2'),
  (kit) => kit.control('user.stall', { channel: 'room', uid: '1' }),
  (kit) => kit.control('user.flow', { channel: 'room', uid: '1' }),
  (kit) => kit.control('failover', { channel: 'room', forMs: 20_000 }),
  (kit) => kit.control('page.set', { url: PAGE, state: 'slow' }),
  (kit) => kit.control('storage', { mode: 'denied' }),
  (kit) => kit.control('storage', { mode: 'ok' }),
  (kit) => kit.join('900'),
  (kit, ids) => ids.push(kit.begin('mix', sts(60))),
  (kit, ids) => ids.push(kit.begin('web', {}, { uid: '901' })),
  (kit, ids) => ids.push(kit.begin('individual', sts(100_000), { uid: '902' })),
  (kit, ids) => kit.update(ids[0]!, { storageConfig: { ...STORAGE, accessKey: 'new' } }),
  (kit, ids) => kit.update(ids.at(-1)!, { webRecordingConfig: { onhold: true } }),
  (kit, ids) => kit.stop(ids.at(-1)!),
];

const sts = (lifeS: number) => ({
  storageConfig: { ...STORAGE, stsToken: 't', stsExpiration: T0 / 1000 + lifeS },
});

const steps = array(record({ act: constantFrom(...ACTS), waitMs: integer({ min: 0, max: 90_000 }) }), {
  maxLength: 25,
});

function run(script: Step[], lookEveryMs: number, settles: boolean): AgoraKit {
  const kit = agoraKit();
  const ids: Ids[] = [];
  for (const { act, waitMs } of script) {
    try {
      act(kit, ids);
    } catch {
      // What does not fit the moment is refused in both runs alike.
    }
    for (let left = waitMs; left > 0; left -= lookEveryMs) {
      kit.wait(Math.min(left, lookEveryMs));
      if (settles) kit.emulator.settle(kit.clock.now());
      else kit.control('notices');
    }
  }
  return kit;
}

const withoutRequests = (kit: AgoraKit) => {
  kit.emulator.settle(kit.clock.now());
  return kit.emulator.truth.entries.filter(({ type }) => type !== 'request');
};

/** Everything that was recorded or lost, in pieces of a second by track. */
function seconds(kit: AgoraKit): string[] {
  const pieces = new Set<string>();
  for (const entry of withoutRequests(kit)) {
    if (entry.type !== 'media' && !(entry.type === 'file' && entry.from !== undefined)) continue;
    const track = /__uid_e_\w+?_/.exec(entry.file)?.[0] ?? '';
    for (let at = entry.from ?? 0; at < (entry.to ?? 0); at += 1)
      if (at % 1000 === 0) pieces.add(`${entry.recording} ${track} ${at - T0}`);
  }
  return [...pieces].toSorted((a, b) => a.localeCompare(b));
}

it('makes no difference how often it is looked at', () => {
  assert(
    property(steps, integer({ min: 500, max: 20_000 }), (script, lookEveryMs) => {
      const [seldom, often] = [run(script, 1_000_000, false), run(script, lookEveryMs, false)];
      expect(withoutRequests(often)).toEqual(withoutRequests(seldom));
      expect(often.notices()).toEqual(seldom.notices());
    }),
    { numRuns: 150 },
  );
});

it('tells each second once, recorded or lost, also when the log is settled often', () => {
  assert(
    property(steps, integer({ min: 500, max: 20_000 }), (script, lookEveryMs) => {
      expect(seconds(run(script, lookEveryMs, true))).toEqual(seconds(run(script, 1_000_000, false)));
    }),
    { numRuns: 60 },
  );
});
