/** Reads members of a request's body; a wrong one is refused in Agora's words. `op` is the word before the colon. */
import { bad } from './reply.ts';

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Documented as nullable almost everywhere, so a null is as good as nothing. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isFields(value)) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutNulls(inner)]));
}

export function fieldsAt(op: string, from: Fields, name: string): Fields | undefined {
  const value = from[name];
  if (value === undefined || isFields(value)) return value;
  bad(op, name);
}

export function neededFields(op: string, from: Fields, name: string): Fields {
  return fieldsAt(op, from, name) ?? bad(op, name);
}

export function textAt(op: string, from: Fields, name: string): string | undefined {
  const value = from[name];
  if (value === undefined || typeof value === 'string') return value;
  bad(op, name);
}

export function neededText(op: string, from: Fields, name: string): string {
  return textAt(op, from, name) || bad(op, name);
}

export function booleanAt(op: string, from: Fields, name: string): boolean | undefined {
  const value = from[name];
  if (value === undefined || typeof value === 'boolean') return value;
  bad(op, name);
}

export interface Range {
  least: number;
  most: number;
}

export function integerAt(op: string, from: Fields, name: string, range: Range): number | undefined {
  const value = from[name];
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || (value as number) < range.least || (value as number) > range.most)
    bad(op, name);
  return value as number;
}

export function neededInteger(op: string, from: Fields, name: string, range: Range): number {
  return integerAt(op, from, name, range) ?? bad(op, name);
}

/** A share from 0 to 1, as layouts have them. */
export function shareAt(op: string, from: Fields, name: string): number | undefined {
  const value = from[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) bad(op, name);
  return value;
}

export function listAt(op: string, from: Fields, name: string): unknown[] | undefined {
  const value = from[name];
  if (value === undefined || Array.isArray(value)) return value;
  bad(op, name);
}

/** A list of texts that has at least one. */
export function textsAt(op: string, from: Fields, name: string): string[] | undefined {
  const value = listAt(op, from, name);
  if (value === undefined) return undefined;
  if (value.length === 0 || !value.every((item) => typeof item === 'string' && item !== '')) bad(op, name);
  return value as string[];
}
