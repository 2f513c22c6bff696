import { loadClientConnectConfig } from '@temporalio/envconfig';
import { KeepRollingError } from '../contract/errors.ts';
import type { Settings } from './settings.ts';
import type { Environment } from './values.ts';

/** As the worker's native connection takes them; the client's connection takes the same fields. */
export type ServerOptions = ReturnType<typeof loadClientConnectConfig>['connectionOptions'];

/** Where the server is: TEMPORAL_* variables and profiles, overlaid by `temporal:` of keeprolling.yaml. */
export function connectOptions(
  settings: Settings,
  env: Environment,
): { namespace: string; connectionOptions: ServerOptions } {
  const { address, namespace, profile } = settings.temporal();
  const variables = Object.fromEntries(
    Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  try {
    const found = loadClientConnectConfig({
      overrideEnvVars: variables,
      ...(profile !== undefined && { profile }),
    });
    return {
      namespace: namespace ?? found.namespace ?? 'default',
      connectionOptions: { ...found.connectionOptions, ...(address !== undefined && { address }) },
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new KeepRollingError('E_CONFIG_INVALID', `The settings of the Temporal server are refused: ${why}`);
  }
}
