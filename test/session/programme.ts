/** Several windows of one channel before a synthetic vendor, driven and judged. */
import { runProgramme, type ProgrammeOptions, type ProgrammeRun } from '../driver/programme.ts';
import { judgeProgramme } from '../driver/judged.ts';
import { CHANNEL, MINUTE, START } from '../driver/world.ts';
import { placeNamed, type SyntheticOptions } from '../synthetic/contract.ts';
import { syntheticVendor, type SyntheticVendor } from '../synthetic/vendor.ts';
import type { Traits } from '../../src/session/traits.ts';
import type { Programme } from '../driver/programme.ts';
import type { Case } from '../referee/referee.ts';

export interface SyntheticProgramme extends Omit<ProgrammeOptions, 'windows' | 'script'> {
  traits?: Partial<Traits>;
  vendor?: SyntheticOptions;
  windows: {
    id: string;
    /** Minutes after the programme's begin. */
    from: number;
    until: number;
    launchedAt?: number;
    window?: Record<string, unknown>;
    specification?: Record<string, unknown>;
  }[];
  /** Without one the source is up from the beginning. */
  script?: { at: number; do: (programme: Programme, vendor: SyntheticVendor) => void }[];
}

export interface JudgedProgramme extends ProgrammeRun {
  faults: string[];
  vendor: SyntheticVendor;
}

export const SOURCE = {
  at: 0,
  do: (_p: unknown, vendor: SyntheticVendor): void => vendor.source(CHANNEL, true, START),
};

export const isoAt = (minutes: number): string => new Date(START + minutes * MINUTE).toISOString();

export async function playProgramme(
  { traits = {}, vendor: peculiar = {}, windows, script = [SOURCE], ...rest }: SyntheticProgramme,
  judged: Partial<Case> = {},
): Promise<JudgedProgramme> {
  const vendor = syntheticVendor(traits, peculiar);
  const clock = { now: START };
  const { destinations } = peculiar;
  const run = await runProgramme(
    {
      vendor: vendor.vendor,
      account: { vendor: 'synthetic', secret: 'CANARY-synthetic' },
      clock,
      ...(vendor.callbacks && { callbacks: vendor.callbacks }),
      ...(destinations && { destinations, placeOf: placeNamed }),
    },
    {
      windows: windows.map(({ id, from, until, launchedAt = 0, window, specification }) => ({
        id,
        launchedAt,
        specification: {
          account: 'account',
          target: { channel: CHANNEL },
          window: { from: isoAt(from), until: isoAt(until), ...window },
          ...specification,
        },
      })),
      script: script.map(({ at, do: act }) => ({ at, do: (programme) => act(programme, vendor) })),
      ...rest,
    },
  );
  vendor.settle(clock.now);
  const faults = await judgeProgramme(run, vendor.truth.entries, rest, judged);
  return { ...run, faults: [...faults, ...vendor.misuses], vendor };
}
