/** `keeprolling gateway`: what vendors call back, verified, and told to the sessions. It keeps no state. */
import type { ConnectionLike } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { open } from '../client/open.ts';
import type { Settings } from '../config/settings.ts';
import type { Environment } from '../config/values.ts';
import { KeepRollingError } from '../contract/errors.ts';
import { VENDORS, type Registry } from '../recorders/registry.ts';
import { background } from './background.ts';
import type { CallbackCounts } from './counts.ts';
import { accountsCalled, doorsOf } from './doors.ts';
import { lookNow } from './look-now.ts';
import { readinessOf } from './readiness.ts';
import { receiver } from './receive.ts';
import { refusalLog } from './refusals.ts';
import { createServer } from './server.ts';
import { sessionsOf } from './sessions.ts';
import { startsOf } from './starts.ts';

export interface GatewayOptions {
  settings: Settings;
  /** TEMPORAL_* are read from here. */
  env: Environment;
  registry?: Registry;
  /** @default 127.0.0.1: a proxy with TLS stands before it */
  host?: string;
  /** 0: a free one. @default 8080 */
  port?: number;
  /** One JSON line for each refusal, without secrets. @default standard error */
  log?: (line: string) => void;
  counts?: CallbackCounts;
  /** A connection of your own; it is not closed by `close`. */
  connection?: ConnectionLike;
  namespace?: string;
  /** More routes, such as those of metrics. */
  extra?: (app: FastifyInstance) => void;
}

export interface Gateway {
  /** Where it listens. */
  url: string;
  /** The accounts whose vendors can call. */
  accounts: string[];
  /** Takes nothing more, finishes what it holds, and lets go of the server. */
  close: () => Promise<void>;
}

export const GATEWAY_HOST = '127.0.0.1';
export const GATEWAY_PORT = 8080;

/** Needs no Temporal server to begin with. @throws KeepRollingError E_CONFIG_INVALID, E_INSTALLATION_MISSING */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { settings, env, registry = VENDORS, host = GATEWAY_HOST, port = GATEWAY_PORT } = options;
  const { connection, namespace, counts = { count: () => {} } } = options;
  const accounts = accountsCalled(settings, registry);
  if (accounts.length === 0) {
    throw new KeepRollingError(
      'E_CONFIG_INVALID',
      'No account of the configuration has `callbacks`: there is nobody to listen to.',
    );
  }
  // What a rule starts needs it; told now, and not when a stream goes unrecorded.
  if (settings.publishRules().length > 0) settings.installation();

  const { context, close } = await open({
    settings,
    registry,
    env,
    ...(connection && { connection }),
    ...(namespace !== undefined && { namespace }),
  });
  const { reach } = context;
  const refusals = refusalLog(options.log ?? ((line) => void process.stderr.write(`${line}\n`)));
  const afterwards = background();
  const looks = lookNow(reach);
  const app = createServer({
    doors: doorsOf(settings, registry, accounts),
    accounts,
    receive: receiver({
      sessions: sessionsOf(reach),
      starts: startsOf(context, counts, refusals),
      looks,
      background: afterwards,
      counts,
      refusals,
    }),
    ready: readinessOf(reach),
    counts,
    refusals,
  });
  options.extra?.(app);

  const end = async (): Promise<void> => {
    await app.close();
    await afterwards.close();
    await looks.close();
    refusals.close();
    await close();
  };
  try {
    return { url: await app.listen({ host, port }), accounts, close: end };
  } catch (error) {
    await end();
    throw cannotListen(error, host, port);
  }
}

function cannotListen(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const why = code === 'EADDRINUSE' ? 'something else listens there' : code;
  return new KeepRollingError(
    'E_CONFIG_INVALID',
    `The gateway cannot listen on ${host}:${port}: ${why}. Choose another port, or end what holds this one.`,
    { host, port },
  );
}
