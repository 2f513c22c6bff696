/** What `doctor` asks the Temporal server: is it there, has it our attributes, do workers poll. */
import type { Connection } from '@temporalio/client';
import type { Reach } from '../../client/reach.ts';
import { isUnreachable } from '../../client/errors.ts';
import {
  ACTIVITIES,
  isGone,
  pollersOf,
  WORKFLOWS,
  type Poller,
  type QueueKind,
} from '../../client/pollers.ts';
import { KeepRollingError } from '../../contract/errors.ts';
import type { Settings } from '../../config/settings.ts';
import type { Check } from '../../recorders/recorder.ts';
import { accountQueue, workflowQueue } from '../../session/names.ts';
import { clock, since, withoutNote } from '../render/text.ts';
import { missingAttributes } from '../attributes.ts';
import { bad, bounded, good } from './checks.ts';

const SERVER = 'server';
const CALL_MS = 2_000;

export function serverChecks(reach: Reach, settings: Settings, now: () => number): Promise<Check[]>[] {
  const prefix = settings.queuePrefix();
  return [
    bounded(
      SERVER,
      async () => [await versionCheck(reach)],
      (error) => unreached(SERVER, error, reach),
    ),
    bounded(
      'search attributes',
      async () => [await attributesCheck(reach)],
      (error) => unreached('search attributes', error, reach),
    ),
    queueCheck(reach, workflowQueue(prefix), WORKFLOWS, now),
    ...settings
      .accountNames()
      .map((account) => queueCheck(reach, accountQueue(account, prefix), ACTIVITIES, now)),
  ];
}

async function versionCheck(reach: Reach): Promise<Check> {
  const version = await reach.within(CALL_MS, async ({ workflowService }) => {
    const [{ serverVersion }] = await Promise.all([
      workflowService.getSystemInfo({}),
      workflowService.describeNamespace({ namespace: reach.namespace }),
    ]);
    return serverVersion;
  });
  return good(
    SERVER,
    `Temporal ${version || 'of an unknown version'} at ${reach.address}, namespace ${reach.namespace}`,
  );
}

async function attributesCheck(reach: Reach): Promise<Check> {
  const missing = await reach.within(CALL_MS, async ({ connection }) =>
    missingAttributes(connection as Connection, reach.namespace),
  );
  if (missing.length === 0) return good('search attributes', 'all are registered');
  return bad(
    'search attributes',
    `${missing.map(([name]) => name).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing; sessions go on without any`,
    'keeprolling setup',
  );
}

function queueCheck(reach: Reach, queue: string, kind: QueueKind, now: () => number): Promise<Check[]> {
  const what = `queue ${queue}`;
  return bounded(
    what,
    async () => [pollersCheck(what, await pollersOf(reach, queue, kind, CALL_MS), now())],
    (error) => unreached(what, error, reach),
  );
}

export function pollersCheck(what: string, pollers: Poller[], now: number): Check {
  const alive = pollers.filter((one) => !isGone(one.at, now)).length;
  if (alive > 0) return good(what, `${alive} worker${alive === 1 ? '' : 's'}`);
  const last = Math.max(0, ...pollers.map((one) => one.at));
  const ago =
    last === 0
      ? ''
      : `, the last one polled ${since(new Date(last).toISOString(), now)} ago at ${clock(new Date(last).toISOString(), 'UTC')} UTC`;
  return bad(what, `no worker${ago}`, 'start one with this configuration: keeprolling worker');
}

/** Said whole once; what hangs on the server is then not known, and has no remedy of its own. */
export function unreached(what: string, error: unknown, reach: Reach): Check {
  const silent = isUnreachable(error);
  if (silent && what !== SERVER) return { what, ok: false, detail: 'not known: the server does not answer' };
  const detail =
    error instanceof KeepRollingError
      ? withoutNote(error.message)
      : `the server at ${reach.address} does not answer this question`;
  const remedy = silent
    ? 'keeprolling dev starts one here; an existing one is named by TEMPORAL_ADDRESS or temporal.address'
    : 'see what this identity may do on the namespace';
  return bad(what, detail, remedy);
}
