/** Emulators by vendor name, for the command line and for tests that want a served one in a line. */
import { createAgoraEmulator } from './agora/agora.ts';
import {
  DEFAULT_APP_ID,
  DEFAULT_CERTIFICATE,
  DEFAULT_CUSTOMER_ID,
  DEFAULT_CUSTOMER_SECRET,
  type AgoraEmulatorOptions,
} from './agora/options.ts';
import { createAlibabaEmulator } from './alibaba/alibaba.ts';
import {
  DEFAULT_ACCESS_KEY_ID as ALIBABA_KEY_ID,
  DEFAULT_ACCESS_KEY_SECRET as ALIBABA_KEY_SECRET,
  DEFAULT_APP as ALIBABA_APP,
  DEFAULT_BUCKET as ALIBABA_BUCKET,
  DEFAULT_PLAY_DOMAIN as ALIBABA_DOMAIN,
  DEFAULT_PUSH_DOMAIN as ALIBABA_PUSH_DOMAIN,
  DEFAULT_REGION as ALIBABA_REGION,
  type AlibabaEmulatorOptions,
} from './alibaba/options.ts';
import { offsetClock } from './clock.ts';
import type { CloudEmulator } from './cloud/cloud.ts';
import { CLOUD_DEFAULTS, serveCloud } from './cloud/serve.ts';
import type { Clock, Emulator } from './emulator.ts';
import { channelIdFor } from './naver/ids.ts';
import { createNaverEmulator } from './naver/naver.ts';
import {
  DEFAULT_ACCESS_KEY,
  DEFAULT_BUCKET,
  DEFAULT_SECRET_KEY,
  type NaverEmulatorOptions,
} from './naver/options.ts';
import { createHuaweiEmulator } from './huawei/huawei.ts';
import {
  DEFAULT_ACCESS_KEY as HUAWEI_ACCESS_KEY,
  DEFAULT_BUCKET as HUAWEI_BUCKET,
  DEFAULT_DOMAIN as HUAWEI_DOMAIN,
  DEFAULT_PROJECT_ID as HUAWEI_PROJECT_ID,
  DEFAULT_REGION as HUAWEI_REGION,
  DEFAULT_SECRET_KEY as HUAWEI_SECRET_KEY,
  type HuaweiEmulatorOptions,
} from './huawei/options.ts';
import { CLOUD, emulatedVendors, type EMULATED } from './names.ts';
import type { ObjectStore } from './object-store.ts';
import { createOmeEmulator } from './ome/ome.ts';
import type { OmeEmulatorOptions } from './ome/options.ts';
import { serveEmulator } from './serve.ts';
import type { ServedEmulator, ServeOptions } from './serve.ts';

export { CLOUD, emulatedVendors };

/** What every emulated vendor is given, whatever it calls that. */
export interface EmulatedBy {
  /** What its clients must present; the vendor's own default when left out. */
  token?: string;
  /** Where it writes its files; none are written when left out. */
  recordsDir?: string;
  /** Where it calls back, and the key with which it signs; nobody is called when left out. */
  callbacks?: { url: string; key: string };
  /** Where one that uploads its files puts them; without it every upload is taken and kept nowhere. */
  store?: ObjectStore;
}

export interface StartEmulatorOptions extends Partial<ServeOptions>, EmulatedBy {
  /** Default: the system's time, which the control `clock` can move. */
  clock?: Clock;
  /** The vendor's own options, as plain data. */
  vendor?: Record<string, unknown>;
}

export interface StartedEmulator extends ServedEmulator {
  emulator: Emulator;
}

export interface StartedCloud extends ServedEmulator {
  emulator: CloudEmulator;
}

/** Where an account of keeprolling finds an emulated vendor. */
export interface EmulatedPlace {
  url: string;
  /** Or where it stands: `file:…`. */
  token: string;
  /** Of one that writes its files to a disk. */
  recordsDir?: string;
  /**
   * How its callbacks are known: the secret part of the address, the key with which they are signed, and where vendors
   * reach the gateway.
   */
  callbacks?: { path: string; key: string; url?: string };
}

