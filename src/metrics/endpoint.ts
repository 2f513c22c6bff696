/** What a scraper and a supervisor ask for: /metrics, /healthz and /readyz, for any HTTP server to answer with. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { KeepRollingError } from '../contract/errors.ts';
import type { Metrics } from './metrics.ts';

export interface Watched {
  metrics: Metrics;
  /** `host:port` at which the SDK serves its own numbers; null where it does not. */
  sdk: string | null;
  /** Why this process should get no work now; null when it is ready. */
  unready: () => string | null;
}

export interface Page {
  status: number;
  contentType: string;
  body: string;
}

const TEXT = 'text/plain; charset=utf-8';
const SDK_MS = 2_000;

/** null for any other path. Never throws. */
export async function pageAt(path: string, watched: Watched): Promise<Page | null> {
  switch (path) {
    case '/metrics':
      return {
        status: 200,
        contentType: 'text/plain; version=0.0.4; charset=utf-8',
        body: await metricsText(watched),
      };
    case '/healthz':
      // Whoever answers lives: a worker that fails takes its process with it.
      return { status: 200, contentType: TEXT, body: 'ok\n' };
    case '/readyz': {
      const why = watched.unready();
      return { status: why === null ? 200 : 503, contentType: TEXT, body: `${why ?? 'ready'}\n` };
    }
    default:
      return null;
  }
}

/** Ours, then the SDK's, so that there is one address to scrape. */
export async function metricsText({ metrics, sdk }: Pick<Watched, 'metrics' | 'sdk'>): Promise<string> {
  const [ours, theirs] = await Promise.all([metrics.text(), sdk === null ? '' : sdkText(sdk)]);
  return `${ours.trimEnd()}\n${theirs}`;
}

async function sdkText(address: string): Promise<string> {
  try {
    const { body } = await request(`http://${address}/metrics`, { signal: AbortSignal.timeout(SDK_MS) });
    return await body.text();
  } catch {
    return "# The SDK's own numbers could not be read just now.\n";
  }
}

export interface Endpoint {
  /** `host:port` that it listens on. */
  address: string;
  close: () => Promise<void>;
}

/** `127.0.0.1:9464`, `[::1]:9464`, or a port alone, which means this host only. undefined for anything else. */
export function listenAddress(text: string): { host: string; port: number } | undefined {
  const match = /^(?:(?:\[([0-9a-f:.]+)\]|([A-Za-z0-9.-]+)):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) return undefined;
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port };
}

/** @throws KeepRollingError E_USAGE when the address cannot be listened on */
export async function serveEndpoint(
  { host, port }: { host: string; port: number },
  watched: Watched,
): Promise<Endpoint> {
  const server = createServer((incoming, response) => {
    const path = (incoming.url ?? '').split('?', 1)[0]!;
    void pageAt(path, watched).then((page) => {
      const { status, contentType, body } = page ?? { status: 404, contentType: TEXT, body: 'not found\n' };
      response.writeHead(status, { 'content-type': contentType }).end(incoming.method === 'HEAD' ? '' : body);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new KeepRollingError(
          'E_USAGE',
          `The metrics cannot be served on ${host}:${port}: ${error.code ?? error.name}. Choose another address.`,
          { host, port },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;
  const shown = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return {
    address: `${shown}:${bound.port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
