/** Somebody who listens: an HTTP server that keeps what it is sent and answers as it is told. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NoticeEvent } from '../../src/receivers/event.ts';

export interface Posted {
  headers: IncomingHttpHeaders;
  body: string;
  event: NoticeEvent;
  /** On the clock of the test. */
  at: number;
  answered: number | 'nothing';
}

export interface Listener {
  url: string;
  /** All that arrived, whatever was answered. */
  posts: Posted[];
  /** What was taken, in its order. */
  taken(): NoticeEvent[];
  /** Instead of 204: a status, or nothing at all. */
  answer: (event: NoticeEvent, at: number) => number | 'nothing';
  now: () => number;
  close(): Promise<void>;
}

export async function listen(path = '/'): Promise<Listener> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString('utf8');
      const event = JSON.parse(body) as NoticeEvent;
      const at = self.now();
      const answered = self.answer(event, at);
      self.posts.push({ headers: request.headers, body, event, at, answered });
      if (answered === 'nothing') {
        request.socket.destroy();
        return;
      }
      response.writeHead(answered, answered === 302 ? { location: '/elsewhere' } : {});
      response.end(answered === 204 ? undefined : 'CANARY-answer');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const self: Listener = {
    url: `http://127.0.0.1:${port}${path}`,
    posts: [],
    taken: () =>
      self.posts.filter(({ answered }) => answered === 204 || answered === 200).map(({ event }) => event),
    answer: () => 204,
    now: Date.now,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return self;
}
