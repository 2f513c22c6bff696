/** Two production servers on one PostgreSQL, with one address for both. */
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { given } from './given.ts';
import { createSchemas, member, PORTS_OF_MEMBER, type Member } from './member.ts';
import { lowPorts } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { startProxy } from './proxy.ts';

const ADDRESSES = ['127.0.0.1', '127.0.0.2'] as const;

export interface Cluster {
  /** Where clients and workers go. */
  address: string;
  /** How it covers both servers. */
  by: string;
  first: Member;
  second: Member;
  stop(): Promise<void>;
}

/** With a namespace `default`. What was started before a failure is ended again. */
export async function startCluster(): Promise<Cluster> {
  const found = given();
  const started: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of started.toReversed()) await end();
  };
  try {
    const [databasePort, ...ports] = await lowPorts(1 + PORTS_OF_MEMBER, ADDRESSES);
    const postgres = await startPostgres(found, databasePort!);
    started.push(async () => await postgres.stop());
    createSchemas(found, postgres);
    const [first, second] = ADDRESSES.map((ip) => member(found, postgres, ip, ports));
    for (const one of [first!, second!]) {
      started.push(async () => await one.end('SIGTERM'));
      await one.start();
      if (one === first) await createNamespace(one.address);
    }
    const frontend = ports[0]!;
    let address = `${found.name}:${frontend}`;
    if (found.name === null) {
      const proxy = await startProxy(ADDRESSES, frontend);
      started.push(() => proxy.close());
      address = `127.0.0.1:${proxy.port}`;
    }
    const by = found.name === null ? 'a TCP proxy' : 'a name with two addresses';
    return { address, by, first: first!, second: second!, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createNamespace(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  await connection.workflowService.registerNamespace({
    namespace: 'default',
    workflowExecutionRetentionPeriod: msToTs('3 days'),
  });
  await connection.close();
}
