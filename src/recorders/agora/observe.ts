/** What an answer of `query` proves. */
import type { Actual, FileSeen, Observation } from '../../session/facts.ts';
import type { AgoraFile, AgoraQuery } from './wire.ts';
import type { AgoraHandle } from './handle.ts';

/** `status` of query ("query", serverResponse). 0 to 3: not all parts are ready yet; 4 and 5 are healthy. */
const READY = 4;
const UPLOADING = 5;
const STOPPING = 6;
/** Clocks that differ by less are taken as equal. */
const SKEW_MS = 2_000;
const FILES_TOLD = 20;

export function observe(answer: AgoraQuery, handle: AgoraHandle, take: number, now: number): Observation {
  const { status, page, files, sliceStartTime, requestId } = answer;
  const actual = actualOf(answer);
  const since = sinceOf(answer, handle, now);
  return {
    take,
    actual,
    source: page ? `query status ${status}, page ${page.state}` : `query status ${status}`,
    ...(actual === 'recording' && { lastGoodAt: now }),
    ...(actual === 'recording' && since !== null && { since: { at: since, plusMinusMs: 1_000 } }),
    files: told(files, handle, sliceStartTime ?? null, 'open'),
    fileCount: files.length,
    ...(actual === 'failed' && { failure: endedBy(status) }),
    ...(requestId !== undefined && { requestId }),
  };
}

function actualOf({ status, page, files, sliceStartTime }: AgoraQuery): Actual {
  if (status >= STOPPING) return 'failed';
  if (page) {
    if (page.state === 'exit') return 'failed';
    if (page.onhold) return 'paused';
    return page.state === 'inProgress' ? 'recording' : 'starting';
  }
  if (status < READY) return 'starting';
  // 4 is told with and without media; the first slice shows that there is some.
  const sliced = files.length > 0 || (sliceStartTime ?? 0) > 0;
  return status === UPLOADING || sliced ? 'recording' : 'armed';
}

/** When the first slice began, as far as it can be believed. */
function sinceOf(
  { files, sliceStartTime }: AgoraQuery,
  { startedAt }: AgoraHandle,
  now: number,
): number | null {
  const starts = [sliceStartTime, ...files.map((file) => file.sliceStartTime)];
  const known = starts.filter((at) => at !== undefined && at >= startedAt - SKEW_MS && at <= now + SKEW_MS);
  return known.length === 0 ? null : Math.min(...(known as number[]), now);
}

/** The latest of them: the files workflow is told all at the end. */
export function told(
  files: AgoraFile[],
  { folder }: AgoraHandle,
  from: number | null,
  state: FileSeen['state'],
): FileSeen[] {
  const place = `${folder.join('/')}/`;
  const seen = files.map((file, sequence): FileSeen => {
    const begun = file.sliceStartTime ?? from;
    return {
      name: file.fileName.startsWith(place) ? file.fileName : place + file.fileName,
      sequence,
      state,
      ...(begun !== null && { from: begun }),
    };
  });
  return seen.slice(-FILES_TOLD);
}

function endedBy(status: number): NonNullable<Observation['failure']> {
  const abnormal = status === 20;
  return {
    code: 'E_RECORDING_FAILED',
    message: `Agora says that the recording has ended ${abnormal ? 'abnormally' : 'by itself'} (query status ${status}).`,
    who: 'vendor',
    applied: 'no',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: { operation: 'query', code: String(status) },
  };
}
