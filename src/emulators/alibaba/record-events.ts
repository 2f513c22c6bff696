/** Callbacks about recordings ("Callbacks for live stream recording"): POST with JSON, and kept for a query of 7 days. */
import type { DeliveryAnswer } from '../outbox.ts';
import { authHeaders } from './callback-auth.ts';
import type { AlibabaState, IndexEntry, RecordNotify, Sheaf, Stream, Triple } from './state.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };

export function tellStatus(
  state: AlibabaState,
  stream: Stream,
  sheaf: Sheaf,
  at: number,
  event: 'record_started' | 'record_paused' | 'record_resumed',
): void {
  const notify = state.recordNotify.get(stream.domain);
  if (notify?.status) tell(state, stream, sheaf, notify, at, event, { event });
}

export function tellError(
  state: AlibabaState,
  stream: Stream,
  sheaf: Sheaf,
  at: number,
  event: 'record_error' | 'transformat_error',
  code: string,
): void {
  const notify = state.recordNotify.get(stream.domain);
  const error_info = { code, message: `The recording could not be made: ${code}.` };
  if (notify) tell(state, stream, sheaf, notify, at, event, { event, error_info });
}

/** Without an event and without an id: it is known by `uri`. */
export function tellFile(
  state: AlibabaState,
  stream: Stream,
  sheaf: Sheaf,
  file: IndexEntry,
  at: number,
): void {
  const notify = state.recordNotify.get(stream.domain);
  if (!notify) return;
  tell(state, stream, sheaf, notify, at, 'file_created', {
    uri: file.file,
    duration: file.durationS,
    start_time: Math.floor(file.startAt / 1000),
    stop_time: Math.floor(file.endAt / 1000),
    push_args: callbackArgs(sheaf.pushArgs),
  });
}

/** Parameters of the ingest address that begin with `callback_`. */
function callbackArgs(args: string): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(args)) {
    if (name.startsWith('callback_') && !(name in given)) given[name] = value;
  }
  return given;
}

/** The domain term of the signature is the host of the callback's address. */
function tell(
  state: AlibabaState,
  { domain, app, name }: Triple,
  { recordKey }: Sheaf,
  { url }: RecordNotify,
  at: number,
  type: string,
  more: Record<string, unknown>,
): void {
  const content = JSON.stringify({ domain, app, stream: name, ...more });
  state.outbox.send(at, {
    event: `${type} ${domain}/${app}/${name}`,
    url,
    make: (sentAt) => ({
      headers: { ...JSON_TYPE, ...authHeaders(new URL(url).hostname, recordKey, sentAt) },
      body: content,
    }),
    onAnswer: (answer) => {
      const record = { domain, app, name, at, type, url, content, headers: JSON.stringify(JSON_TYPE) };
      state.notifyRecords.push({ ...record, ...resultOf(answer) });
    },
  });
}

function resultOf(answer: DeliveryAnswer | null): { status: 'success' | 'failed'; response: string } {
  const status = answer?.status === 200 ? 'success' : 'failed';
  return { status, response: answer === null ? '' : `${answer.status} ${answer.body}`.slice(0, 1000) };
}
