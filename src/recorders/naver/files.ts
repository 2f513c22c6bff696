/**
 * Where the files of an ended take are: one for each quality and type. What is in the temporary store is sent on as soon as
 * it is ready, since it is deleted after 3 days. May be asked again and again: each time tells the present state.
 */
import type { FileSeen } from '../../session/facts.ts';
import { VendorFailure, type TakeInQuestion } from '../recorder.ts';
import {
  apiOf,
  handleOf,
  QUESTION,
  WRITE,
  type NaverContext,
  type NaverHandle,
  type NaverSubject,
} from './handle.ts';
import type { NaverRecord } from './wire.ts';

/** "Only files that are TRANSFER_READY or TRANSFER_FAIL can be uploaded" ("Live Station API, upload recording files"). */
function isToUpload({ status }: NaverRecord, upload: NonNullable<NaverHandle['upload']>): boolean {
  // The platform sends what it has itself; what failed is sent again.
  if (status === 'TRANSFER_READY') return upload.by === 'keeprolling';
  return status === 'TRANSFER_FAIL';
}

/** @throws VendorFailure where the list cannot be read */
export async function files(
  context: NaverContext,
  { target }: NaverSubject,
  take: TakeInQuestion,
  known: FileSeen[],
): Promise<FileSeen[]> {
  const handle = handleOf(take);
  // A start that nobody could name: whatever it made is told of nowhere.
  if (!handle) return known;
  const { value } = await apiOf(context).records(target.channel, QUESTION);
  const own = value.filter(({ recordSeq }) => recordSeq === handle.recordSeq);
  const sent = await uploaded(context, handle, own);
  const listed = numbered(own, handle, known).map(({ record, sequence }) =>
    fileOf(record, sequence, handle, sent),
  );
  const names = new Set(listed.map(({ name }) => name));
  return [...listed, ...known.filter(({ name }) => !names.has(name)).map(unlisted)].toSorted(
    (a, b) => a.sequence - b.sequence,
  );
}

/** "Temporary files are kept for 3 days" (ibid.); `shouldDeleteTime` tells it of each. */
const TEMPORARY_MS = 3 * 86_400_000;

/** Which files were sent on by this call, and why others could not be. */
interface Sent {
  ids: ReadonlySet<string>;
  refusal: string | null;
}

async function uploaded(
  context: NaverContext,
  { upload }: NaverHandle,
  own: readonly NaverRecord[],
): Promise<Sent> {
  const ready = upload ? own.filter((record) => isToUpload(record, upload)) : [];
  const recordIds = ready.map(({ recordId }) => recordId);
  const ids = new Set(recordIds);
  if (!upload || recordIds.length === 0) return { ids, refusal: null };
  const { bucket, accessControl } = upload;
  try {
    await apiOf(context).upload(bucket, { recordIds, accessControl }, WRITE);
    return { ids, refusal: null };
  } catch (error) {
    // Also where it was sent on all the same: the next call sees how they stand.
    if (!(error instanceof VendorFailure)) throw error;
    return { ids, refusal: error.failure.message };
  }
}

/** Each keeps the number that it had, and new ones come after: their ids grow. */
function numbered(
  own: readonly NaverRecord[],
  { recordIds }: NaverHandle,
  known: readonly FileSeen[],
): { record: NaverRecord; sequence: number }[] {
  let next = Math.max(recordIds.length, ...known.map(({ sequence }) => sequence + 1));
  return own.map((record) => {
    const before = known.find(({ name }) => name === nameOf(record))?.sequence;
    const started = recordIds.indexOf(record.recordId);
    const sequence = before ?? (started >= 0 ? started : next);
    if (sequence === next) next += 1;
    return { record, sequence };
  });
}

/** A playlist is called alike in each recording: with the folder's numbers it is not. */
export function nameOf({ fileName, recordId, streamSeq = 0, recordSeq, recordType }: NaverRecord): string {
  if (!fileName) return `${streamSeq}-${recordSeq}/${recordId}`;
  return recordType === 'HLS' ? `${streamSeq}-${recordSeq}/${fileName}` : fileName;
}

function fileOf(record: NaverRecord, sequence: number, handle: NaverHandle, sent: Sent): FileSeen {
  const { recordBeginTime: from, duration, resolution, shouldDeleteTime } = record;
  const where = whereIs(record, handle, sent);
  const temporary = where.state === 'open' || where.state === 'named';
  const to = from === undefined || typeof duration !== 'number' ? undefined : from + duration * 1000;
  const expiresAt = shouldDeleteTime ?? (to === undefined ? undefined : to + TEMPORARY_MS);
  return {
    name: nameOf(record),
    sequence,
    ...where,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(resolution && { quality: resolution }),
    ...(temporary && expiresAt !== undefined && { expiresAt }),
  };
}

function whereIs(
  record: NaverRecord,
  { upload }: NaverHandle,
  { ids, refusal }: Sent,
): Pick<FileSeen, 'state' | 'place' | 'trouble'> {
  const { status, recordId, objectStorageUrl } = record;
  const bucket = upload?.bucket ?? '(none)';
  const refused = ids.has(recordId) && refusal !== null ? `: ${refusal}` : null;
  switch (status) {
    case 'RECORDING':
    case 'PROCESSING':
      return { state: 'open' };
    case 'TRANSFER_READY':
      if (!upload) return { state: 'named', trouble: 'only in the temporary store: no destination is named' };
      return { state: 'named', ...(refused !== null && { trouble: `not uploaded to ${bucket}${refused}` }) };
    case 'TRANSFER_FAIL':
      return {
        state: 'named',
        trouble: `bucket ${bucket} did not take it${refused ?? '; it is uploaded again'}`,
      };
    case 'TRANSFER_FINISH':
      return placed(objectStorageUrl)
        ? { state: 'stored', place: objectStorageUrl }
        : { state: 'named', trouble: 'transferred, and its address is not told yet' };
    case 'PROCESSING_FAIL':
      return { state: 'missing', trouble: 'Live Station could not process it' };
    case 'DELETED':
      // What is in a bucket stays there when the temporary copy goes.
      return placed(objectStorageUrl)
        ? { state: 'stored', place: objectStorageUrl }
        : { state: 'missing', trouble: 'deleted from the temporary store before it was uploaded' };
    // On its way, or in a state that no page names yet.
    default:
      return { state: 'named' };
  }
}

/** "-" stands for nowhere. */
function placed(url: string | null | undefined): url is string {
  return typeof url === 'string' && url !== '' && url !== '-';
}

/** What was stored stays so: how long Live Station lists such files is told nowhere. */
function unlisted(file: FileSeen): FileSeen {
  if (file.state === 'stored' || file.state === 'missing') return file;
  const { expiresAt: _past, ...rest } = file;
  return { ...rest, state: 'missing', trouble: 'Live Station no longer lists it' };
}
