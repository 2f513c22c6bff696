/** A stop that waits for the upload, since its reply is the only one that names all files. */
import type { Edge, FileSeen, Observation, Stopped } from '../../session/facts.ts';
import { VendorFailure, type TakeInQuestion } from '../recorder.ts';
import { isRefusal } from './api.ts';
import { apiOf, handleOf, naming, type AgoraContext, type AgoraSubject } from './handle.ts';
import { firstSlice, isEnding, told } from './observe.ts';
import type { AgoraQuery, AgoraStop } from './wire.ts';

/** After 23 s for the stop itself, within the 30 s that a write has. */
const AFTERWARDS = { timeoutMs: 3_000, deadlineMs: 4_000 };
/** So long a take may have been up without a look that saw its first slice. */
const YOUNG_MS = 90_000;
/** `uploadingStatus` of what Agora has: in the bucket, or in its own backup, from where it goes on uploading. */
const KEPT = ['uploaded', 'backuped'];

export async function stop(
  context: AgoraContext,
  subject: AgoraSubject,
  take: TakeInQuestion,
): Promise<Stopped> {
  const name = naming(subject, handleOf(take));
  const askedAt = context.now();
  try {
    const reply = await apiOf(context, subject).stop({ ...name, async: false });
    return stopped(reply, take, askedAt, context.now());
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    return await refused(context, subject, take, askedAt, error);
  }
}

async function refused(
  context: AgoraContext,
  subject: AgoraSubject,
  take: TakeInQuestion,
  askedAt: number,
  error: VendorFailure,
): Promise<Stopped> {
  const { applied, vendor: { code, requestId } = {} } = error.failure;
  const answered = { at: context.now(), ...(requestId !== undefined && { requestId }) };
  // "Nobody sent a stream": the recording is stopped all the same ("Response status codes", 206/435).
  if (isRefusal(error, 'no-data')) return { ...answered, how: 'stopped', observation: nothing(take.take) };
  if (isRefusal(error, 'gone')) return { ...answered, how: 'absent' };
  const exiting = isRefusal(error, 'exiting');
  if (!exiting && applied !== 'unknown') throw error;
  // The files that the reply would have named, and whether the stop has arrived at all.
  const after = await afterwards(context, subject, take);
  const at = context.now();
  const files = after === null || after === 'exiting' ? [] : told(after.files, handleOf(take), null, 'named');
  const rest: Omit<Observation, 'source'> = {
    take: take.take,
    actual: 'starting',
    ...(files.length > 0 && { files, fileCount: files.length }),
  };
  if (exiting) return { ...answered, at, how: 'over', observation: { ...rest, source: 'stop 400/49' } };
  const ending = after === 'exiting' || (after !== null && isEnding(after));
  // "Beyond 20 s, code 50" ("stop"): it is stopped, and the upload goes on.
  if (!ending && code !== '50') throw error;
  const source = code === '50' ? 'stop, code 50: the upload goes on' : 'stop unanswered, and it is ending';
  return { ...answered, at, how: 'stopped', observation: { ...rest, endedAt: edge(askedAt, at), source } };
}

/** null: nobody could say. */
async function afterwards(
  context: AgoraContext,
  subject: AgoraSubject,
  take: TakeInQuestion,
): Promise<AgoraQuery | 'exiting' | null> {
  try {
    return await apiOf(context, subject).query(naming(subject, handleOf(take)), AFTERWARDS);
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    return isRefusal(error, 'exiting') ? 'exiting' : null;
  }
}

/** The recorder leaves at once; the answer waits for the upload. */
function edge(askedAt: number, at: number): { at: number; plusMinusMs: number } {
  return { at: askedAt, plusMinusMs: Math.max(1_000, at - askedAt) };
}

function stopped(reply: AgoraStop, take: TakeInQuestion, askedAt: number, at: number): Stopped {
  const { files, page, uploadingStatus, requestId } = reply;
  // Files are media that somebody has or has not seen; a page is seen at once, and on hold it records nothing.
  const media = files.length > 0 && page?.onhold !== true;
  const young = at - take.name.at < YOUNG_MS;
  const since = media && !page && young ? beginOf(files, take, askedAt, at) : null;
  const kept = uploadingStatus !== undefined && KEPT.includes(uploadingStatus);
  return {
    at,
    how: 'stopped',
    observation: {
      take: take.take,
      // `starting` claims nothing, and takes nothing back.
      actual: media ? 'recording' : 'starting',
      endedAt: edge(askedAt, at),
      ...(since !== null && { since }),
      ...(media && kept && { filedUntil: at }),
      files: told(files, handleOf(take), null, stateOf(reply)),
      fileCount: files.length,
      source: `stop 200, ${uploadingStatus ?? 'no word of the upload'}`,
    },
    ...(requestId !== undefined && { requestId }),
  };
}

/** No look has seen its first slice yet: the files prove media, which began some time after the start. */
function beginOf(files: AgoraStop['files'], take: TakeInQuestion, askedAt: number, at: number): Edge {
  const slice = firstSlice(files, undefined, take, at);
  if (slice !== null) return { at: slice, plusMinusMs: 1_000 };
  const { at: decidedAt } = take.name;
  return { at: decidedAt, plusMinusMs: Math.max(1_000, askedAt - decidedAt) };
}

/** Of `backuped` files it is not known when they come; of `unknown` ones, whether. */
function stateOf({ uploadingStatus }: AgoraStop): FileSeen['state'] {
  return uploadingStatus === 'uploaded' ? 'stored' : 'named';
}

function nothing(take: number): Observation {
  return { take, actual: 'armed', empty: true, files: [], source: 'stop 206/435, no recorded data' };
}
