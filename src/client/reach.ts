/** The way to the Temporal server: opened at the first call that needs it, and never waited for without a deadline. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type ConnectionLike, type ConnectionOptions } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { connectOptions } from '../config/connect.ts';
import type { Environment } from '../config/values.ts';
import type { Settings } from '../config/settings.ts';
import { isPassing, serverFailure, unreachable } from './errors.ts';

/** gRPC's own deadline comes first: its reason is better than ours. */
const GRACE_MS = 150;
/** So a dead server is told in about half a second. Every call is repeatable: starts and commands by their ids. */
const PAUSES_MS = [150, 300];
/** A server that has just let a call run into its deadline gets so little time, for so long: one wait is enough. */
const DOUBT_MS = { deadline: 400, lasts: 2_000 };
/** After an outage the channel tries again at least this often; gRPC's default grows to two minutes. */
const RECONNECT_MS = { first: 200, most: 3_000 };

export interface Reach {
  readonly address: string;
  readonly namespace: string;
  readonly payloadCodecs: PayloadCodec[];
  /**
   * Calls the server; after `ms` at the latest this returns or throws.
   * @param needsWorker a worker has a part in the answer: silence says nothing of the server
   * @throws KeepRollingError E_SERVER_UNREACHABLE; what the server itself answers comes through as it is
   */
  within<T>(ms: number, call: (temporal: Client) => Promise<T>, needsWorker?: 'needs-worker'): Promise<T>;
  close(): Promise<void>;
}

export interface ReachOptions {
  /** A connection of the caller's own, which `close` leaves open. */
  connection?: ConnectionLike;
  namespace?: string;
  payloadCodecs: PayloadCodec[];
}

export function reachOf(settings: Settings, env: Environment, options: ReachOptions): Reach {
  const found = connectOptions(settings, env);
  const namespace = options.namespace ?? found.namespace;
  const given = options.connection as Partial<Connection> | undefined;
  const address = given?.options?.address ?? found.connectionOptions.address ?? 'localhost:7233';
  let doubtUntil = 0;
  let opened: { client: Client; connection: ConnectionLike } | undefined;

  const open = (): { client: Client; connection: ConnectionLike } => {
    const connection = options.connection ?? Connection.lazy(connectionDefaults(found.connectionOptions));
    const { payloadCodecs } = options;
    return { connection, client: new Client({ connection, namespace, dataConverter: { payloadCodecs } }) };
  };

  return {
    address,
    namespace,
    payloadCodecs: options.payloadCodecs,
    async within(wantedMs, call, needsWorker) {
      const { client, connection } = (opened ??= open());
      const ms = Date.now() < doubtUntil ? Math.min(wantedMs, DOUBT_MS.deadline) : wantedMs;
      let timer: NodeJS.Timeout | undefined;
      // A connection of the caller's own may be waiting for a retry when the deadline passes.
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(unreachable(address)), ms + GRACE_MS);
      });
      try {
        const deadline = Date.now() + ms;
        const made = connection.withDeadline(
          deadline,
          async () => await repeatedly(deadline, async () => await call(client)),
        );
        const answer = await Promise.race([made, late]);
        doubtUntil = 0;
        return answer;
      } catch (error) {
        const failure = serverFailure(error, { address });
        if (failure?.code === 'E_SERVER_UNREACHABLE' && !needsWorker)
          doubtUntil = Date.now() + DOUBT_MS.lasts;
        throw failure ?? error;
      } finally {
        clearTimeout(timer);
      }
    },
    async close() {
      if (opened && !options.connection) await opened.connection.close();
      opened = undefined;
    },
  };
}

async function repeatedly<T>(deadline: number, call: () => Promise<T>): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await call();
    } catch (error) {
      if (!isPassing(error) || Date.now() + pauseMs >= deadline) throw error;
    }
    await sleep(pauseMs);
  }
  return await call();
}

function connectionDefaults(options: ConnectionOptions): ConnectionOptions {
  return {
    ...options,
    // None of the SDK's own retries: one that waits while the connection is closed ends the process.
    interceptors: [],
    channelArgs: {
      'grpc.initial_reconnect_backoff_ms': RECONNECT_MS.first,
      'grpc.max_reconnect_backoff_ms': RECONNECT_MS.most,
      ...options.channelArgs,
    },
  };
}
