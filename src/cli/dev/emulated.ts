/** Emulated vendors beside the server, each with an account of its own. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  emulatedAccount,
  emulatedVendors,
  sampleSource,
  sampleTarget,
  startEmulator,
} from '../../emulators/registry.ts';
import { newToken, type DataFolder } from './data-folder.ts';

/** Name of the sample, and of the stream that it records. */
export const STREAM = 'cam1';

export interface Emulated {
  vendor: string;
  account: string;
  url: string;
  /** Where its controls are: POST source.start, GET truth, … */
  control: string;
  recordsDir: string;
  /** What the control source.start is told for the sample's target. */
  source: Record<string, string>;
  close(): Promise<void>;
}

/** Looks come quickly, since somebody is watching. */
const LOOKS = { every: '5s', doubt: '1s', withCallbacks: '30s' };

export async function startEmulated(data: DataFolder): Promise<Emulated[]> {
  return await Promise.all(emulatedVendors().map(async (vendor) => await startOne(data, vendor)));
}

async function startOne(data: DataFolder, vendor: string): Promise<Emulated> {
  const account = `${vendor}-emulated`;
  const recordsDir = data.folder(`${account}-records`);
  const served = await startEmulator(vendor, {
    port: 0,
    control: false,
    controlPort: 0,
    truthFile: join(data.path, `${account}-truth.jsonl`),
    token: data.kept(`${account}.token`, newToken),
    recordsDir,
  });
  return {
    vendor,
    account,
    url: served.url,
    control: `${served.controlUrl}/_emulator/`,
    recordsDir,
    source: sampleSource(vendor, STREAM),
    close: async () => await served.close(),
  };
}

/** The token stays in its file, which only its owner can read. */
export function accountOf(data: DataFolder, emulated: Emulated): Record<string, unknown> {
  const { vendor, account, url, recordsDir } = emulated;
  const token = `file:${join(data.path, `${account}.token`)}`;
  return { ...emulatedAccount(vendor, { url, token, recordsDir }), looks: LOOKS };
}

export function sampleSpecification({ vendor, account }: Emulated): string {
  return stringify({
    name: STREAM,
    account,
    target: sampleTarget(vendor, STREAM),
    window: { from: 'now', length: '1h' },
  });
}
