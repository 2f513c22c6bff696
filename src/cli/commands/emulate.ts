import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import {
  CLOUD,
  emulatedAccount,
  emulatedDestination,
  emulatedVendors,
  ownDestination,
  sampleOptions,
  sampleSource,
  sampleTarget,
  startCloud,
  startEmulator,
} from '../../emulators/registry.ts';
import type { ServedEmulator } from '../../emulators/serve.ts';
import { answer } from '../context.ts';
import { newToken } from '../dev/data-folder.ts';
import { sampleSpecification, storageOf } from '../dev/emulated.ts';
import { usageError } from '../failure.ts';
import { emulateText, type EmulateTold } from '../render/dev.ts';
import { command } from '../run.ts';
import { untilInterrupted } from '../interrupt.ts';

interface Options {
  port: number;
  accessToken?: string;
  recordsDir?: string;
  truth?: string;
}

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
      command<Options>(async (context, [name = ''], options) => {
        checkNamed(name, options);
        const served = await listening(options.port, async () => await serve(name, options));
        answer(context, served.told, () => emulateText(served.told));
        await untilInterrupted();
        await served.close();
        return 0;
      }),
    );
}

function checkNamed(name: string, { recordsDir }: Options): void {
  if (!NAMES.includes(name))
    throw usageError(`There is no emulator of "${name}"; there is ${NAMES.join(', ')}.`);
  if (recordsDir !== undefined && (name === CLOUD || storageOf(name, CLOUD) !== null))
    throw usageError(`The emulated ${name} writes no files to a disk: leave out --records-dir.`);
}

type Served = Pick<ServedEmulator, 'close'> & { told: EmulateTold };

async function serve(name: string, options: Options): Promise<Served> {
  const accessToken = options.accessToken ?? newToken();
  const truth = options.truth === undefined ? null : resolve(options.truth);
  const recordsDir = options.recordsDir === undefined ? null : resolve(options.recordsDir);
  if (recordsDir !== null) mkdirSync(recordsDir, { recursive: true });
  const places = {
    port: options.port,
    controlPort: 0,
    control: false,
    ...(truth !== null && { truthFile: truth }),
    token: accessToken,
  };
  const served =
    name === CLOUD
      ? await startCloud(places)
      : await startEmulator(name, { ...places, ...(recordsDir !== null && { recordsDir }) });
  const { url } = served;
  const place = { url, token: accessToken, ...(recordsDir !== null && { recordsDir }) };
  const common = {
    vendor: name,
    url,
    control: `${served.controlUrl}/_emulator/`,
    accessToken,
    recordsDir,
    truth,
  };
  const told: EmulateTold =
    name === CLOUD
      ? { ...common, destination: emulatedDestination(place) }
      : { ...common, ...vendorTold(name, place) };
  return { told, close: async () => await served.close() };
}

/** Name of the sample, and of the stream that it records. */
const SAMPLE = 'cam1';

function vendorTold(name: string, place: Parameters<typeof emulatedAccount>[1]): Partial<EmulateTold> {
  const destination = ownDestination(name);
  const account = `${name}-emulated`;
  const sample = {
    stream: SAMPLE,
    account,
    target: sampleTarget(name, SAMPLE),
    // One that uploads to the emulated cloud takes the account's destination of `keeprolling emulate cloud`.
    storage: storageOf(name, `${CLOUD}-emulated`),
    options: sampleOptions(name),
  };
  return {
    account: emulatedAccount(name, place),
    source: sampleSource(name, SAMPLE),
    ...(destination && { destination, destinationName: sample.storage! }),
    sample: sampleSpecification(sample),
  };
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
