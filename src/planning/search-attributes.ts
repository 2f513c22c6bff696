import type { NormalSpecification } from '../session/plan.ts';

/** Values as the launcher hands them on: by name, each a list. */
export type SearchAttributeValues = Record<string, string[]>;

/** What sessions and schedules alike are found by. */
export function attributesOfTarget({
  key,
  account,
  owner,
  labels,
}: {
  key: string;
} & Pick<NormalSpecification, 'account' | 'owner' | 'labels'>): SearchAttributeValues {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return {
    KeeprollingTarget: [key],
    KeeprollingAccount: [account],
    ...(owner !== null && { KeeprollingOwner: [owner] }),
    ...(pairs.length > 0 && { KeeprollingLabels: pairs }),
  };
}

export function searchAttributesOf(
  specification: NormalSpecification,
  { sessionId, key }: { sessionId: string; key: string },
  phase: string,
): SearchAttributeValues {
  return {
    KeeprollingSession: [sessionId],
    KeeprollingPhase: [phase],
    ...attributesOfTarget({ ...specification, key }),
  };
}
