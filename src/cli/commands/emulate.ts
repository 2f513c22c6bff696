import { InvalidArgumentError, type Command } from 'commander';
import { CLOUD, emulatedVendors } from '../../emulators/names.ts';
import { answer } from '../context.ts';
import type { OneOptions } from '../dev/one-emulator.ts';
import { usageError } from '../failure.ts';
import { emulateText } from '../render/dev.ts';
import { command } from '../run.ts';
import { untilInterrupted } from '../interrupt.ts';

const NAMES = [...emulatedVendors(), CLOUD];

export function emulateCommand(program: Command): void {
  program
    .command('emulate <vendor>')
    .description(`serve an emulated vendor or cloud on this machine until Ctrl-C (${NAMES.join(', ')})`)
    .option('--port <number>', 'where it listens; 0 takes a free port', portOf, 0)
    .option('--access-token <token>', 'the secret that its clients must present (else one is made up)')
    .option('--records-dir <folder>', 'where one with a disk writes its files; without it no file is written')
    .option('--truth <file>', 'append what really happens to this file, as JSON lines')
    .action(
      command<OneOptions>(async (context, [name = ''], options) => {
        if (!NAMES.includes(name))
          throw usageError(`There is no emulator of "${name}"; there is ${NAMES.join(', ')}.`);
        // Loaded here only: no other command needs it.
        const { serveOne } = await import('../dev/one-emulator.ts');
        const served = await listening(options.port, async () => await serveOne(name, options));
        answer(context, served.told, () => emulateText(served.told));
        await untilInterrupted();
        await served.close();
        return 0;
      }),
    );
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('It must be a port, 0 to 65535.');
  }
  return port;
}

async function listening<T>(port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw usageError(`Something else listens on port ${port}; choose another one, or 0 for a free one.`);
  }
}
