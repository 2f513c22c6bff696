/** Parameters as they travel: lists are counted from 1, `RecordFormat.1.Format`, `TranscodeTemplates.1`. */
export function flat(request: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(request).flatMap(([name, value]) => entries(name, value)));
}

function entries(name: string, value: unknown): [string, string][] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one, i) => entries(`${name}.${i + 1}`, one));
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([inner, one]) => entries(`${name}.${inner}`, one));
  return [[name, `${value as string | number | boolean}`]];
}
