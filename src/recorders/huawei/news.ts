/**
 * What each callback means for a session ("Live, record callbacks", event types; "stream status notifications"). No text of
 * Huawei's is told on. A callback names the stream and a task id that no other call knows, so it is about the target.
 */
import { createHash } from 'node:crypto';
import type { FileSeen, Failure } from '../../session/facts.ts';
import type { News } from '../callbacks.ts';
import type { RecordNotice, StreamNotice } from './notice.ts';
import { huaweiInstant } from './wire.ts';

type Told = Pick<News['event'], 'kind' | 'since' | 'files' | 'failure'> & { look?: true };

const EVENTS: Record<string, (notice: RecordNotice) => Told[]> = {
  RECORD_START: () => [{ kind: 'recorder-started' }],
  // A file is open and has its first frame: media is written.
  RECORD_NEW_FILE_START: (notice) => [
    { kind: 'recorder-recording', ...(notice.start_time !== undefined && { since: notice.start_time }) },
    ...fileTold(notice, 'open'),
  ],
  RECORD_FILE_COMPLETE: (notice) => fileTold(notice, 'stored'),
  // By a STOP, or since the stream was away for too long. It may be late and about a former recording: a look, and then
  // another START, tell.
  RECORD_OVER: () => [{ kind: 'recorder-ended', look: true }],
  RECORD_FAILED: () => [{ kind: 'recorder-failed', failure: failureTold(), look: true }],
};

/** None of an event that is not known. */
export function recordNews(notice: RecordNotice, receivedAt: number): News[] {
  const { event_type: type, publish_domain, app, stream, task_id, job_id, end_time } = notice;
  const targets = [[publish_domain.toLowerCase(), app, stream]];
  // Beginnings are told by `since`; only an end has an instant of its own.
  const at = type === 'RECORD_NEW_FILE_START' ? receivedAt : Math.min(end_time ?? receivedAt, receivedAt);
  // A doubled one is the same; without ids it is told apart by what it tells.
  const named = [task_id, job_id, type, ...(task_id === '' ? [notice.auth_timestamp, stream] : [])];
  return (EVENTS[type]?.(notice) ?? []).map(({ look, ...told }, i) => ({
    targets,
    event: { id: idOf([...named, i]), at, ...told },
    ...(look && { look }),
  }));
}

/** "Pair PUBLISH and PUBLISH_DONE by equal publish_timestamp": it is when the push began. */
export function streamNews(notice: StreamNotice, receivedAt: number): News[] {
  const { event, domain, app, stream, publish_timestamp: published } = notice;
  if (event !== 'PUBLISH' && event !== 'PUBLISH_DONE') return [];
  const id = idOf([domain, app, stream, published, event]);
  const targets = [[domain.toLowerCase(), app, stream]];
  if (event === 'PUBLISH_DONE')
    return [{ targets, event: { id, at: receivedAt, kind: 'source-down' }, look: true }];
  const at = Math.min(huaweiInstant(published) ?? receivedAt, receivedAt);
  const announced = { id, target: { publishDomain: domain, app, stream } };
  return [{ targets, event: { id, at, kind: 'source-up' }, look: true, announced }];
}

/** Names may be long, and hold whatever an encoder sends. */
function idOf(parts: (string | number)[]): string {
  return `huawei/${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
}

function fileTold(notice: RecordNotice, state: FileSeen['state']): Told[] {
  const { obs_object: object, start_time: from, end_time: to, file_size: bytes } = notice;
  if (object === '') return [];
  const place = placeOf(notice);
  const file: FileSeen = {
    name: object,
    sequence: 0,
    state,
    ...(from !== undefined && { from }),
    ...(to !== undefined && state !== 'open' && { to }),
    ...(bytes !== undefined && bytes !== null && { bytes }),
    ...(place !== null && { place }),
  };
  return [{ kind: 'file-ready', files: [file] }];
}

/** The address without what may sign it. A bucket that is not public does not answer there. */
function placeOf({ download_url: address, obs_bucket, obs_object }: RecordNotice): string | null {
  if (URL.canParse(address)) {
    const { protocol, host, pathname } = new URL(address);
    if (protocol === 'https:' || protocol === 'http:') return `${protocol}//${host}${pathname}`;
  }
  return obs_bucket === '' ? null : `obs://${obs_bucket}/${obs_object}`;
}

/** "Pulling the stream or uploading to OBS has failed": which of the two only its text says, which is not told on. */
export function failureTold(): Failure {
  return {
    code: 'E_RECORDING_FAILED',
    message:
      'Huawei tells that the recording failed: it got no stream, or could not write to the bucket (its leave for Live, or a bill that is due).',
    who: 'destination',
    applied: 'unknown',
    retry: 'later',
    cause: 'destination',
    vendor: { operation: 'RECORD_FAILED' },
  };
}
