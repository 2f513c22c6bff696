/** A real server in memory with a client and a folder: what every world that runs in real time stands on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { WORKFLOWS } from '../../src/client/pollers.ts';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import { startDevServer } from '../../src/server/index.ts';

export interface ServerBase {
  address: string;
  /** The server's process. */
  pid: number;
  connection: Connection;
  client: Client;
  folder: string;
  /** Until a worker has taken all workflow tasks of a queue; false after a minute in which hardly any was taken. */
  drained: (queue: string) => Promise<boolean>;
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
    const client = new Client({ connection });
    const drained = async (queue: string): Promise<boolean> => await isDrained(client, queue);
    const world = await build({ address, pid, connection, client, folder, drained, closers });
    return { ...world, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const GIVE_UP_MS = 60_000;

async function isDrained(client: Client, queue: string): Promise<boolean> {
  const least = { waiting: Infinity, at: Date.now() };
  for (;;) {
    const { stats } = await client.workflowService.describeTaskQueue({
      namespace: 'default',
      taskQueue: { name: queue },
      taskQueueType: WORKFLOWS,
      reportStats: true,
    });
    const waiting = Number(stats?.approximateBacklogCount ?? 0);
    if (waiting === 0) return true;
    // A few are taken even by a server that has come to its end.
    if (waiting < least.waiting * 0.9) Object.assign(least, { waiting, at: Date.now() });
    if (Date.now() - least.at > GIVE_UP_MS) return false;
    await sleep(500);
  }
}
