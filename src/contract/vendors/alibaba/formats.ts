/** One format of a record config, for the stream itself or for transcoded ones. */
import { z } from 'zod';
import { ADD, always, bytesOf, given, told, valueOf } from './words.ts';

export const FORMATS = ['m3u8', 'flv', 'mp4', 'cmaf'] as const;
export type AlibabaFormat = (typeof FORMATS)[number];

/** What the vendor takes where nothing is written, seconds (CycleDuration). */
export const CYCLE_DEFAULTS: Record<AlibabaFormat, number> = {
  m3u8: 21_600,
  cmaf: 21_600,
  flv: 3_600,
  mp4: 3_600,
};
/** Seconds (SliceDuration). */
export const SLICE_DEFAULT = 30;
const SLICE = { min: 5, max: 30 } as const;

/** "less than 256 bytes". */
const MAX_PREFIX_BYTES = 255;
const FILE_VARIABLES = [
  'AppName',
  'StreamName',
  'Sequence',
  'StartTime',
  'EndTime',
  'EscapedStartTime',
  'EscapedEndTime',
] as const;
const SLICE_VARIABLES = ['AppName', 'StreamName', 'UnixTimestamp', 'Sequence'] as const;

/** They are made of slices, which have names and a length of their own. */
export function isSliced(format: unknown): boolean {
  return format === 'm3u8' || format === 'cmaf';
}

const variablesIn = (text: string): string[] => [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name!);
const holdsOne = (text: string, ...names: string[]): boolean =>
  names.some((name) => text.includes(`{${name}}`));

/** The first thing that is wrong with the name of a file or slice; null where nothing is. */
function prefixFault(
  text: string,
  known: readonly string[],
  needed: [words: string, ...names: string[]][],
): string | null {
  if (text === '') return 'it must not be empty';
  if (bytesOf(text) > MAX_PREFIX_BYTES) return `it must have fewer than 256 bytes; it has ${bytesOf(text)}`;
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f\p{Cs}]/u.test(text)) return 'it must not hold control characters';
  if (text.startsWith('/')) return 'it must not begin with "/": the name of an object does not';
  const strange = variablesIn(text).find((name) => !known.includes(name));
  if (strange !== undefined)
    return `{${strange}} is no variable here; there are ${known.map((name) => `{${name}}`).join(' ')}`;
  if (/[{}]/.test(text.replace(/\{[^{}]*\}/g, ''))) return 'a brace stands alone in it';
  const missing = needed.find(([, ...names]) => !holdsOne(text, ...names));
  return missing ? `it must also hold ${missing[0]}` : null;
}

export const fileNameFault = (text: string): string | null =>
  prefixFault(text, FILE_VARIABLES, [
    ['{StartTime} or {EscapedStartTime}', 'StartTime', 'EscapedStartTime'],
    ['{EndTime} or {EscapedEndTime}', 'EndTime', 'EscapedEndTime'],
  ]);

export const sliceNameFault = (text: string): string | null =>
  prefixFault(text, SLICE_VARIABLES, [
    ['{UnixTimestamp}', 'UnixTimestamp'],
    ['{Sequence}', 'Sequence'],
  ]);

/** A name whose fault is told in words of its own. */
function objectName(
  parameter: string,
  faultOf: (text: string) => string | null,
  code: string,
  example: string,
) {
  return z.unknown().superRefine((value, context) => {
    if (value === undefined) return;
    const fault = typeof value === 'string' ? faultOf(value) : 'it must be text';
    if (fault === null) return;
    const params = { rule: `${ADD}, ${parameter} (${code})`, try: `"${example}"` };
    context.addIssue({ code: 'custom', message: fault, params });
  }) as unknown as z.ZodType<string>;
}

export function recordFormat(list: 'RecordFormat' | 'TranscodeRecordFormat') {
  const page = (field: string): string => `${ADD}, ${list}.N.${field}`;
  return z
    .strictObject({
      Format: told(z.enum(FORMATS), `it must be one of ${FORMATS.join(', ')}`, {
        rule: `${page('Format')} (InvalidFormat.Malformed)`,
        try: 'mp4',
      }),
      CycleDuration: told(
        z.int().min(1).max(2_147_483_647),
        'it must be a whole number of seconds, at least 1',
        {
          rule: `${page('CycleDuration')} (InvalidCycleDuration.Malformed)`,
          try: '3600',
        },
      ).optional(),
      SliceDuration: told(
        z.int().min(SLICE.min).max(SLICE.max),
        `it must be a whole number of seconds from ${SLICE.min} to ${SLICE.max}`,
        { rule: `${page('SliceDuration')} (InvalidSliceDuration.Malformed)`, try: '30' },
      ).optional(),
      OssObjectPrefix: objectName(
        `${list}.N.OssObjectPrefix`,
        fileNameFault,
        'InvalidOssObjectPrefix.Malformed',
        'rec/{AppName}/{StreamName}/{Sequence}_{EscapedStartTime}_{EscapedEndTime}',
      ).optional(),
      SliceOssObjectPrefix: objectName(
        `${list}.N.SliceOssObjectPrefix`,
        sliceNameFault,
        'InvalidSliceOssObjectPrefix.Malformed',
        'rec/{AppName}/{StreamName}/{UnixTimestamp}_{Sequence}',
      ).optional(),
    })
    .superRefine((format, context) => {
      for (const [field, message, instead, code] of missingIn(format)) {
        const rule = `${page(field)}${code === '' ? '' : ` (${code})`}`;
        context.addIssue({ code: 'custom', path: [field], message, params: { rule, try: instead } });
      }
    }, always);
}

type Missing = [field: string, message: string, instead: string, code: string];

function missingIn(format: unknown): Missing[] {
  const found: Missing[] = [];
  const kind = valueOf(format, 'Format');
  if (!given(format, 'OssObjectPrefix'))
    found.push([
      'OssObjectPrefix',
      'the name of the file is needed',
      '"rec/{AppName}/{StreamName}/{Sequence}_{EscapedStartTime}_{EscapedEndTime}"',
      'MissingOssObjectPrefix',
    ]);
  if (isSliced(kind)) {
    if (!given(format, 'SliceOssObjectPrefix'))
      found.push([
        'SliceOssObjectPrefix',
        `${String(kind)} is made of slices: their name is needed`,
        '"rec/{AppName}/{StreamName}/{UnixTimestamp}_{Sequence}"',
        'MissingSliceOssObjectPrefix',
      ]);
    if (!given(format, 'SliceDuration'))
      found.push(['SliceDuration', `${String(kind)} is made of slices: their length is needed`, '30', '']);
    return found;
  }
  if (kind !== 'mp4' && kind !== 'flv') return found;
  for (const field of ['SliceDuration', 'SliceOssObjectPrefix']) {
    if (given(format, field))
      found.push([field, `it is for m3u8 and cmaf only; ${kind} has no slices`, 'leave it out', '']);
  }
  return found;
}

export type RecordFormat = z.output<ReturnType<typeof recordFormat>>;
