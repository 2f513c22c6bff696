/** A vendor that keeps no names of ours, and is asked for the targets that the archive knows. */
import { describe, expect, it } from 'vitest';
import { sampleSource, sampleTarget } from '../../src/emulators/registry.ts';
import { HOUR, headerOf, MINUTE, nameOf, OURS, START, world } from './kit.ts';

const TARGET = sampleTarget('naver', 'news');

/** A channel that records, begun by a session that our archive knows. */
async function oneTake() {
  const made = world();
  const place = made.place('naver');
  place.control('source.start', sampleSource('naver', 'news'));
  made.clock.now += MINUTE;
  const name = nameOf(OURS, made.clock.now);
  const take = await place.start(TARGET, name);
  const header = headerOf('naver', take.key, { sessionId: name.sessionId });
  return { made, place, take, header };
}

describe('where the vendor lists a target, a sweep', () => {
  it('knows its own by the ledger, and stops it after two passes', async () => {
    const { made, place, take, header } = await oneTake();
    await made.ledger(header, [{ recording: take.recording }]);
    expect(await made.sweep({ stop: true })).toMatchObject({
      findings: [
        {
          key: take.key,
          recording: take.recording,
          sessionId: header.sessionId,
          take: 1,
          state: 'no-session',
        },
      ],
      accounts: [{ lists: 'target', foreign: 0, ofOthers: 0 }],
      unproved: [],
    });
    made.clock.now += 10 * MINUTE;
    expect((await made.sweep({ stop: true })).findings).toMatchObject([{ stopped: { how: 'stopped' } }]);
    expect(await place.running([TARGET])).toEqual([]);
  });

  it('leaves what no ledger has', async () => {
    const { made, place, take, header } = await oneTake();
    await made.ledger(header, [{ recording: `${String(TARGET.channel)}/999` }]);
    for (let i = 0; i < 3; i += 1) {
      expect(await made.sweep({ stop: true })).toMatchObject({ findings: [], accounts: [{ foreign: 1 }] });
      made.clock.now += 10 * MINUTE;
    }
    expect(await place.running([TARGET])).toMatchObject([{ recording: take.recording }]);
  });

  it('leaves what the ledger of another installation has', async () => {
    const { made, place, take, header } = await oneTake();
    await made.ledger({ ...header, installation: 'other1' }, [{ recording: take.recording }]);
    for (let i = 0; i < 3; i += 1) {
      expect(await made.sweep({ stop: true })).toMatchObject({ findings: [], accounts: [{ ofOthers: 1 }] });
      made.clock.now += 10 * MINUTE;
    }
    expect(await place.running([TARGET])).toHaveLength(1);
  });

  it('leaves it to whoever has the target now', async () => {
    const { made, place, take, header } = await oneTake();
    await made.ledger(header, [{ recording: take.recording }]);
    // It may have taken the recording over a moment ago.
    made.open(take, { sessionId: '01ANOTHER', takes: [] });
    for (let i = 0; i < 3; i += 1) {
      expect((await made.sweep({ stop: true })).findings).toMatchObject([{ state: 'session-open' }]);
      made.clock.now += 10 * MINUTE;
    }
    expect(await place.running([TARGET])).toHaveLength(1);
  });

  it('knows nothing without an archive', async () => {
    const { made, place } = await oneTake();
    made.withoutArchive();
    expect((await made.sweep({ stop: true })).findings).toEqual([]);
    expect(await place.running([TARGET])).toHaveLength(1);
  });
});

