/** Emulated vendors and the cloud that they upload to, beside the server, each with an account or destination. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { CloudEmulator } from '../../emulators/cloud/cloud.ts';
import type { Emulator } from '../../emulators/emulator.ts';
import {
  arrivalAt,
  CLOUD,
  emulatedAccount,
  emulatedDestination,
  emulatedVendors,
  needsStore,
  ownDestination,
  quickly,
  sampleOptions,
  sampleSource,
  sampleTarget,
  startCloud,
  startEmulator,
} from '../../emulators/registry.ts';
import { newToken, type DataFolder } from './data-folder.ts';

/** What the emulated cloud is called under `destinations`. */
export const CLOUD_DESTINATION = `${CLOUD}-emulated`;

export interface EmulatedCloud {
  /** Of the destination in the configuration. */
  name: string;
  url: string;
  /** Where its controls are: POST mint.fail, GET truth, … */
  control: string;
  destination: Record<string, unknown>;
  emulator: Emulator;
}

type StoringCloud = EmulatedCloud & { emulator: CloudEmulator };

export interface EmulatedVendor {
  vendor: string;
  account: string;
  url: string;
  /** Where its controls are: POST source.start, GET truth, … */
  control: string;
  /** Where it writes its files; null for one that uploads them. */
  recordsDir: string | null;
  /** The destination that a specification for it names. */
  storage: string | null;
  /** Fields of that destination where it is none of the emulated cloud's, but of the vendor's own. */
  destination: Record<string, unknown> | null;
  /** Its fields in the configuration. */
  fields: Record<string, unknown>;
  /** Name of its sample, and of the stream that it records. */
  stream: string;
  target: Record<string, string>;
  /** Of its sample, so that files come soon. */
  options: Record<string, unknown>;
  /** What the control source.start is told for that target, and what happens then. */
  source: Record<string, string>;
  arrival: string;
  emulator: Emulator;
}

export interface EmulatedWorld {
  /** null where none of the vendors uploads to it. */
  cloud: EmulatedCloud | null;
  vendors: EmulatedVendor[];
}

/** How often they are looked at, and how often credentials are renewed: somebody is watching. */
export interface EmulatedPace {
  looks: { every: string; doubt: string; withCallbacks: string };
  refresh: string;
}

/** Whoever starts something is told how it ends, at once: what comes next may fail. */
export type OnStarted = (what: string, end: () => Promise<void>) => void;

export async function startEmulated(
  data: DataFolder,
  pace: EmulatedPace,
  onStarted: OnStarted,
  /** Whom the vendors call back; nobody when left out. */
  gatewayUrl?: string,
  /** Which vendors; all when left out. */
  wanted: readonly string[] = emulatedVendors(),
): Promise<EmulatedWorld> {
  const cloud = wanted.some(needsStore) ? await startTheCloud(data, pace, onStarted) : null;
  const vendors: EmulatedVendor[] = [];
  for (const vendor of wanted) {
    const stream = `cam${vendors.length + 1}`;
    vendors.push(await startVendor(data, pace, onStarted, { vendor, stream, cloud, gatewayUrl }));
  }
  return { cloud, vendors };
}

async function startTheCloud(
  data: DataFolder,
  { refresh }: EmulatedPace,
  onStarted: OnStarted,
): Promise<StoringCloud> {
  const name = CLOUD_DESTINATION;
  const secret = keptToken(data, name);
  const served = await startCloud({ ...places(data, name), token: secret.token });
  onStarted('emulated cloud', async () => await served.close());
  const { url, emulator } = served;
  const destination = { ...emulatedDestination({ url, token: secret.reference }), refresh };
  return { name, url, control: controlOf(served), destination, emulator };
}

