/** One address for both servers where no name can be had: each connection goes to the first server that takes it. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export async function startProxy(
  addresses: readonly string[],
  port: number,
): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  let next = 0;
  const server = createServer((client) => {
    next += 1;
    const turn = next;
    const pass = (tries: number): void => {
      if (tries === addresses.length) return void client.destroy();
      const upstream = connect(port, addresses[(turn + tries) % addresses.length]);
      sockets.add(upstream);
      upstream.once('error', () => {
        // Refused: to the other one. Broken later: both sides are dropped by 'close'.
        if (upstream.bytesRead === 0 && !client.destroyed) pass(tries + 1);
      });
      upstream.once('connect', () => {
        client.pipe(upstream).pipe(client);
        upstream.once('close', () => client.destroy());
      });
      client.once('close', () => upstream.destroy());
      upstream.once('close', () => sockets.delete(upstream));
    };
    client.on('error', () => client.destroy());
    pass(0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
