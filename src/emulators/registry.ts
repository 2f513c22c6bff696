/** Emulators by vendor name, for the command line and for tests that want a served one in a line. */
import { offsetClock } from './clock.ts';
import type { Clock, Emulator } from './emulator.ts';
import { createOmeEmulator } from './ome/ome.ts';
import type { OmeEmulatorOptions } from './ome/options.ts';
import { serveEmulator } from './serve.ts';
import type { ServedEmulator, ServeOptions } from './serve.ts';

export interface StartEmulatorOptions extends Partial<ServeOptions> {
  /** Default: the system's time, which the control `clock` can move. */
  clock?: Clock;
  /** The vendor's own options, as plain data. */
  vendor?: Record<string, unknown>;
}

export interface StartedEmulator extends ServedEmulator {
  emulator: Emulator;
}

type Factory = (clock: Clock, options: Record<string, unknown>) => Emulator;

const FACTORIES: Record<string, Factory> = {
  ome: (clock, options) =>
    createOmeEmulator({
      accessToken: 'ome-access-token',
      ...(options as Partial<OmeEmulatorOptions>),
      clock,
    }),
};

export function emulatedVendors(): string[] {
  return Object.keys(FACTORIES);
}

/** Makes the vendor's emulator and serves it on loopback, with its controls unless they are turned off. */
export async function startEmulator(
  vendor: string,
  options: StartEmulatorOptions = {},
): Promise<StartedEmulator> {
  const create = FACTORIES[vendor];
  if (!create)
    throw new Error(`There is no emulator of "${vendor}"; there is ${emulatedVendors().join(', ')}.`);
  const { clock = offsetClock(), vendor: own = {}, port = 0, control = true, ...rest } = options;
  const emulator = create(clock, own);
  const served = await serveEmulator(emulator, { port, control, ...rest });
  return { ...served, emulator };
}
