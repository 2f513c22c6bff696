import { createServer } from 'node:net';
import { KeepRollingError } from '../contract/errors.ts';

/** A port that is free now. Another process may still take it before it is used; callers try again. */
export async function freePort(ip: string): Promise<number> {
  return listenOnce(ip, 0);
}

/** Says before anything is started, and in a sentence, what a server would bury in its log. */
export async function assertPortFree(ip: string, port: number, what: string): Promise<void> {
  try {
    await listenOnce(ip, port);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const why = code === 'EADDRINUSE' ? 'something else listens there' : code;
    throw new KeepRollingError(
      'E_SERVER_UNAVAILABLE',
      `The ${what} cannot listen on ${ip}:${port}: ${why}. Choose another port, or end what holds this one.`,
      { ip, port },
    );
  }
}

async function listenOnce(ip: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, ip, () => {
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(taken));
    });
  });
}
