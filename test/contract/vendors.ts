/** The vendor of a scenario, on whatever clock the player has. */
import type { Dispatcher } from 'undici';
import { createOmeEmulator, emulatorDispatcher } from '../../src/emulators/index.ts';
import type { TruthEntry } from '../../src/emulators/truth.ts';
import {
  createEmulator,
  emulatedAccount,
  ownDestination,
  sampleSource,
  sampleTarget,
} from '../../src/emulators/registry.ts';
import { VENDORS, type Vendor } from '../../src/recorders/registry.ts';
import { playOf } from '../session/vendor-samples.ts';
import { syntheticVendor } from '../synthetic/vendor.ts';
import type { Scenario, Step } from './scenario.ts';

export interface StagedVendor {
  vendor: Vendor;
  account: Record<string, unknown>;
  target: Record<string, unknown>;
  /** What else a specification for it says. */
  specification?: Record<string, unknown>;
  /** Its own destination, named `own`, as it stands in keeprolling.yaml. */
  destination?: Record<string, unknown>;
  dispatcher?: Dispatcher;
  /** Steps that happen at the vendor; commands are the player's own. */
  play(step: Step, begunAt: number): void;
  /** All that really happened up to now. */
  truth(): readonly TruthEntry[];
}

const CHANNEL = 'news';
const TOKEN = 'CANARY-contract-token';

export function stagedVendor(scenario: Scenario, now: () => number): StagedVendor {
  if (scenario.vendor === 'ome') return ome(now);
  if ('emulated' in scenario.vendor) return emulated(scenario.vendor.emulated, now, scenario.vendor.own);
  return synthetic(scenario.vendor, scenario.peculiar, now);
}

/** By the two registries alone. */
function emulated(name: string, now: () => number, own: Record<string, unknown> = {}): StagedVendor {
  const emulator = createEmulator(name, now, { token: TOKEN }, { seed: 1, ...own });
  const control = (which: string, input: Record<string, unknown> = {}): void => {
    emulator.controls[which]!(input, now());
  };
  const destination = ownDestination(name);
  const vendor = VENDORS.get(name)!;
  const { recorder } = vendor;
  return {
    // Days of waiting for files are tried elsewhere: here their keeper ends with the session.
    vendor: {
      ...vendor,
      recorder: { ...recorder, traits: (subject) => ({ ...recorder.traits(subject), filesSettleMs: 0 }) },
    },
    account: emulatedAccount(name, { url: 'http://127.0.0.1:8083', token: TOKEN }),
    target: sampleTarget(name, CHANNEL),
    specification: { ...playOf(name).specification, ...(destination && { storage: 'own' }) },
    ...(destination && { destination }),
    dispatcher: emulatorDispatcher(emulator),
    play(step) {
      if ('source' in step)
        control(step.source === 'up' ? 'source.start' : 'source.stop', sampleSource(name, CHANNEL));
      else if ('control' in step) control(step.control, step.input);
      else if ('fault' in step) control('faults', { op: step.op, kind: step.fault, times: step.times ?? 1 });
    },
    truth() {
      emulator.settle(now());
      return emulator.truth.entries;
    },
  };
}

function synthetic(
  traits: Exclude<Scenario['vendor'], 'ome' | { emulated: string }>,
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
