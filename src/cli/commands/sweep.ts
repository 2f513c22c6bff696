import type { Command } from 'commander';
import { ERRORS } from '../../contract/errors.ts';
import type { Sweep, SweepOptions } from '../../sweeper/types.ts';
import { withClient } from '../client.ts';
import { answer } from '../context.ts';
import { usageError } from '../failure.ts';
import type { Reader } from '../render/status.ts';
import { firstPassText, isLeftOver, sweepText } from '../render/sweep.ts';
import { command } from '../run.ts';

export function sweepCommand(program: Command): void {
  program
    .command('sweep')
    .description('what records at the vendors in our name, and whether a session has it')
    .option('--account <name>', 'only this one')
    .option('--stop', 'stop what had no open session in two passes at least 10 min apart')
    .option('--wait', 'with --stop: make both passes now, which takes those 10 min')
    .option('--adopt <installation>', 'recordings of this lost installation count as ours')
    .action(
      command<SweepOptions>(async (context, _args, { account, stop, wait, adopt }) => {
        if (wait && !stop) throw usageError('--wait is about the second pass of --stop, which is missing.');
        const reader = (): Reader => ({ now: context.now(), zone: context.zone });
        const options: SweepOptions = {
          ...(account !== undefined && { account }),
          ...(stop && { stop }),
          ...(wait && { wait }),
          ...(adopt !== undefined && { adopt }),
          onFirstPass: (first) => context.say(firstPassText(first, reader())),
        };
        if (stop && (wait || context.settings().archive() === null))
          context.say('two passes: the second one comes 10 min after the first, if that finds something');
        const sweep = await withClient(context, async (client) => await client.sweep(options));
        answer(context, sweep, () => sweepText(sweep, reader()));
        return exitOf(sweep);
      }),
    );
}

function exitOf({ findings, accounts, archiveProblem }: Sweep): number {
  if (findings.some(isLeftOver)) return ERRORS.E_LEFT_OVER.exit;
  const isWhole = archiveProblem === null && accounts.every(({ problem }) => problem === null);
  return isWhole ? 0 : ERRORS.E_UNHEALTHY.exit;
}
