/** `secrets` of keeprolling.yaml, and the references to them. */
import { KeepRollingError } from '../contract/errors.ts';
import type { Problem } from '../contract/problems.ts';
import { resolveText, type Environment, type SecretLookup } from './values.ts';

/** Looks secrets up anew at each use. */
export function secretLookup(
  secrets: Record<string, string>,
  env: Environment,
  folder: string,
): SecretLookup {
  return (name, where) => {
    const text = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    if (text === undefined) {
      throw new KeepRollingError('E_CONFIG_INVALID', `${where}: the configuration has no secret ${name}.`, {
        where,
        secret: name,
      });
    }
    const found = resolveText(text, `secrets.${name}`, env, folder);
    if (found !== '') return found;
    throw new KeepRollingError('E_CONFIG_INVALID', `secrets.${name}: what it names is empty.`, {
      where,
      secret: name,
    });
  };
}

/** References that lead nowhere. */
export function referenceProblems(value: unknown, where: string, known: Record<string, string>): Problem[] {
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap((one, i) => referenceProblems(one, `${where}[${i}]`, known));
  const fields = Object.entries(value);
  if (fields.length === 1 && 'secret' in value) {
    const { secret } = value;
    if (typeof secret === 'string' && Object.hasOwn(known, secret)) return [];
    const names = Object.keys(known);
    return [
      {
        where: `${where}.secret`,
        problem:
          typeof secret === 'string'
            ? 'there is no secret of this name under `secrets`'
            : 'must be the name of a secret',
        ...(names.length > 0 && { try: names.join(', ') }),
      },
    ];
  }
  return fields.flatMap(([name, inner]) => referenceProblems(inner, `${where}.${name}`, known));
}
