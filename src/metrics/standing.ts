/** How the installation stands, asked of Temporal: does the server answer, who has no worker, what do sessions do. */
import { DEADLINES, type Context } from '../client/context.ts';
import { list } from '../client/list.ts';
import { workersOf } from '../client/workers.ts';
import type { Who } from '../session/facts.ts';
import { accountQueue, workflowQueue } from '../session/names.ts';

export type Asked = Pick<Context, 'settings' | 'reach'>;

export interface Standing {
  at: number;
  /** It has answered just now. */
  server: boolean;
  /** By account: does a worker take its calls? null where that cannot be told. */
  accounts: Record<string, boolean | null>;
  /** Does a worker run the sessions themselves? */
  sessions: boolean | null;
}

/** Answers within about 2 s, whatever is silent. */
export async function standingNow({ settings, reach }: Asked, now: () => number): Promise<Standing> {
  const prefix = settings.queuePrefix();
  const [server, workers] = await Promise.all([
    reach
      .within(DEADLINES.describe, async ({ workflowService }) => await workflowService.getSystemInfo({}))
      .then(
        () => true,
        () => false,
      ),
    workersOf(settings, reach),
  ]);
  const polled = new Map(workers.map((one) => [one.queue, one.polled]));
  const names = settings.accountNames();
  return {
    at: now(),
    server,
    accounts: Object.fromEntries(names.map((name) => [name, polled.get(accountQueue(name, prefix)) ?? null])),
    sessions: polled.get(workflowQueue(prefix)) ?? null,
  };
}

/** What is not as it should be, as one phrase; null when all is well. What cannot be told is not well. */
export function trouble({ server, accounts, sessions }: Standing): string | null {
  if (!server) return 'the Temporal server does not answer';
  if (sessions !== true) return 'no worker runs the sessions';
  const without = Object.entries(accounts).flatMap(([name, polled]) => (polled === true ? [] : [name]));
  return without.length === 0 ? null : `no worker takes the calls of ${without.join(', ')}`;
}

export interface Sessions {
  byPhase: { account: string; phase: string; count: number }[];
  byWho: Record<Who, number>;
  /** Until when work at an account is announced, epoch milliseconds, as far as its open sessions know; null for none. */
  maintenance: Record<string, number | null>;
}

const PHASES = ['scheduled', 'waiting', 'starting', 'recording', 'paused', 'stopping'];
/** So many are counted, the latest first. */
const COUNTED = 5000;

/** Open and scheduled sessions, from memos alone. @throws KeepRollingError E_SERVER_UNREACHABLE */
export async function sessionsNow({ settings, reach }: Asked): Promise<Sessions> {
  // Without an archive: what it knows of former times is no answer here.
  const open = await list({ settings, reach, archive: null }, { state: 'open', limit: COUNTED });
  const names = [...new Set([...settings.accountNames(), ...open.map((one) => one.account)])];
  const byWho: Sessions['byWho'] = { you: 0, destination: 0, source: 0, vendor: 0, keeprolling: 0 };
  for (const { problem, maintenance } of open) if (problem && maintenance === null) byWho[problem.who] += 1;
  const worksOf = (name: string): number[] =>
    open.flatMap(({ account, maintenance }) =>
      account === name && maintenance !== null ? [Date.parse(maintenance)] : [],
    );
  return {
    byWho,
    maintenance: Object.fromEntries(
      names.map((name) => [name, worksOf(name).reduce<number | null>((a, b) => Math.max(a ?? b, b), null)]),
    ),
    byPhase: names.flatMap((account) =>
      PHASES.map((phase) => ({
        account,
        phase,
        count: open.filter((one) => one.account === account && one.phase === phase).length,
      })),
    ),
  };
}
