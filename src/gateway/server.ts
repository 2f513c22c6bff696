/** The HTTP side: what is let in, how much of it, and the answers to what is not. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { NO_ACCOUNT, type CallbackCounts, type Verdict } from './counts.ts';
import type { Door, Doors } from './doors.ts';
import type { Receive } from './receive.ts';
import type { RefusalLog } from './refusals.ts';

export interface ServerParts {
  doors: Doors;
  /** Those that the configuration names: others are not repeated in log and counts. */
  accounts: string[];
  receive: Receive;
  ready: () => Promise<boolean>;
  counts: CallbackCounts;
  refusals: RefusalLog;
}

/** Callbacks are a few KiB. */
const MOST_BODY_BYTES = 256 * 1024;
/** Slower senders hold a connection for nothing. */
const REQUEST_MS = 10_000;
/** Node looks so often for those; by itself each half minute. */
const CHECK_MS = 2_000;
const MOST_CONNECTIONS = 2_000;
/** An account's name and a path secret are shorter, also percent-encoded. */
const LONGEST_PART = 1_000;

const ADDRESS = '/callbacks/:account/:secret';
/** Some vendors try an address with GET or HEAD before they take it. */
const METHODS = ['POST', 'GET', 'HEAD'];
interface Address {
  Params: { account: string; secret: string };
}

export function createServer(parts: ServerParts): FastifyInstance {
  const { counts, refusals } = parts;
  const app = fastify({
    // No log of its own: its lines would hold the address.
    logger: false,
    bodyLimit: MOST_BODY_BYTES,
    requestTimeout: REQUEST_MS,
    http: { headersTimeout: REQUEST_MS, connectionsCheckingInterval: CHECK_MS },
    // What has come in on an open connection is still answered properly: for some vendors a 503 is a decision.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: LONGEST_PART },
    frameworkErrors: (_error, _request, reply) => void notThere(reply),
    clientErrorHandler,
  });
  app.server.maxConnections = MOST_CONNECTIONS;

  const refused = (account: string, verdict: Verdict, why: string): void => {
    counts.count(account, verdict);
    refusals.add({ account, verdict, why });
  };
  /** The very same for an address that never was and for a wrong secret. */
  const notThere = (reply: FastifyReply, account = NO_ACCOUNT): FastifyReply => {
    refused(account, 'unknown', 'no such address');
    return reply.code(404).send({ error: 'not found' });
  };

  // Signatures are over the bytes as they came, whatever they are said to be.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((_request, reply) => notThere(reply));

  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const account = doors.get(request)?.account ?? NO_ACCOUNT;
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      refused(account, 'unavailable', `an unexpected ${error.name} in keeprolling`);
      return reply.code(500).send({ error: 'unavailable' });
    }
    const verdict = status === 413 ? 'oversized' : 'malformed';
    const cutOff = request.raw.destroyed && !request.raw.complete;
    const why = cutOff
      ? 'its body did not come whole: too slow, or cut off'
      : `refused with ${status} before it was read whole`;
    refused(account, verdict, why);
    return reply.code(status).send({ error: verdict });
  });

  const doors = new WeakMap<FastifyRequest, Door>();
  const latest = new WeakMap<Socket, IncomingMessage>();
  app.server.on('request', (request: IncomingMessage) => latest.set(request.socket, request));
  app.route<Address>({
    method: app.supportedMethods,
    url: ADDRESS,
    // Before the body is read: who does not know the address costs nothing.
    onRequest: (request, reply, done) => {
      const { account, secret } = request.params;
      const door = parts.doors.at(account, secret);
      if (!door) return void notThere(reply, parts.accounts.includes(account) ? account : NO_ACCOUNT);
      doors.set(request, door);
      if (METHODS.includes(request.method)) return done();
      refused(door.account, 'malformed', 'the address is right, and its method is none of ours');
      void reply.code(405).header('allow', METHODS.join(', ')).send({ error: 'malformed' });
    },
    handler: async (request, reply) => {
      const door = doors.get(request)!;
      if (!tells(door, request)) return await reply.code(200).send({});
      const { status, body } = await parts.receive(door, {
        method: request.method,
        query: queryOf(request),
        headers: headersOf(request),
        body: (request.body as Buffer | undefined) ?? Buffer.alloc(0),
        receivedAt: Date.now(),
      });
      return await reply.code(status).type('application/json').send(JSON.stringify(body));
    },
  });

  app.get('/healthz', async () => ({ ok: true }));
  app.get('/readyz', async (_request, reply) => {
    const ok = await parts.ready();
    return await reply.code(ok ? 200 : 503).send({ ok });
  });
  return app;

  /** What is no HTTP, or too slow: Node has given up on it. */
  function clientErrorHandler(error: Error & { code?: string }, socket: Socket): void {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const status = BROKEN[error.code ?? ''] ?? '400 Bad Request';
    // One whose address was seen is counted where that was judged.
    const seen = latest.get(socket)?.complete === false;
    if (!seen)
      refused(NO_ACCOUNT, 'malformed', `refused with ${status.slice(0, 3)} before it was understood`);
    if (socket.writable) socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    socket.destroy(error);
  }
}

const BROKEN: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** A GET without a query tries the address, whatever the vendor. */
function tells({ scheme }: Door, { method, query }: FastifyRequest): boolean {
  if (method === 'POST') return true;
  return method === 'GET' && scheme.takesGet === true && Object.keys(query as object).length > 0;
}

/** Decoded; of a name that comes twice the first one counts. */
function queryOf({ query }: FastifyRequest): Record<string, string> {
  const named = Object.entries(query as Record<string, string | string[]>);
  return Object.fromEntries(named.map(([name, value]) => [name, Array.isArray(value) ? value[0]! : value]));
}

/** Node joins those that come twice, but for the one that only servers send. */
function headersOf({
  headers: { 'set-cookie': _cookies, ...headers },
}: FastifyRequest): Record<string, string> {
  return headers as Record<string, string>;
}
