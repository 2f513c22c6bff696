import type { NormalSpecification } from '../session/plan.ts';

/** Values as the launcher hands them on: by name, each a list. */
export function searchAttributesOf(
  specification: NormalSpecification,
  name: { sessionId: string; key: string },
  phase: string,
): Record<string, string[]> {
  const labels = Object.entries(specification.labels).map(([label, value]) => `${label}=${value}`);
  return {
    KeeprollingSession: [name.sessionId],
    KeeprollingTarget: [name.key],
    KeeprollingAccount: [specification.account],
    KeeprollingPhase: [phase],
    ...(specification.owner !== null && { KeeprollingOwner: [specification.owner] }),
    ...(labels.length > 0 && { KeeprollingLabels: labels }),
  };
}
