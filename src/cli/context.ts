/** What every command gets to work with. Made once, in main.ts; tests of commands make their own. */
import { findConfiguration, loadSettings, type Settings } from '../config/settings.ts';
import type { Environment } from '../config/values.ts';
import { WIDTH } from './render/text.ts';
import { VENDORS, type Registry } from '../recorders/registry.ts';

export interface GlobalOptions {
  config?: string;
  json?: boolean;
}

export interface Context {
  env: Environment;
  cwd: string;
  now: () => number;
  json: boolean;
  registry: Registry;
  /** Zone of the person who reads, for instants that have no zone of their own. */
  zone: string;
  /** Columns of the terminal; undefined where the output is none. */
  columns: number | undefined;
  /** The answer: standard output. */
  print: (text: string) => void;
  /** What goes on meanwhile: standard error. */
  say: (line: string) => void;
  /** The configuration that flag, variable or working directory name. @throws KeepRollingError E_CONFIG_INVALID */
  settings: () => Settings;
  configurationFile: () => string | null;
}

export function createContext(env: Environment, options: GlobalOptions): Context {
  const cwd = process.cwd();
  const configurationFile = (): string | null => findConfiguration(options.config, env, cwd);
  let loaded: Settings | undefined;
  return {
    env,
    cwd,
    now: Date.now,
    json: options.json === true,
    registry: VENDORS,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    columns: process.stdout.isTTY ? process.stdout.columns || WIDTH : undefined,
    print: (text) => void process.stdout.write(`${text}\n`),
    say: (line) => void process.stderr.write(`${line}\n`),
    configurationFile,
    settings: () => (loaded ??= loadSettings(configurationFile(), VENDORS, env, cwd)),
  };
}

/** One answer: as data where it was asked for, else as text. */
export function answer(context: Context, data: unknown, text: () => string): void {
  context.print(context.json ? JSON.stringify(data, null, 2) : text());
}
