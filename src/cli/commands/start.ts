import type { Command } from 'commander';
import type { Client } from '../../client/types.ts';
import { ERRORS } from '../../contract/errors.ts';
import { withClient } from '../client.ts';
import { answer, type Context } from '../context.ts';
import { checkDocuments, readSpecifications, type CheckedDocument } from '../documents.ts';
import { failureOf } from '../failure.ts';
import { notStartedText, startedText } from '../render/results.ts';
import { command } from '../run.ts';

interface Options {
  requestId?: string;
  by?: string;
}

/** What became of one document, as data and as a line. */
interface Outcome {
  data: Record<string, unknown>;
  line: string;
  exit: number;
  error?: unknown;
}

export function startCommand(program: Command): void {
  program
    .command('start <file>')
    .description('start every recording of a file (- is standard input), once all of them are right')
    .option('--request-id <id>', 'makes a repeat harmless; with several documents each gets ID/1, ID/2, …')
    .option('--by <name>', 'who starts it, where the specification names no owner')
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
        const outcomes = await withClient(context, async (client) => {
          const done: Outcome[] = [];
          // One after another: what is told of the second is true only after the first.
          for (const [index, document] of documents.entries()) {
            const requestId = requestIdOf(options.requestId, index, documents.length);
            const outcome = await start(context, client, document, options.by, requestId);
            done.push(outcome);
            // A server that is away is not waited for again at each document.
            if (outcome.exit === ERRORS.E_SERVER_UNREACHABLE.exit) break;
          }
          return done;
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

function outcomeLines(outcomes: Outcome[], documents: CheckedDocument[]): string[] {
  const untried = documents.slice(outcomes.length).map((one) => `${one.label}  not tried`);
  return [...outcomes.map((one) => one.line), ...untried];
}

function requestIdOf(id: string | undefined, index: number, documents: number): string | undefined {
  return id === undefined || documents === 1 ? id : `${id}/${index + 1}`;
}

async function start(
  context: Context,
  client: Client,
  { label, written }: CheckedDocument,
  by: string | undefined,
  requestId: string | undefined,
): Promise<Outcome> {
  try {
    const { handle: _handle, ...started } = await client.start(written, {
      ...(by !== undefined && { by }),
      ...(requestId !== undefined && { requestId }),
    });
    return { data: { document: label, ...started }, line: startedText(started, reader(context)), exit: 0 };
  } catch (error) {
    const failure = failureOf(error);
    const { code, message, details, exit } = failure;
    const data = { document: label, error: { code, message, details } };
    return { data, line: notStartedText(label, failure), exit, error };
  }
}

function reader({ now, zone }: Context): { now: number; zone: string } {
  return { now: now(), zone };
}
