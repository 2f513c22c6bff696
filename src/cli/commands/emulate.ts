import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { emulatedVendors, sampleSource, startEmulator } from '../../emulators/registry.ts';
import { answer } from '../context.ts';
import { newToken } from '../dev/data-folder.ts';
import { usageError } from '../failure.ts';
import { command } from '../run.ts';
import { untilInterrupted } from '../interrupt.ts';

interface Options {
  port: number;
  accessToken?: string;
  recordsDir?: string;
  truth?: string;
}

export function emulateCommand(program: Command): void {
  program
    .command('emulate <vendor>')
    .description(`serve an emulated vendor on this machine until Ctrl-C (${emulatedVendors().join(', ')})`)
    .option('--port <number>', 'where it listens; 0 takes a free port', portOf, 0)
    .option('--access-token <token>', 'what its clients must present (else one is made up)')
    .option('--records-dir <folder>', 'where it writes its files; without it no file is written')
    .option('--truth <file>', 'append what really happens to this file, as JSON lines')
    .action(
      command<Options>(async (context, [vendor], options) => {
        if (!emulatedVendors().includes(vendor!)) {
          throw usageError(`There is no emulator of "${vendor}"; there is ${emulatedVendors().join(', ')}.`);
        }
        const accessToken = options.accessToken ?? newToken();
        const recordsDir = options.recordsDir === undefined ? undefined : resolve(options.recordsDir);
        if (recordsDir !== undefined) mkdirSync(recordsDir, { recursive: true });
        const served = await listening(options.port, async () =>
          startEmulator(vendor!, {
            port: options.port,
            controlPort: 0,
            control: false,
            ...(options.truth !== undefined && { truthFile: resolve(options.truth) }),
            token: accessToken,
            ...(recordsDir !== undefined && { recordsDir }),
          }),
        );
        const control = `${served.controlUrl}/_emulator/`;
        const told = { vendor, url: served.url, control, accessToken, recordsDir, truth: options.truth };
        answer(context, told, () =>
          [
            `${vendor} is emulated at ${served.url} until Ctrl-C`,
            `  token    ${accessToken}`,
            `  control  ${control}   GET controls lists them, GET truth is what really happened`,
            `  a source curl -X POST ${control}source.start -d '${JSON.stringify(sampleSource(vendor!, 'cam1'))}'`,
            ...(recordsDir === undefined ? [] : [`  files    ${recordsDir}`]),
            ...(options.truth === undefined ? [] : [`  truth    ${resolve(options.truth)}`]),
          ].join('\n'),
        );
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
