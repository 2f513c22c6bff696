/** Request bodies as jsoncpp reads them: what is accepted, how a bad one is reported, what throws. */
import { exception, failure } from './reply.ts';
import type { EmulatorResponse } from '../emulator.ts';

export type Json = unknown;
export type JsonObject = Record<string, Json>;

/** Thrown for what the vendor answers with an error; carried to the envelope. */
export class Refusal extends Error {
  readonly response: EmulatorResponse;

  constructor(response: EmulatorResponse) {
    super(response.body);
    this.response = response;
  }
}

export function refuse(status: number, text: string): never {
  throw new Refusal(failure(status, text));
}

/** jsoncpp throws its own exception when a member is looked up in a value that is no object. */
export function throwLogicError(where: 'find' | 'resolveReference'): never {
  const place = where === 'find' ? 'find(begin, end)' : 'resolveReference(key, end)';
  const wanted = where === 'find' ? 'objectValue or nullValue' : 'objectValue';
  throw new Refusal(exception(`in Json::Value::${place}: requires ${wanted}`));
}

/** A missing body is read as null. */
export function parseBody(body: string): Json {
  if (body.trim() === '') return null;
  try {
    return JSON.parse(body) as Json;
  } catch (error) {
    refuse(400, `[JSON] ${jsoncppMessage(body, error instanceof Error ? error.message : '')}`);
  }
}

/** A member of the body; null has none, and anything else than an object throws. */
export function member(value: Json, name: string, where: 'find' | 'resolveReference' = 'find'): Json {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throwLogicError(where);
  return (value as JsonObject)[name];
}

export function textOf(value: Json): string {
  return typeof value === 'string' ? value : '';
}

/** jsoncpp's `isInt`: 3000.0 is one, too; 32 bits. */
export function isInt(value: Json): value is number {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
}

export function intsOf(value: Json): number[] {
  return Array.isArray(value) ? value.filter(isInt) : [];
}

export function textsOf(value: Json): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** jsoncpp's `empty`: null, and arrays and objects without members. */
export function isEmpty(value: Json): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** The place and reason of a syntax error in jsoncpp's words, from those of the engine that parsed it. */
function jsoncppMessage(body: string, reason: string): string {
  const at = /position (\d+)/.exec(reason)?.[1];
  const position = at === undefined ? body.length : Number(at);
  const before = body.slice(0, position).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return `* Line ${before.length}, Column ${column}\n  ${jsoncppReason(body, reason)}\n`;
}

function jsoncppReason(body: string, reason: string): string {
  if (reason.includes("':'")) return "Missing ':' after object member name";
  if (reason.includes("',' or ']'")) return "Missing ',' or ']' in array declaration";
  if (reason.includes("',' or '}'")) return "Missing ',' or '}' in object declaration";
  if (reason.includes('property name')) return "Missing '}' or object member name";
  if (reason.includes('end of JSON') && /[{,]\s*$/.test(body)) return "Missing '}' or object member name";
  return 'Syntax error: value, object or array expected.';
}
