/** Sessions of three virtual days on the in-process driver, some of whose mints fail. */
import { refreshDue } from '../../src/session/decide.ts';
import type { SessionState } from '../../src/session/state.ts';
import { drive, random } from '../../test/driver/driver.ts';
import { measured, type Measured } from '../report.ts';
import { agoraPlace, agoraStage, CHANNEL, DESTINATION, MODE } from '../worlds/agora.ts';
import { ACCOUNT } from '../worlds/configuration.ts';
import type { Counts } from './counts.ts';

const DAYS = 3;
const FAILING = 0.05;
const BEYOND = 2 / 3;

interface Told {
  refreshes: number;
  failed: number;
  /** Milliseconds. */
  latest: number;
  beyond: number;
}

export async function failingMints({ failingSessions }: Counts): Promise<Measured[]> {
  const told: Told[] = [];
  for (let seed = 1; seed <= failingSessions; seed += 1) told.push(await threeDays(seed));
  const sum = (of: (one: Told) => number): number => told.reduce((total, one) => total + of(one), 0);
  const note = `${failingSessions} sessions of ${DAYS} virtual days, hourly refreshes: ${sum((one) => one.refreshes)} done, ${sum((one) => one.failed)} mints failed, each with a chance of ${FAILING * 100} %; no baseline, and no cost in it: time is virtual`;
  return [
    measured(
      {
        name: 'refresh among failing mints: longest lateness',
        value: Math.max(...told.map(({ latest }) => latest)) / 1000,
        unit: 's',
        baseline: null,
      },
      note,
    ),
    measured(
      {
        name: 'refresh among failing mints: beyond two thirds of the life',
        value: sum(({ beyond }) => beyond),
        unit: 'refreshes',
        baseline: null,
      },
      note,
      { atMost: 0 },
    ),
  ];
}

async function threeDays(seed: number): Promise<Told> {
  const { clock, cloud, storage, vendor, account, dispatcher } = agoraStage();
  const told: Told = { refreshes: 0, failed: 0, latest: 0, beyond: 0 };
  const chance = random(seed);
  let before: SessionState | null = null;
  const driven = await drive(
    {
      vendor,
      account,
      clock,
      dispatcher,
      destinations: [DESTINATION],
      placeOf: (name) => (name === DESTINATION ? agoraPlace() : undefined),
      storage: () => ({
        ...storage,
        async mint(need) {
          if (chance() < FAILING) {
            told.failed += 1;
            cloud.faults.arm({ op: 'AssumeRole', kind: 'error-unapplied', times: 1 });
          }
          return await storage.mint(need);
        },
      }),
    },
    {
      seed,
      specification: {
        name: 'failing-mints',
        account: ACCOUNT,
        target: { channel: CHANNEL, mode: MODE },
        storage: DESTINATION,
        window: { from: 'now', length: `${DAYS * 24}h` },
      },
      onStep: (after, { at }) => {
        if (before) judge(before, after, at, told);
        before = after;
      },
    },
  );
  if (driven.result?.verdict !== 'complete')
    throw new Error(`The driven session ended as ${JSON.stringify(driven.result)}.`);
  return told;
}

/** Each step is judged by what was due before it: so one that never came is late until its take is given up. */
function judge(before: SessionState, after: SessionState, at: number, told: Told): void {
  for (const take of before.takes) {
    const due = refreshDue(before, take);
    if (due === null || !take.credentials) continue;
    told.latest = Math.max(told.latest, at - due);
    const next = after.takes.find(({ number }) => number === take.number);
    const renewed = next?.credentials?.mintedAt !== take.credentials.mintedAt;
    if (!renewed && next?.status === 'open') continue;
    if (renewed) told.refreshes += 1;
    const { mintedAt, expiresAt } = take.credentials;
    if (at > mintedAt + (expiresAt - mintedAt) * BEYOND) told.beyond += 1;
  }
}
