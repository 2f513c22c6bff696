/** Reads members of a request's body and query; a wrong one is refused with 400, LIVE.100011001. */
import { illegal } from './reply.ts';

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readBody(body: string): Fields {
  let read: unknown;
  try {
    read = JSON.parse(body);
  } catch {
    return illegal('the body is no JSON');
  }
  if (!isFields(read)) illegal('the body is no object');
  return read;
}

export function fieldsAt(from: Fields, name: string): Fields | undefined {
  const value = from[name] ?? undefined;
  if (value === undefined || isFields(value)) return value;
  illegal(name);
}

export function neededFields(from: Fields, name: string): Fields {
  return fieldsAt(from, name) ?? illegal(name);
}

export function textAt(from: Fields, name: string): string | undefined {
  const value = from[name] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  illegal(name);
}

/** From one character up to `most`. */
export function neededText(from: Fields, name: string, most: number): string {
  const value = textAt(from, name);
  if (value === undefined || value === '' || value.length > most) illegal(name);
  return value;
}

export function choiceAt<T extends string>(from: Fields, name: string, choices: readonly T[]): T | undefined {
  const value = textAt(from, name);
  if (value === undefined) return undefined;
  return choices.find((choice) => choice === value) ?? illegal(name);
}

export function integerAt(from: Fields, name: string): number | undefined {
  const value = from[name] ?? undefined;
  if (value === undefined) return undefined;
  if (!Number.isInteger(value)) illegal(name);
  return value as number;
}

/** A list with at least one of the choices, each once. */
export function choicesAt<T extends string>(
  from: Fields,
  name: string,
  choices: readonly T[],
): T[] | undefined {
  const value = from[name] ?? undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0 || new Set(value).size < value.length) illegal(name);
  return value.map((one) => choices.find((choice) => choice === one) ?? illegal(name));
}

/** A whole number of the query. */
export function queryInteger(
  query: URLSearchParams,
  name: string,
  { least, most, usual }: { least: number; most: number; usual: number },
): number {
  const text = query.get(name);
  if (text === null) return usual;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) illegal(name);
  return value;
}

/** `2026-04-22T03:04:05Z` as epoch milliseconds. */
export function instantOf(text: string, name: string): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) illegal(name);
  return at;
}

/** Whole seconds, as Huawei writes every instant. */
export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** `20260422T030405Z`: of X-Sdk-Date, and of file names here. */
export function compactUtc(at: number): string {
  return utc(at).replaceAll(/[-:]/g, '');
}
