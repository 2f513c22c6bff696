/** `${NAME}` and `file:PATH` in configuration values, resolved at each use so that a changed file needs no restart. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { KeepRollingError } from '../contract/errors.ts';

export type Environment = Record<string, string | undefined>;

/** Resolves every string in a value. @throws KeepRollingError E_CONFIG_INVALID, which names the place and never a value */
export function resolveValues(value: unknown, where: string, env: Environment, folder: string): unknown {
  if (typeof value === 'string') return resolveText(value, where, env, folder);
  if (Array.isArray(value)) return value.map((item, i) => resolveValues(item, `${where}[${i}]`, env, folder));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      resolveValues(inner, where === '' ? key : `${where}.${key}`, env, folder),
    ]),
  );
}

function resolveText(text: string, where: string, env: Environment, folder: string): string {
  if (text.startsWith('file:')) {
    const path = text.slice('file:'.length);
    try {
      return readFileSync(isAbsolute(path) ? path : join(folder, path), 'utf8').trim();
    } catch {
      throw new KeepRollingError('E_CONFIG_INVALID', `${where}: the file ${path} cannot be read.`, { where });
    }
  }
  return text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_whole, name: string) => {
    const found = env[name];
    if (found === undefined || found === '') {
      throw new KeepRollingError('E_CONFIG_INVALID', `${where}: the environment has no variable ${name}.`, {
        where,
        variable: name,
      });
    }
    return found;
  });
}
