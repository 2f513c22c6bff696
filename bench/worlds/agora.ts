/** An emulated Agora whose recordings go to an emulated cloud, and how a configuration names the two. */
import type { Dispatcher } from 'undici';
import { destinationSchema, placeOf } from '../../src/contract/destinations.ts';
import { storageAccess } from '../../src/credentials/access.ts';
import type { StorageAccess } from '../../src/credentials/minted.ts';
import {
  DEFAULT_APP_ID,
  DEFAULT_CERTIFICATE,
  DEFAULT_CUSTOMER_ID,
  DEFAULT_CUSTOMER_SECRET,
} from '../../src/emulators/agora/options.ts';
import { besideCloud } from '../../src/emulators/cloud/beside.ts';
import { createCloudEmulator, type CloudEmulator } from '../../src/emulators/cloud/cloud.ts';
import { CLOUD_DEFAULTS } from '../../src/emulators/cloud/serve.ts';
import {
  createAgoraEmulator,
  emulatorDispatcher,
  type AgoraEmulator,
  type Clock,
} from '../../src/emulators/index.ts';
import { VENDORS, type Vendor } from '../../src/recorders/registry.ts';

export const AGORA_URL = 'http://127.0.0.1:8082';
export const APP_ID = DEFAULT_APP_ID;
export const CUSTOMER = { customerId: DEFAULT_CUSTOMER_ID, customerSecret: DEFAULT_CUSTOMER_SECRET };
export const AUTHORIZATION = `Basic ${Buffer.from(`${DEFAULT_CUSTOMER_ID}:${DEFAULT_CUSTOMER_SECRET}`).toString('base64')}`;
export const CHANNEL = 'news';
export const MODE = 'mix';
export const DESTINATION = 'bucket';
/** Above Agora's least of 4 h, and far below what the role allows: two thirds of it are soon over. */
const LIFE = '5h';
/** Nothing here is about Agora's limit of 10 requests a second. */
const NO_QPS = 1_000_000;

export interface AgoraOptions {
  /** The project has a certificate, so that recorders have tokens and takes end within 24 h. Default true. */
  tokens?: boolean;
}

export interface StageOptions extends AgoraOptions {
  /** Around the dispatcher that recorder and storage use. */
  through?: (plain: Dispatcher) => Dispatcher;
}

export function agoraEmulators(
  clock: Clock,
  { tokens = true }: AgoraOptions = {},
): { agora: AgoraEmulator; cloud: CloudEmulator } {
  const cloud = createCloudEmulator({ ...CLOUD_DEFAULTS, clock, seed: 1 });
  const app = { appId: APP_ID, ...(tokens && { certificate: DEFAULT_CERTIFICATE }) };
  const agora = createAgoraEmulator({
    ...CUSTOMER,
    clock,
    apps: [app],
    store: cloud,
    seed: 1,
    qps: NO_QPS,
    pcw: NO_QPS,
  });
  return { agora, cloud };
}

/** As it stands under `accounts`. */
export function agoraAccount(url = AGORA_URL, { tokens = true }: AgoraOptions = {}): Record<string, unknown> {
  return {
    vendor: 'agora',
    url,
    appId: APP_ID,
    ...CUSTOMER,
    ...(tokens && { appCertificate: DEFAULT_CERTIFICATE }),
  };
}

/** As it stands under `destinations`. `endpoint`: of a cloud behind HTTP; AWS's own hosts without it. */
export function agoraDestination(
  more: { refresh?: string; endpoint?: string } = {},
): Record<string, unknown> {
  const { refresh = '60m', endpoint } = more;
  const reached = endpoint === undefined ? {} : { endpoint };
  const [role, key, bucket] = [CLOUD_DEFAULTS.roles[0]!, CLOUD_DEFAULTS.keys[0]!, CLOUD_DEFAULTS.buckets[0]!];
  return {
    cloud: 'aws',
    bucket: bucket.name,
    region: 'us-east-1',
    ...reached,
    credentials: { provider: 'aws', role: role.arn, duration: LIFE, ...key, ...reached },
    refresh,
  };
}

export function startSource(agora: AgoraEmulator, channel: string, now: number): void {
  agora.controls['source.start']!({ channel }, now);
}

/** Both in the process, behind one dispatcher. */
export interface AgoraStage {
  clock: { now: number };
  agora: AgoraEmulator;
  cloud: CloudEmulator;
  /** Straight to the emulators. */
  plain: Dispatcher;
  dispatcher: Dispatcher;
  vendor: Vendor;
  account: Record<string, unknown>;
  storage: StorageAccess;
}

const BEGIN = Date.parse('2026-03-01T12:00:00Z');

export function agoraStage({ through = (plain) => plain, ...options }: StageOptions = {}): AgoraStage {
  const clock = { now: BEGIN };
  const now = (): number => clock.now;
  const { agora, cloud } = agoraEmulators(now, options);
  startSource(agora, CHANNEL, clock.now);
  const plain = besideCloud(emulatorDispatcher(cloud), emulatorDispatcher(agora));
  const dispatcher = through(plain);
  const vendor = VENDORS.get('agora')!;
  const destination = destinationSchema.parse(agoraDestination());
  return {
    clock,
    agora,
    cloud,
    plain,
    dispatcher,
    vendor,
    account: vendor.contract.account.parse(agoraAccount(AGORA_URL, options)),
    storage: storageAccess({ name: DESTINATION, destination, dispatcher, now }),
  };
}

export const agoraPlace = () => placeOf(DESTINATION, destinationSchema.parse(agoraDestination()));
