/**
 * What Live Station demands of the place for files. A channel of type MANUAL_UPLOAD keeps them for three days, and
 * keeprolling has them uploaded into the destination; one of type AUTO_UPLOAD has a bucket of its own, which must be the
 * destination's. Of which type it is only the vendor knows: that is checked when a session is prepared.
 */
import type { Place } from '../../destinations.ts';
import type { Problem } from '../../problems.ts';
import type { VendorSubject } from '../../vendor.ts';
import type { NaverOptions } from './subject.ts';
import { CHANNEL, problem, UPLOAD } from './told.ts';

export function naverStorageProblems(subject: VendorSubject, place: Place | null): Problem[] {
  const { accessControl } = subject.options as NaverOptions;
  if (place === null) {
    if (accessControl === undefined) return [];
    const why = 'it is about files that keeprolling uploads, and without a destination it uploads none';
    return [
      problem('options.accessControl', why, `${UPLOAD}, accessControl`, 'add storage, or leave it out'),
    ];
  }
  const { name, cloud, prefix } = place;
  if (cloud !== 'naver') {
    const why = `destination ${name} is in ${cloud}: Live Station writes to Object Storage of its own cloud only`;
    return [problem('storage', why, `${UPLOAD}, bucketName`, 'a destination with cloud: naver', name)];
  }
  if (prefix === null) return [];
  const why = `destination ${name} has a prefix, and an upload takes none: the channel says which folder`;
  return [problem('storage', why, `${CHANNEL}, record.filePath`, 'a destination without prefix', prefix)];
}
