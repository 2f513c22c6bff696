/** The vendor of a scenario, on whatever clock the player has. */
import type { Dispatcher } from 'undici';
import { createOmeEmulator, emulatorDispatcher } from '../../src/emulators/index.ts';
import type { TruthEntry } from '../../src/emulators/truth.ts';
import { VENDORS, type Vendor } from '../../src/recorders/registry.ts';
import { syntheticVendor } from '../synthetic/vendor.ts';
import type { Scenario, Step } from './scenario.ts';

export interface StagedVendor {
  vendor: Vendor;
  account: Record<string, unknown>;
  target: Record<string, unknown>;
  dispatcher?: Dispatcher;
  /** Steps that happen at the vendor; commands are the player's own. */
  play(step: Step, begunAt: number): void;
  /** All that really happened up to now. */
  truth(): readonly TruthEntry[];
}

const CHANNEL = 'news';
const TOKEN = 'CANARY-contract-token';

export function stagedVendor(scenario: Scenario, now: () => number): StagedVendor {
  return scenario.vendor === 'ome' ? ome(now) : synthetic(scenario.vendor, scenario.peculiar, now);
}

function synthetic(
  traits: Exclude<Scenario['vendor'], 'ome'>,
  peculiar: Scenario['peculiar'],
  now: () => number,
): StagedVendor {
  const staged = syntheticVendor(traits, peculiar);
  return {
    vendor: staged.vendor,
    account: { vendor: 'synthetic', secret: 'CANARY-synthetic' },
    target: { channel: CHANNEL },
    play(step, begunAt) {
      if ('source' in step) staged.source(CHANNEL, step.source === 'up', now());
      else if ('forget' in step) staged.forget(now());
      else if ('hideUntil' in step) staged.hideUntil = begunAt + step.hideUntil;
      else if ('fault' in step) staged.faults.arm({ op: step.op, kind: step.fault, times: step.times ?? 1 });
    },
    truth() {
      staged.settle(now());
      return staged.truth.entries;
    },
  };
}

function ome(now: () => number): StagedVendor {
  const emulator = createOmeEmulator({ clock: now, accessToken: TOKEN, seed: 1 });
  const control = (name: string, input: Record<string, unknown> = {}): void => {
    emulator.controls[name]!(input, now());
  };
  const vendor = VENDORS.get('ome')!;
  return {
    vendor,
    account: { vendor: 'ome', url: 'http://127.0.0.1:8081', accessToken: TOKEN },
    target: { app: 'app', stream: 'cam1' },
    dispatcher: emulatorDispatcher(emulator),
    play(step) {
      if ('source' in step)
        control(step.source === 'up' ? 'source.start' : 'source.stop', { stream: 'cam1' });
      else if ('control' in step) control(step.control, step.input);
      else if ('fault' in step) control('faults', { op: step.op, kind: step.fault, times: step.times ?? 1 });
    },
    truth() {
      emulator.settle(now());
      return emulator.truth.entries;
    },
  };
}
