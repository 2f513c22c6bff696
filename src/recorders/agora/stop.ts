/** A stop that waits for the upload, since its reply is the only one that names all files. */
import type { FileSeen, Stopped } from '../../session/facts.ts';
import { VendorFailure, type TakeInQuestion } from '../recorder.ts';
import { isRefusal } from './api.ts';
import { apiOf, handleOf, naming, type AgoraContext, type AgoraHandle, type AgoraSubject } from './handle.ts';
import { told } from './observe.ts';
import type { AgoraStop } from './wire.ts';

export async function stop(
  context: AgoraContext,
  subject: AgoraSubject,
  take: TakeInQuestion,
): Promise<Stopped> {
  const handle = handleOf(take);
  const askedAt = context.now();
  try {
    const reply = await apiOf(context, subject).stop({ ...naming(subject, handle), async: false });
    return stopped(reply, handle, take.take, askedAt, context.now());
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    const at = context.now();
    const { requestId } = error.failure.vendor ?? {};
    const answered = { at, ...(requestId !== undefined && { requestId }) };
    // "Nobody sent a stream": the recording is stopped all the same ("Response status codes", 206/435).
    if (isRefusal(error, 'no-data')) return { ...answered, how: 'stopped', observation: nothing(take.take) };
    if (isRefusal(error, 'exiting')) return { ...answered, how: 'over' };
    if (isRefusal(error, 'gone')) return { ...answered, how: 'absent' };
    throw error;
  }
}

function stopped(reply: AgoraStop, handle: AgoraHandle, take: number, askedAt: number, at: number): Stopped {
  // The recorder leaves at once; the answer waits for the upload.
  const endedAt = { at: askedAt, plusMinusMs: Math.max(1_000, at - askedAt) };
  const { files, requestId } = reply;
  return {
    at,
    how: 'stopped',
    observation: {
      take,
      actual: 'recording',
      endedAt,
      ...(files.length > 0 && { filedUntil: at }),
      files: told(files, handle, null, stateOf(reply)),
      fileCount: files.length,
      source: `stop 200, ${reply.uploadingStatus ?? 'no word of the upload'}`,
    },
    ...(requestId !== undefined && { requestId }),
  };
}

/** `backuped` files are at Agora and follow later; of the rest nobody knows. */
function stateOf({ uploadingStatus }: AgoraStop): FileSeen['state'] {
  return uploadingStatus === 'uploaded' ? 'stored' : 'named';
}

function nothing(take: number): NonNullable<Stopped['observation']> {
  return { take, actual: 'armed', empty: true, files: [], source: 'stop 206/435, no recorded data' };
}
