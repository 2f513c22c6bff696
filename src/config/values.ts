/** `${NAME}` and `file:PATH` in configuration values, resolved at each use so that a changed file needs no restart. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { KeepRollingError } from '../contract/errors.ts';

export type Environment = Record<string, string | undefined>;

/** Text of a named secret, for one that is referred to at `where`. @throws KeepRollingError E_CONFIG_INVALID */
export type SecretLookup = (name: string, where: string) => string;

/** `{secret: NAME}`: the name, or undefined for anything else. */
export function secretName(value: object): unknown {
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0] === 'secret' ? (value as { secret: unknown }).secret : undefined;
}

/** Is it there only at its use? */
export function isUnresolved(text: string): boolean {
  return text.startsWith('file:') || /\$\{[A-Za-z_][A-Za-z0-9_]*\}/.test(text);
}

/**
 * Resolves every string in a value, and with `secrets` every `{secret: NAME}`.
 * @throws KeepRollingError E_CONFIG_INVALID, which names the place and never a value
 */
export function resolveValues(
  value: unknown,
  where: string,
  env: Environment,
  folder: string,
  secrets?: SecretLookup,
): unknown {
  if (typeof value === 'string') return resolveText(value, where, env, folder);
  if (Array.isArray(value)) {
    return value.map((item, i) => resolveValues(item, `${where}[${i}]`, env, folder, secrets));
  }
  if (value === null || typeof value !== 'object') return value;
  const named = secrets && secretName(value);
  if (typeof named === 'string') return secrets?.(named, where);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      resolveValues(inner, where === '' ? key : `${where}.${key}`, env, folder, secrets),
    ]),
  );
}

export function resolveText(text: string, where: string, env: Environment, folder: string): string {
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
