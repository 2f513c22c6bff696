/** Reads members of a request's body; a wrong one is refused in Live Station's words. */
import { invalid, missing, Refusal } from './reply.ts';

export type Fields = Record<string, unknown>;

export function readBody(body: string): Fields {
  let read: unknown;
  try {
    read = JSON.parse(body);
  } catch {
    read = undefined;
  }
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Fields;
  throw new Refusal({ status: 400, code: 250012 }, 'The body is no JSON object.');
}

export function fieldsAt(from: Fields, name: string): Fields | undefined {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) invalid(name);
  return value as Fields;
}

export function textAt(from: Fields, name: string): string | undefined {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value === '') invalid(name);
  return value;
}

export function choiceAt<T extends string>(from: Fields, name: string, choices: readonly T[]): T | undefined {
  const value = textAt(from, name);
  if (value === undefined) return undefined;
  return choices.find((choice) => choice === value) ?? invalid(name);
}

export function booleanAt(from: Fields, name: string): boolean | undefined {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') invalid(name);
  return value;
}

export function integerAt(from: Fields, name: string): number | undefined {
  const value = from[name];
  if (value === undefined || value === null) return undefined;
  if (!Number.isInteger(value)) invalid(name);
  return value as number;
}

export function needed<T>(value: T | undefined, name: string): T {
  return value ?? missing(name);
}