/** Where a destination of keeprolling finds the emulated cloud. */
export type EmulatedCloudPlace = Pick<EmulatedPlace, 'url' | 'token'>;

interface Entry {
  /** It uploads its files: a specification for it names a destination, and its emulator wants a store. */
  needsStore: boolean;
  /**
   * The destination that a specification for it names where that is no bucket of the emulated cloud, but one of its own
   * vendor's, to which the vendor writes by its own right: its fields in keeprolling.yaml.
   */
  destination?: Record<string, unknown>;
  create(clock: Clock, given: EmulatedBy, own: Record<string, unknown>): Emulator;
  /** Its fields in keeprolling.yaml, without `vendor` and what all vendors have. */
  account(place: EmulatedPlace): Record<string, unknown>;
  /** The target of a specification that records a stream of this name. */
  target(stream: string): Record<string, string>;
  /** Options of such a specification, so that its files come soon; none when left out. */
  options?: Record<string, unknown>;
  /** Its own options for somebody who watches: what takes minutes at the vendor takes seconds. */
  quick?: Record<string, unknown>;
  /** Input of the controls `source.start` and `source.stop` for that stream. */
  source(stream: string): Record<string, string>;
  /** What `source.start` is in the vendor's world. */
  arrival: string;
}

const ENTRIES: Record<string, Entry> = {
  ome: {
    needsStore: false,
    create: (clock, { token = 'ome-access-token', recordsDir, callbacks }, own) =>
      createOmeEmulator({
        accessToken: token,
        ...(recordsDir !== undefined && { recordsDir }),
        ...(callbacks !== undefined && {
          admission: { url: callbacks.url, secretKey: callbacks.key },
          alerts: { url: callbacks.url, secretKey: callbacks.key },
        }),
        ...(own as Partial<OmeEmulatorOptions>),
        clock,
      }),
    account: ({ url, token, recordsDir, callbacks }) => ({
      url,
      accessToken: token,
      ...(recordsDir !== undefined && { recordsDir }),
      ...calledBack(callbacks),
    }),
    target: (stream) => ({ app: 'app', stream }),
    source: (stream) => ({ app: 'app', stream }),
    arrival: 'an encoder pushes',
  },
  agora: {
    needsStore: true,
    create: (clock, { token = DEFAULT_CUSTOMER_SECRET, store, callbacks }, own) =>
      createAgoraEmulator({
        customerId: DEFAULT_CUSTOMER_ID,
        customerSecret: token,
        apps: [{ appId: DEFAULT_APP_ID, certificate: DEFAULT_CERTIFICATE }],
        ...(store !== undefined && { store }),
        ...(callbacks !== undefined && { notices: { url: callbacks.url, secret: callbacks.key } }),
        ...(own as Partial<AgoraEmulatorOptions>),
        clock,
      }),
    account: ({ url, token, callbacks }) => ({
      url,
      appId: DEFAULT_APP_ID,
      appCertificate: DEFAULT_CERTIFICATE,
      customerId: DEFAULT_CUSTOMER_ID,
      customerSecret: token,
      ...calledBack(callbacks),
    }),
    target: (stream) => ({ channel: stream, mode: 'mix' }),
    source: (stream) => ({ channel: stream }),
    arrival: 'a host joins the channel',
  },
  alibaba: {
    // It writes to a bucket of its own cloud by its own right.
    needsStore: false,
    destination: { cloud: 'alibaba', region: ALIBABA_REGION, bucket: ALIBABA_BUCKET },
    create: (clock, { token = ALIBABA_KEY_SECRET, callbacks }, own) =>
      createAlibabaEmulator({
        keys: [{ id: ALIBABA_KEY_ID, secret: token }],
        ...(callbacks !== undefined && { callbacks }),
        ...(own as Partial<AlibabaEmulatorOptions>),
        clock,
      }),
    account: ({ url, token, callbacks }) => ({
      url,
      accessKeyId: ALIBABA_KEY_ID,
      accessKeySecret: token,
      ...toldWhere(callbacks, { [ALIBABA_DOMAIN]: ALIBABA_PUSH_DOMAIN }),
    }),
    target: (stream) => ({ playbackDomain: ALIBABA_DOMAIN, app: ALIBABA_APP, stream }),
    // A file is there once its stream has been gone for DelayTime: the least that there is.
    options: {
      DelayTime: 15,
      RecordFormat: [
        {
          Format: 'mp4',
          CycleDuration: 900,
          OssObjectPrefix: 'rec/{AppName}/{StreamName}/{Sequence}_{EscapedStartTime}_{EscapedEndTime}',
        },
      ],
    },
    source: (stream) => ({ domain: ALIBABA_DOMAIN, app: ALIBABA_APP, stream }),
    arrival: 'an encoder pushes',
  },
  huawei: {
    // It writes to the customer's own bucket by an authorisation, with nobody's keys.
    needsStore: false,
    destination: { cloud: 'huawei', region: HUAWEI_REGION, bucket: HUAWEI_BUCKET },
    create: (clock, { token = HUAWEI_SECRET_KEY, callbacks }, own) =>
      createHuaweiEmulator({
        projectId: HUAWEI_PROJECT_ID,
        accessKey: HUAWEI_ACCESS_KEY,
        secretKey: token,
        ...(callbacks !== undefined && { callbacks }),
        ...(own as Partial<HuaweiEmulatorOptions>),
        clock,
      }),
    account: ({ url, token, callbacks }) => ({
      url,
      projectId: HUAWEI_PROJECT_ID,
      accessKey: HUAWEI_ACCESS_KEY,
      secretKey: token,
      ...toldWhere(callbacks, [HUAWEI_DOMAIN]),
    }),
    target: (stream) => ({ publishDomain: HUAWEI_DOMAIN, app: 'live', stream }),
    options: {
      record_format: ['MP4'],
      mp4_config: { record_cycle: 900, record_max_duration_to_merge_file: 60 },
    },
    source: (stream) => ({ publishDomain: HUAWEI_DOMAIN, app: 'live', stream }),
    arrival: 'an encoder pushes',
  },
  naver: {
    needsStore: false,
    destination: { cloud: 'naver', region: 'KR', bucket: DEFAULT_BUCKET },
    create: (clock, { token = DEFAULT_SECRET_KEY, callbacks }, own) =>
      createNaverEmulator({
        accessKey: DEFAULT_ACCESS_KEY,
        secretKey: token,
        anyChannel: true,
        ...(callbacks !== undefined && { callbackUrl: callbacks.url }),
        ...(own as Partial<NaverEmulatorOptions>),
        clock,
      }),
    account: ({ url, token, callbacks }) => ({
      url,
      accessKey: DEFAULT_ACCESS_KEY,
      secretKey: token,
      // Live Station signs nothing, so there is no key.
      ...(callbacks !== undefined && {
        callbacks: { path: callbacks.path, ...(callbacks.url !== undefined && { url: callbacks.url }) },
      }),
    }),
    target: (stream) => ({ channel: channelIdFor(stream) }),
    quick: { creatingMs: 0, processingMs: 2_000, transferMs: 1_000 },
    source: (stream) => ({ channel: channelIdFor(stream) }),
    arrival: 'an encoder pushes',
  },
} satisfies Record<(typeof EMULATED)[number], Entry>;

