import type { Command } from 'commander';
import type { MaintenanceOptions } from '../../client/types.ts';
import { ERRORS } from '../../contract/errors.ts';
import { withClient } from '../client.ts';
import { answer, type Context } from '../context.ts';
import { usageError } from '../failure.ts';
import { instantOf } from '../instants.ts';
import { maintenanceText } from '../render/results.ts';
import { clockOfDay } from '../render/text.ts';
import { command } from '../run.ts';
import { assertZone } from '../zones.ts';
import { authorOf } from './control.ts';

interface Options {
  for?: string;
  until?: string;
  end?: boolean;
  by?: string;
  reason?: string;
  zone?: string;
}

export function maintenanceCommand(program: Command): void {
  program
    .command('maintenance <account>')
    .description(
      'announce work at a recorder: its troubles are not told meanwhile, and gaps are named for it',
    )
    .option('--for <duration>', 'how long from now on: 15m')
    .option('--until <instant>', 'instead of --for: 04:00, 2026-11-24T04:00, or ISO 8601 with offset')
    .option('--end', 'it is over')
    .option('--by <name>', 'who says so; else KEEPROLLING_BY, else your login')
    .option('--reason <text>', 'why; it stands in the ledgers')
    .option('--zone <zone>', 'of --until; else yours')
    .action(
      command<Options>(async (context, [account], options) => {
        const wish = wishOf(context, options);
        const result = await withClient(context, async (client) => await client.maintenance(account!, wish));
        answer(context, result, () => {
          const zone = options.zone ?? context.zone;
          const until = `until ${clockOfDay(result.until, zone, context.now())} ${zone}`;
          return maintenanceText(result, options.end ? null : until);
        });
        return result.applied ? 0 : ERRORS.E_NO_WORKER.exit;
      }),
    );
}

function wishOf(context: Context, options: Options): MaintenanceOptions {
  const given = [options.for, options.until, options.end].filter((one) => one !== undefined);
  if (given.length !== 1) throw usageError('maintenance needs one of --for, --until and --end.');
  assertZone(options.zone);
  const zone = options.zone ?? context.zone;
  const { by, reason } = authorOf(context, options);
  return {
    ...(by !== undefined && { by }),
    ...(reason !== undefined && { reason }),
    ...(options.end && { end: true }),
    ...(options.for !== undefined && { for: options.for }),
    ...(options.until !== undefined && {
      until: new Date(instantOf(options.until, '--until', { now: context.now(), zone, side: 'future' })),
    }),
  };
}
