/**
 * Changes in mid-session. Which kinds a vendor takes and what their values must look like travels in the plan as
 * JSON Schema: so the workflow can refuse a wrong one without knowing any vendor.
 */
import type { Json } from './facts.ts';

/** `subscribe`: whose streams. `layout`: how they are arranged. `publish`: where it is pushed to. `storage`: where files go. */
export type ChangeKind = 'subscribe' | 'layout' | 'publish' | 'storage';
export const CHANGE_KINDS: readonly ChangeKind[] = ['subscribe', 'layout', 'publish', 'storage'];

/** The part of JSON Schema (draft 2020-12) that the contract's schemas come to. */
export interface Schema {
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  enum?: Json[];
  const?: Json;
  anyOf?: Schema[];
  allOf?: Schema[];
  /** A change replaces the members that it names, and leaves the others as the change before made them. */
  merges?: boolean;
  /** In words, what would be right: it stands in the refusal. */
  description?: string;
}

export type Changes = Partial<Record<ChangeKind, Schema>>;

/** What is wrong with `value`, as the end of a sentence that begins with its place; null when it fits. */
export function misfit(schema: Schema, value: unknown, where: string): string | null {
  const wrong = (what: string): string => `${where} ${schema.description ?? what}`;
  if (schema.anyOf) {
    const misfits = schema.anyOf.map((one) => misfit(one, value, where));
    if (misfits.includes(null)) return null;
    return misfits.find(isDeeper(where)) ?? (schema.description ? wrong('') : (misfits[0] ?? null));
  }
  for (const one of schema.allOf ?? []) {
    const found = misfit(one, value, where);
    if (found) return found;
  }
  if (schema.const !== undefined && value !== schema.const)
    return wrong(`must be ${JSON.stringify(schema.const)}`);
  if (schema.enum && !schema.enum.some((one) => one === value))
    return wrong(`must be one of ${schema.enum.map((one) => JSON.stringify(one)).join(', ')}`);
  switch (schema.type) {
    case 'object':
      return isObject(value) ? objectMisfit(schema, value, where) : wrong('must be an object');
    case 'array':
      return Array.isArray(value) ? listMisfit(schema, value, where, wrong) : wrong('must be a list');
    case 'string':
      return typeof value === 'string' ? textMisfit(schema, value, wrong) : wrong('must be a text');
    case 'number':
    case 'integer':
      return typeof value === 'number' ? numberMisfit(schema, value, wrong) : wrong('must be a number');
    case 'boolean':
      return typeof value === 'boolean' ? null : wrong('must be true or false');
    case 'null':
      return value === null ? null : wrong('must be null');
    default:
      return null;
  }
}

/** A branch that was meant, and in which a value is wrong, says more than what all branches have in common. */
const isDeeper =
  (where: string) =>
  (text: string | null): boolean =>
    text !== null &&
    /^[.[]/.test(text.slice(where.length)) &&
    !/( is missing| does not fit this session)$/.test(text);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectMisfit(schema: Schema, value: Record<string, unknown>, where: string): string | null {
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required.find((field) => value[field] === undefined);
  if (missing !== undefined) return `${where}.${missing} is missing`;
  for (const [field, inner] of Object.entries(value)) {
    const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
    const known = Object.hasOwn(properties, field) ? properties[field] : rest;
    const place = `${where}.${field}`;
    if (known) {
      const found = misfit(known, inner, place);
      if (found) return found;
    } else if (additionalProperties === false) return `${place} does not fit this session`;
  }
  return null;
}

function listMisfit(
  { items, minItems = 0, maxItems = Infinity }: Schema,
  value: unknown[],
  where: string,
  wrong: (what: string) => string,
): string | null {
  if (value.length < minItems) return wrong(`must have at least ${counted(minItems, 'item')}`);
  if (value.length > maxItems) return wrong(`must have at most ${counted(maxItems, 'item')}`);
  if (!items) return null;
  for (const [index, item] of value.entries()) {
    const found = misfit(items, item, `${where}[${index}]`);
    if (found) return found;
  }
  return null;
}

function textMisfit(
  { pattern, minLength = 0, maxLength = Infinity }: Schema,
  value: string,
  wrong: (what: string) => string,
): string | null {
  if (value.length < minLength)
    return wrong(minLength === 1 ? 'must not be empty' : `must have at least ${minLength} characters`);
  if (value.length > maxLength) return wrong(`must have at most ${counted(maxLength, 'character')}`);
  return pattern === undefined || new RegExp(pattern, 'u').test(value)
    ? null
    : wrong(`must match ${pattern}`);
}

function numberMisfit(
  { type, minimum = -Infinity, maximum = Infinity }: Schema,
  value: number,
  wrong: (what: string) => string,
): string | null {
  if (type === 'integer' && !Number.isInteger(value)) return wrong('must be a whole number');
  if (value >= minimum && value <= maximum) return null;
  // Whole numbers come with the ends of what a number can count to.
  const [least, most] = [minimum > -Number.MAX_SAFE_INTEGER, maximum < Number.MAX_SAFE_INTEGER];
  if (least && most) return wrong(`must be from ${minimum} to ${maximum}`);
  return wrong(value < minimum ? `must be at least ${minimum}` : `must be at most ${maximum}`);
}

function counted(amount: number, one: string): string {
  return `${amount} ${one}${amount === 1 ? '' : 's'}`;
}
