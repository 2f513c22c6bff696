/** Three virtual days on Agora: what hourly credentials and daily hand-overs cost in history, and that none is late. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VENDORS } from '../../src/recorders/registry.ts';
import type { SessionResult } from '../../src/session/events.ts';
import { sessionWorkflowId } from '../../src/session/names.ts';
import { random } from '../driver/driver.ts';
import { judge } from '../referee/referee.ts';
import {
  ACCOUNT,
  agoraPlaces,
  BUCKET,
  keyOf,
  MIX,
  specificationOf,
  type Places,
  type Stand,
} from './agora-places.ts';
import { runsOf, type Run } from './histories.ts';
import { skippingWorld, type SkippingWorld } from './skipping.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS = 3;
const LIFE = 12 * HOUR;
const LOOK = 5 * MINUTE;
/** A refresh falls due twenty minutes into it. */
const OUTAGE = { from: DAY + 90 * MINUTE, ms: 40 * MINUTE };
/** Two mints that fail in a row are tried again after 15 and 30 s. */
const BACK_OFF = MINUTE;
/** And in the end every five minutes. */
const SLOWEST = 5 * MINUTE;

let places: Places;
let world: SkippingWorld;
let begunAt: number;
let runs: Run[];
let result: SessionResult;
let faults: string[];
let failedMints = 0;
/** Credentials as Agora got them, by take. */
const given = new Map<string, { at: number; mintedAt: number }[]>();

/** STS on bad days: one mint in twenty fails, and all of them for a while. */
function failingMints(): Stand {
  const rng = random(7);
  return ({ method, body }, now) => {
    if (method !== 'POST' || !body.includes('AssumeRole') || now - begunAt < MINUTE) return undefined;
    const intoOutage = now - begunAt - OUTAGE.from;
    if (rng() >= 0.05 && !(intoOutage >= 0 && intoOutage < OUTAGE.ms)) return undefined;
    failedMints += 1;
    const text =
      '<ErrorResponse><Error><Code>ServiceUnavailable</Code><Message>Try later.</Message></Error></ErrorResponse>';
    const response = { status: 503, headers: { 'content-type': 'text/xml' }, body: text };
    return { kind: 'response', response, delayMs: 0 };
  };
}

const notedCredentials: Stand = ({ target, body }, now) => {
  const resource = /resourceid\/([^/]+)/.exec(target)?.[1];
  if (resource === undefined || !body.includes('stsExpiration')) return undefined;
  const { clientRequest } = JSON.parse(body) as {
    clientRequest: { storageConfig: { stsExpiration: number } };
  };
  const mintedAt = clientRequest.storageConfig.stsExpiration * 1000 - LIFE;
  given.set(resource, [...(given.get(resource) ?? []), { at: now, mintedAt }]);
  return undefined;
};

beforeAll(async () => {
  const time = { now: Date.now };
  places = agoraPlaces({
    clock: () => time.now(),
    standIn: { cloud: failingMints(), agora: notedCredentials },
  });
  world = await skippingWorld({ registry: VENDORS, account: ACCOUNT, dispatcher: places.dispatcher });
  time.now = world.clock.now;
  places.configured(world.settings, { looks: { every: `${LOOK / 1000}s` } });
  begunAt = await world.clock.sync();
  places.control('source.start', { channel: MIX.channel });
  const handle = await world.client.workflow.start('recording', {
    workflowId: sessionWorkflowId(keyOf(MIX)),
    taskQueue: 'keeprolling',
    args: [{ specification: specificationOf(MIX, { window: { from: 'now', length: `${DAYS}d` } }) }],
  });
  result = (await handle.result()) as SessionResult;
  const { closeTime } = await handle.describe();
  const record = await world.recordOf(result.sessionId, result.key);
  runs = await runsOf(world.client, handle.workflowId, handle.firstExecutionRunId);
  await world.clock.sync();
  places.agora.settle(world.clock.now());
  faults = judge({
    sessionId: result.sessionId,
    truth: places.agora.truth.entries,
    record,
    closedAt: closeTime!.getTime(),
    now: world.clock.now(),
    lookMs: LOOK,
    handOver: true,
    filesByName: true,
  });
}, 120_000);

afterAll(async () => {
  await world.close();
});

const takes = () => [...given.values()];
const refreshes = () => takes().flatMap((all) => all.slice(1).map(({ at }, i) => ({ at, former: all[i]! })));
const attemptsIn = ({ events }: Run): number[] =>
  events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }, index) =>
    scheduled?.activityType?.name === 'refreshCredentials' ? [index] : [],
  );

describe('three days on Agora', () => {
  it('are one session of three runs and three hand-overs, and its coverage is the truth', () => {
    expect(faults).toEqual([]);
    expect(result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 4 });
    expect(result.totals.recordedMs).toBeGreaterThan(DAYS * DAY - 5_000);
    expect(runs).toHaveLength(3);
  });

  it('have new credentials each hour, none of them late', () => {
    // Three takes of 23 h 50 min, each begun with credentials of its own, and one of half an hour.
    expect(takes().map((all) => all.length - 1)).toEqual([23, expect.any(Number), 23, 0]);
    // The outage moved the later ones of its take, the last of them past the hand-over or not.
    expect(refreshes().length).toBeGreaterThanOrEqual(68);
    expect(refreshes().length).toBeLessThanOrEqual(69);
    const late = refreshes().map(({ at, former }) => at - former.mintedAt - HOUR);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(failedMints).toBeGreaterThan(8);
    const beyondBackOff = late.filter((ms) => ms > BACK_OFF);
    expect(beyondBackOff).toHaveLength(1);
    expect(beyondBackOff[0]).toBeLessThan(OUTAGE.ms + SLOWEST);
    expect(refreshes().filter(({ at, former }) => at - former.mintedAt > (LIFE * 2) / 3)).toEqual([]);
  });

  it('have none of them expire: every upload reached the bucket', () => {
    const files = places.agora.truth.entries.flatMap((entry) => (entry.type === 'file' ? [entry.event] : []));
    expect(new Set(files)).toEqual(new Set(['finalised']));
    // A batch of five minutes each, at least.
    const objects = places.cloudControl('objects', { bucket: BUCKET }) as unknown[];
    expect(objects.length).toBeGreaterThan((DAYS * DAY) / (5 * MINUTE));
  });

  it('cost 11 events a refresh and stay within the budget of a run', () => {
    const told = runs.map((run) => {
      const at = attemptsIn(run);
      const apart = at.slice(1).map((index, i) => index - at[i]!);
      expect(Math.max(...apart)).toBeLessThanOrEqual(12);
      expect(apart.filter((events) => events === 11).length).toBeGreaterThan(apart.length / 2);
      // Takes, hand-over, watch and renewal; the rest are refreshes, and attempts at them.
      expect(run.events.length - 12 * at.length).toBeLessThanOrEqual(155);
      expect(run.events.length).toBeLessThanOrEqual(525);
      expect(run.bytes).toBeLessThanOrEqual(140 * 1024);
      return `${run.events.length} events, ${Math.round(run.bytes / 1024)} KiB, ${at.length} attempts`;
    });
    process.stderr.write(`A day on Agora in history: ${told.join('; ')}.\n`);
  });
});
