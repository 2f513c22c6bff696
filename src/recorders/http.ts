/**
 * The one HTTP client beneath all recorders. It sends once and never again (the session has the only retry layer),
 * and it turns every way in which no answer arrives into a `Failure` that says whether the call can have taken
 * effect. No header and no query string ever gets into a message: both carry secrets.
 */
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import type { Failure } from '../session/facts.ts';
import { VendorFailure } from './recorder.ts';

/** Default for the wait for headers and, again, between two pieces of the body. */
export const DEFAULT_TIMEOUT_MS = 10_000;
/** A whole exchange, from the first connection attempt to the last byte: well below the 30 s that the lane gives. */
export const DEFAULT_DEADLINE_MS = 20_000;
/** No documented reply of any vendor comes near this; more is not read. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

export interface HttpRequest {
  /** The vendor's own name of the operation, for messages: `startRecord`. */
  operation: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The whole URL, its path already encoded: it is sent as it stands. */
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /**
   * A `write` changes something at the vendor: it does not listen to `signal`, since a call that is cut in two by
   * a worker's shutdown has an unknown outcome. A `read` changes nothing, so its failure is always `applied: 'no'`.
   */
  effect: 'read' | 'write';
  timeoutMs?: number;
  deadlineMs?: number;
  signal?: AbortSignal;
}

export interface HttpReply {
  status: number;
  /** Lower-cased names; the values of a repeated header are joined with a comma. */
  headers: Record<string, string>;
  text: string;
  /** What the vendor calls this request, where it says so in a header. */
  requestId?: string;
}

/**
 * A dispatcher with this product's limits: 5 s to connect, and idle connections closed by us after 30 s, since a
 * server that closes first (OvenMediaEngine after about 65 s) would cut the next call and leave its outcome unknown.
 */
export function createHttpAgent(): Agent {
  return new Agent({
    connect: { timeout: 5_000 },
    keepAliveTimeout: 30_000,
    keepAliveMaxTimeout: 30_000,
    pipelining: 1,
    connections: 32,
  });
}

/**
 * Sends one request and reads the whole reply; any status is a reply.
 * @throws VendorFailure `E_VENDOR_UNREACHABLE` when the call was certainly not applied, `E_VENDOR_UNANSWERED` when
 * it may have been. A read that the caller's own signal ends throws that signal's reason instead.
 */
export async function send(dispatcher: Dispatcher, request: HttpRequest): Promise<HttpReply> {
  const url = new URL(request.url);
  const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const listened = request.effect === 'read' ? request.signal : undefined;
  listened?.throwIfAborted();
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), request.deadlineMs ?? DEFAULT_DEADLINE_MS);
  const forward = (): void => cut.abort();
  listened?.addEventListener('abort', forward, { once: true });
  try {
    const response = await dispatcher.request({
      origin: url.origin,
      path: rawPath(request.url, url),
      method: request.method,
      headers: request.headers ?? {},
      body: request.body ?? null,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: cut.signal,
    });
    const headers = plainHeaders(response.headers);
    const text = await readBody(response.body);
    const requestId = headers['x-request-id'] ?? headers['request-id'];
    return { status: response.statusCode, headers, text, ...(requestId && { requestId }) };
  } catch (error) {
    if (listened?.aborted) throw listened.reason;
    throw new VendorFailure(transportFailure(error, request, url.host));
  } finally {
    clearTimeout(timer);
    listened?.removeEventListener('abort', forward);
  }
}

/** `URL` would decode dot segments and re-encode; the vendor must get the path as its recorder wrote it. */
function rawPath(text: string, url: URL): string {
  const path = text.slice(text.indexOf('//') + 2).replace(/^[^/]*/, '');
  return path || url.pathname;
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}

async function readBody(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('The reply is larger than any documented one.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Errors that arise before the first byte of a request leaves: the vendor cannot have seen it. */
const NEVER_SENT: Record<string, string> = {
  ECONNREFUSED: 'refuses the connection',
  ENOTFOUND: 'has no address (DNS)',
  EAI_AGAIN: 'cannot be looked up now (DNS)',
  EHOSTUNREACH: 'cannot be reached by any route',
  ENETUNREACH: 'cannot be reached by any route',
  UND_ERR_CONNECT_TIMEOUT: 'does not take the connection in time',
};
const MAY_HAVE_ARRIVED: Record<string, string> = {
  UND_ERR_HEADERS_TIMEOUT: 'sent no answer in time',
  UND_ERR_BODY_TIMEOUT: 'stopped in the middle of its answer',
  UND_ERR_ABORTED: 'did not finish its answer in time',
  ECONNRESET: 'cut the connection before it had answered',
  EPIPE: 'cut the connection before it had answered',
  UND_ERR_SOCKET: 'cut the connection before it had answered',
};
/** Node's and OpenSSL's names for a certificate that does not hold. */
const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_)/;

function transportFailure(error: unknown, request: HttpRequest, host: string): Failure {
  const { code, syscall } = inside(error);
  const tls = TLS.test(code);
  // ETIMEDOUT comes from `connect` as well as from a socket in use; only the former proves that nothing was sent.
  const neverSent = tls || code in NEVER_SENT || (code === 'ETIMEDOUT' && syscall === 'connect');
  const how = tls
    ? `has a TLS certificate that does not hold (${code})`
    : (NEVER_SENT[code] ?? MAY_HAVE_ARRIVED[code] ?? 'gave no usable answer');
  return {
    code: neverSent ? 'E_VENDOR_UNREACHABLE' : 'E_VENDOR_UNANSWERED',
    message: `${request.operation}: ${host} ${how}.`,
    // A wrong name or certificate does not mend itself; everything else may.
    who: tls || code === 'ENOTFOUND' ? 'you' : 'vendor',
    applied: neverSent || request.effect === 'read' ? 'no' : 'unknown',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: { operation: request.operation, ...(code && { code }) },
  };
}

/** undici wraps system errors, and a host with several addresses yields an AggregateError. */
function inside(error: unknown): { code: string; syscall: string } {
  if (!(error instanceof Error)) return { code: '', syscall: '' };
  if (error.name === 'AbortError') return { code: 'UND_ERR_ABORTED', syscall: '' };
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  if (typeof code === 'string') return { code, syscall: typeof syscall === 'string' ? syscall : '' };
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner === undefined ? { code: '', syscall: '' } : inside(inner);
}
