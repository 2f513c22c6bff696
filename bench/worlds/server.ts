/** A real server in memory with a client and a folder: what every world that runs in real time stands on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import { startDevServer } from '../../src/server/index.ts';

export interface ServerBase {
  address: string;
  /** The server's process. */
  pid: number;
  connection: Connection;
  client: Client;
  folder: string;
  /** Done when the world closes, the last one first. */
  closers: (() => Promise<unknown>)[];
}

export interface Closable {
  close(): Promise<void>;
}

/** Builds a world on a server; closes what there is of it when that fails. */
export async function onServer<World extends object>(
  build: (base: ServerBase) => Promise<World>,
): Promise<World & Closable> {
  const folder = await mkdtemp(join(tmpdir(), 'keeprolling-bench-'));
  const closers: ServerBase['closers'] = [async () => await rm(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const server = await startDevServer({
      searchAttributes: SEARCH_ATTRIBUTES,
      log: (line) => console.log(line),
    });
    closers.push(async () => await server.stop());
    const { address, pid } = server;
    const connection = await Connection.connect({ address });
    closers.push(async () => await connection.close());
    const world = await build({
      address,
      pid,
      connection,
      client: new Client({ connection }),
      folder,
      closers,
    });
    return { ...world, close };
  } catch (error) {
    await close();
    throw error;
  }
}
