import type { Command } from 'commander';
import { isScheduleDocument } from '../../contract/schedule.ts';
import { withClient } from '../client.ts';
import { answer } from '../context.ts';
import { readTree } from '../tree.ts';
import { appliedExit, appliedText } from '../render/applied.ts';
import { command } from '../run.ts';
import { authorOf } from './control.ts';

interface Options {
  prune?: boolean;
  plan?: boolean;
  by?: string;
}

export function applyCommand(program: Command): void {
  program
    .command('apply <path>')
    .description('make schedules and sessions equal to all YAML documents of a file, or below a folder')
    .option(
      '--prune',
      'delete and stop what apply of this installation has made and is in no document any more',
    )
    .option('--plan', 'change nothing; show what would be done')
    .option('--by <name>', 'who wants it; else KEEPROLLING_BY, else your login')
    .action(
      command<Options>(async (context, [path], { prune, plan, by }) => {
        const documents = await readTree(path!, context.configurationFile());
        const sessions = documents.some(({ document }) => !isScheduleDocument(document));
        const author = by ?? (sessions ? authorOf(context, {}).by : undefined);
        const applied = await withClient(
          context,
          async (client) =>
            await client.apply(documents, {
              ...(prune && { prune }),
              ...(plan && { plan }),
              ...(author !== undefined && { by: author }),
            }),
        );
        answer(context, applied, () => appliedText(applied));
        return appliedExit(applied);
      }),
    );
}
