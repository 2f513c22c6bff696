/** Refusals of ApsaraVideo's part of the contract: each as one problem, with its rule and what would be right. */
import { refusedField } from '../../told.ts';

export { always, given, problem, told, valueOf } from '../../told.ts';

export const ADD = 'ApsaraVideo, AddLiveAppRecordConfig';
export const COMMAND = 'ApsaraVideo, RealTimeRecordCommand';

/** A parameter that ApsaraVideo knows and that is not written here: refused with the reason. */
export function ours(parameter: string, reason: string, instead: string) {
  return refusedField(reason, { rule: `${ADD}, ${parameter}`, try: instead });
}

/** Host names, also those of ingest and playback domains. */
export const DOMAIN =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** In bytes of UTF-8, as the vendor counts. */
export const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8');