async function startVendor(
  data: DataFolder,
  { looks }: EmulatedPace,
  onStarted: OnStarted,
  {
    vendor,
    stream,
    cloud,
    gatewayUrl,
  }: { vendor: string; stream: string; gatewayUrl: string | undefined; cloud: StoringCloud | null },
): Promise<EmulatedVendor> {
  const account = `${vendor}-emulated`;
  const secret = keptToken(data, account);
  const uploads = needsStore(vendor);
  const destination = ownDestination(vendor) ?? null;
  const recordsDir = uploads || destination ? null : data.folder(`${account}-records`);
  const itsFiles = {
    ...(uploads && cloud && { store: cloud.emulator }),
    ...(recordsDir !== null && { recordsDir }),
  };
  const callbacks = gatewayUrl === undefined ? null : keptCallbacks(data, account, gatewayUrl);
  const served = await startEmulator(vendor, {
    ...places(data, account),
    token: secret.token,
    vendor: quickly(vendor),
    ...itsFiles,
    ...(callbacks && { callbacks: callbacks.called }),
  });
  onStarted(`emulator of ${vendor}`, async () => await served.close());
  const { url, emulator } = served;
  const place = {
    url,
    token: secret.reference,
    ...(recordsDir !== null && { recordsDir }),
    ...(callbacks && { callbacks: callbacks.configured }),
  };
  return {
    vendor,
    account,
    url,
    control: controlOf(served),
    recordsDir,
    storage: storageOf(vendor, CLOUD_DESTINATION),
    destination,
    fields: { ...emulatedAccount(vendor, place), looks },
    stream,
    target: sampleTarget(vendor, stream),
    options: sampleOptions(vendor),
    source: sampleSource(vendor, stream),
    arrival: arrivalAt(vendor),
    emulator,
  };
}

/** The destination that a specification for the vendor names; null for one that writes to its own disk. */
export function storageOf(vendor: string, cloud: string): string | null {
  if (needsStore(vendor)) return cloud;
  return ownDestination(vendor) === undefined ? null : `${vendor}-files`;
}

/** A token stays in its file, which only its owner can read. */
function keptToken(data: DataFolder, name: string): { token: string; reference: string } {
  const file = `${name}.token`;
  return { token: data.kept(file, newToken), reference: `file:${join(data.path, file)}` };
}

/** What a vendor is told of the gateway, and what the gateway knows its callbacks by. */
function keptCallbacks(data: DataFolder, account: string, gatewayUrl: string) {
  const path = keptToken(data, `${account}-callback-path`);
  const key = keptToken(data, `${account}-callback-key`);
  return {
    called: { url: `${gatewayUrl}/callbacks/${account}/${path.token}`, key: key.token },
    configured: { path: path.reference, key: key.reference, url: gatewayUrl },
  };
}

/** The controls have a port of their own, so that they answer while the emulator is down. */
function places(data: DataFolder, name: string) {
  return { port: 0, control: false, controlPort: 0, truthFile: join(data.path, `${name}-truth.jsonl`) };
}

function controlOf({ controlUrl }: { controlUrl: string | undefined }): string {
  return `${controlUrl}/_emulator/`;
}

/** Sections `accounts` and `destinations` of the configuration. */
export function sectionsOf({ cloud, vendors }: EmulatedWorld) {
  return {
    accounts: Object.fromEntries(vendors.map(({ account, fields }) => [account, fields])),
    destinations: {
      ...(cloud && { [cloud.name]: cloud.destination }),
      ...Object.fromEntries(
        vendors.flatMap(({ storage, destination }) =>
          storage !== null && destination ? [[storage, destination]] : [],
        ),
      ),
    },
  };
}

type Sample = Pick<EmulatedVendor, 'stream' | 'account' | 'target' | 'storage' | 'options'>;

export function sampleSpecification({ stream, account, target, storage, options }: Sample): string {
  return stringify({
    name: stream,
    account,
    target,
    window: { from: 'now', length: '1h' },
    ...(storage !== null && { storage }),
    ...(Object.keys(options).length > 0 && { options }),
  });
}
