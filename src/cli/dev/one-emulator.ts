/** One emulated vendor, or the cloud, served alone, and what to put into keeprolling.yaml for it. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  CLOUD,
  emulatedAccount,
  emulatedDestination,
  ownDestination,
  sampleOptions,
  sampleSource,
  sampleTarget,
  startCloud,
  startEmulator,
} from '../../emulators/registry.ts';
import type { ServedEmulator } from '../../emulators/serve.ts';
import { usageError } from '../failure.ts';
import type { EmulateTold } from '../render/dev.ts';
import { newToken } from './data-folder.ts';
import { sampleSpecification, storageOf } from './emulated.ts';

export interface OneOptions {
  port: number;
  accessToken?: string;
  recordsDir?: string;
  truth?: string;
}

type Served = Pick<ServedEmulator, 'close'> & { told: EmulateTold };

/** @throws KeepRollingError E_USAGE for a folder of one that writes no files */
export async function serveOne(name: string, options: OneOptions): Promise<Served> {
  if (options.recordsDir !== undefined && (name === CLOUD || storageOf(name, CLOUD) !== null))
    throw usageError(`The emulated ${name} writes no files to a disk: leave out --records-dir.`);
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
