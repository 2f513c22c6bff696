/** What a callback about an input stream means for those who record its outputs. */
import { contentHash } from '../../contract/keys.ts';
import { omeKeyParts, omeOutputName, omeTargetSchema, type OmeAccount } from '../../contract/vendors/ome.ts';
import type { News } from '../callbacks.ts';

export interface Input {
  vhost: string;
  app: string;
  stream: string;
}

export interface Change {
  /** The same for the same thing told twice. */
  id: string;
  at: number;
  kind: 'source-up' | 'source-down';
  /** Its announcement: the same for all that tell that this stream comes; absent where none comes. */
  announcement?: string;
}

/**
 * One piece of news for each output that the account's patterns make of the input. The input's own name goes with the
 * first: it stands in the key of a target that leaves its output out.
 */
export function newsOfInput(account: OmeAccount, input: Input, change: Change): News[] {
  if (!isTarget(input)) return [];
  const { id, at, kind, announcement } = change;
  const outputs = outputsOf(account, input.stream);
  const unnamed = outputs.length === 1 && outputs[0] === input.stream;
  return outputs.map((output, i) => {
    const target = unnamed ? { ...input } : { ...input, output };
    const keys = [omeKeyParts(target)];
    if (i === 0 && !outputs.includes(input.stream)) keys.push(omeKeyParts(input));
    return {
      targets: keys,
      event: { id, at, kind },
      look: true,
      ...(announcement !== undefined && { announced: { id: idOf({ announcement, output }), target } }),
    };
  });
}

/** Whether a session can have it as its target at all. */
export function isTarget(input: Input): boolean {
  return omeTargetSchema.safeParse(input).success;
}

function outputsOf({ callbacks }: OmeAccount, stream: string): string[] {
  return [...new Set((callbacks?.outputs ?? []).map((pattern) => omeOutputName(pattern, stream)))];
}

/** OvenMediaEngine gives its callbacks no id: it is made of what they are about. */
export function idOf(about: Record<string, unknown>): string {
  return `ome-${contentHash(about).slice(0, 32)}`;
}

/** Older than this, or so far ahead: nothing is concluded. */
export const MAX_AGE_MS = 600_000;

/** Local time with its offset (converter.cpp, ToISO8601String); null for anything else. */
export function instantOf(time: unknown): number | null {
  if (typeof time !== 'string' || !/T[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(time)) return null;
  const at = Date.parse(time);
  return Number.isNaN(at) ? null : at;
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
