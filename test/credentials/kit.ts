/** A cloud in the process with a clock that stands still, and destinations in it. */
import type { Dispatcher } from 'undici';
import { destinationSchema, type Destination } from '../../src/contract/destinations.ts';
import { storageAccess } from '../../src/credentials/access.ts';
import { StorageFailure, type MintNeed, type StorageAccess } from '../../src/credentials/minted.ts';
import { createCloudEmulator } from '../../src/emulators/cloud/cloud.ts';
import type { CloudEmulatorOptions } from '../../src/emulators/cloud/options.ts';
import { emulatorDispatcher, ManualClock } from '../../src/emulators/index.ts';

export const T0 = Date.UTC(2026, 0, 1, 12);
export const HOUR_MS = 3_600_000;
export const ROLE = 'arn:aws:iam::123456789012:role/recorder';
export const SECRET = 'CANARY/secret+key/0123456789abcdefghijkl';
export const KEY = { accessKey: 'AKIACANARY0000000001', secretKey: SECRET };
export const NEED: MintNeed = { minLifeMs: 4 * HOUR_MS, folder: 'live/t1' };

export const AWS = {
  cloud: 'aws',
  bucket: 'recordings',
  region: 'eu-central-1',
  credentials: { provider: 'aws', role: ROLE, ...KEY },
};

type Fields = Record<string, unknown>;

export function cloudKit(options: Partial<CloudEmulatorOptions> = {}) {
  const clock = new ManualClock(T0);
  const emulator = createCloudEmulator({
    clock: clock.now,
    keys: [KEY],
    roles: [{ arn: ROLE, maxSessionMs: 12 * HOUR_MS }],
    buckets: [{ name: 'recordings', region: 'eu-central-1' }],
    ...options,
  });
  const dispatcher = emulatorDispatcher(emulator, { advance: (ms) => clock.advance(ms) });
  const control = (name: string, input: Fields = {}): unknown => {
    const found = emulator.controls[name];
    if (!found) throw new Error(`The emulator has no control ${name}.`);
    return found(input, clock.now());
  };
  return {
    clock,
    emulator,
    dispatcher,
    control,
    access: (fields: Fields = {}, over: Dispatcher = dispatcher) =>
      storageAccess({ name: 'place', destination: destinationOf(fields), dispatcher: over, now: clock.now }),
    objects: (bucket = 'recordings') => control('objects', { bucket }) as { key: string; bytes: number }[],
    ops: () =>
      emulator.truth.entries.flatMap((entry) =>
        entry.type === 'request' ? [`${entry.op} ${entry.status}`] : [],
      ),
  };
}

export function destinationOf(fields: Fields = {}): Destination {
  return destinationSchema.parse({ ...AWS, ...fields });
}

/** The failure of a mint, after a look for secrets in all that was thrown. */
export async function failureOf(access: StorageAccess, need: MintNeed = NEED) {
  const error: unknown = await access.mint(need).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof StorageFailure)) throw new Error(`It should have failed: ${String(error)}`);
  const told = everything(error);
  for (const secret of ['CANARY', SECRET])
    if (told.includes(secret)) throw new Error(`A secret is told: ${told}`);
  return error.failure;
}

/** All text that hangs on an error. */
function everything(value: unknown, seen = new Set<unknown>()): string {
  if (value === null || typeof value !== 'object') return String(value);
  if (seen.has(value)) return '';
  seen.add(value);
  return Reflect.ownKeys(value)
    .map((key) => `${String(key)} ${everything((value as Record<PropertyKey, unknown>)[key], seen)}`)
    .join(' ');
}
