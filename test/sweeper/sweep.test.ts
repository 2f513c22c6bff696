import { describe, expect, it } from 'vitest';
import { readSession, sessionFolders } from '../../src/archive/read.ts';
import type { Sweep } from '../../src/sweeper/types.ts';
import { headerOf, HOUR, MINUTE, nameOf, OURS, SECRET, START, world } from './kit.ts';

const TARGET = { app: 'app', stream: 'cam1' };

/** One OvenMediaEngine with one take of ours. */
async function oneTake() {
  const made = world();
  const place = made.place('ome');
  const take = await place.start(TARGET, nameOf(OURS, START));
  return { made, place, take };
}

describe('a sweep reports', () => {
  it('nothing where nothing records', async () => {
    const made = world();
    made.place('ome');
    expect(await made.sweep()).toMatchObject({
      findings: [],
      unproved: [],
      accounts: [{ account: 'account', lists: 'account', ofOthers: 0, foreign: 0, problem: null }],
      nextAt: null,
    });
  });

  it('a take that its open session has', async () => {
    const { made, take } = await oneTake();
    made.open(take);
    const { findings } = await made.sweep();
    expect(findings).toMatchObject([
      {
        account: 'account',
        key: 'ome/account/default/app/cam1',
        recording: take.recording,
        sessionId: take.name.sessionId,
        take: 1,
        since: new Date(START).toISOString(),
        state: 'session-open',
        session: 'RUNNING',
        unownedSince: null,
      },
    ]);
    expect(made.asked).toEqual([take.key]);
  });

  it.each([
    ['its session answers nobody', { takes: null }],
    ['its session has not told its id', { sessionId: null }],
    ['its start is not answered', { takes: [{ number: 1, recording: null }] }],
  ])('a take as owned while %s', async (_why, more) => {
    const { made, take } = await oneTake();
    made.open(take, more);
    expect((await made.sweep()).findings).toMatchObject([{ state: 'session-open' }]);
  });

  it.each([
    ['Temporal knows no session of the target', null, 'no-session', null],
    ['its session was terminated', { open: false, status: 'TERMINATED' }, 'no-session', 'TERMINATED'],
    [
      'its session could not stop it',
      { open: false, status: 'COMPLETED', outcome: 'failed-to-stop' },
      'no-session',
      'failed-to-stop',
    ],
    ['another session has the target', { sessionId: '01OTHER' }, 'no-session', null],
    ['its session has it no more', { takes: [{ number: 2, recording: null }] }, 'left-behind', 'RUNNING'],
    [
      'its session has another of that number',
      { takes: [{ number: 1, recording: 'default/app/another' }] },
      'left-behind',
      'RUNNING',
    ],
  ])('a take as left over where %s', async (_why, more, state, session) => {
    const { made, place, take } = await oneTake();
    if (more) made.open(take, more);
    expect((await made.sweep()).findings).toMatchObject([
      { state, session, unownedSince: new Date(START).toISOString(), stopped: null },
    ]);
    expect(await place.running()).toHaveLength(1);
    // Nothing is kept where nothing is to be stopped.
    expect([...made.archive.pieces.keys()]).toEqual([]);
  });

  it('the target by its input, where the output is called otherwise', async () => {
    const made = world();
    const place = made.place('ome');
    place.control('source.start', { stream: 'cam1', outputs: [{ name: 'cam1_o' }] });
    const take = await place.start(TARGET, nameOf(OURS, START));
    made.open(take);
    expect((await made.sweep()).findings).toMatchObject([
      { key: 'ome/account/default/app/cam1', state: 'session-open' },
    ]);
  });

  it('a session by the keeper of its files, where the recording does not tell its target', async () => {
    const { made, take } = await oneTake();
    // Records of older releases say nothing of it.
    made.open({ ...take, key: 'ome/account/default/app/as-it-was' });
    made.keepers.set(take.name.sessionId, 'ome/account/default/app/as-it-was');
    expect((await made.sweep()).findings).toMatchObject([
      { key: 'ome/account/default/app/as-it-was', state: 'session-open' },
    ]);
  });

  it('an account that cannot be asked, and goes on with the others', async () => {
    const made = world();
    const down = made.place('ome', 'down');
    const up = made.place('ome', 'up');
    await down.start(TARGET, nameOf(OURS, START));
    await up.start(TARGET, nameOf(OURS, START));
    down.emulator.faults.arm({ op: '*', kind: 'error-unapplied', times: 1 });
    const { accounts, findings } = await made.sweep();
    expect(accounts).toMatchObject([
      { account: 'down', problem: { code: 'E_VENDOR_FAULT' } },
      { account: 'up', problem: null },
    ]);
    expect(findings.map(({ account }) => account)).toEqual(['up']);
  });

  it('no secret', async () => {
    const { made, place } = await oneTake();
    const said = [await made.sweep({ stop: true })];
    for (const kind of ['refused', 'error-unapplied', 'malformed'] as const) {
      place.emulator.faults.arm({ op: 'vhosts', kind, times: 1 });
      said.push(await made.sweep({ stop: true }));
    }
    const bytes = JSON.stringify([said, [...made.archive.pieces]]);
    expect(bytes).not.toContain(SECRET);
    expect(bytes).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 12));
  });
});

