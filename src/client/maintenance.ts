/** Announced work at an account: whoever gathers its troubles is told, and so is each open session of it. */
import { KeepRollingError } from '../contract/errors.ts';
import type { RecorderEvent } from '../session/events.ts';
import type { MaintenanceWish } from '../session/gathered.ts';
import { sessionWorkflowId, troublesWorkflowId, workflowQueue } from '../session/names.ts';
import type { TroublesInput } from '../workflows/definitions.ts';
import { endOf } from './commands.ts';
import { DEADLINES, type Context } from './context.ts';
import { list } from './list.ts';
import { isGone, lastPoll, WORKFLOWS } from './pollers.ts';
import { tellSession } from './tell.ts';
import type { MaintenanceOptions, MaintenanceResult } from './types.ts';
import { NOT_APPLIED } from './updates.ts';

const MOST_SESSIONS = 5_000;
const AT_ONCE = 20;

/** @throws KeepRollingError E_ACCOUNT_UNKNOWN, E_COMMAND_INVALID, E_INSTALLATION_MISSING, E_SERVER_UNREACHABLE */
export async function maintenance(
  context: Context,
  account: string,
  options: MaintenanceOptions,
): Promise<MaintenanceResult> {
  const { settings, reach } = context;
  const known = settings.accountNames();
  if (!known.includes(account)) {
    throw new KeepRollingError('E_ACCOUNT_UNKNOWN', `The configuration has no account ${account}.`, {
      account,
      known,
    });
  }
  const now = Date.now();
  const wish: MaintenanceWish = {
    until: untilOf(options, now),
    by: options.by ?? 'unnamed',
    reason: options.reason ?? null,
  };
  const scope = `account/${account}`;
  const taskQueue = workflowQueue(settings.queuePrefix());
  const input: TroublesInput = { installation: settings.installation(), scope };
  await reach.within(
    DEADLINES.start,
    async ({ workflow }) =>
      await workflow.signalWithStart('troubles', {
        workflowId: troublesWorkflowId(scope),
        taskQueue,
        args: [input],
        signal: 'maintenance',
        signalArgs: [wish],
      }),
  );
  const sessions = await tellSessions(context, account, wish, now);
  const applied = !isGone(await lastPoll(reach, taskQueue, WORKFLOWS));
  const until = new Date(wish.until).toISOString();
  return { account, until, sessions, applied, note: applied ? null : NOT_APPLIED };
}

function untilOf(options: MaintenanceOptions, now: number): number {
  const { end, until, for: length } = options;
  const invalid = (why: string): KeepRollingError => new KeepRollingError('E_COMMAND_INVALID', why);
  if (end === true) {
    if (until !== undefined || length !== undefined)
      throw invalid('end says that the work is over; until and for say when it will be.');
    return now;
  }
  if (until === undefined && length === undefined)
    throw invalid('Work needs an end: until or for; or end, when it is over.');
  const at = endOf(options, now);
  if (at <= now) throw invalid(`"until" (${new Date(at).toISOString()}) has passed; say end instead.`);
  return at;
}

/** Answers how many were told: one that closes just now need not be. */
async function tellSessions(
  context: Context,
  account: string,
  { until, by, reason }: MaintenanceWish,
  now: number,
): Promise<number> {
  const open = (await list(context, { account, limit: MOST_SESSIONS })).filter(
    ({ phase }) => phase !== 'scheduled',
  );
  const event: RecorderEvent = {
    id: `maintenance/account/${account}/${until}`,
    at: now,
    kind: 'maintenance',
    until,
    by,
    ...(reason !== null && { reason }),
  };
  const told = async (key: string): Promise<boolean> =>
    await tellSession(context.reach, sessionWorkflowId(key), event, DEADLINES.signal);
  let count = 0;
  for (let from = 0; from < open.length; from += AT_ONCE) {
    const some = await Promise.all(open.slice(from, from + AT_ONCE).map(async ({ key }) => await told(key)));
    count += some.filter(Boolean).length;
  }
  return count;
}
