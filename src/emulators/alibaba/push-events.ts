/** Callbacks about pushes: GET, with everything in the query; and the question whether to record, of configs with `OnDemand` 1. */
import type { DeliveryAnswer } from '../outbox.ts';
import { authHeaders } from './callback-auth.ts';
import type { AlibabaState, Push, Stream } from './state.ts';

const CLIENT = '192.0.2.10';
const NODE = 'cn1234';

/** Here `app` is the ingest domain, and `appname` the app. The domain term of the signature is the ingest domain. */
export function tellPush(
  state: AlibabaState,
  stream: Stream,
  push: Push,
  at: number,
  action: 'publish' | 'publish_done',
): void {
  const notify = state.pushNotify.get(stream.pushDomain);
  if (!notify) return;
  const query = {
    action,
    ip: CLIENT,
    id: stream.name,
    app: stream.pushDomain,
    appname: stream.app,
    time: String(Math.floor(at / 1000)),
    usrargs: push.args,
    node: NODE,
    ...(action === 'publish' && { height: '720', width: '1280' }),
  };
  state.outbox.send(at, {
    event: `${action} ${stream.domain}/${stream.app}/${stream.name}`,
    url: notify.url,
    method: 'GET',
    make: (sentAt) => ({ headers: authHeaders(stream.pushDomain, push.pushKey, sentAt), body: '', query }),
  });
}

/** Asked once, when the push begins. Without an address nothing is recorded. */
export function askWhetherToRecord(
  state: AlibabaState,
  stream: Stream,
  push: Push,
  at: number,
  onYes: (wish: Wish, now: number) => void,
): void {
  const url = state.recordNotify.get(stream.domain)?.onDemandUrl ?? '';
  if (url === '') return;
  const { domain, app, name } = stream;
  state.outbox.send(at, {
    event: `on_demand ${domain}/${app}/${name}`,
    url,
    method: 'GET',
    make: (sentAt) => ({
      headers: authHeaders(new URL(url).hostname, push.recordKey, sentAt),
      body: '',
      query: { app, domain, stream: name, vbitrate: '1000', codec: 'h264' },
    }),
    onAnswer: (answer, now) => {
      const wish = wishIn(answer);
      if (wish) onYes(wish, now);
    },
  });
}

/** What the answer asks for: formats by name, all where none is named, and cycles in seconds by format. */
export interface Wish {
  formats: readonly string[] | undefined;
  cycles: Record<string, unknown>;
}

/** `{NeedRecord, Format[], Interval{Mp4, Flv, M3U8}}`; null for no. */
function wishIn(answer: DeliveryAnswer | null): Wish | null {
  if (answer?.status !== 200) return null;
  try {
    const { NeedRecord, Format, Interval } = JSON.parse(answer.body) as Record<string, unknown>;
    if (NeedRecord !== true) return null;
    const formats = Array.isArray(Format) && Format.length > 0 ? Format.map(String) : undefined;
    const cycles = Object.entries(Interval ?? {}).map(([format, s]): [string, unknown] => [
      format.toLowerCase(),
      s,
    ]);
    return { formats, cycles: Object.fromEntries(cycles) };
  } catch {
    return null;
  }
}