describe('a sweep stops', () => {
  it('what was left over, and tells the ledger of its session', async () => {
    const { made, take } = await oneTake();
    const { sessionId } = take.name;
    await made.ledger(headerOf('ome', take.key, { sessionId }), [{ recording: take.recording }]);
    await made.sweep({ stop: true, wait: true });
    const [folder] = await sessionFolders(made.archive, take.key);
    const record = await readSession(made.archive, folder!);
    expect(record).toMatchObject({ parts: 1, result: null });
    expect(record!.swept).toMatchObject([
      { take: 1, recording: take.recording, at: made.clock.now, how: 'stopped' },
    ]);
  });

  it('nothing before it has told what the first pass found, and when the second one comes', async () => {
    const { made, place, take } = await oneTake();
    const firsts: Sweep[] = [];
    const running: number[] = [];
    made.meanwhile(() => running.push(firsts.length));
    const { findings } = await made.sweep({
      stop: true,
      wait: true,
      onFirstPass: (first) => firsts.push(structuredClone(first)),
    });
    expect(firsts).toMatchObject([
      {
        findings: [{ recording: take.recording, stopped: null }],
        nextAt: new Date(START + 10 * MINUTE).toISOString(),
      },
    ]);
    expect(running).toEqual([1]);
    expect(findings).toMatchObject([{ stopped: { how: 'stopped' } }]);
    expect(await place.running()).toEqual([]);
  });

  it('also where the ledger does not take that', async () => {
    const { made, take, place } = await oneTake();
    const { sessionId } = take.name;
    await made.ledger(headerOf('ome', take.key, { sessionId }), [{ recording: take.recording }]);
    made.archive.down = true;
    const { findings } = await made.sweep({ stop: true, wait: true });
    expect(findings).toMatchObject([{ stopped: { how: 'stopped' }, problem: null }]);
    expect(await place.running()).toEqual([]);
  });

  it('what two passes at least 10 min apart saw without a session', async () => {
    const { made, place, take } = await oneTake();
    const first = await made.sweep({ stop: true });
    expect(first).toMatchObject({
      findings: [{ recording: take.recording, stopped: null }],
      nextAt: new Date(START + 10 * MINUTE).toISOString(),
    });
    made.clock.now += 9 * MINUTE;
    expect((await made.sweep({ stop: true })).findings).toMatchObject([{ stopped: null }]);
    expect(await place.running()).toHaveLength(1);
    made.clock.now += MINUTE;
    const last = await made.sweep({ stop: true });
    expect(last).toMatchObject({
      findings: [{ recording: take.recording, stopped: { how: 'stopped' }, problem: null }],
      nextAt: null,
    });
    expect(await place.running()).toEqual([]);
    expect((await made.sweep({ stop: true })).findings).toEqual([]);
  });

  it('nothing in a pass that began too early, however long it took', async () => {
    const { made, place } = await oneTake();
    await made.sweep({ stop: true });
    made.clock.now += 10 * MINUTE - 1;
    const slow: typeof made.sessions = {
      ...made.sessions,
      lockOf: async (key) => {
        made.clock.now += MINUTE;
        return await made.sessions.lockOf(key);
      },
    };
    expect((await made.sweep({ stop: true }, { sessions: slow })).findings).toMatchObject([
      { stopped: null },
    ]);
    expect(await place.running()).toHaveLength(1);
  });

  it('nothing that got a session between them', async () => {
    const { made, place, take } = await oneTake();
    await made.sweep({ stop: true });
    made.open(take);
    made.clock.now += 11 * MINUTE;
    await made.sweep({ stop: true });
    made.locks.clear();
    made.clock.now += MINUTE;
    // Two passes in a row count, and not any two.
    expect((await made.sweep({ stop: true })).findings).toMatchObject([
      { unownedSince: new Date(START + 12 * MINUTE).toISOString(), stopped: null },
    ]);
    expect(await place.running()).toHaveLength(1);
  });

  it('nothing whose session is there at the last question', async () => {
    const { made, place, take } = await oneTake();
    await made.sweep({ stop: true });
    made.clock.now += 11 * MINUTE;
    let asked = 0;
    const { sessions } = made;
    const late: typeof sessions = {
      ...sessions,
      lockOf: async (key) => {
        asked += 1;
        if (asked > 1) made.open(take);
        return await sessions.lockOf(key);
      },
    };
    const { findings } = await made.sweep({ stop: true }, { sessions: late });
    expect(findings).toMatchObject([{ state: 'session-open', stopped: null, unownedSince: null }]);
    expect(await place.running()).toHaveLength(1);
  });

  it('in one invocation that waits, with or without an archive', async () => {
    for (const withArchive of [true, false]) {
      const { made, place } = await oneTake();
      if (!withArchive) made.withoutArchive();
      const { findings } = await made.sweep({ stop: true, ...(withArchive && { wait: true }) });
      expect(findings).toMatchObject([{ stopped: { how: 'stopped' } }]);
      expect(await place.running()).toEqual([]);
      expect(made.clock.now).toBeGreaterThanOrEqual(START + 10 * MINUTE);
    }
  });

  it('nothing that got a session while one invocation waited', async () => {
    const { made, place, take } = await oneTake();
    made.meanwhile(() => made.open(take));
    const { findings } = await made.sweep({ stop: true, wait: true });
    expect(findings).toMatchObject([{ state: 'session-open', stopped: null }]);
    expect(await place.running()).toHaveLength(1);
  });

  it('the take that its open session has left behind, and not the one that it has', async () => {
    const { made, place, take } = await oneTake();
    const next = await place.start(TARGET, { ...take.name, take: 2, nonce: 'another1', at: START + 1 });
    made.open(next);
    await made.sweep({ stop: true });
    made.clock.now += 10 * MINUTE;
    await made.sweep({ stop: true });
    expect((await place.running()).map(({ recording }) => recording)).toEqual([next.recording]);
  });

  it('nothing of another installation, and nothing without a name of ours', async () => {
    const { made, place } = await oneTake();
    const theirs = await place.start({ app: 'app', stream: 'cam2' }, nameOf('other1', START));
    const strange = [
      { id: 'by-hand', stream: { name: 'cam3' } },
      // An id like ours, and nothing beside it that says so.
      { id: `01kah3w2pq-${OURS}-01KAH3VZX0Q5Y7T9C2N4M6B8D0-t3-x7k2m9qa`, stream: { name: 'cam3' } },
      {
        id: 'mine',
        metadata: `{"by":"keeprolling","installation":"${OURS}","session":"x","take":1}`,
        stream: { name: 'cam3' },
      },
    ];
    for (const record of strange) startByHand(place, record);
    for (let i = 0; i < 3; i += 1) {
      const { accounts } = await made.sweep({ stop: true });
      expect(accounts).toMatchObject([{ ofOthers: 1, foreign: 3 }]);
      made.clock.now += 10 * MINUTE;
    }
    const left = (await place.running()).map(({ recording }) => recording);
    expect(left.toSorted()).toEqual(
      [theirs.recording, ...strange.map(({ id }) => `default/app/${id}`)].toSorted(),
    );
  });

  it('later what could not be stopped now, and says why', async () => {
    const { made, place } = await oneTake();
    await made.sweep({ stop: true });
    made.clock.now += 10 * MINUTE;
    place.emulator.faults.arm({ op: 'stopRecord', kind: 'error-unapplied', times: 1 });
    const { findings } = await made.sweep({ stop: true });
    expect(findings).toMatchObject([
      { stopped: null, problem: expect.stringContaining('stopRecord') as string },
    ]);
    expect((await made.sweep({ stop: true })).findings).toMatchObject([{ stopped: { how: 'stopped' } }]);
  });

  it('what it saw before an account was away for a while', async () => {
    const { made, place } = await oneTake();
    await made.sweep({ stop: true });
    made.clock.now += 5 * MINUTE;
    place.emulator.faults.arm({ op: 'vhosts', kind: 'error-unapplied', times: 1 });
    await made.sweep({ stop: true });
    made.clock.now += 5 * MINUTE;
    expect((await made.sweep({ stop: true })).findings).toMatchObject([{ stopped: { how: 'stopped' } }]);
  });

  it('nothing where the archive does not keep the first pass', async () => {
    const { made, place } = await oneTake();
    made.archive.down = true;
    await expect(made.sweep({ stop: true })).rejects.toMatchObject({ code: 'E_ARCHIVE_UNWRITABLE' });
    expect(await place.running()).toHaveLength(1);
  });

  it('nothing where Temporal cannot be asked', async () => {
    const { made, place } = await oneTake();
    await made.sweep({ stop: true });
    made.clock.now += HOUR;
    const unreachable = new Error('no server');
    const sessions = { ...made.sessions, lockOf: async () => await Promise.reject(unreachable) };
    await expect(made.sweep({ stop: true }, { sessions })).rejects.toBe(unreachable);
    expect(await place.running()).toHaveLength(1);
  });
});

function startByHand(place: ReturnType<ReturnType<typeof world>['place']>, body: unknown): void {
  const { emulator } = place;
  const got = emulator.handle(
    {
      method: 'POST',
      target: '/v1/vhosts/default/apps/app:startRecord',
      headers: { authorization: `Basic ${Buffer.from(SECRET).toString('base64')}` },
      body: JSON.stringify(body),
    },
    START,
  );
  if (got.kind !== 'response' || got.response.status !== 200)
    throw new Error('The emulator refuses the record.');
}
