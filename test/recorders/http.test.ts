import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import type { Agent } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHttpAgent, send, type HttpRequest } from '../../src/recorders/http.ts';
import { VendorFailure } from '../../src/recorders/recorder.ts';
import type { Failure } from '../../src/session/facts.ts';

const SECRET = 'Basic c2VjcmV0LXRva2Vu';
let agent: Agent;
const open: { close(): unknown }[] = [];

beforeAll(() => {
  agent = createHttpAgent();
});
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});
afterAll(() => agent.destroy());

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  return listen(server);
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.push({
    close: () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function request(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  const headers = { authorization: SECRET };
  return { operation: 'startRecord', method: 'POST', url, headers, body: '{}', effect: 'write', ...more };
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(VendorFailure);
  const { failure, stack } = error as VendorFailure;
  expect(JSON.stringify([failure, stack, error])).not.toContain('c2VjcmV0');
  return failure;
}

describe('the HTTP client beneath the recorders', () => {
  it('gives status, headers, text and request id of any reply', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(503, { 'X-Request-Id': 'abc', 'Set-Cookie': ['a=1', 'b=2'] }).end('späť');
    });
    const reply = await send(agent, request(`${url}/x`));
    expect(reply).toMatchObject({
      status: 503,
      text: 'späť',
      requestId: 'abc',
      headers: { 'set-cookie': 'a=1, b=2' },
    });
  });

  it('sends the path as it is written', async () => {
    const paths: (string | undefined)[] = [];
    const url = await serve((incoming, response) => {
      paths.push(incoming.url);
      response.end();
    });
    await send(agent, request(`${url}/v1/a%2Fb/c%20d:startRecord`));
    await send(agent, request(url));
    expect(paths).toEqual(['/v1/a%2Fb/c%20d:startRecord', '/']);
  });

  it('knows that a refused connection applied nothing', async () => {
    const url = await serve(() => undefined);
    open.pop()?.close();
    const failure = await failureOf(send(agent, request(url)));
    expect(failure).toMatchObject({
      code: 'E_VENDOR_UNREACHABLE',
      applied: 'no',
      retry: 'later',
      vendor: { code: 'ECONNREFUSED' },
    });
    expect(failure.message).toMatch(/^startRecord: 127\.0\.0\.1:\d+ refuses the connection\.$/);
  });

  it('knows that a name without address applied nothing', async () => {
    const failure = await failureOf(send(agent, request('http://no-such-host.invalid/')));
    expect(failure).toMatchObject({ code: 'E_VENDOR_UNREACHABLE', applied: 'no' });
  });

  it('leaves open what a cut connection applied', async () => {
    const url = await serve((incoming) => incoming.socket.destroy());
    const failure = await failureOf(send(agent, request(url)));
    expect(failure).toMatchObject({ code: 'E_VENDOR_UNANSWERED', applied: 'unknown', who: 'vendor' });
  });

  it('leaves open what a reply that breaks off applied', async () => {
    const url = await serve((incoming, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"half":');
      setTimeout(() => incoming.socket.destroy(), 20);
    });
    expect(await failureOf(send(agent, request(url)))).toMatchObject({
      code: 'E_VENDOR_UNANSWERED',
      applied: 'unknown',
    });
  });

  it('leaves open what a call without an answer in time applied', async () => {
    const url = await serve(() => undefined);
    expect(await failureOf(send(agent, request(url, { deadlineMs: 100 })))).toMatchObject({
      code: 'E_VENDOR_UNANSWERED',
      applied: 'unknown',
    });
  });

  it('leaves open what a body that drips for ever applied', async () => {
    const url = await serve((_incoming, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(drip));
    });
    expect(await failureOf(send(agent, request(url, { deadlineMs: 150 })))).toMatchObject({
      code: 'E_VENDOR_UNANSWERED',
    });
  });

  it('leaves open what a connection that speaks something else applied', async () => {
    const url = await listen(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
    expect(await failureOf(send(agent, request(url)))).toMatchObject({
      code: 'E_VENDOR_UNANSWERED',
      applied: 'unknown',
    });
  });

  it('never says that a read was applied', async () => {
    const url = await serve((incoming) => incoming.socket.destroy());
    expect(await failureOf(send(agent, request(url, { effect: 'read' })))).toMatchObject({ applied: 'no' });
  });

  it('never sends twice', async () => {
    let count = 0;
    const url = await serve((incoming) => {
      count += 1;
      incoming.socket.destroy();
    });
    await failureOf(send(agent, request(url, { method: 'GET', effect: 'read' })));
    expect(count).toBe(1);
  });

  it('lets the signal of the caller end a read, with its own reason', async () => {
    const url = await serve(() => undefined);
    const stop = new AbortController();
    const work = send(agent, request(url, { effect: 'read', signal: stop.signal }));
    setTimeout(() => stop.abort(new Error('shutdown')), 30);
    await expect(work).rejects.toThrow('shutdown');
    await expect(send(agent, request(url, { effect: 'read', signal: stop.signal }))).rejects.toThrow(
      'shutdown',
    );
  });

  it('lets no signal cut a write', async () => {
    const url = await serve((_incoming, response) => {
      setTimeout(() => response.end('done'), 60);
    });
    const stop = new AbortController();
    const work = send(agent, request(url, { signal: stop.signal }));
    setTimeout(() => stop.abort(new Error('shutdown')), 10);
    expect((await work).text).toBe('done');
  });

  it('does not read a reply without end', async () => {
    const url = await serve((_incoming, response) => {
      const piece = Buffer.alloc(1024 * 1024, 'x');
      const pump = (): void => {
        while (!response.destroyed && response.write(piece));
        if (!response.destroyed) response.once('drain', pump);
      };
      pump();
    });
    expect(await failureOf(send(agent, request(url)))).toMatchObject({ code: 'E_VENDOR_UNANSWERED' });
  });
});
