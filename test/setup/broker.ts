/**
 * Servers for tests are started on demand and once per run: vitest's main process holds them, the test processes ask it
 * over a socket. So a run that touches only pure code starts nothing, and no test file can leave a server behind.
 */
import { createServer, request, type Server } from 'node:http';

export type Providers = Readonly<Record<string, () => Promise<string>>>;

/** Answers `GET /<name>` with what the provider of that name gives; each provider runs at most once. */
export async function startBroker(providers: Providers, socketPath: string): Promise<Server> {
  const started = new Map<string, Promise<string>>();
  const server = createServer((incoming, reply) => {
    const name = decodeURIComponent((incoming.url ?? '/').slice(1));
    const provider = providers[name];
    const value = started.get(name) ?? provider?.() ?? Promise.reject(new Error(`Nothing provides ${name}.`));
    started.set(name, value);
    value.then(
      (text) => reply.writeHead(200).end(text),
      (error: unknown) => reply.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  // A test run that is over must not wait for this.
  server.unref();
  return server;
}

export async function askBroker(socketPath: string, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const ask = request({ socketPath, path: `/${encodeURIComponent(name)}` }, (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (chunk: string) => (text += chunk));
      reply.on('end', () => (reply.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    });
    ask.once('error', reject);
    ask.end();
  });
}
