/** Fields of Huawei's pages that more than one of our documents has. */
import { z } from 'zod';
import { refusedField } from '../../told.ts';

export { problem } from '../../told.ts';

export const CONTROL = 'Huawei Cloud Live, Submitting a Recording Command';
export const RULES = 'Huawei Cloud Live, recording rules';
export const STREAMS = 'Huawei Cloud Live, querying online streams';

/** Longest names ("Submitting a Recording Command", Table 4). */
export const LENGTHS = { publishDomain: 255, app: 128, stream: 512 } as const;

export const FORMATS = ['HLS', 'FLV', 'MP4'] as const;
export type HuaweiFormat = (typeof FORMATS)[number];

/** The only type of rule whose streams can be started and stopped by command. */
export const COMMAND_RECORD = 'COMMAND_RECORD';
export const RECORD_TYPES = [
  'CONTINUOUS_RECORD',
  'COMMAND_RECORD',
  'PLAN_RECORD',
  'ON_DEMAND_RECORD',
] as const;

export const domainName = z
  .string()
  .max(LENGTHS.publishDomain)
  .regex(/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$/);

/** A name in a command: any characters that a push address can carry, and no wildcard. */
export function isStreamName(text: string): boolean {
  return text !== '*' && !/[\s\p{Cc}\p{Cs}]/u.test(text);
}

/** A parameter that Huawei knows and that is not written here: refused with the reason. */
export function ours(reason: string, instead: string, rule = RULES) {
  return refusedField(reason, { rule, try: instead });
}
