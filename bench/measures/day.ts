/** A virtual day on the in-process driver, with the OvenMediaEngine recorder against its emulator. */
import type { Dispatcher } from 'undici';
import { createOmeEmulator, emulatorDispatcher } from '../../src/emulators/index.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import type { Emulator } from '../../src/emulators/emulator.ts';
import { drive, type Driven, type DriveOptions } from '../../test/driver/driver.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY_HOURS = 24;
const BEGIN = Date.parse('2026-03-01T12:00:00Z');
const TOKEN = 'bench';
export const STREAM = 'cam1';

export interface Stage {
  clock: { now: number };
  emulator: Emulator;
  dispatcher: Dispatcher;
  account: Record<string, unknown>;
  vendor: NonNullable<ReturnType<typeof VENDORS.get>>;
}

export function stage(): Stage {
  const clock = { now: BEGIN };
  const emulator = createOmeEmulator({ clock: () => clock.now, accessToken: TOKEN, seed: 1 });
  emulator.controls['source.start']!({ stream: STREAM }, clock.now);
  const vendor = VENDORS.get('ome')!;
  const account = vendor.contract.account.parse({
    vendor: 'ome',
    url: 'http://127.0.0.1:8081',
    accessToken: TOKEN,
  });
  return { clock, emulator, dispatcher: emulatorDispatcher(emulator), account, vendor };
}

export async function driveADay(
  { clock, dispatcher, account, vendor }: Stage,
  options: Pick<DriveOptions, 'script' | 'onStep'> = {},
): Promise<Driven> {
  const driven = await drive(
    { vendor, account, clock, dispatcher },
    {
      specification: {
        name: 'a-day',
        account: 'account',
        target: { app: 'app', stream: STREAM },
        window: { from: 'now', length: `${DAY_HOURS}h` },
      },
      looks: { everyMs: MINUTE },
      // No renewal within the day: each state follows from the one before by `step` alone.
      renewAfterMs: 48 * HOUR,
      ...options,
    },
  );
  if (!driven.result) throw new Error('The driven session did not end.');
  return driven;
}
