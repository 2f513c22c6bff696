/** What schedules are found by in Temporal's own lists, where the namespace has our attributes. */
import type { TypedSearchAttributes } from '@temporalio/common';
import type { NormalSchedule } from '../../schedules/index.ts';
import { typedAttributes } from '../search-attributes.ts';

export function searchAttributesFor({ key, account, owner, labels }: NormalSchedule): TypedSearchAttributes {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return typedAttributes({
    KeeprollingTarget: [key],
    KeeprollingAccount: [account],
    ...(owner !== null && { KeeprollingOwner: [owner] }),
    ...(pairs.length > 0 && { KeeprollingLabels: pairs }),
  });
}
