/** An RPC request as the vendor reads it: what is asked, and the parameters from address and form. */
import type { EmulatorRequest } from '../emulator.ts';

/** Parts of the query or form as they came, decoded. */
export type Pair = [name: string, value: string];

export interface Rpc {
  action: string;
  version: string;
  query: Pair[];
  form: Pair[];
  /** Both; of one name the first counts. */
  parameters: Map<string, string>;
}

export function rpcOf(request: EmulatorRequest): Rpc {
  const query = pairsOf(request.target.split('?').slice(1).join('?'));
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  const form = isForm ? pairsOf(request.body) : [];
  const parameters = new Map<string, string>();
  for (const [name, value] of [...query, ...form]) if (!parameters.has(name)) parameters.set(name, value);
  return {
    action: request.headers['x-acs-action'] ?? parameters.get('Action') ?? '',
    version: request.headers['x-acs-version'] ?? parameters.get('Version') ?? '',
    query,
    form,
    parameters,
  };
}

function pairsOf(text: string): Pair[] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part): Pair => {
      const [name = '', ...value] = part.split('=');
      return [decode(name), decode(value.join('='))];
    });
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** RFC 3986, with nothing spared but letters, digits and `-_.~`. */
export function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Sorted by name, as both signatures want them. */
export function canonicalQuery(pairs: readonly Pair[]): string {
  return pairs
    .toSorted(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
