/** Emulators by vendor name, for the command line and for tests that want a served one in a line. */
import { createAgoraEmulator } from './agora/agora.ts';
import {
  DEFAULT_APP_ID,
  DEFAULT_CERTIFICATE,
  DEFAULT_CUSTOMER_ID,
  DEFAULT_CUSTOMER_SECRET,
  type AgoraEmulatorOptions,
} from './agora/options.ts';
import { offsetClock } from './clock.ts';
import type { Clock, Emulator } from './emulator.ts';
import { createOmeEmulator } from './ome/ome.ts';
import type { OmeEmulatorOptions } from './ome/options.ts';
import { serveEmulator } from './serve.ts';
import type { ServedEmulator, ServeOptions } from './serve.ts';

/** What every emulated vendor is given, whatever it calls that. */
export interface EmulatedBy {
  /** What its clients must present; the vendor's own default when left out. */
  token?: string;
  /** Where it writes its files; none are written when left out. */
  recordsDir?: string;
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

/** Where an account of keeprolling finds an emulated vendor. */
export interface EmulatedPlace {
  url: string;
  /** Or where it stands: `file:…`. */
  token: string;
  recordsDir: string;
}

interface Entry {
  create(clock: Clock, given: EmulatedBy, own: Record<string, unknown>): Emulator;
  /** Its fields in keeprolling.yaml, without `vendor` and what all vendors have. */
  account(place: EmulatedPlace): Record<string, unknown>;
  /** The target of a specification that records a stream of this name. */
  target(stream: string): Record<string, string>;
  /** Input of the controls `source.start` and `source.stop` for that stream. */
  source(stream: string): Record<string, string>;
}

const ENTRIES: Record<string, Entry> = {
  ome: {
    create: (clock, { token = 'ome-access-token', recordsDir }, own) =>
      createOmeEmulator({
        accessToken: token,
        ...(recordsDir !== undefined && { recordsDir }),
        ...(own as Partial<OmeEmulatorOptions>),
        clock,
      }),
    account: ({ url, token, recordsDir }) => ({ url, accessToken: token, recordsDir }),
    target: (stream) => ({ app: 'app', stream }),
    source: (stream) => ({ app: 'app', stream }),
  },
  agora: {
    create: (clock, { token = DEFAULT_CUSTOMER_SECRET }, own) =>
      createAgoraEmulator({
        customerId: DEFAULT_CUSTOMER_ID,
        customerSecret: token,
        apps: [{ appId: DEFAULT_APP_ID, certificate: DEFAULT_CERTIFICATE }],
        ...(own as Partial<AgoraEmulatorOptions>),
        clock,
      }),
    account: ({ url, token }) => ({
      url,
      appId: DEFAULT_APP_ID,
      appCertificate: DEFAULT_CERTIFICATE,
      customerId: DEFAULT_CUSTOMER_ID,
      customerSecret: token,
    }),
    target: (stream) => ({ channel: stream, mode: 'mix' }),
    source: (stream) => ({ channel: stream }),
  },
};

export function emulatedVendors(): string[] {
  return Object.keys(ENTRIES);
}

/** An account of keeprolling.yaml that stands for an emulated vendor. */
export function emulatedAccount(vendor: string, place: EmulatedPlace): Record<string, unknown> {
  return { vendor, ...entryOf(vendor).account(place) };
}

/** A `target` that the emulated vendor can record. */
export function sampleTarget(vendor: string, stream: string): Record<string, string> {
  return entryOf(vendor).target(stream);
}

/** What the controls `source.start` and `source.stop` are told, so that a source is at that target. */
export function sampleSource(vendor: string, stream: string): Record<string, string> {
  return entryOf(vendor).source(stream);
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
    port = 0,
    control = true,
    ...rest
  } = options;
  const given = { ...(token !== undefined && { token }), ...(recordsDir !== undefined && { recordsDir }) };
  const emulator = entry.create(clock, given, own);
  const served = await serveEmulator(emulator, { port, control, ...rest });
  return { ...served, emulator };
}

/** @throws where there is no such emulator */
function entryOf(vendor: string): Entry {
  const entry = ENTRIES[vendor];
  if (entry) return entry;
  throw new Error(`There is no emulator of "${vendor}"; there is ${emulatedVendors().join(', ')}.`);
}
