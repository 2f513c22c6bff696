/** The media plane without media: one file for each format, from its first frame to the end of its cycle. */
import { compactUtc } from './fields.ts';
import { tell } from './record-events.ts';
import type { Content, Format, HuaweiState, Job, Task } from './state.ts';

const BITRATE = 1_000_000;
const ENDINGS: Record<Format, string> = { HLS: 'm3u8', FLV: 'flv', MP4: 'mp4' };
/** Older files are in the bucket still, but nobody asks the emulator for them. */
const MOST_CONTENTS = 20_000;

export function openJob(state: HuaweiState, task: Task, format: Format, at: number): void {
  task.serial += 1;
  const job: Job = {
    id: state.config.names.hex(32, `job of ${task.id}`, task.serial),
    format,
    startedAt: at,
    lastAt: at,
    file: fileName(task, format, at),
    flowingSince: at,
    recordedMs: 0,
    bytes: 0,
  };
  task.jobs.set(format, job);
  task.next = undefined;
  tell(state, task, at, 'RECORD_NEW_FILE_START', { job });
}

/** Tells the truth log what the file has gained. */
export function flush(state: HuaweiState, task: Task, job: Job, at: number): void {
  const from = job.flowingSince;
  if (from === undefined || at <= from) return;
  const bytes = bytesOf(job, at - from);
  job.flowingSince = at;
  job.lastAt = at;
  job.recordedMs += at - from;
  job.bytes += bytes;
  state.truth.add({ type: 'media', recording: task.id, from, to: at, file: job.file, bytes });
}

/** The file is whole and in the bucket. */
export function closeJob(state: HuaweiState, task: Task, job: Job, at: number): void {
  flush(state, task, job, at);
  dropJob(task, job);
  const content = contentOf(task, job);
  const { bucket, file } = content;
  const place = `${bucket}/${file}`;
  const before = state.contents.get(place);
  if (before) state.truth.add({ type: 'file', at, recording: before.taskId, file, event: 'overwritten' });
  state.contents.delete(place);
  state.contents.set(place, content);
  const [oldest] = state.contents.keys();
  if (state.contents.size > MOST_CONTENTS && oldest !== undefined) state.contents.delete(oldest);
  state.truth.add({ type: 'file', at, recording: task.id, file, event: 'finalised' });
  tell(state, task, at, 'RECORD_FILE_COMPLETE', { job, content });
}

/** The file never gets to the bucket: of all that was in it since its first frame nothing is left. */
export function loseJob(state: HuaweiState, task: Task, job: Job, at: number): void {
  dropJob(task, job);
  const { file, startedAt: from, flowingSince = at } = job;
  const bytes = job.bytes + bytesOf(job, at - flowingSince);
  state.truth.add({ type: 'file', at, recording: task.id, file, event: 'lost', from, to: at, bytes });
}

function dropJob(task: Task, job: Job): void {
  task.jobs.delete(job.format);
  task.next = undefined;
}

/** The difference of two totals, so that pieces always add up to the whole. */
function bytesOf({ recordedMs, bytes }: Job, ms: number): number {
  return Math.floor(((recordedMs + ms) * BITRATE) / 8000) - bytes;
}

function contentOf({ publishDomain, app, stream, id, rule }: Task, job: Job): Content {
  const { format, file, bytes, recordedMs, startedAt: from, lastAt: to } = job;
  return {
    publishDomain,
    app,
    stream,
    taskId: id,
    recordType: rule.recordType,
    format,
    bucket: rule.bucket,
    location: rule.location,
    file,
    bytes,
    from,
    to,
    recordedMs,
  };
}

/** The name by the rule's template; a name that is not among the variables stays as it is written. */
function fileName({ publishDomain, app, stream, rule }: Task, format: Format, at: number): string {
  const variables: Record<string, string> = {
    publish_domain: publishDomain,
    app,
    stream,
    record_type: rule.recordType,
    record_format: format,
    file_start_time: compactUtc(at),
    file_start_time_unix: String(Math.floor(at / 1000)),
  };
  const { prefix = '' } = rule.formats.get(format) ?? {};
  const name = prefix.replaceAll(/\{(\w+)\}/g, (whole, variable: string) => variables[variable] ?? whole);
  const folder = rule.object.replace(/^\/+|\/+$/g, '');
  return `${folder === '' ? '' : `${folder}/`}${name}.${ENDINGS[format]}`;
}
