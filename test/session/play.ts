/** A synthetic vendor with all its peculiarities, driven and judged. */
import { drive, type DriveOptions } from '../driver/driver.ts';
import { CHANNEL, caseOf, START, type Script, type SyntheticRun } from '../driver/world.ts';
import { judge, type Case } from '../referee/referee.ts';
import { placeNamed, type SyntheticOptions } from '../synthetic/contract.ts';
import { syntheticVendor } from '../synthetic/vendor.ts';
import type { Traits } from '../../src/session/traits.ts';

export interface Play extends Omit<DriveOptions, 'specification' | 'script'> {
  traits?: Partial<Traits>;
  vendor?: SyntheticOptions;
  specification?: Record<string, unknown>;
  /** Without one the source is up from the beginning. */
  script?: Script;
}

export const SOURCE: Script[number] = { at: 0, do: (_d, vendor) => vendor.source(CHANNEL, true, START) };

export async function play(options: Play, judged: Partial<Case> = {}): Promise<SyntheticRun> {
  const { traits = {}, vendor: peculiar = {}, specification, script = [SOURCE], ...rest } = options;
  const synthetic = syntheticVendor(traits, peculiar);
  const clock = { now: START };
  const { destinations } = peculiar;
  const driven = await drive(
    {
      vendor: synthetic.vendor,
      account: { vendor: 'synthetic', secret: 'CANARY-synthetic' },
      clock,
      ...(synthetic.callbacks && { callbacks: synthetic.callbacks }),
      ...(destinations && {
        destinations,
        placeOf: (name) => (destinations.includes(name) ? placeNamed(name) : undefined),
        storage: (name) => synthetic.storage(name, () => clock.now),
      }),
    },
    {
      specification: {
        name: 'test',
        account: 'account',
        target: { channel: CHANNEL },
        window: { from: 'now', length: '1h' },
        ...(destinations && { storage: destinations[0] }),
        ...specification,
      },
      script: script.map((entry) => ({ at: entry.at, do: (session) => entry.do(session, synthetic) })),
      ...rest,
    },
  );
  const one = await caseOf(driven, synthetic, clock.now, options, judged);
  const { record } = one;
  const bounds = peculiar.takeLifeMs === undefined ? [] : outlived(one);
  return { ...driven, record, synthetic, faults: [...judge(one), ...synthetic.misuses, ...bounds] };
}

/** What was written off ends at the vendor by the bound that the ledger declares. */
function outlived({ truth, record, now }: Case): string[] {
  return record.takes.flatMap(({ number, status, boundAt }) => {
    if (status !== 'written-off' || boundAt === null || boundAt > now) return [];
    const ids = truth.flatMap((entry) =>
      entry.type === 'recording' && entry.event === 'began' && takeIn(entry.metadata) === number
        ? [entry.recording]
        : [],
    );
    const live = ids.filter(
      (id) =>
        !truth.some(
          (entry) =>
            entry.type === 'recording' &&
            entry.event === 'ended' &&
            entry.recording === id &&
            entry.at <= boundAt,
        ),
    );
    return live.map((id) => `${id} was written off and outlived its bound`);
  });
}

function takeIn(metadata: string | undefined): number | undefined {
  return metadata === undefined ? undefined : (JSON.parse(metadata) as { take: number }).take;
}