describe('where the vendor lists nothing, a sweep', () => {
  const KEY = 'huawei/account/push.example.com/live/news';
  const one = () => {
    const made = world();
    made.place('huawei');
    return made;
  };
  const END = { at: START, how: 'stopped' };
  const ENDED = { status: 'ended', ended: END };

  it('names the session whose ledger has no end, and what bounds it', async () => {
    const made = one();
    const header = headerOf('huawei', KEY);
    await made.ledger(header, [ENDED, { status: 'open' }]);
    expect(await made.sweep({ stop: true })).toMatchObject({
      findings: [],
      unproved: [
        {
          account: 'account',
          key: KEY,
          sessionId: header.sessionId,
          name: 'news',
          takes: [2],
          asOf: new Date(START).toISOString(),
          why: 'no-end',
          boundAt: null,
          bound: 'the end of its push, some time after its encoder has gone',
        },
      ],
      accounts: [{ lists: 'none' }],
    });
  });

  it('names no session that is open, or has told its end', async () => {
    const made = one();
    const header = headerOf('huawei', KEY);
    await made.ledger(header, [{ status: 'open' }]);
    const name = nameOf(OURS, START, { sessionId: header.sessionId });
    const take = { key: KEY, recording: 'x', name };
    made.open(take);
    expect((await made.sweep()).unproved).toEqual([]);
    made.open(take, { open: false, status: 'TERMINATED' });
    expect((await made.sweep()).unproved).toMatchObject([{ why: 'no-end' }]);

    const ended = one();
    await ended.ledger(headerOf('huawei', KEY), [ENDED], {});
    expect((await ended.sweep()).unproved).toEqual([]);
    // Its files are still being looked for: the last word is not written yet.
    const waiting = one();
    const late = headerOf('huawei', KEY);
    await waiting.ledger(late, [ENDED]);
    waiting.open(
      { ...take, name: { ...name, sessionId: late.sessionId } },
      { open: false, status: 'COMPLETED', outcome: 'completed' },
    );
    expect((await waiting.sweep()).unproved).toEqual([]);
  });

  it('names what was written off until its bound, and what could not be stopped', async () => {
    const made = one();
    const boundAt = START + HOUR;
    await made.ledger(headerOf('huawei', KEY), [{ status: 'written-off', ended: END, boundAt }, ENDED], {});
    const stuck = `${KEY}2`;
    await made.ledger(headerOf('huawei', stuck), [{ status: 'written-off', ended: END }], {
      outcome: 'failed-to-stop',
    });
    expect((await made.sweep()).unproved).toMatchObject([
      { key: KEY, takes: [1], why: 'written-off', boundAt: new Date(boundAt).toISOString() },
      { key: stuck, takes: [1], why: 'failed-to-stop', boundAt: null },
    ]);
    made.clock.now = boundAt + 1;
    expect((await made.sweep()).unproved).toMatchObject([{ key: stuck }]);
  });

  it('looks 90 days back, and at the latest of each target whatever its age', async () => {
    const made = one();
    const days = (n: number) => ({ fromMs: START - n * 24 * HOUR, untilMs: null, zone: 'UTC' });
    const [older, latest] = [
      headerOf('huawei', KEY, { window: days(120) }),
      headerOf('huawei', KEY, { window: days(100) }),
    ];
    await made.ledger(older, [{}]);
    await made.ledger(latest, [{}]);
    expect((await made.sweep()).unproved).toMatchObject([{ sessionId: latest.sessionId }]);
  });

  it('tells an archive that cannot be read, and goes on', async () => {
    const made = one();
    made.archive.pieces.set(`${KEY}/2026-11-21/01X/part-0001.json`, 'torn');
    expect(await made.sweep()).toMatchObject({
      unproved: [],
      archiveProblem: { code: 'E_ARCHIVE_UNREADABLE' },
    });
  });
});

it('a recorder that is away leaves its ledgers to tell what it may hold', async () => {
  const made = world();
  const place = made.place('ome');
  const header = headerOf('ome', place.key({ app: 'app', stream: 'cam1' }));
  await made.ledger(header, [{ status: 'written-off', ended: { at: START, how: 'x' } }], {
    outcome: 'failed-to-stop',
  });
  expect((await made.sweep()).unproved).toEqual([]);
  place.emulator.faults.arm({ op: '*', kind: 'error-unapplied', times: 1 });
  expect((await made.sweep()).unproved).toMatchObject([
    { why: 'failed-to-stop', bound: 'nothing but a restart of OvenMediaEngine' },
  ]);
});
