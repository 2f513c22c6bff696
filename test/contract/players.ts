/** The two players of a scenario: the in-process driver, and Temporal's time-skipping server with real workers. */
import type { Client } from '@temporalio/client';
import type { SessionRecord } from '../../src/archive/read.ts';
import type { RecorderEvent, SessionResult } from '../../src/session/events.ts';
import type { ChangeValues } from '../../src/session/state.ts';
import { sessionWorkflowId } from '../../src/session/names.ts';
import { destinationSchema, placeOf } from '../../src/contract/destinations.ts';
import { drive, type World } from '../driver/driver.ts';
import { recordOf, START } from '../driver/world.ts';
import { judge, type Case } from '../referee/referee.ts';
import { skippingWorld } from '../temporal/skipping.ts';
import type { Scenario, Step } from './scenario.ts';
import { stagedVendor, type StagedVendor } from './vendors.ts';

export interface Played {
  begunAt: number;
  endedAt: number;
  result: SessionResult;
  record: SessionRecord;
  /** What the referee finds wrong. */
  faults: string[];
}

const looksOf = ({ looks = { every: 60, doubt: 10 } }: Scenario): { every: number; doubt: number } => looks;

export async function playInProcess(scenario: Scenario): Promise<Played> {
  const clock = { now: START };
  const staged = stagedVendor(scenario, () => clock.now);
  const { every, doubt } = looksOf(scenario);
  const driven = await drive(
    {
      vendor: staged.vendor,
      account: staged.account,
      clock,
      ...(staged.dispatcher && { dispatcher: staged.dispatcher }),
      ...(staged.destination && ownPlace(staged.destination)),
    },
    {
      specification: specificationOf(scenario, staged),
      looks: { everyMs: every * 1000, doubtMs: doubt * 1000 },
      script: scenario.steps.map((step) => ({
        at: step.at,
        do: (self) => {
          if ('command' in step) self.command(step.command, commandOf(step, START));
          else if ('cancel' in step) self.event({ kind: 'cancel' });
          else if ('told' in step) self.event({ kind: 'recorder', event: eventOf(step, START) });
          else staged.play(step, START);
        },
      })),
    },
  );
  if (!driven.result) throw new Error('The session did not end.');
  const record = await recordOf(driven);
  return {
    begunAt: START,
    endedAt: driven.endedAt,
    result: driven.result,
    record,
    faults: judge({
      sessionId: driven.header.sessionId,
      truth: staged.truth(),
      record,
      closedAt: driven.endedAt,
      now: clock.now,
      lookMs: every * 1000,
      ...ownedBy(scenario),
      ...scenario.judged,
    }),
  };
}

/** `last` is called when the session has ended and its ledger is closed, while the server still runs. */
export async function playOnTemporal(
  scenario: Scenario,
  last?: (client: Client, firstRunId: string, result: SessionResult) => Promise<void>,
): Promise<Played> {
  let now: () => number = Date.now;
  const staged = stagedVendor(scenario, () => now());
  const { every, doubt } = looksOf(scenario);
  const world = await skippingWorld({
    registry: new Map([[staged.vendor.contract.vendor, staged.vendor]]),
    account: staged.account,
    looks: { every: `${every}s`, doubt: `${doubt}s` },
    ...(staged.dispatcher && { dispatcher: staged.dispatcher }),
    ...(staged.destination && { configuration: { destinations: { own: staged.destination } } }),
  });
  now = world.clock.now;
  try {
    const { contract } = staged.vendor;
    const begunAt = await world.clock.sync();
    const first = scenario.steps.filter((step) => step.at === 0);
    for (const step of first) staged.play(step, begunAt);
    const key = [contract.vendor, 'account', ...contract.keyParts(contract.target.parse(staged.target))].join(
      '/',
    );
    const handle = await world.client.workflow.start('recording', {
      workflowId: sessionWorkflowId(key),
      taskQueue: 'keeprolling',
      args: [{ specification: specificationOf(scenario, staged) }],
    });
    for (const step of scenario.steps.filter((one) => one.at > 0)) {
      await world.sleepUntil(begunAt + step.at);
      if ('command' in step) {
        const { until, change, ...rest } = commandOf(step, begunAt);
        const at = until === undefined ? {} : { until: new Date(until).toISOString() };
        await handle.signal(step.command, { ...rest, ...at, ...change });
      } else if ('cancel' in step) await handle.cancel();
      else if ('told' in step) await handle.signal('recorderEvent', eventOf(step, begunAt));
      else staged.play(step, begunAt);
    }
    const result = (await handle.result()) as SessionResult;
    const { closeTime } = await handle.describe();
    const record = await world.recordOf(result.sessionId, result.key);
    await last?.(world.client, handle.firstExecutionRunId, result);
    const endedAt = closeTime!.getTime();
    await world.clock.sync();
    return {
      begunAt,
      endedAt,
      result,
      record,
      faults: judge({
        sessionId: result.sessionId,
        truth: staged.truth(),
        record,
        closedAt: endedAt,
        now: world.clock.now(),
        lookMs: every * 1000,
        ...ownedBy(scenario),
        ...scenario.judged,
      }),
    };
  } finally {
    await world.close();
  }
}

function specificationOf(
  scenario: Scenario,
  { target, specification }: StagedVendor,
): Record<string, unknown> {
  return { name: 'contract', account: 'account', target, ...specification, ...scenario.specification };
}

/** Where the vendor takes no names of ours, all that it records is this session's. */
function ownedBy({ vendor }: Scenario): Partial<Case> {
  return typeof vendor === 'object' && 'emulated' in vendor ? { ownsAll: { others: [] } } : {};
}

/** A place to which the vendor writes by its own right. */
function ownPlace(destination: Record<string, unknown>): Pick<World, 'destinations' | 'placeOf' | 'storage'> {
  const place = placeOf('own', destinationSchema.parse(destination));
  const mint = async (): Promise<never> => await Promise.reject(new Error('Nothing is minted here.'));
  return { destinations: ['own'], placeOf: () => place, storage: () => ({ place, mint }) };
}

function eventOf(
  { told: kind, at, until, by, reason }: Extract<Step, { told: unknown }>,
  begunAt: number,
): RecorderEvent {
  const id = `${kind} at ${at}`;
  const more = { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) };
  return { id, kind, at: begunAt + at, ...more, ...(until !== undefined && { until: begunAt + until }) };
}

function commandOf(
  step: Extract<Step, { command: unknown }>,
  begunAt: number,
): { by?: string; reason?: string; until?: number; id?: string; change?: ChangeValues } {
  const { at: _at, command: _command, until, ...rest } = step;
  return { by: 'tester', ...rest, ...(until !== undefined && { until: begunAt + until }) };
}
