/** Record callbacks: made, signed and put on their way ("Recording Callbacks"). */
import { createHash, createHmac } from 'node:crypto';
import { utc } from './fields.ts';
import { publish } from './publish.ts';
import {
  EVENTS,
  keyOf,
  type CallbackConfig,
  type Content,
  type HuaweiState,
  type Job,
  type RecordEvent,
  type SignType,
  type Task,
  type Triple,
} from './state.ts';

export interface Told {
  job?: Job;
  /** The file, once it is whole. */
  content?: Content;
  /** Of RECORD_FAILED. */
  message?: string;
}

/** How many of an instant come before it, where they come in reverse. */
const RANK: Record<RecordEvent, number> = {
  RECORD_FAILED: 0,
  RECORD_OVER: 0,
  RECORD_FILE_COMPLETE: 1,
  RECORD_NEW_FILE_START: 2,
  RECORD_START: 3,
};

export function tell(state: HuaweiState, task: Task, at: number, event: RecordEvent, told: Told = {}): void {
  const address = addressOf(state, task);
  if (!address?.events.includes(event)) return;
  const body = payloadOf(state, task, event, told);
  const { signType, key, url } = address;
  const late = state.config.unknowns.callbackOrder === 'reversed' ? RANK[event] : 0;
  publish(state, at, {
    event: `${event} ${keyOf(task)} ${task.id}`,
    url,
    late,
    make: (expiry) => ({
      ...body,
      // Carried where a key is configured.
      ...(key !== '' && {
        auth_timestamp: state.config.unknowns.authTimestamp === 'string' ? String(expiry) : expiry,
        auth_sign: recordSign(signType, key, expiry, body),
      }),
    }),
  });
}

interface Payload {
  event_type: string;
  publish_domain: string;
  app: string;
  stream: string;
  download_url?: string;
  play_url?: string;
}

/** What is not there counts as an empty text; lower-case hex (both inferred). */
export function recordSign(signType: SignType, key: string, expiry: number, body: Payload): string {
  if (signType === 'MD5') return createHash('md5').update(`${key}${expiry}`).digest('hex');
  const { event_type, publish_domain, app, stream, download_url = '', play_url = '' } = body;
  return createHmac('sha256', key)
    .update([expiry, event_type, publish_domain, app, stream, download_url, play_url].join(''))
    .digest('hex');
}

/** The domain's own configuration, of the app before of all apps; else what the emulator was given. */
function addressOf(
  state: HuaweiState,
  { publishDomain, app }: Triple,
): Pick<CallbackConfig, 'url' | 'key' | 'events' | 'signType'> | undefined {
  const own = [...state.callbacks.values()].filter((one) => one.publishDomain === publishDomain);
  if (own.length > 0) return own.find((one) => one.app === app) ?? own.find((one) => one.app === '*');
  const { callbacks } = state.config;
  return callbacks && { ...callbacks, events: EVENTS, signType: 'HMACSHA256' };
}

function payloadOf(
  { config }: HuaweiState,
  task: Task,
  event: RecordEvent,
  { job, content, message }: Told,
): Payload & Record<string, unknown> {
  const { rule, publishDomain, app, stream, id } = task;
  return {
    project_id: config.projectId,
    publish_domain: publishDomain,
    app,
    stream,
    task_id: id,
    event_type: event,
    ...(job && { job_id: job.id, record_format: job.format }),
    ...(job &&
      (content || config.unknowns.fileFields === 'always') && {
        start_time: utc(job.startedAt),
        obs_location: `https://obs.${rule.location}.myhuaweicloud.com`,
        obs_bucket: rule.bucket,
        obs_object: job.file,
      }),
    ...(content && {
      download_url: downloadUrl(content),
      end_time: utc(content.to),
      file_size: content.bytes,
      record_duration: Math.round(content.recordedMs / 1000),
      width: 1280,
      height: 720,
    }),
    ...(message !== undefined && { error_message: message }),
  };
}

export function downloadUrl({
  bucket,
  location,
  file,
}: Pick<Content, 'bucket' | 'location' | 'file'>): string {
  return `https://${bucket}.obs.${location}.myhuaweicloud.com/${file.split('/').map(encodeURIComponent).join('/')}`;
}
