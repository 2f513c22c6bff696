import type { Command } from 'commander';
import type {
  AccountPlan,
  Client,
  SessionHandle,
  SessionStatus,
  Started,
  StartOptions,
} from '../../client/types.ts';
import { ERRORS } from '../../contract/errors.ts';
import { withClient } from '../client.ts';
import { answer, type Context } from '../context.ts';
import { checkDocuments, readSpecifications, type CheckedDocument } from '../documents.ts';
import { failureOf, failureText, type CliFailure } from '../failure.ts';
import { accountPlanText, forbiddenPlanText } from '../render/account-plan.ts';
import { outcomeOf } from '../render/ended.ts';
import { queuesPolled, unpolledFor } from '../polled.ts';
import { notStartedText, startedExit, startedText } from '../render/results.ts';
import { command } from '../run.ts';
import { authorOf } from './control.ts';

interface Options {
  requestId?: string;
  by?: string;
  plan?: boolean;
  join?: boolean;
}

/** What became of one document, as data and as a line. */
interface Outcome {
  data: Record<string, unknown>;
  line: string;
  exit: number;
  error?: unknown;
}

/** One document after it was sent to the server: there, or refused. */
type Tried =
  | { document: CheckedDocument; started: Omit<Started, 'handle'>; handle: SessionHandle }
  | { document: CheckedDocument; failed: CliFailure; error: unknown };

export function startCommand(program: Command): void {
  program
    .command('start <file>')
    .description('start every recording of a file (- is standard input), once all of them are right')
    .option('--request-id <id>', 'makes a repeat harmless; with several documents each gets ID/1, ID/2, …')
    .option('--by <name>', 'who starts it, where the specification names no owner')
    .option('--join', 'share the recording of a target that is being recorded alike')
    .option('--plan', "start nothing; show every change to the vendor's account that it would make")
    .action(
      command<Options>(async (context, [file], options) => {
        const source = await readSpecifications(file!, process.stdin);
        const documents = checkDocuments(
          source,
          file!,
          context.settings(),
          context.now(),
          'nothing was started',
        );
        if (options.plan) return await showPlan(context, documents, options.by);
        const outcomes = await withClient(context, async (client) => {
          const tried: Tried[] = [];
          // One after another: what is told of the second is true only after the first.
          for (const [index, document] of documents.entries()) {
            const requestId = requestIdOf(options.requestId, index, documents.length);
            const one = await start(client, document, {
              ...byOf(context, options),
              ...(requestId !== undefined && { requestId }),
              ...(options.join && { join: true }),
            });
            tried.push(one);
            // A server that is away is not waited for again at each document.
            if ('failed' in one && one.failed.exit === ERRORS.E_SERVER_UNREACHABLE.exit) break;
          }
          return await told(context, tried);
        });
        const only = outcomes.length === 1 ? outcomes[0] : undefined;
        if (only?.error !== undefined) throw only.error;
        answer(context, { documents: outcomes.map((one) => one.data) }, () =>
          outcomeLines(outcomes, documents).join('\n'),
        );
        return outcomes.find((one) => one.exit !== 0)?.exit ?? 0;
      }),
    );
}

/** Each vendor is only read. */
async function showPlan(
  context: Context,
  documents: CheckedDocument[],
  by: string | undefined,
): Promise<number> {
  const outcomes = await withClient(
    context,
    async (client) => await Promise.all(documents.map(async (one) => await planOf(client, one, by))),
  );
  const only = outcomes.length === 1 ? outcomes[0] : undefined;
  if (only?.error !== undefined) throw only.error;
  answer(context, { documents: outcomes.map((one) => one.data) }, () =>
    [...outcomes.map((one) => one.line), 'nothing was started, and nothing was changed'].join('\n\n'),
  );
  return outcomes.find((one) => one.exit !== 0)?.exit ?? 0;
}

async function planOf(
  client: Client,
  { label, written }: CheckedDocument,
  by: string | undefined,
): Promise<Outcome> {
  try {
    const plan = await client.plan(written, { ...(by !== undefined && { by }) });
    return { data: { document: label, ...plan }, line: accountPlanText(plan), exit: 0 };
  } catch (error) {
    const failure = failureOf(error);
    const { code, message, details, exit } = failure;
    const data = { document: label, error: { code, message, details } };
    const { plan } = details as { plan?: AccountPlan };
    if (plan) return { data, line: forbiddenPlanText(plan, failure), exit };
    return { data, line: `${label}  ${failureText(failure)}`, exit, error };
  }
}

function outcomeLines(outcomes: Outcome[], documents: CheckedDocument[]): string[] {
  const untried = documents.slice(outcomes.length).map((one) => `${one.label}  not tried`);
  return [...outcomes.map((one) => one.line), ...untried];
}

function requestIdOf(id: string | undefined, index: number, documents: number): string | undefined {
  return id === undefined || documents === 1 ? id : `${id}/${index + 1}`;
}

/** A claim needs an owner that its `stop` can name: the same as commands have. */
function byOf(context: Context, { by, join }: Options): Pick<StartOptions, 'by'> {
  if (join) return authorOf(context, { ...(by !== undefined && { by }) });
  return by === undefined ? {} : { by };
}

async function start(client: Client, document: CheckedDocument, options: StartOptions): Promise<Tried> {
  try {
    const { handle, ...started } = await client.start(document.written, options);
    return { document, started, handle };
  } catch (error) {
    return { document, failed: failureOf(error), error };
  }
}

/** A session that nobody works on is started and records nothing: each is asked, all at the same time. */
async function told(context: Context, tried: Tried[]): Promise<Outcome[]> {
  const scheduled = tried.some((one) => 'started' in one && one.started.startAt !== null);
  // A launcher needs no worker before its time, so that its status does not ask for one.
  const queues = scheduled ? await queuesPolled(context).catch(() => []) : [];
  const prefix = context.settings().queuePrefix();
  return await Promise.all(
    tried.map(async (one): Promise<Outcome> => {
      const { label, specification, notes } = one.document;
      if ('failed' in one) {
        const { code, message, details, exit } = one.failed;
        const data = { document: label, error: { code, message, details } };
        return { data, line: notStartedText(label, one.failed), exit, error: one.error };
      }
      const { started, handle } = one;
      const status: SessionStatus | null = await handle.status().catch(() => null);
      const unpolled = started.startAt !== null && unpolledFor(specification.account, prefix, queues);
      const stands = { status, unpolled };
      const { zone } = specification.window;
      const outcome = status?.ended ? { ended: true, outcome: outcomeOf(status) } : {};
      return {
        data: { document: label, ...started, ...outcome, silent: status?.silent ?? null, unpolled },
        line: [startedText(started, { now: context.now(), zone }, stands), ...notes].join('\n  '),
        exit: startedExit(stands),
      };
    }),
  );
}
