/** Changes in mid-session: a vendor's own schemas as the data with which a workflow refuses what does not fit. */
import { z } from 'zod';
import type { ChangeKind, Changes, Schema } from '../session/changes.ts';
import { problemsOf, type Problem } from './problems.ts';

type Schemas = Partial<Record<ChangeKind, z.ZodType>>;

/** For the plan: JSON Schema by kind. Files can go to one of `destinations`, or their credentials can be renewed. */
export function changesOf(schemas: Schemas, destinations: readonly string[]): Changes {
  const changes: Changes = {};
  for (const [kind, schema] of Object.entries(schemas) as [ChangeKind, z.ZodType][]) {
    const { $schema: _dialect, ...rules } = z.toJSONSchema(schema, { io: 'input' });
    changes[kind] = rules as Schema;
  }
  if (changes.storage) changes.storage = storageChange(destinations);
  return changes;
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

/** What is wrong with a change, in the vendor's own words; empty when the vendor's schemas take it. */
export function changeProblems(schemas: Schemas, change: Partial<Record<ChangeKind, unknown>>): Problem[] {
  return (Object.keys(change) as ChangeKind[]).flatMap((kind) => {
    const schema = schemas[kind];
    if (!schema) {
      const known = Object.keys(schemas).join(', ') || 'nothing';
      return [{ where: kind, problem: 'it cannot be changed in this session', try: known }];
    }
    const parsed = schema.safeParse(change[kind]);
    return parsed.success ? [] : problemsOf(parsed.error, change[kind], [kind]);
  });
}
