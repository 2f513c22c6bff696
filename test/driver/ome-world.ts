/** The real OvenMediaEngine recorder against its emulator, in the process and on a virtual clock. */
import { createOmeEmulator, emulatorDispatcher, type OmeEmulatorOptions } from '../../src/emulators/index.ts';
import type { Emulator } from '../../src/emulators/emulator.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { judge, type Case } from '../referee/referee.ts';
import { drive, type Drive, type DriveOptions, type Driven } from './driver.ts';
import { caseOf, START } from './world.ts';
import type { SessionRecord } from '../../src/archive/read.ts';

export const TOKEN = 'CANARY-ome-token';

export interface OmeHands {
  emulator: Emulator;
  control(name: string, input?: Record<string, unknown>): void;
}

export type OmeScript = { at: number; do: (drive: Drive, ome: OmeHands) => void }[];

export interface OmeRun extends Driven, OmeHands {
  record: SessionRecord;
  faults: string[];
}

export async function runOme(
  options: Omit<DriveOptions, 'specification' | 'script'> & {
    specification?: Record<string, unknown>;
    script?: OmeScript;
    emulator?: Partial<OmeEmulatorOptions>;
  },
  judged: Partial<Case> = {},
): Promise<OmeRun> {
  const clock = { now: START };
  const late = { ms: 0 };
  const emulator = createOmeEmulator({
    clock: () => clock.now,
    accessToken: TOKEN,
    seed: options.seed ?? 1,
    ...options.emulator,
  });
  const hands: OmeHands = {
    emulator,
    control: (name, input = {}) => void emulator.controls[name]!(input, clock.now),
  };
  const dispatcher = emulatorDispatcher(emulator, {
    advance: (ms) => {
      late.ms += ms;
    },
  });
  const { script = [], specification, emulator: _own, ...rest } = options;
  const account = VENDORS.get('ome')!.contract.account.parse({
    vendor: 'ome',
    url: 'http://127.0.0.1:8081',
    accessToken: TOKEN,
  });
  const driven = await drive(
    { vendor: VENDORS.get('ome')!, account, clock, dispatcher, late },
    {
      specification: {
        name: 'cam1',
        account: 'account',
        target: { app: 'app', stream: 'cam1' },
        window: { from: 'now', length: '1h' },
        ...specification,
      },
      script: script.map((entry) => ({ at: entry.at, do: (self) => entry.do(self, hands) })),
      ...rest,
    },
  );
  const one = await caseOf(driven, emulator, clock.now, options, judged);
  const { record } = one;
  return { ...driven, ...hands, record, faults: judge(one) };
}
