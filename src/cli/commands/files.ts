import type { Command } from 'commander';
import { withClient } from '../client.ts';
import { answer } from '../context.ts';
import { usageError } from '../failure.ts';
import { filesText, retriedText } from '../render/files.ts';
import { command } from '../run.ts';
import { zoneOf } from '../zones.ts';

interface Options {
  take?: string;
}

export function filesCommand(program: Command): void {
  const files = program
    .command('files <session>')
    .description(
      'what became of the files of a session: where they are, what is missing, what is about to be deleted',
    )
    .option('--take <number>', 'every file of this take too')
    .action(
      command<Options>(async (context, [session], options) => {
        const take = takeOf(options.take);
        const { found, zone } = await withClient(context, async (client) => {
          const [one, its] = await Promise.all([
            client.files(session!, take === undefined ? {} : { take }),
            zoneOf(client, session!),
          ]);
          return { found: one, zone: its ?? context.zone };
        });
        answer(context, found, () => filesText(found, { now: context.now(), zone }));
        return 0;
      }),
    );
  files
    .command('retry <session>')
    .description('look again at all that is missing or not stored, such as after a destination was mended')
    .action(
      command(async (context, [session]) => {
        const retried = await withClient(context, async (client) => await client.retryFiles(session!));
        answer(context, retried, () => retriedText(retried));
        return 0;
      }),
    );
}

function takeOf(typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(typed)) return Number(typed);
  throw usageError('--take must be the number of a take, from 1.');
}
