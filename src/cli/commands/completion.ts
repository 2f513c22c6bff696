import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion.ts';
import { command } from '../run.ts';

/** @param commands the same program anew, without this command: the script's maker adds its own */
export function completionCommand(program: Command, commands: () => Command): void {
  program
    .command('completion')
    .description(
      'print a script that completes commands, options, names of the configuration and files, for your shell to read',
    )
    .addArgument(new Argument('<shell>', 'whose script').choices(SHELLS))
    .addHelpText('after', '\nbash: source <(keeprolling completion bash), best in ~/.bashrc')
    .action(
      command(async (_context, [shell]) => {
        await completionScript(commands(), shell as Shell);
        return 0;
      }),
    );
}