function calledBack(callbacks: EmulatedPlace['callbacks']): Record<string, unknown> {
  return callbacks === undefined ? {} : { callbacks: { path: callbacks.path, keys: callbacks.key } };
}

/** Of a vendor that is told by a call where to call: which gateway, and for which domains. */
function toldWhere(callbacks: EmulatedPlace['callbacks'], domains: unknown): Record<string, unknown> {
  if (callbacks === undefined) return {};
  const { path, key, url } = callbacks;
  return { callbacks: { path, keys: key, ...(url !== undefined && { url }), domains } };
}

/** The bucket that is there from the beginning. */
export const BUCKET = CLOUD_DEFAULTS.buckets[0]!.name;
/** Where the bucket is: every vendor that uploads knows this region. */
const REGION = 'us-east-1';

/** Whether the vendor uploads its files, so that a specification for it names a destination. */
export function needsStore(vendor: string): boolean {
  return entryOf(vendor).needsStore;
}

/** An account of keeprolling.yaml that stands for an emulated vendor. */
export function emulatedAccount(vendor: string, place: EmulatedPlace): Record<string, unknown> {
  return { vendor, ...entryOf(vendor).account(place) };
}

/**
 * A destination of keeprolling.yaml that stands for the emulated cloud: its role is assumed with long-lived keys, and
 * what is minted lives for 12 h.
 */
