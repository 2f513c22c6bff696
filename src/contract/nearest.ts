/** What a misspelt name may have meant. */
import type { z } from 'zod';

type Inside = { shape?: Record<string, unknown>; innerType?: unknown; in?: unknown; out?: unknown };

/** Fields that a schema has at that place of a document; none where it cannot be told. */
export function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let one: unknown = schema;
  for (const part of path) one = shapeOf(one)?.[String(part)];
  return Object.keys(shapeOf(one) ?? {});
}

/** Of an object, also where it is optional, has a default or is judged further. */
function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  const inside = (schema as { def?: Inside } | undefined)?.def;
  if (inside === undefined) return undefined;
  return inside.shape ?? shapeOf(inside.innerType) ?? shapeOf(inside.in) ?? shapeOf(inside.out);
}

/** One in three letters may be wrong. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(name.length / 3));
  const [best] = known
    .map((one) => ({ one, apart: distance(name.toLowerCase(), one.toLowerCase()) }))
    .filter(({ apart }) => apart <= most)
    .toSorted((a, b) => a.apart - b.apart);
  return best?.one;
}

/** How many letters must be put in, taken out or changed. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = above[j - 1]! + Number(a[i - 1] !== b[j - 1]);
      row.push(Math.min(changed, above[j]! + 1, row[j - 1]! + 1));
    }
    above = row;
  }
  return above[b.length]!;
}
