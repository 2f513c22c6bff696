import type { Command } from 'commander';
import type { Client } from '../../../client/types.ts';
import type { CreatedSchedule, ScheduleDocument } from '../../../client/index.ts';
import { withClient } from '../../client.ts';
import { answer } from '../../context.ts';
import { readSpecifications } from '../../documents.ts';
import { failureOf, failureText, type CliFailure } from '../../failure.ts';
import { createdText } from '../../render/schedules.ts';
import { command } from '../../run.ts';
import { checkSchedules, type CheckedSchedule } from '../../schedules.ts';

type Tried = { label: string } & ({ created: CreatedSchedule } | { failed: CliFailure; error: unknown });

export function createCommand(schedule: Command): void {
  schedule
    .command('create <file>')
    .description('make every schedule of a file (- is standard input), once all of them are right')
    .option('--by <name>', 'who makes it: its owner, where it names none')
    .action(
      command<{ by?: string }>(async (context, [file], { by }) => {
        const source = await readSpecifications(file!, process.stdin);
        const checked = checkSchedules(context, source, file!, 'no schedule was made');
        const tried = await withClient(context, async (client) => {
          const all: Tried[] = [];
          for (const one of checked) all.push(await create(client, one, by));
          return all;
        });
        const only = tried.length === 1 ? tried[0] : undefined;
        if (only && 'failed' in only) throw only.error;
        answer(context, { documents: tried.map(asData) }, () =>
          tried
            .map((one) =>
              'created' in one
                ? createdText(one.created, context.now())
                : `${one.label}  ${failureText(one.failed)}`,
            )
            .join('\n'),
        );
        return tried.reduce((exit, one) => exit || ('failed' in one ? one.failed.exit : 0), 0);
      }),
    );
}

async function create(
  client: Client,
  { label, written }: CheckedSchedule,
  by: string | undefined,
): Promise<Tried> {
  try {
    const options = by === undefined ? {} : { by };
    return { label, created: await client.schedules.create(written as ScheduleDocument, options) };
  } catch (error) {
    return { label, failed: failureOf(error), error };
  }
}

function asData(one: Tried): Record<string, unknown> {
  if ('created' in one) return { document: one.label, ...one.created };
  const { code, message, details } = one.failed;
  return { document: one.label, error: { code, message, details } };
}
