/** One process of a Temporal cluster: a production server with all four services, as it runs on PostgreSQL. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { startChild, tailOf, type ServerChild } from '../../src/server/child.ts';
import { until } from '../temporal/world.ts';
import type { Given } from './given.ts';
import type { Postgres } from './postgres.ts';

const SERVICES = ['frontend', 'history', 'matching', 'worker'] as const;
/** A gRPC port and a membership port for each service; the same numbers on each address. */
export const PORTS_OF_MEMBER = SERVICES.length * 2;
/** Fixed for ever at the first start; at least two a process, so that each one's end hits something. */
const SHARDS = 4;

export interface Member {
  address: string;
  /** Returns when it serves. */
  start(): Promise<void>;
  /** Returns when it has ended, with how long that took, milliseconds. */
  end(signal: NodeJS.Signals): Promise<number>;
}

export function member(
  { server, folder, logs }: Given,
  postgres: Postgres,
  ip: string,
  ports: readonly number[],
): Member {
  const config = join(folder, `${ip}.yaml`);
  const log = join(logs, `temporal-${ip}.log`);
  // JSON is YAML.
  writeFileSync(config, JSON.stringify(configuration(postgres, folder, ip, ports)), { mode: 0o600 });
  const address = `${ip}:${ports[0]}`;
  let child: ServerChild | undefined;
  return {
    address,
    async start() {
      const started = startChild(server, ['--config-file', config, '--allow-no-auth', 'start'], log);
      child = started;
      await until(
        `the server on ${ip}`,
        async () => {
          if (started.hasEnded) throw new Error(`The server on ${ip} has ended:\n${tailOf(log)}`);
          return await serves(address);
        },
        60_000,
      );
    },
    async end(signal) {
      const at = Date.now();
      child?.signal(signal);
      await child?.ended;
      return Date.now() - at;
    },
  };
}

/** Databases and their tables, by the server's own tool; all of it can be repeated. */
export function createSchemas({ sqlTool }: Given, postgres: Postgres): void {
  const env = {
    SQL_HOST: '127.0.0.1',
    SQL_PORT: String(postgres.port),
    SQL_USER: postgres.user,
    SQL_PASSWORD: postgres.password,
    SQL_PLUGIN: 'postgres12',
  };
  for (const [database, schema] of [
    ['temporal', 'postgresql/v12/temporal'],
    ['temporal_visibility', 'postgresql/v12/visibility'],
  ] as const) {
    const tool = (...args: string[]): void => {
      execFileSync(sqlTool, ['--db', database, ...args], { env, stdio: 'pipe' });
    };
    tool('create-database');
    tool('setup-schema', '-v', '0.0');
    tool('update-schema', '--schema-name', schema);
  }
}

/** As small as it can be. The dynamic configuration is empty, so that every limit is the one of a real cluster. */
function configuration(
  { port, user, password }: Postgres,
  folder: string,
  ip: string,
  ports: readonly number[],
): unknown {
  const dynamic = join(folder, 'dynamic.yaml');
  writeFileSync(dynamic, '{}\n');
  const store = (databaseName: string, connections: number): unknown => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: `127.0.0.1:${port}`,
      connectProtocol: 'tcp',
      user,
      password,
      maxConns: connections,
      maxIdleConns: connections,
      maxConnLifetime: '1h',
    },
  });
  const services = SERVICES.map((name, i) => [
    name,
    { rpc: { grpcPort: ports[2 * i], membershipPort: ports[2 * i + 1], bindOnIP: ip } },
  ]);
  const cluster = {
    enabled: true,
    initialFailoverVersion: 1,
    rpcName: 'frontend',
    rpcAddress: `${ip}:${ports[0]}`,
  };
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      numHistoryShards: SHARDS,
      defaultStore: 'main',
      visibilityStore: 'visibility',
      datastores: { main: store('temporal', 20), visibility: store('temporal_visibility', 10) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: ip } },
    services: Object.fromEntries(services),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: { active: cluster },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamic, pollInterval: '10s' },
  };
}

async function serves(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 }).catch(() => null);
  if (connection === null) return false;
  try {
    await connection.withDeadline(Date.now() + 2_000, async () =>
      connection.workflowService.listNamespaces({ pageSize: 1 }),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}
