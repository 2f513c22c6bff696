/** Changes in mid-session: a vendor's own schemas as the data with which a workflow refuses what does not fit. */
import { z } from 'zod';
import type { ChangeKind, Changes, Schema } from '../session/changes.ts';

type Schemas = Partial<Record<ChangeKind, z.ZodType>>;

/** For the plan: JSON Schema by kind. Files can go to one of `destinations`, or their credentials can be renewed. */
export function changesOf(schemas: Schemas, destinations: readonly string[]): Changes {
  const changes: Changes = {};
  for (const [kind, schema] of Object.entries(schemas) as [ChangeKind, z.ZodType][]) {
    changes[kind] = rulesOf(schema);
  }
  if (changes.storage) changes.storage = storageChange(destinations);
  return changes;
}

/** One schema as JSON Schema. */
export function rulesOf(schema: z.ZodType): Schema {
  const { $schema: _dialect, ...rules } = z.toJSONSchema(schema, { io: 'input' });
  return rules as Schema;
}

function storageChange(destinations: readonly string[]): Schema {
  const only = (field: string, rule: Schema): Schema => ({
    type: 'object',
    properties: { [field]: rule },
    required: [field],
    additionalProperties: false,
  });
  const known =
    destinations.length > 0 ? `one of ${destinations.join(', ')}` : 'a destination that suits the vendor';
  return {
    anyOf: [only('destination', { enum: [...destinations] }), only('refresh', { const: 'now' })],
    description: `must be {destination: ${known}} or {refresh: now}`,
  };
}
