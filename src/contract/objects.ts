/** A mapping, as YAML and JSON have it: no list, and not nothing. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
