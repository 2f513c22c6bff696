/** A sweep with what the configuration names: its accounts are asked from here, its sessions by describe and query. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { markerOf, NO_ARCHIVE, toldIn, type ToldByWorker } from '../archive/marker.ts';
import { KeepRollingError } from '../contract/errors.ts';
import { filesWorkflowId, sessionWorkflowId, workflowQueue } from '../session/names.ts';
import { problemOf } from '../sweeper/find.ts';
import { sweep as sweepWith } from '../sweeper/sweep.ts';
import type { Lock, Sessions, Sweep, SweepOptions, SweptAccount } from '../sweeper/types.ts';
import type { Context } from './context.ts';
import { describe } from './find.ts';
import { ACTIVITIES, isGone, pollersOf } from './pollers.ts';
import { askStatus } from './status.ts';

const INSTALLATION = /^[a-z0-9]{4,8}$/;
/** What a view of a session says of a take that may be recording. */
const LIVE = ['starting', 'unanswered', 'open'];
/** A self-hosted recorder that is away is told soon. */
const CONNECT_MS = 5_000;

/** For tests: other clocks, and vendors in the process. */
export interface Means {
  now?: () => number;
  sleep?: (ms: number) => Promise<void>;
  dispatcher?: Dispatcher;
}

/** @throws KeepRollingError see `Client.sweep` */
export async function sweep(context: Context, options: SweepOptions = {}, means: Means = {}): Promise<Sweep> {
  const { settings, archive } = context;
  const installation = settings.installation();
  checkAdopted(installation, options.adopt);
  const names = namesOf(context, options.account);
  if (options.stop) await requireWorker(context);
  const { now = Date.now } = means;
  const { Agent } = await import('undici');
  const own = means.dispatcher ? undefined : new Agent({ connect: { timeout: CONNECT_MS } });
  const dispatcher = means.dispatcher ?? own!;
  try {
    return await sweepWith(
      {
        installation,
        accounts: names.flatMap((name) => sweptAccount(context, name, dispatcher, now) ?? []),
        sessions: sessionsOf(context),
        archive,
        now,
        sleep: means.sleep ?? sleep,
      },
      options,
    );
  } finally {
    await own?.destroy();
  }
}

/** @throws KeepRollingError E_ACCOUNT_UNKNOWN */
function namesOf({ settings }: Context, account: string | undefined): string[] {
  const known = settings.accountNames();
  if (account === undefined) return known;
  if (known.includes(account)) return [account];
  throw new KeepRollingError('E_ACCOUNT_UNKNOWN', `The configuration has no account ${account}.`, {
    account,
    known,
  });
}

/** @throws KeepRollingError E_COMMAND_INVALID */
function checkAdopted(installation: string, adopt: string | undefined): void {
  if (adopt === undefined) return;
  const why = !INSTALLATION.test(adopt)
    ? 'is no installation id, which has 4 to 8 of a-z and 0-9'
    : adopt === installation
      ? "is this installation's own id: its recordings are ours already"
      : null;
  if (why !== null) throw new KeepRollingError('E_COMMAND_INVALID', `adopt: "${adopt}" ${why}.`);
}

/**
 * A server that does not know our sessions would make leftovers of all that they record. So what is stopped is compared
 * with one where a worker of this installation takes its work, and writes to the archive that this configuration names.
 * @throws KeepRollingError E_NO_WORKER
 */
async function requireWorker({ settings, reach, archive }: Context): Promise<void> {
  const queue = workflowQueue(settings.queuePrefix());
  const pollers = await pollersOf(reach, queue, ACTIVITIES);
  const workers = pollers.filter(({ at }) => !isGone(at)).map(({ identity }) => toldIn(identity));
  const why = whyNotOurs(workers, settings.installation(), archive && (await markerOf(archive)));
  if (why === null) return;
  const { namespace, address } = reach;
  throw new KeepRollingError(
    'E_NO_WORKER',
    `Nothing was stopped: on queue ${queue} in namespace ${namespace} at ${address} ${why}, so that this may not be the server of these sessions. Start a worker with this configuration first, or start it anew.`,
    { queue, namespace, address },
  );
}

/** null where one of them has what is configured here. @param mark of the archive; null where there is none */
export function whyNotOurs(
  workers: ToldByWorker[],
  installation: string,
  mark: string | null,
): string | null {
  if (workers.length === 0) return 'no worker takes work';
  const ours = workers.filter((one) => one.installation === installation);
  if (ours.length === 0) return `no worker has installation ${installation} in its configuration`;
  if (ours.some((one) => one.mark === (mark ?? NO_ARCHIVE))) return null;
  return 'the workers do not have the archive that is configured here, or could not read it when they started';
}

function sweptAccount(
  { settings, registry }: Context,
  name: string,
  dispatcher: Dispatcher,
  now: () => number,
): SweptAccount | null {
  const vendor = registry.get(settings.contractOf(name)?.vendor ?? '');
  if (!vendor) return null;
  try {
    const account = settings.account(name).fields;
    const context = {
      account,
      dispatcher,
      now,
      secret: ({ secret }: { secret: string }) => settings.secret(secret),
    };
    return { name, vendor, context };
  } catch (error) {
    return { name, vendor, context: problemOf(error) };
  }
}

/** What Temporal says of sessions, within the deadlines of the client. */
export function sessionsOf(context: Context): Sessions {
  return {
    async lockOf(key) {
      const found = await describe(context, sessionWorkflowId(key));
      if (!found) return null;
      const { memo, open, status } = found;
      return {
        sessionId: memo?.sessionId ?? null,
        open,
        onOurQueues: memo?.queues.workflows === workflowQueue(context.settings.queuePrefix()),
        status,
        outcome: memo?.lastKnown?.outcome ?? null,
      } satisfies Lock;
    },
    async keyOf(sessionId) {
      const keeper = await describe(context, filesWorkflowId(sessionId));
      const parent = keeper?.raw.workflowExecutionInfo?.parentExecution?.workflowId ?? '';
      const lock = sessionWorkflowId('');
      return parent.startsWith(lock) ? parent.slice(lock.length) : null;
    },
    async takesOf(key, sessionId) {
      const view = await askStatus(context, sessionWorkflowId(key));
      if (view === null || view === 'nothing-yet' || view.sessionId !== sessionId) return null;
      return view.takes
        .filter(({ status }) => LIVE.includes(status))
        .map(({ number, recording }) => ({ number, recording }));
    },
  };
}