export function emulatedDestination({ url, token }: EmulatedCloudPlace): Record<string, unknown> {
  const [key] = CLOUD_DEFAULTS.keys;
  const [role] = CLOUD_DEFAULTS.roles;
  return {
    cloud: 'aws',
    region: REGION,
    bucket: BUCKET,
    endpoint: url,
    credentials: {
      provider: 'aws',
      role: role!.arn,
      endpoint: url,
      accessKey: key!.accessKey,
      secretKey: token,
      duration: '12h',
    },
  };
}

/** The destination of its own that a specification for the vendor names; undefined where it has none. */
export function ownDestination(vendor: string): Record<string, unknown> | undefined {
  return entryOf(vendor).destination;
}

/** A `target` that the emulated vendor can record. */
export function sampleTarget(vendor: string, stream: string): Record<string, string> {
  return entryOf(vendor).target(stream);
}

/** `options` of that specification. */
export function sampleOptions(vendor: string): Record<string, unknown> {
  return entryOf(vendor).options ?? {};
}

/** The emulator's own options (`StartEmulatorOptions.vendor`) with which nobody waits for minutes. */
export function quickly(vendor: string): Record<string, unknown> {
  return entryOf(vendor).quick ?? {};
}

/** What the controls `source.start` and `source.stop` are told, so that a source is at that target. */
export function sampleSource(vendor: string, stream: string): Record<string, string> {
  return entryOf(vendor).source(stream);
}

/** What `source.start` is in the vendor's world, as half a sentence. */
export function arrivalAt(vendor: string): string {
  return entryOf(vendor).arrival;
}

/** Makes the vendor's emulator, for whoever calls it in the process; `own` are the vendor's own options. */
export function createEmulator(
  vendor: string,
  clock: Clock,
  given: EmulatedBy = {},
  own: Record<string, unknown> = {},
): Emulator {
  return entryOf(vendor).create(clock, given, own);
}

/** Makes the vendor's emulator and serves it on loopback, with its controls unless they are turned off. */
export async function startEmulator(
  vendor: string,
  options: StartEmulatorOptions = {},
): Promise<StartedEmulator> {
  const entry = entryOf(vendor);
  const {
    clock = offsetClock(),
    vendor: own = {},
    token,
    recordsDir,
    store,
    callbacks,
    port = 0,
    control = true,
    ...rest
  } = options;
  const given = {
    ...(token !== undefined && { token }),
    ...(recordsDir !== undefined && { recordsDir }),
    ...(store !== undefined && { store }),
    ...(callbacks !== undefined && { callbacks }),
  };
  const emulator = entry.create(clock, given, own);
  const served = await serveEmulator(emulator, { port, control, ...rest });
  return { ...served, emulator };
}

/** Serves the cloud on loopback, with its controls unless they are turned off; `token` is the secret key of its user. */
export async function startCloud(
  options: Partial<ServeOptions> & Pick<EmulatedBy, 'token'> & Pick<StartEmulatorOptions, 'clock'> = {},
): Promise<StartedCloud> {
  const { token, ...rest } = options;
  const [key] = CLOUD_DEFAULTS.keys;
  return await serveCloud({
    ...rest,
    buckets: [{ name: BUCKET, region: REGION }],
    ...(token !== undefined && { keys: [{ ...key!, secretKey: token }] }),
  });
}

/** @throws where there is no such emulator */
function entryOf(vendor: string): Entry {
  const entry = ENTRIES[vendor];
  if (entry) return entry;
  throw new Error(`There is no emulator of "${vendor}"; there is ${emulatedVendors().join(', ')}.`);
}
