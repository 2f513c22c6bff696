/**
 * An undici dispatcher that calls an emulator in the process: the same client code runs without a socket, tens of
 * microseconds a request, on a virtual clock.
 */
import { Dispatcher, errors } from 'undici';
import type { Emulator, EmulatorAnswer, EmulatorRequest, EmulatorResponse } from './emulator.ts';

/** undici's own default for `headersTimeout`. */
const HEADERS_TIMEOUT_MS = 300_000;

export interface EmulatorDispatcherOptions {
  /** Moves the virtual clock while a caller waits: for a delayed reply, or up to the time-out of one too late. */
  advance?: (ms: number) => void;
}

export function emulatorDispatcher(emulator: Emulator, options: EmulatorDispatcherOptions = {}): Dispatcher {
  return new EmulatorDispatcher(emulator, options.advance);
}

class EmulatorDispatcher extends Dispatcher {
  readonly #emulator: Emulator;
  readonly #advance: ((ms: number) => void) | undefined;

  constructor(emulator: Emulator, advance: ((ms: number) => void) | undefined) {
    super();
    this.#emulator = emulator;
    this.#advance = advance;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const exchange = openExchange(handler);
    // undici answers on a later tick; a handler that was called inside `dispatch` would see itself half made.
    queueMicrotask(() => {
      try {
        this.#run(options, exchange);
      } catch (error) {
        exchange.fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
    return true;
  }

  #run(options: Dispatcher.DispatchOptions, exchange: Exchange): void {
    if (!exchange.begin()) return;
    const request = toEmulatorRequest(options);
    const answer = this.#emulator.handle(request, this.#emulator.clock());
    this.#deliver(answer, options, exchange);
  }

  #deliver(answer: EmulatorAnswer, options: Dispatcher.DispatchOptions, exchange: Exchange): void {
    if (answer.kind === 'refused') return exchange.fail(connectionRefused(options.origin));
    const patienceMs = options.headersTimeout || HEADERS_TIMEOUT_MS;
    if (answer.delayMs >= patienceMs) {
      this.#advance?.(patienceMs);
      return exchange.fail(new errors.HeadersTimeoutError());
    }
    if (answer.delayMs > 0) this.#advance?.(answer.delayMs);
    if (answer.kind === 'reset') return exchange.fail(new errors.SocketError('other side closed'));
    exchange.respond(answer.response);
  }

  override close(callback?: () => void): Promise<void> & void {
    callback?.();
    return Promise.resolve() as Promise<void> & void;
  }

  override destroy(error?: Error | null | (() => void), callback?: () => void): Promise<void> & void {
    if (typeof error === 'function') error();
    callback?.();
    return Promise.resolve() as Promise<void> & void;
  }
}

function connectionRefused(origin: unknown): Error {
  return Object.assign(new Error(`connect ECONNREFUSED ${String(origin)}`), {
    code: 'ECONNREFUSED',
    errno: -111,
    syscall: 'connect',
  });
}

function toEmulatorRequest(options: Dispatcher.DispatchOptions): EmulatorRequest {
  return {
    method: options.method,
    target: options.query ? `${options.path}?${new URLSearchParams(options.query).toString()}` : options.path,
    headers: { ...hostOf(options.origin), ...readHeaders(options.headers) },
    body: readBody(options.body),
  };
}

/** Every client of HTTP sends it, and some sign it. */
function hostOf(origin: Dispatcher.DispatchOptions['origin']): Record<string, string> {
  const host = typeof origin === 'string' ? /^https?:\/\/([^/]+)/.exec(origin)?.[1] : origin?.host;
  return host === undefined ? {} : { host };
}

function readBody(body: unknown): string {
  if (body === undefined || body === null) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array)
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  throw new errors.NotSupportedError('The emulator takes a body as a text or bytes only.');
}

/** undici takes headers as an object, as pairs, or as one flat list. */
function readHeaders(headers: Dispatcher.DispatchOptions['headers']): Record<string, string> {
  const read: Record<string, string> = {};
  if (!headers) return read;
  if (Array.isArray(headers)) {
    for (let i = 0; i < headers.length; i += 2)
      read[String(headers[i]).toLowerCase()] = String(headers[i + 1]);
    return read;
  }
  const pairs = Symbol.iterator in headers ? headers : Object.entries(headers);
  for (const [name, value] of pairs as Iterable<[string, string | string[] | undefined]>) {
    if (value !== undefined) read[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return read;
}

/** One request and its handler, in whichever of undici's two handler interfaces it was written. */
interface Exchange {
  /** False when the caller has given up already. */
  begin(): boolean;
  respond(response: EmulatorResponse): void;
  fail(error: Error): void;
}

function openExchange(handler: Dispatcher.DispatchHandler): Exchange {
  let over = false;
  let reason: Error | null = null;
  const end = (error: Error) => {
    if (over) return;
    over = true;
    reason = error;
    if (modern) handler.onResponseError?.(controller, error);
    else handler.onError?.(error);
  };
  const abort = (error?: Error) => end(error ?? new errors.RequestAbortedError());
  const modern = typeof handler.onRequestStart === 'function';
  const controller: Dispatcher.DispatchController = {
    get aborted() {
      return over;
    },
    get paused() {
      return false;
    },
    get reason() {
      return reason;
    },
    abort,
    pause: () => undefined,
    resume: () => undefined,
  };

  return {
    begin() {
      if (modern) handler.onRequestStart?.(controller, {});
      else handler.onConnect?.(abort);
      return !over;
    },
    respond(response) {
      if (over) return;
      const body = Buffer.from(response.body, 'utf8');
      if (modern) {
        handler.onResponseStart?.(controller, response.status, response.headers, '');
        if (!over && body.length > 0) handler.onResponseData?.(controller, body);
        if (!over) handler.onResponseEnd?.(controller, {});
      } else {
        const raw = Object.entries(response.headers)
          .flat()
          .map((part) => Buffer.from(part, 'latin1'));
        handler.onHeaders?.(response.status, raw, () => undefined, '');
        if (!over && body.length > 0) handler.onData?.(body);
        if (!over) handler.onComplete?.([]);
      }
      over = true;
    },
    fail: end,
  };
}
