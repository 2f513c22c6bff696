/**
 * A thin HTTP shell around an emulator, on loopback only, for clients in another process. Beside the vendor's API it
 * can offer the test controls under `/_emulator/`; while the emulator's process is down it really does not listen.
 */
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Emulator, EmulatorAnswer, EmulatorRequest } from './emulator.ts';
import { startSending } from './sending.ts';

const HOST = '127.0.0.1';
const CONTROL_PREFIX = '/_emulator/';
const KEEP_ALIVE_MS = 65_000;
/** How often a shell that is down looks whether it may listen again: its clock may be virtual. */
const DOWN_POLL_MS = 20;

export interface ServeOptions {
  /** 0 takes a free port. */
  port: number;
  /** Offers `/_emulator/…` on the same port; it is unreachable while the emulator is down. */
  control?: boolean;
  /** Offers `/_emulator/…` on a port of its own, which stays reachable while the emulator is down; 0 takes a free one. */
  controlPort?: number;
  /** Appends the truth log to this file as JSON lines, after each request and control. */
  truthFile?: string;
}

export interface ServedEmulator {
  url: string;
  port: number;
  /** Where the controls are, if offered: `url`, or the place of `controlPort`. */
  controlUrl: string | undefined;
  close(): Promise<void>;
}

export async function serveEmulator(emulator: Emulator, options: ServeOptions): Promise<ServedEmulator> {
  const sockets = new Set<Socket>();
  const writeTruth = truthWriter(emulator, options.truthFile);
  let server: Server | undefined;
  let closed = false;
  let port = options.port;

  const control = (request: IncomingMessage, response: ServerResponse) => {
    void answerControl(emulator, request, response)
      .then(() => untilSent(response))
      .finally(() => {
        writeTruth();
        if (isDown()) goDown();
      });
  };
  const isDown = () => emulator.downUntil?.(emulator.clock()) !== undefined;

  const listen = async (): Promise<void> => {
    server = createServer((request, response) => {
      if (options.control && request.url?.startsWith(CONTROL_PREFIX)) return control(request, response);
      void answerVendor(emulator, request, response).finally(() => {
        writeTruth();
        // A test in this process may have restarted the vendor without asking the shell.
        if (isDown()) goDown();
      });
    });
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    port = await listenOn(server, port);
  };
  const goDown = () => {
    if (!server || closed) return;
    stopServer(server, sockets);
    server = undefined;
    comeBack();
  };
  const comeBack = () => {
    setTimeout(() => {
      if (closed) return;
      if (isDown()) return comeBack();
      // Another process may hold the port for a moment; a vendor that restarts tries again, too.
      listen().catch(comeBack);
    }, DOWN_POLL_MS);
  };

  await listen();
  const sending = startSending(emulator);
  const url = `http://${HOST}:${port}`;
  const own = options.controlPort === undefined ? undefined : createServer(control);
  const ownPort = own && (await listenOn(own, options.controlPort ?? 0));
  return {
    url,
    port,
    controlUrl: ownPort !== undefined ? `http://${HOST}:${ownPort}` : options.control ? url : undefined,
    close: async () => {
      closed = true;
      sending.stop();
      emulator.settle(emulator.clock());
      writeTruth();
      if (own) own.closeAllConnections();
      await Promise.all([server && closeServer(server, sockets), own && closeServer(own, new Set())]);
    },
  };
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}

function stopServer(server: Server, sockets: Set<Socket>): void {
  server.close();
  for (const socket of sockets) socket.destroy();
}

function closeServer(server: Server, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}

function untilSent(response: ServerResponse): Promise<void> {
  if (response.writableFinished || response.destroyed) return Promise.resolve();
  return new Promise((resolve) => response.once('close', () => resolve()));
}

/** Appends what is new in the truth log. */
function truthWriter(emulator: Emulator, file: string | undefined): () => void {
  let written = 0;
  return () => {
    const entries = emulator.truth.entries;
    if (file === undefined || written === entries.length) return;
    appendFileSync(file, toLines(entries.slice(written)));
    written = entries.length;
  };
}

function toLines(entries: readonly unknown[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function answerVendor(
  emulator: Emulator,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request).catch(() => undefined);
  if (body === undefined) return;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  const method = request.method ?? 'GET';
  const answer = handleSafely(emulator, { method, target: request.url ?? '/', headers, body });
  if (answer.kind !== 'refused' && answer.delayMs > 0) {
    const timer = setTimeout(() => deliver(answer, response), answer.delayMs);
    response.on('close', () => clearTimeout(timer));
    return;
  }
  deliver(answer, response);
}

/** An exception here is a fault of the emulator itself: it is said aloud and takes no other request down. */
function handleSafely(emulator: Emulator, request: EmulatorRequest): EmulatorAnswer {
  try {
    return emulator.handle(request, emulator.clock());
  } catch (error) {
    const body = `The emulator failed: ${error instanceof Error ? error.stack : String(error)}\n`;
    return {
      kind: 'response',
      response: { status: 500, headers: { 'content-type': 'text/plain' }, body },
      delayMs: 0,
    };
  }
}

function deliver(answer: EmulatorAnswer, response: ServerResponse): void {
  if (answer.kind !== 'response') {
    response.socket?.resetAndDestroy();
    return;
  }
  const { status, headers, body } = answer.response;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function answerControl(
  emulator: Emulator,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (status: number, type: string, body: string) => {
    response.writeHead(status, { 'content-type': type, connection: 'close' });
    response.end(body);
  };
  const sendJson = (status: number, value: unknown) =>
    send(status, 'application/json', JSON.stringify(value));
  const name = (request.url ?? '').slice(CONTROL_PREFIX.length).split('?')[0] ?? '';
  try {
    const body = await readBody(request);
    if (request.method === 'GET' && name === 'truth') {
      emulator.settle(emulator.clock());
      return send(200, 'application/x-ndjson', toLines(emulator.truth.entries));
    }
    if (request.method === 'GET' && name === 'controls') {
      return sendJson(200, {
        vendor: emulator.vendor,
        now: emulator.clock(),
        controls: Object.keys(emulator.controls),
      });
    }
    const control = emulator.controls[name];
    if (request.method !== 'POST' || !control)
      return sendJson(404, { error: `There is no control "${name}".` });
    const input = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
    sendJson(200, { result: control(input, emulator.clock()) ?? null });
  } catch (error) {
    sendJson(400, { error: error instanceof Error ? error.message : String(error) });
  }
}
