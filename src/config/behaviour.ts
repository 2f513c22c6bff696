import { changesOf } from '../contract/changes.ts';
import type { Vendor } from '../recorders/registry.ts';
import type { NormalSpecification, Plan } from '../session/plan.ts';
import type { Settings } from './settings.ts';

/** How the vendor behaves for this subject and this destination, and what may be changed while it records. */
export function behaviourOf(
  settings: Settings,
  { contract, recorder }: Vendor,
  { account, target, options, storage }: NormalSpecification,
): Pick<Plan, 'traits' | 'changes'> {
  const subject = { target, options };
  const traits = recorder.traits(subject);
  const place = storage === null ? undefined : settings.place(storage);
  const refreshEveryMs =
    traits.refreshEveryMs === null ? null : Math.min(traits.refreshEveryMs, place?.refreshMs ?? Infinity);
  const plain = settings.plainAccount(account);
  const fits = (name: string): boolean =>
    contract.storageProblems?.(subject, settings.place(name) ?? null, plain).length === 0;
  const destinations = settings.destinationNames().filter(fits);
  return {
    traits: { ...traits, refreshEveryMs },
    changes: changesOf(contract.changes?.(subject) ?? {}, destinations),
  };
}
