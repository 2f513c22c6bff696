/** Requests of the admission webhooks: their bodies, and what an answer means (OvenMediaEngine v0.20.0, admission_webhooks.cpp). */
import type { DeliveryAnswer } from '../outbox.ts';
import { toIso } from './local-time.ts';
import { signedRequest } from './signature.ts';
import type { OmeServer, Source } from './state.ts';

/** An end is told with this patience, whatever `<Timeout>` says (access_controller.cpp). */
const CLOSING_TIMEOUT_MS = 500;
const CLIENT = '192.0.2.10';
const PORTS = { RTMP: 1935, WebRTC: 3334 };

/** Where an encoder pushes to, as the server writes it. Of SRT it knows what the streamid says: `host/app/stream`. */
export function addressOf(server: OmeServer, { vhost, app, name, protocol, query }: Source): string {
  const host = server.config.hosts.get(vhost) ?? vhost;
  const path = `/${app}/${name}${query === '' ? '' : `?${query}`}`;
  if (protocol === 'SRT') return `srt://${vhost}${path}`;
  return `${protocol === 'RTMP' ? 'rtmp' : 'wss'}://${host}:${PORTS[protocol]}${path}`;
}

/** Asks once, and waits. Nothing is sent where no admission is configured. */
export function sendOpening(
  server: OmeServer,
  source: Source,
  at: number,
  onAnswer: (answer: DeliveryAnswer | null, now: number) => void,
): void {
  send(server, source, at, 'opening', { url: source.requestedUrl }, { onAnswer });
}

/** Nobody waits for what is answered. Where the stream was in the end is always told. */
export function sendClosing(server: OmeServer, source: Source, at: number): void {
  const urls = { url: source.requestedUrl, new_url: source.finalUrl };
  send(server, source, at, 'closing', urls, { timeoutMs: CLOSING_TIMEOUT_MS });
}

function send(
  server: OmeServer,
  source: Source,
  at: number,
  status: 'opening' | 'closing',
  urls: Record<string, string>,
  more: { onAnswer?: (answer: DeliveryAnswer | null, now: number) => void; timeoutMs?: number },
): void {
  const { admission, unknowns, zoneOffsetMinutes } = server.config;
  if (!admission) return;
  const { protocol, port, vhost, app, name } = source;
  const request = signedRequest(
    {
      client: { address: CLIENT, port, real_ip: CLIENT },
      request: {
        direction: 'incoming',
        protocol: unknowns.protocolCase === 'lower' ? protocol.toLowerCase() : protocol,
        status,
        time: toIso(at, zoneOffsetMinutes),
        ...urls,
      },
    },
    admission.secretKey,
  );
  const event = `${status} ${vhost}/${app}/${name}`;
  server.outbox.send(at, {
    event,
    url: admission.url,
    make: () => request,
    timeoutMs: admission.timeoutMs,
    ...more,
  });
}

export interface Admission {
  allowed: boolean;
  newUrl?: string;
  /** 0: without end. */
  lifetimeMs: number;
}

/** Admitted is only who gets 200 with a JSON object in which `allowed` is true. */
export function admissionOf(answer: DeliveryAnswer | null): Admission {
  const denied = { allowed: false, lifetimeMs: 0 };
  if (answer?.status !== 200) return denied;
  let said: unknown;
  try {
    said = JSON.parse(answer.body);
  } catch {
    return denied;
  }
  if (typeof said !== 'object' || said === null) return denied;
  const { allowed, new_url: newUrl, lifetime } = said as Record<string, unknown>;
  if (allowed !== true) return denied;
  const lifetimeMs =
    typeof lifetime === 'number' && Number.isInteger(lifetime) && lifetime > 0 ? lifetime : 0;
  return { allowed, lifetimeMs, ...(typeof newUrl === 'string' && { newUrl }) };
}
