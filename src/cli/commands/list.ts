import { InvalidArgumentError, type Command } from 'commander';
import type { ListOptions, SessionSummary } from '../../client/types.ts';
import { byUrgency } from '../../client/urgency.ts';
import { ERRORS, KeepRollingError } from '../../contract/errors.ts';
import { withClient } from '../client.ts';
import { answer, type Context } from '../context.ts';
import { usageError } from '../failure.ts';
import { forWantOfWorker, queuesPolled, wantWorker } from '../polled.ts';
import { listText, type Listed } from '../render/list.ts';
import { command } from '../run.ts';

interface Options {
  problems?: boolean;
  account?: string;
  owner?: string;
  target?: string;
  label?: string;
  state: string;
  limit?: number;
}

type Around = Pick<Listed, 'server' | 'workers'>;

/** As many as a list looks through. */
const MOST = 5000;

const STATES = ['open', 'closed', 'all'] as const;
/** An open session is in one of these; `scheduled` is its launcher's. */
const PHASES = ['scheduled', 'waiting', 'starting', 'recording', 'paused', 'stopping'];

export function listCommand(program: Command): void {
  program
    .command('list')
    .description('sessions, open ones unless told otherwise')
    .option('--problems', 'only those that somebody must act on')
    .option('--account <name>')
    .option('--owner <name>')
    .option('--target <key>')
    .option('--label <name=value>')
    .option('--state <state>', `${STATES.join(', ')}, or a phase: ${PHASES.join(', ')}`, 'open')
    .option('--limit <number>', 'at most so many', positive)
    .action(
      command<Options>(async (context, _args, options) => {
        const { phase, filters } = filtersOf(options);
        assertAccount(context, options.account);
        // Asked beside the sessions, over a connection of its own: nothing waits for it.
        const asking = queuesPolled(context);
        // A wrong configuration is told by the client, which reads the same.
        asking.catch(() => {});
        const problems = options.problems === true;
        const show = (
          shown: SessionSummary[],
          total: number | null,
          wanting: number,
          around: Around,
        ): string =>
          listText(
            { shown, total, wanting, problems, ...around },
            { now: context.now(), zone: context.zone },
          );
        try {
          const [found, all] = await withClient(context, async (client) => {
            const listed = client.list(filters);
            // How many there are in all says how bad the problems are; those without a worker are among them.
            const every = problems ? client.list({ ...filters, problems: false, limit: MOST }) : listed;
            return await Promise.all([listed, every]);
          });
          const workers = await asking;
          const present = inPhase(all, phase);
          const wanting = wantWorker(present, context.settings().queuePrefix(), workers);
          const own = inPhase(found, phase);
          const shown = problems ? withWanting(own, wanting).slice(0, options.limit) : own;
          const around: Around = { server: 'ok', workers };
          answer(context, { sessions: shown, total: present.length, ...around }, () =>
            show(shown, present.length, wanting.length, around),
          );
          return problems && wanting.length > 0 ? ERRORS.E_NO_WORKER.exit : 0;
        } catch (error) {
          const known = lastKnownIn(error);
          if (known !== null && known.length > 0 && !context.json) {
            const around: Around = { server: 'silent', workers: await asking };
            context.print(`last known, from the archive alone:\n${show(known, null, 0, around)}`);
          }
          throw error;
        }
      }),
    );
}

/** Nobody tells of a session that has no worker: what its memo says is old. */
function withWanting(found: SessionSummary[], wanting: SessionSummary[]): SessionSummary[] {
  const ids = new Set(wanting.map(({ sessionId }) => sessionId));
  const others = found.filter(({ sessionId }) => !ids.has(sessionId));
  return [...wanting.map(forWantOfWorker), ...others].toSorted(byUrgency);
}

function filtersOf(options: Options): { phase: string | null; filters: ListOptions } {
  const { state, account, owner, target, label, limit, problems } = options;
  const phase = PHASES.includes(state) ? state : null;
  const known = STATES.find((one) => one === state);
  if (phase === null && known === undefined) {
    throw usageError(`--state: "${state}" is none of ${[...STATES, ...PHASES].join(', ')}.`);
  }
  if (label !== undefined && !/^[^=]+=/.test(label)) {
    throw usageError(`--label: "${label}" is not NAME=VALUE.`, { option: '--label', found: label });
  }
  return {
    phase,
    filters: {
      state: known ?? 'open',
      ...(problems && { problems }),
      ...(account !== undefined && { account }),
      ...(owner !== undefined && { owner }),
      ...(target !== undefined && { target }),
      ...(label !== undefined && { label }),
      ...(limit !== undefined && { limit }),
    },
  };
}

/** @throws KeepRollingError E_ACCOUNT_UNKNOWN: a misspelt account would look like one without sessions */
function assertAccount(context: Context, account: string | undefined): void {
  const known = context.settings().accountNames();
  if (account === undefined || known.includes(account)) return;
  const named = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
  throw new KeepRollingError(
    'E_ACCOUNT_UNKNOWN',
    `The configuration has no account "${account}": ${named}.`,
    { account, known },
  );
}

/** Without a server the archive still knows something; the refusal carries it. */
function lastKnownIn(error: unknown): SessionSummary[] | null {
  if (!(error instanceof KeepRollingError) || !Array.isArray(error.details.lastKnown)) return null;
  return error.details.lastKnown as SessionSummary[];
}

function inPhase(list: SessionSummary[], phase: string | null): SessionSummary[] {
  return phase === null ? list : list.filter((one) => one.phase === phase);
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return number;
}
