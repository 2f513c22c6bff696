/** The accounts that vendors call back, and who may come in at which. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Settings } from '../config/settings.ts';
import { KeepRollingError } from '../contract/errors.ts';
import type { Problem } from '../contract/problems.ts';
import type { Callbacks } from '../recorders/callbacks.ts';
import type { Registry } from '../recorders/registry.ts';

type Data = Record<string, unknown>;

export interface Door {
  account: string;
  vendor: string;
  scheme: Callbacks<Data>;
  /** The account with its secrets; null when they cannot be read or do not stand, and then nobody is believed. */
  fields: Data | null;
  /** Of an account without `fields`: which one is wrong and why, without a secret. */
  trouble?: string;
}

export interface Doors {
  /** null: there is no such address. */
  at(account: string, secret: string): Door | null;
}

interface Known {
  door: Door;
  digests: Buffer[];
}

/** Secrets are read anew so often: a rotation needs no restart, and a flood of requests reads no file for each. */
const FRESH_MS = 2_000;
/** As many path secrets as an account may have (`oneOrMore` of the contract): so many are compared, always. */
const MOST_PATHS = 5;

/** @param accounts those that have callbacks, see `accountsCalled` */
export function doorsOf(settings: Settings, registry: Registry, accounts: string[], now = Date.now): Doors {
  let known = new Map<string, Known>();
  let freshUntil = -Infinity;
  const nobody = padded([]);
  return {
    at(account, secret) {
      // All at once, whichever is asked for: how long this takes says nothing of the one.
      if (now() >= freshUntil) {
        known = new Map(accounts.map((name) => [name, knownOf(settings, registry, name)]));
        freshUntil = now() + FRESH_MS;
      }
      const found = known.get(account);
      const opens = isOneOf(secret, found?.digests ?? nobody);
      if (!found) return null;
      return opens || found.door.fields === null ? found.door : null;
    },
  };
}

/** Accounts whose vendor calls back, by the configuration and by what we can read. */
export function accountsCalled(settings: Settings, registry: Registry): string[] {
  return settings
    .accountNames()
    .filter((name) => settings.hasCallbacks(name) && schemeOf(settings, registry, name) !== undefined);
}

/** Compares digests, which all have one length, and all of them, in constant time. */
export function isOneOf(secret: string, digests: Buffer[]): boolean {
  const digest = digestOf(secret);
  return digests.map((one) => timingSafeEqual(one, digest)).includes(true);
}

export function padded(secrets: string[]): Buffer[] {
  return Array.from({ length: MOST_PATHS }, (_, i) => {
    const secret = secrets[i];
    return secret === undefined ? randomBytes(32) : digestOf(secret);
  });
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function schemeOf(settings: Settings, registry: Registry, account: string): Callbacks<Data> | undefined {
  return registry.get(settings.contractOf(account)?.vendor ?? '')?.callbacks;
}

function knownOf(settings: Settings, registry: Registry, account: string): Known {
  const { vendor } = settings.contractOf(account)!;
  const scheme = schemeOf(settings, registry, account)!;
  try {
    const { fields } = settings.calledAccount(account);
    const { path } = fields.callbacks as { path: string[] };
    return { door: { account, vendor, scheme, fields }, digests: padded(path) };
  } catch (error) {
    if (!(error instanceof KeepRollingError)) throw error;
    return {
      door: { account, vendor, scheme, fields: null, trouble: troubleOf(error) },
      digests: padded([]),
    };
  }
}

/** In one line. What was found there is left out, whatever it is. */
function troubleOf({ message, details }: KeepRollingError): string {
  const { problems } = details as { problems?: Problem[] };
  return problems?.map(({ where, problem }) => `${where}: ${problem}`).join('; ') ?? message;
}
