/** The configuration for programs of one's own: clients, workers and gateways read it alike. */
import { resolve } from 'node:path';
import type { Registry } from '../recorders/registry.ts';
import { findConfiguration, loadSettings, settingsOf, type Settings } from './settings.ts';
import type { Environment } from './values.ts';

export interface ReadOptions {
  /** Path of keeprolling.yaml; else the variable KEEPROLLING_CONFIG, else `keeprolling.yaml` in `cwd`. */
  config?: string;
  /** What keeprolling.yaml would hold, instead of a file. Relative paths in it are relative to `cwd`. */
  configuration?: Record<string, unknown>;
  /** TEMPORAL_* and KEEPROLLING_* are read from here. @default the environment of the process */
  env?: Environment;
  /** @default the working directory of the process */
  cwd?: string;
  /** The recorders to know; all that keeprolling has when left out. */
  registry?: Registry;
}

/** All that the functions which take settings also want. */
export interface ReadSettings {
  settings: Settings;
  registry: Registry;
  env: Environment;
}

/** @throws KeepRollingError E_CONFIG_INVALID with every problem at once */
export async function readSettings(options: ReadOptions = {}): Promise<ReadSettings> {
  const { env = process.env, cwd = process.cwd(), config, configuration } = options;
  // Loaded only here: who brings recorders of his own needs none of ours.
  const registry = options.registry ?? (await import('../recorders/registry.ts')).VENDORS;
  const settings =
    configuration === undefined
      ? loadSettings(findConfiguration(config, env, cwd), registry, env, cwd)
      : settingsOf(configuration, null, resolve(cwd), registry, env);
  return { settings, registry, env };
}
