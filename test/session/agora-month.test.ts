/** Thirty virtual days on Agora: new credentials each hour, a hand-over each day, mints that fail, an outage of them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CHANNEL, runAgora, type AgoraRun, type Mint } from '../driver/agora-world.ts';
import { random } from '../driver/driver.ts';
import { DAY, HOUR, MINUTE, SECOND, START } from '../driver/world.ts';

const DAYS = 30;
const LIFE = 4 * HOUR;
const FAILING_MINTS = 0.05;
/** A refresh falls due ten minutes into it. */
const OUTAGE = { from: START + 9 * DAY + 20 * MINUTE, ms: 40 * MINUTE };
/** Three mints that fail in a row are tried again after 15, 30 and 60 s. */
const BACK_OFF = 2 * MINUTE;
/** And in the end every five minutes. */
const SLOWEST = 5 * MINUTE;

/** Asked once by each mint. */
function failNowAndThen(mint: Mint, now: () => number): void {
  const rng = random(41);
  Object.defineProperty(mint, 'failsUntil', {
    get: () => {
      const out = now() >= OUTAGE.from && now() < OUTAGE.from + OUTAGE.ms;
      return rng() < FAILING_MINTS || out ? Infinity : 0;
    },
  });
}

interface Refresh {
  take: string;
  /** When Agora had it. */
  at: number;
  /** Of the credentials that it replaced. */
  former: { at: number; expiresAt: number };
}

/** What Agora confirmed, with what each refresh came to replace. Every mint that succeeded was used once. */
function refreshesOf({ emulator, mint }: AgoraRun): { starts: number; refreshes: Refresh[] } {
  const given = emulator.truth.entries.flatMap((entry) =>
    entry.type === 'request' && entry.verdict === 'applied' && ['start', 'update'].includes(entry.op)
      ? [entry]
      : [],
  );
  expect(given).toHaveLength(mint.minted.length);
  const inForce = new Map<string, Refresh['former']>();
  const refreshes: Refresh[] = [];
  for (const [index, { op, at, recording = '' }] of given.entries()) {
    const minted = mint.minted[index]!;
    expect(at - minted.at).toBeLessThan(SECOND);
    const former = inForce.get(recording);
    if (op === 'update') refreshes.push({ take: recording, at, former: former! });
    inForce.set(recording, minted);
  }
  return { starts: inForce.size, refreshes };
}

let run: AgoraRun;
let largestState = 0;

beforeAll(async () => {
  run = await runAgora({
    specification: { window: { from: 'now', length: `${DAYS}d` } },
    // As often as Agora advises.
    looks: { everyMs: 2 * MINUTE },
    mintLifeMs: LIFE,
    script: [
      {
        at: 0,
        do: (d, agora) => {
          failNowAndThen(agora.mint, () => d.now());
          agora.control('source.start', { channel: CHANNEL });
        },
      },
    ],
    onStep: (state) => {
      largestState = Math.max(largestState, Buffer.byteLength(JSON.stringify(state)));
    },
  });
}, 120_000);

describe('a month on Agora', () => {
  it('is one session of 30 runs, and its coverage is the truth', () => {
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete' });
    expect(run.result!.totals.recordedMs).toBeGreaterThan(DAYS * DAY - 5 * SECOND);
    expect(run.runs).toBe(DAYS);
  });

  it('gets new credentials once an hour', () => {
    expect(run.mint.failures).toBeGreaterThan(30);
    const { starts, refreshes } = refreshesOf(run);
    // Takes of 23 h 50 min, each begun with credentials of its own: 23 refreshes in each of 30, and 4 in the last.
    expect(run.result!.takes).toBe(31);
    expect(starts).toBe(31);
    expect(refreshes).toHaveLength(30 * 23 + 4);
  });

  it('has none of them late, through failing mints and an outage of 40 min', () => {
    const { refreshes } = refreshesOf(run);
    const late = refreshes.map(({ at, former }) => at - former.at - HOUR);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    const beyondBackOff = late.filter((ms) => ms > BACK_OFF);
    expect(beyondBackOff).toHaveLength(1);
    expect(beyondBackOff[0]).toBeGreaterThan(OUTAGE.ms - 15 * MINUTE);
    expect(beyondBackOff[0]).toBeLessThan(OUTAGE.ms + SLOWEST);
    const beyondTwoThirds = refreshes.filter(({ at, former }) => {
      return at - former.at > ((former.expiresAt - former.at) * 2) / 3;
    });
    expect(beyondTwoThirds).toEqual([]);
  });

  it('has none of them expire: no upload was refused', () => {
    const events = run.emulator.truth.entries.flatMap((entry) =>
      entry.type === 'file' ? [entry.event] : [],
    );
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events)).toEqual(new Set(['finalised']));
  });

  it('has a state that does not grow with it', () => {
    // 77 KiB were measured; the budget is 256.
    expect(largestState).toBeLessThan(96 * 1024);
  });
});
