/** Refusals of ApsaraVideo's part of the contract: each as one problem, with its rule and what would be right. */
import { z } from 'zod';
import type { Problem } from '../../problems.ts';
import { told } from '../../told.ts';

export { always, given, told, valueOf } from '../../told.ts';

export const ADD = 'ApsaraVideo, AddLiveAppRecordConfig';
export const COMMAND = 'ApsaraVideo, RealTimeRecordCommand';

/** A parameter that ApsaraVideo knows and that is not written here: refused with the reason. */
export function ours(parameter: string, reason: string, instead: string) {
  return told(z.undefined(), reason, { rule: `${ADD}, ${parameter}`, try: instead }).optional();
}

/** A problem outside a schema. */
export function problem(
  where: string,
  text: string,
  rule: string,
  instead: string,
  found?: unknown,
): Problem {
  return {
    where,
    ...(found !== undefined && { found: JSON.stringify(found).slice(0, 200) }),
    problem: text,
    rule,
    try: instead,
  };
}

/** Host names, also those of ingest and playback domains. */
export const DOMAIN =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** In bytes of UTF-8, as the vendor counts. */
export const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8');
