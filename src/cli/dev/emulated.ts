/** Emulated vendors beside the server, each with an account of its own. */
import { join } from 'node:path';
import { emulatedVendors, startEmulator } from '../../emulators/index.ts';
import { newToken, type DataFolder } from './data-folder.ts';

export interface Emulated {
  vendor: string;
  account: string;
  url: string;
  /** Where its controls are: POST source.start, GET truth, … */
  control: string;
  recordsDir: string;
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
    vendor: { accessToken: data.kept(`${account}.token`, newToken), recordsDir },
  });
  return {
    vendor,
    account,
    url: served.url,
    control: `${served.controlUrl}/_emulator/`,
    recordsDir,
    close: async () => await served.close(),
  };
}

/** The token stays in its file, which only its owner can read. */
export function emulatedAccount(
  data: DataFolder,
  { vendor, account, url, recordsDir }: Emulated,
): Record<string, unknown> {
  return {
    vendor,
    url,
    accessToken: `file:${join(data.path, `${account}.token`)}`,
    recordsDir,
    looks: LOOKS,
  };
}

export function sampleSpecification(account: string): string {
  return [
    'name: cam1',
    `account: ${account}`,
    'target: { app: app, stream: cam1 }',
    'window: { from: now, length: 1h }',
    '',
  ].join('\n');
}
