import type { Command } from 'commander';
import { withClient } from '../../client.ts';
import { answer } from '../../context.ts';
import { schedulesText, scheduleText } from '../../render/schedules.ts';
import { command } from '../../run.ts';

interface Filters {
  label?: string;
  account?: string;
  owner?: string;
}

export function listSchedulesCommand(schedule: Command): void {
  schedule
    .command('list')
    .description('schedules of this installation: rule, next window, and what became of the last one')
    .option('--label <name=value>')
    .option('--account <name>')
    .option('--owner <name>')
    .action(
      command<Filters>(async (context, _args, { label, account, owner }) => {
        const filters = {
          ...(label !== undefined && { label }),
          ...(account !== undefined && { account }),
          ...(owner !== undefined && { owner }),
        };
        const schedules = await withClient(context, async (client) => await client.schedules.list(filters));
        answer(context, { schedules }, () => schedulesText(schedules, context.now()));
        return 0;
      }),
    );
}

export function showCommand(schedule: Command): void {
  schedule
    .command('show <name>')
    .description('one schedule: its coming windows, its last ones, and whether it is still what it was made')
    .action(
      command(async (context, [name]) => {
        const shown = await withClient(context, async (client) => await client.schedules.show(name!));
        answer(context, shown, () => scheduleText(shown, context.now()));
        return 0;
      }),
    );
}
