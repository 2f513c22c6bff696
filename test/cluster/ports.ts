import { createServer } from 'node:net';

/**
 * Ports that are free on all of these addresses. Below 32768: Temporal keeps the ports of its members in a signed
 * 16-bit column of PostgreSQL, and what the system itself hands out lies above.
 */
export async function lowPorts(count: number, addresses: readonly string[]): Promise<number[]> {
  const found: number[] = [];
  let port = 15_000 + Math.floor(Math.random() * 15_000);
  for (; found.length < count; port += 1) {
    if (port > 32_767) throw new Error('There are no free ports below 32768.');
    const free = await Promise.all(addresses.map(async (address) => await isFree(address, port)));
    if (free.every(Boolean)) found.push(port);
  }
  return found;
}

async function isFree(address: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
