/** What a specification refers to or must not say itself: secrets by name, and URLs that may hold one. */
import type { Problem } from './problems.ts';
import { isSecretReference } from './secrets.ts';

export interface Known {
  /** Names under `secrets` of keeprolling.yaml; undefined where no configuration is at hand. */
  secrets: readonly string[] | undefined;
  /** Names of URL parameters that are no secrets. */
  publicParameters: readonly string[];
}

/** Every secret that a value names must exist, and no text in it may be a URL with user info or unknown parameters. */
export function referenceProblems(value: unknown, where: string, known: Known): Problem[] {
  if (typeof value === 'string') return literalProblems(value, where, known.publicParameters);
  if (typeof value !== 'object' || value === null) return [];
  if (isSecretReference(value)) return nameProblems(value.secret, where, known.secrets);
  const entries = Array.isArray(value)
    ? value.map((inner, i): [string, unknown] => [`${where}[${i}]`, inner])
    : Object.entries(value).map(([field, inner]): [string, unknown] => [`${where}.${field}`, inner]);
  return entries.flatMap(([place, inner]) => referenceProblems(inner, place, known));
}

function nameProblems(name: string, where: string, names: readonly string[] | undefined): Problem[] {
  if (names === undefined || names.includes(name)) return [];
  const known =
    names.length > 0 ? `one of ${names.join(', ')}` : `${name}: \${NAME} under secrets in keeprolling.yaml`;
  return [
    {
      where,
      found: JSON.stringify({ secret: name }),
      problem: 'the configuration has no such secret',
      try: known,
    },
  ];
}

function literalProblems(text: string, where: string, publicParameters: readonly string[]): Problem[] {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(text)) return [];
  const url = new URL(text);
  const instead = '{secret: name}, with the address under secrets in keeprolling.yaml';
  if (url.username !== '' || url.password !== '')
    return [
      {
        where,
        problem: 'the address holds user or password, which would travel in plain text',
        try: instead,
      },
    ];
  const unknown = [...new Set(url.searchParams.keys())].filter((name) => !publicParameters.includes(name));
  if (unknown.length === 0) return [];
  return [
    {
      where,
      problem: `the address has the parameter${unknown.length === 1 ? '' : 's'} ${unknown.join(', ')}, which may be a secret`,
      try: `${instead}; or name harmless ones under publicParameters there`,
    },
  ];
}
