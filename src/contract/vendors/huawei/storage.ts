/** What Huawei demands of the place for files: a bucket of its own object storage (OBS), which Live may write to. */
import type { Place } from '../../destinations.ts';
import type { Problem } from '../../problems.ts';
import type { VendorSubject } from '../../vendor.ts';
import { problem, RULES } from './fields.ts';

const PAGE = `${RULES}, obs_addr`;

export function huaweiStorageProblems(_subject: VendorSubject, place: Place | null): Problem[] {
  if (place === null) {
    const why = 'Huawei records into a bucket of OBS, and none is named';
    return [problem('storage', why, PAGE, 'the name of a destination with cloud: huawei')];
  }
  if (place.cloud === 'huawei') return [];
  const why = `destination ${place.name} is at ${place.cloud}: Huawei writes to its own OBS alone`;
  return [problem('storage', why, PAGE, 'a destination with cloud: huawei', place.name)];
}
