/**
 * ApsaraVideo's callbacks: push events come with GET and say all in the query, record events with POST and JSON. Both are
 * signed alike, with another domain: push events with the ingest domain, record events with the host name that is called.
 * Sources: pages "Callbacks for stream ingest", "Callbacks for live stream recording", "Callback authentication".
 */
import type { AlibabaAccount } from '../../contract/vendors/alibaba.ts';
import { alibabaKeyParts } from '../../contract/vendors/alibaba.ts';
import type { CallbackReading, CallbackRequest, Callbacks, News } from '../callbacks.ts';
import { errorOf, fileOf, parsedEvent, type RecordEvent } from './events.ts';
import { setup } from './setup.ts';
import { fault } from './signed.ts';

export const alibabaCallbacks: Callbacks<AlibabaAccount> = {
  takesGet: true,
  read: (account, request) =>
    request.method === 'GET' ? readPush(account, request) : readRecord(account, request),
  setup,
};

function genuine(news: News[] = []): CallbackReading {
  return { verdict: 'genuine', news, reply: { status: 200, body: {} } };
}

const MALFORMED = { verdict: 'malformed' } as const;
const MOST = 255;

// ── pushes ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** `app` is the ingest domain, `appname` the application, `id` the stream. */
function readPush({ callbacks }: AlibabaAccount, request: CallbackRequest): CallbackReading {
  const { query = {}, receivedAt, headers } = request;
  const { action, app: ingest, appname: app, id: stream, time } = query;
  // An address may be tried before it is taken, and nothing is asked of us that we could say (OnDemandUrl).
  if (action === undefined) return genuine();
  if (!ingest || !app || !stream || [ingest, app, stream].some((name) => name.length > MOST))
    return { ...MALFORMED, why: 'it is no push event of ApsaraVideo' };
  const { keys = [], domains = {} } = callbacks ?? {};
  const wrong = fault(headers, { domains: [ingest], keys, receivedAt });
  if (wrong) return wrong;
  if (action !== 'publish' && action !== 'publish_done') return genuine();
  const toldAt = /^\d{1,12}$/.test(time ?? '') ? Number(time) * 1000 : receivedAt;
  const id = `${ingest}/${app}/${stream}/${action}/${time ?? Math.floor(receivedAt / RESENT_MS)}`;
  const playback = Object.keys(domains).filter((domain) => domains[domain] === ingest);
  return genuine(
    playback.map((playbackDomain): News => {
      const target = { playbackDomain, app, stream };
      return {
        targets: [alibabaKeyParts(target)],
        event: {
          id: `${playbackDomain}/${id}`,
          // Its clock may be ahead of ours.
          at: Math.min(toldAt, receivedAt),
          kind: action === 'publish' ? 'source-up' : 'source-down',
        },
        look: true,
        ...(action === 'publish' && { announced: { id: `${playbackDomain}/${id}`, target } }),
      };
    }),
  );
}

// ── recordings ─────────────────────────────────────────────────────────────────────────────────────────────────

function readRecord({ callbacks }: AlibabaAccount, request: CallbackRequest): CallbackReading {
  const { headers, body, receivedAt } = request;
  const { keys = [], url } = callbacks ?? {};
  const called = url === undefined ? (headers['host'] ?? '') : hostOf(url);
  // "The host name of the callback URL": whether a port belongs to it is told nowhere.
  const hosts = [...new Set([called, called.replace(/:\d+$/, '')])];
  const wrong = fault(headers, { domains: hosts, keys, receivedAt });
  if (wrong) return wrong;
  if (body.length === 0) return genuine();
  const event = parsedEvent(body.toString('utf8'));
  if (!event) return { ...MALFORMED, why: 'it is no record event of ApsaraVideo' };
  const told = meaningOf(event);
  if (!told) return genuine();
  const { look, ...said } = told;
  return genuine([
    {
      targets: [
        alibabaKeyParts({ playbackDomain: event.domain.toLowerCase(), app: event.app, stream: event.stream }),
      ],
      event: {
        ...said,
        id: idOf(event, headers['ali-live-timestamp'] ?? ''),
        at: Math.min(instantOf(event) ?? receivedAt, receivedAt),
      },
      ...(look && { look }),
    },
  ]);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

type Told = Omit<News['event'], 'id' | 'at'> & { look?: true };

/** null: of no consequence for a session. */
function meaningOf(event: RecordEvent): Told | null {
  switch (event.event) {
    case 'record_started':
    case 'record_resumed':
      return { kind: 'recorder-recording' };
    // Ours, or somebody else's: a look tells, from the same events read back.
    case 'record_paused':
      return { kind: 'recorder-failed', look: true };
    case 'record_error':
      return { kind: 'recorder-failed', failure: errorOf(event), look: true };
    case 'transformat_error':
      return notTransformed(event);
    default: {
      const file = fileOf(event);
      return file && { kind: 'file-ready', files: [file] };
    }
  }
}

/** The recording is there, and its file in this format is not. */
function notTransformed(event: RecordEvent): Told | null {
  const file = fileOf(event);
  if (!file) return null;
  const { message } = errorOf(event);
  return {
    kind: 'file-ready',
    files: [{ ...file, state: 'missing', trouble: message.replace(/^record_error/, 'transformat_error') }],
  };
}

/** A resend comes within half a minute. */
const RESENT_MS = 30_000;

/** Files have a name. Status events have neither id nor time, only the instant at which they were signed. */
function idOf({ domain, app, stream, event = 'file_created', uri }: RecordEvent, timestamp: string): string {
  const name = `${domain}/${app}/${stream}/${event}`;
  if (uri !== undefined) return `${name}/${uri}`;
  return `${name}/${Math.floor((Number(timestamp) * 1000) / RESENT_MS)}`;
}

/** Of a file: when it ends. */
function instantOf({ stop_time: stop }: RecordEvent): number | undefined {
  return stop === undefined ? undefined : stop * 1000;
}
