/** What Huawei demands of the place for files: a bucket of its own object storage (OBS), which Live may write to. */
import type { Place } from '../../destinations.ts';
import type { Problem } from '../../problems.ts';
import type { PlainFields, VendorSubject } from '../../vendor.ts';
import { problem, RULES } from './fields.ts';

const PAGE = `${RULES}, obs_addr`;

export function huaweiStorageProblems(
  _subject: VendorSubject,
  place: Place | null,
  account: PlainFields = {},
): Problem[] {
  if (place === null) {
    const why = 'Huawei records into a bucket of OBS, and none is named';
    return [problem('storage', why, PAGE, 'the name of a destination with cloud: huawei')];
  }
  if (place.cloud === 'huawei') return regionProblems(place, account.region);
  const why = `destination ${place.name} is at ${place.cloud}: Huawei writes to its own OBS alone`;
  return [problem('storage', why, PAGE, 'a destination with cloud: huawei', place.name)];
}

/** The region of an account that is looked up later, or has an address alone, is judged before anything is made. */
function regionProblems({ name, region }: Place, ofAccount: unknown): Problem[] {
  if (typeof ofAccount !== 'string' || region === ofAccount) return [];
  const why = `destination ${name} is in ${region ?? 'no region'}, and the account in ${ofAccount}: Huawei records into buckets of the account's region`;
  return [
    problem('storage', why, `${RULES}, obs_addr.location`, `a destination with region: ${ofAccount}`, name),
  ];
}
