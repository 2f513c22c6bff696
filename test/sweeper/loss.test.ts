/**
 * Everything is lost but the recorders: Temporal's database, the archive, the configuration's data. A new installation
 * adopts what the lost one has left, while it records itself, next to a third one and to strangers.
 */
import { describe, expect, it } from 'vitest';
import { random } from '../driver/driver.ts';
import { MINUTE, nameOf, OURS, START, world, type Place, type Started } from './kit.ts';

const LOST = 'lost01';
const THIRD = 'third1';
const RUNS = 50;
const VHOSTS = [
  { name: 'default', apps: [{ name: 'app' }, { name: 'radio' }, { name: 'no-file', file: false }] },
  { name: 'second', apps: [{ name: 'app' }] },
];
const APPS = [
  { vhost: 'default', app: 'app' },
  { vhost: 'default', app: 'radio' },
  { vhost: 'second', app: 'app' },
];

describe.each(Array.from({ length: RUNS }, (_, i) => i + 1))('after a total loss, run %i', (seed) => {
  it('nothing of the lost installation is left, and nothing of others is touched', async () => {
    const rng = random(seed);
    const upTo = (most: number): number => Math.floor(rng() * (most + 1));
    const made = world();
    const places = ['one', 'three'].map((name) => made.place('ome', name, { vhosts: VHOSTS }));
    const begin = async (installation: string): Promise<Started & { place: Place }> => {
      const place = places[upTo(1)]!;
      const stream = `cam${upTo(4)}`;
      const target = { ...APPS[upTo(2)]!, stream, ...(rng() < 0.3 && { output: `${stream}_o` }) };
      const started = await place.start(target, nameOf(installation, made.clock.now));
      made.clock.now += upTo(5_000);
      return { ...started, place };
    };
    const several = async (installation: string, most: number): Promise<(Started & { place: Place })[]> => {
      const all: (Started & { place: Place })[] = [];
      for (let n = upTo(most); n > 0; n -= 1) all.push(await begin(installation));
      return all;
    };

    const lost = await several(LOST, 8);
    for (const one of lost) made.open(one);
    const third = await several(THIRD, 5);
    for (const place of places) {
      for (const stream of ['cam1', 'cam3']) if (rng() < 0.6) place.control('source.start', { stream });
    }
    made.clock.now += upTo(60) * MINUTE;
    made.erase();

    // The new installation goes to work before anybody sweeps, also at targets of the lost one.
    const ours = await several(OURS, 5);
    const open = ours.filter(() => rng() < 0.7);
    for (const one of open) made.open(one);
    const owned = new Set(open.filter(({ key, name }) => made.locks.get(key)?.sessionId === name.sessionId));
    if (rng() < 0.3) places[upTo(1)]!.emulator.faults.arm({ op: 'stopRecord', kind: 'reply-lost', times: 1 });
    if (rng() < 0.3) places[upTo(1)]!.emulator.faults.arm({ op: 'apps', kind: 'error-unapplied', times: 1 });

    for (let passes = 0; passes < 4; passes += 1) {
      await made.sweep({ stop: true, adopt: LOST });
      made.clock.now += 10 * MINUTE;
    }

    const left = (await Promise.all(places.map(async (place) => await place.running()))).flat();
    const names = (all: { recording: string }[]): string[] =>
      all.map(({ recording }) => recording).toSorted();
    expect(names(left)).toEqual(names([...third, ...owned]));
    const stopped = places.flatMap(({ emulator }) =>
      emulator.truth.entries.filter((entry) => entry.type === 'recording' && entry.event === 'ended'),
    );
    expect(stopped).toHaveLength(lost.length + ours.length - owned.size);
    const { findings } = await made.sweep({ adopt: LOST });
    expect(findings.every(({ state }) => state === 'session-open')).toBe(true);
  });
});

describe('an installation is not lost', () => {
  const TARGET = { app: 'app', stream: 'cam1' };

  async function ofLost() {
    const made = world();
    const place = made.place('ome');
    return { made, place, take: await place.start(TARGET, nameOf(LOST, START)) };
  }

  /** What was said against it, and what still records. */
  async function refusal({ made, place }: Awaited<ReturnType<typeof ofLost>>) {
    const refused: unknown = await made.sweep({ stop: true, adopt: LOST }).catch((error: unknown) => error);
    return { refused, left: (await place.running()).length };
  }
  const REFUSED = { refused: { code: 'E_INSTALLATION_ALIVE', details: { installation: LOST } }, left: 1 };

  it('while a session of its own is open here', async () => {
    const one = await ofLost();
    one.made.open(one.take, { onOurQueues: false });
    expect(await refusal(one)).toMatchObject(REFUSED);
    one.made.open(one.take, { onOurQueues: false, takes: [] });
    expect(await refusal(one)).toMatchObject(REFUSED);
  });

  it('while another installation of the namespace has its target', async () => {
    const one = await ofLost();
    one.made.open(one.take, { sessionId: '01OTHER', onOurQueues: false });
    expect(await refusal(one)).toMatchObject(REFUSED);
  });

  it('where it has begun something after the first pass', async () => {
    const one = await ofLost();
    await one.made.sweep({ stop: true, adopt: LOST });
    one.made.clock.now += MINUTE;
    await one.place.start(TARGET, nameOf(LOST, one.made.clock.now));
    one.made.clock.now += 10 * MINUTE;
    expect(await refusal(one)).toMatchObject({ ...REFUSED, left: 2 });
    // Also while one invocation waits.
    const waits = await ofLost();
    const began: Promise<unknown>[] = [];
    waits.made.meanwhile(() =>
      began.push(waits.place.start(TARGET, nameOf(LOST, waits.made.clock.now - MINUTE))),
    );
    await expect(waits.made.sweep({ stop: true, wait: true, adopt: LOST })).rejects.toMatchObject({
      code: 'E_INSTALLATION_ALIVE',
    });
    await Promise.all(began);
    expect(await waits.place.running()).toHaveLength(2);
  });

  it('and is lost where our own new session has its target', async () => {
    const { made, place, take } = await ofLost();
    const ours = await place.start(TARGET, nameOf(OURS, START));
    made.open(ours);
    for (let i = 0; i < 2; i += 1) {
      await made.sweep({ stop: true, adopt: LOST });
      made.clock.now += 10 * MINUTE;
    }
    expect((await place.running()).map(({ recording }) => recording)).toEqual([ours.recording]);
    expect(take.recording).not.toBe(ours.recording);
  });

  it('unless it is adopted in both passes, whatever was asked between them', async () => {
    const { made, place } = await ofLost();
    made.place('ome', 'another');
    await made.sweep({ stop: true, adopt: LOST });
    made.clock.now += 10 * MINUTE;
    place.emulator.faults.arm({ op: 'vhosts', kind: 'error-unapplied', times: 1 });
    await made.sweep({ stop: true });
    made.clock.now += MINUTE;
    expect((await made.sweep({ stop: true, adopt: LOST })).findings).toMatchObject([{ stopped: null }]);
    expect(await place.running()).toHaveLength(1);
  });

  it('unless it is adopted in both passes', async () => {
    const { made, place } = await ofLost();
    await made.sweep({ stop: true, adopt: LOST });
    made.clock.now += 10 * MINUTE;
    await made.sweep({ stop: true });
    made.clock.now += MINUTE;
    const { findings } = await made.sweep({ stop: true, adopt: LOST });
    expect(findings).toMatchObject([{ stopped: null }]);
    expect(await place.running()).toHaveLength(1);
  });
});
