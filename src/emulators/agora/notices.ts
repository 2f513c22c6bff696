/** Notifications (NCS): made, kept, signed and put on their way. */
import { createHmac } from 'node:crypto';
import { nextSerial, type AgoraState, type Task } from './state.ts';

/** Which part of the service speaks. */
export const SERVICE = { cloud: 0, recorder: 1, uploader: 2, extension: 4, web: 6, download: 8 } as const;
/** Which part failed, in the events 1 and 2. */
export const MODULE = { recorder: 0, uploader: 1, service: 2, web: 6 } as const;

const CLOUD_RECORDING = 3;
const JSON_TYPE = { 'Content-Type': 'application/json;charset=utf-8' };

export interface Notice {
  noticeId: string;
  productId: number;
  eventType: number;
  /** When it happened; a sender puts `notifyMs` beside it, anew each time. */
  payload: {
    cname: string;
    uid: string;
    sid: string;
    sequence: number;
    sendts: number;
    serviceType: number;
    details: { msgName: string } & Record<string, unknown>;
  };
}

/** Names of the events by number. */
const NAMES: Record<number, string> = {
  1: 'cloud_recording_error',
  2: 'cloud_recording_warning',
  3: 'cloud_recording_status_update',
  4: 'cloud_recording_file_infos',
  11: 'session_exit',
  12: 'session_failover',
  30: 'uploader_started',
  31: 'uploaded',
  32: 'backuped',
  33: 'uploading_progress',
  34: 'STSExpired',
  40: 'recorder_started',
  41: 'recorder_leave',
  42: 'recorder_slice_start',
  43: 'recorder_audio_stream_state_changed',
  44: 'recorder_video_stream_state_changed',
  70: 'web_recorder_started',
  71: 'web_recorder_stopped',
  72: 'web_recorder_capability_limit',
  73: 'web_recorder_reload',
  100: 'rtmp_publish_status',
};

export function notify(
  state: AgoraState,
  task: Task,
  at: number,
  eventType: number,
  serviceType: number,
  details: Record<string, unknown> = {},
): void {
  const msgName = NAMES[eventType] ?? 'unknown';
  const scope = state.config.unknowns.sequenceScope === 'service' ? serviceType : 0;
  const sequence = task.sequences.get(scope) ?? 0;
  task.sequences.set(scope, sequence + 1);
  const notice: Notice = {
    noticeId: state.config.names.hex(32, `notice of ${task.sid}`, task.noticed),
    productId: CLOUD_RECORDING,
    eventType,
    payload: {
      cname: task.cname,
      uid: serviceType === SERVICE.recorder ? task.botUid : task.uid,
      sid: task.sid,
      sequence,
      sendts: at,
      serviceType,
      details: { msgName, ...details },
    },
  };
  task.noticed += 1;
  state.notices.push(notice);
  send(state, at, notice, `${eventType} ${msgName} ${task.sid}`);
}

function send(state: AgoraState, at: number, notice: Notice, event: string): void {
  const { url, secret, redundant } = state.config.notices;
  const post = (one: Notice): void =>
    state.outbox.send(at, { event, url, make: (sentAt) => noticeRequest(one, secret, sentAt) });
  post(notice);
  if (!redundant || url === '') return;
  const { redundantNoticeId } = state.config.unknowns;
  const noticeId = state.config.names.hex(32, 'second delivery', state.notices.length);
  post(redundantNoticeId === 'same' ? notice : { ...notice, noticeId });
}

/**
 * The console's health test: a test event of each type. The page of the console tells their channel and their uid, and
 * leaves open whether they are signed ("Enable Notifications").
 */
export function sendHealthTest(state: AgoraState, at: number, eventTypes: readonly number[]): void {
  const { url, secret } = state.config.notices;
  const signed = state.config.unknowns.healthTest === 'signed';
  for (const eventType of eventTypes) {
    const msgName = NAMES[eventType] ?? 'unknown';
    const payload = { cname: 'test_webhook', uid: '12121212', details: { msgName } };
    const noticeId = state.config.names.hex(32, 'health test', nextSerial(state));
    const make = (notifyMs: number): NoticeRequest => {
      const body = JSON.stringify({ noticeId, productId: CLOUD_RECORDING, eventType, notifyMs, payload });
      return { headers: { ...JSON_TYPE, ...(signed && signatures(body, secret)) }, body };
    };
    state.outbox.send(at, { event: `test ${eventType} ${msgName}`, url, make });
  }
}

/** Every event that the emulator knows by name. */
export const EVENT_TYPES: readonly number[] = Object.keys(NAMES).map(Number);

/** An error of level 5 may end the session. */
export function notifyError(
  state: AgoraState,
  task: Task,
  at: number,
  module: number,
  errorCode: number,
  errorLevel: number,
): void {
  notify(state, task, at, 1, SERVICE.cloud, { module, errorLevel, errorCode, stat: 0, errorMsg: '' });
}

export interface NoticeRequest {
  headers: Record<string, string>;
  body: string;
}

/** The request that carries a notice. A resend has the same `noticeId` and another `notifyMs`. */
export function noticeRequest(notice: Notice, secret: string, notifyMs: number): NoticeRequest {
  const { noticeId, productId, eventType, payload } = notice;
  const body = JSON.stringify({ noticeId, productId, eventType, notifyMs, payload });
  return { headers: { ...JSON_TYPE, ...signatures(body, secret) }, body };
}

/** Both signatures over the body as it is sent. */
export function signatures(body: string, secret: string): Record<string, string> {
  const hmac = (algorithm: string) => createHmac(algorithm, secret).update(body).digest('hex');
  return { 'Agora-Signature': hmac('sha1'), 'Agora-Signature-V2': hmac('sha256') };
}
