/** The synthetic vendor that takes no names of ours, driven and judged. */
import { drive, type Drive, type DriveOptions, type Driven } from '../driver/driver.ts';
import { CHANNEL, caseOf, START } from '../driver/world.ts';
import { judge, type Case } from '../referee/referee.ts';
import { fixedVendor, type FixedOptions, type FixedVendor } from '../synthetic/fixed.ts';
import type { SessionRecord } from '../../src/archive/read.ts';

export type FixedScript = { at: number; do: (session: Drive, vendor: FixedVendor) => void }[];

export interface FixedRun extends Driven {
  record: SessionRecord;
  vendor: FixedVendor;
  faults: string[];
}

export interface FixedPlay extends Omit<DriveOptions, 'specification' | 'script'> {
  vendor?: Partial<FixedOptions>;
  specification?: Record<string, unknown>;
  script?: FixedScript;
}

export const up = (at: number): FixedScript[number] => ({
  at,
  do: (d, vendor) => vendor.source(CHANNEL, true, d.now()),
});
export const down = (at: number): FixedScript[number] => ({
  at,
  do: (d, vendor) => vendor.source(CHANNEL, false, d.now()),
});

export async function playFixed(options: FixedPlay, judged: Partial<Case> = {}): Promise<FixedRun> {
  const { vendor: peculiar, specification, script = [up(0)], ...rest } = options;
  const vendor = fixedVendor({ threshold: 0, ...peculiar });
  const clock = { now: START };
  const driven = await drive(
    {
      vendor: vendor.vendor,
      account: { vendor: 'synthetic', secret: 'CANARY-synthetic' },
      clock,
      ...(vendor.callbacks && { callbacks: vendor.callbacks }),
    },
    {
      specification: {
        name: 'test',
        account: 'account',
        target: { channel: CHANNEL },
        window: { from: 'now', length: '1h' },
        ...specification,
      },
      script: script.map((entry) => ({ at: entry.at, do: (session) => entry.do(session, vendor) })),
      ...rest,
    },
  );
  const one = await caseOf(driven, vendor, clock.now, options, judged);
  return { ...driven, record: one.record, vendor, faults: judge(one) };
}
