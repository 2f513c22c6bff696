/** The vendor's envelope. Keys stand in alphabetical order, as jsoncpp writes them. */
import type { EmulatorResponse } from '../emulator.ts';

const HEADERS = { Server: 'OvenMediaEngine', 'Content-Type': 'application/json;charset=UTF-8' };

const PHRASES: Record<number, string> = { 200: 'OK', 201: 'Created' };

/** A refusal on its way to the envelope. */
export interface HttpFailure {
  status: number;
  text: string;
}

export function ok(response?: unknown, status = 200): EmulatorResponse {
  const message = PHRASES[status] ?? 'OK';
  const value =
    response === undefined ? { message, statusCode: status } : { message, response, statusCode: status };
  return { status, headers: HEADERS, body: JSON.stringify(value) };
}

/** `[HTTP] <text> (<code>)` (OvenMediaEngine v0.20.0, error.cpp). */
export function failure(
  status: number,
  text: string,
  headers: Record<string, string> = {},
): EmulatorResponse {
  const body = JSON.stringify({ message: `[HTTP] ${text} (${status})`, statusCode: status });
  return { status, headers: { ...HEADERS, ...headers }, body };
}

/** An exception that is no HTTP error comes out as its raw text (OvenMediaEngine v0.20.0, controller_base.cpp). */
export function exception(text: string): EmulatorResponse {
  return { status: 500, headers: HEADERS, body: JSON.stringify({ message: text, statusCode: 500 }) };
}

/** Sorts the keys of plain data, all the way down. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
