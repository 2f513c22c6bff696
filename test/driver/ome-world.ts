/** The real OvenMediaEngine recorder against its emulator, in the process and on a virtual clock. */
import { createOmeEmulator, emulatorDispatcher, type OmeEmulatorOptions } from '../../src/emulators/index.ts';
import type { Emulator } from '../../src/emulators/emulator.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { judge, type Case } from '../referee/referee.ts';
import { drive, type Drive, type DriveOptions, type Driven } from './driver.ts';
import { caseOf, gatewayOf, START } from './world.ts';
import type { SessionRecord } from '../../src/archive/read.ts';

export const TOKEN = 'CANARY-ome-token';
const CALLED = { url: 'https://gateway.example.com/callbacks/account', secretKey: 'CANARY-callback-key' };

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
    /** By what it calls back. `deaf`: who calls is answered, and no session is told. */
    calls?: 'admission' | 'alerts' | 'deaf';
  },
  judged: Partial<Case> = {},
): Promise<OmeRun> {
  const { calls } = options;
  const clock = { now: START };
  const late = { ms: 0 };
  const emulator = createOmeEmulator({
    clock: () => clock.now,
    accessToken: TOKEN,
    seed: options.seed ?? 1,
    ...(calls === 'alerts' ? { alerts: CALLED } : calls && { admission: CALLED }),
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
  const { script = [], specification, emulator: _own, calls: _calls, ...rest } = options;
  const vendor = VENDORS.get('ome')!;
  const account = vendor.contract.account.parse({
    vendor: 'ome',
    url: 'http://127.0.0.1:8081',
    accessToken: TOKEN,
    ...(calls && { callbacks: { path: 'CANARY-path-of-callbacks', keys: CALLED.secretKey } }),
  });
  const gateway = gatewayOf(vendor, account, emulator.callbacks, () => clock.now);
  const deaf: typeof gateway = { ...gateway, read: (one) => ({ ...gateway.read(one), events: [] }) };
  const driven = await drive(
    {
      vendor,
      account,
      clock,
      dispatcher,
      late,
      ...(calls && { callbacks: calls === 'deaf' ? deaf : gateway }),
    },
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
