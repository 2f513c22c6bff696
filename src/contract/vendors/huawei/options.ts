/**
 * How it is recorded: `default_record_config` of the rule, in Huawei's words. Where its pages disagree, the bound that
 * all of them take counts here:
 * - `record_cycle`: 60 s to 12 h, with 0 for one file (older pages) or for 6 h (newer ones); since 2024-02 FLV and MP4 take
 *   less; the vendor's Terraform provider has 15 min to 12 h for HLS and 15 min to 3 h for FLV and MP4. So 0 is refused.
 * - `record_max_duration_to_merge_file`: -1 (30 days) of HLS only; of FLV and MP4 at most 300 s (Terraform provider).
 */
import { z } from 'zod';
import { always, told, valueOf } from '../../told.ts';
import { FORMATS, ours, RULES, type HuaweiFormat } from './fields.ts';

const FOLDER = 'Record/{publish_domain}/{app}/{record_type}/{record_format}/{stream}_{file_start_time}';

/** The names that Huawei gives by itself, written out: a rule shows what it does. */
export const DEFAULT_NAMES = {
  hls: `${FOLDER}/{stream}_{file_start_time}`,
  ts: '{file_start_time_unix}_{file_end_time_unix}_{ts_sequence_number}',
  file: `${FOLDER}/{file_start_time}`,
} as const;

const VARIABLES = [
  'publish_domain',
  'app',
  'stream',
  'record_type',
  'record_format',
  'file_start_time',
  'file_start_time_unix',
  'file_end_time_unix',
  'ts_sequence_number',
];

const CYCLE = {
  HLS: { min: 900, max: 43_200 },
  FLV: { min: 900, max: 10_800 },
  MP4: { min: 900, max: 10_800 },
};
const DEFAULT_CYCLE = 3_600;
/** 30 days, which is what -1 of HLS stands for. */
const MERGE_MAX = { HLS: 2_592_000, FLV: 300, MP4: 300 };
/** A short drop neither ends the recording nor cuts a file; all formats take it. */
const DEFAULT_MERGE = 60;

function isPattern(text: string, needs: readonly string[][]): boolean {
  if (!/^[A-Za-z0-9_./{}-]{1,512}$/.test(text) || /^\/|\/\/|\/$|(^|\/)\.{1,2}(\/|$)/.test(text)) return false;
  const named = [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name ?? '');
  if (/[{}]/.test(text.replaceAll(/\{[^{}]*\}/g, '')) || named.some((name) => !VARIABLES.includes(name)))
    return false;
  return needs.every((oneOf) => oneOf.some((name) => named.includes(name)));
}

const BEGIN = ['file_start_time', 'file_start_time_unix'];

const pattern = (field: string, needs: readonly string[][], words: string, instead: string) =>
  told(
    z.string().refine((text) => isPattern(text, needs)),
    `it must hold ${words}, so that no file overwrites another: letters, digits, "_", "-", ".", "/" and Huawei's variables`,
    { rule: `${RULES}, ${field}; keeprolling demands the variables`, try: instead },
  ).default(instead);

const cycle = (format: HuaweiFormat) =>
  told(
    z.int().min(CYCLE[format].min).max(CYCLE[format].max),
    `it must be a whole number of seconds from ${CYCLE[format].min} to ${CYCLE[format].max}; what 0 means, Huawei's pages disagree on`,
    { rule: `${RULES}, record_cycle of ${format}`, try: '3600' },
  ).default(DEFAULT_CYCLE);

const merge = (format: HuaweiFormat) =>
  told(
    z
      .int()
      .min(format === 'HLS' ? -1 : 0)
      .max(MERGE_MAX[format]),
    `it must be a whole number of seconds from 0 to ${MERGE_MAX[format]}${format === 'HLS' ? ', or -1 for 30 days' : ''}`,
    { rule: `${RULES}, record_max_duration_to_merge_file of ${format}`, try: '60' },
  ).default(DEFAULT_MERGE);

const fileConfig = (format: 'FLV' | 'MP4') =>
  z.strictObject({
    /** Seconds a file. */
    record_cycle: cycle(format),
    record_prefix: pattern(
      `record_prefix of ${format}`,
      [BEGIN],
      '{file_start_time} or {file_start_time_unix}',
      DEFAULT_NAMES.file,
    ),
    /** A drop that is no longer than this does not end the recording. */
    record_max_duration_to_merge_file: merge(format),
  });

const hlsConfig = z.strictObject({
  record_cycle: cycle('HLS'),
  record_prefix: pattern(
    'record_prefix of HLS',
    [BEGIN],
    '{file_start_time} or {file_start_time_unix}',
    DEFAULT_NAMES.hls,
  ),
  record_ts_prefix: pattern(
    'record_ts_prefix',
    [BEGIN, ['ts_sequence_number']],
    '{file_start_time_unix} and {ts_sequence_number}',
    DEFAULT_NAMES.ts,
  ),
  /** Seconds of a slice. */
  record_slice_duration: told(z.int().min(2).max(60), 'it must be a whole number of seconds from 2 to 60', {
    rule: `${RULES}, record_slice_duration`,
    try: '10',
  }).default(10),
  record_max_duration_to_merge_file: merge('HLS'),
});

const CONFIGS = { HLS: 'hls_config', FLV: 'flv_config', MP4: 'mp4_config' } as const;

const formats = (value: unknown): HuaweiFormat[] => {
  const list = valueOf(value, 'record_format');
  if (list === undefined) return ['HLS'];
  return Array.isArray(list) ? FORMATS.filter((format) => list.includes(format)) : [];
};

const mergeOf = (value: unknown, format: HuaweiFormat): unknown =>
  valueOf(valueOf(value, CONFIGS[format]), 'record_max_duration_to_merge_file') ?? DEFAULT_MERGE;

const unused = (format: HuaweiFormat) => ({
  ...always,
  path: [CONFIGS[format]],
  error: `it has no effect without ${format} in record_format`,
  params: { rule: `${RULES}, ${CONFIGS[format]}`, try: `record_format: [${format}], or leave it out` },
});
const isUnused = (value: unknown, format: HuaweiFormat): boolean =>
  valueOf(value, CONFIGS[format]) !== undefined && !formats(value).includes(format);

const BY_RULE = 'keeprolling makes the rule itself, for exactly this stream';

export const huaweiOptionsSchema = z
  .strictObject({
    record_format: told(
      z
        .array(z.enum(FORMATS))
        .min(1)
        .refine((list) => new Set(list).size === list.length),
      'it must be a list of HLS, FLV and MP4, in capitals, each at most once',
      { rule: `${RULES}, record_format`, try: '[HLS]' },
    ).default(['HLS']),
    hls_config: hlsConfig.optional(),
    flv_config: fileConfig('FLV').optional(),
    mp4_config: fileConfig('MP4').optional(),
    record_type: ours(
      'it is always COMMAND_RECORD: no other rule can be started and stopped',
      'leave it out',
    ),
    default_record_config: ours('its fields stand here side by side', 'record_format, hls_config and so on'),
    obs_addr: ours('where files go is the destination', 'storage'),
    publish_domain: ours(BY_RULE, 'target.publishDomain'),
    app: ours(BY_RULE, 'target.app'),
    stream: ours(BY_RULE, 'target.stream'),
  })
  .refine((value) => !isUnused(value, 'HLS'), unused('HLS'))
  .refine((value) => !isUnused(value, 'FLV'), unused('FLV'))
  .refine((value) => !isUnused(value, 'MP4'), unused('MP4'))
  .refine((value) => new Set(formats(value).map((format) => mergeOf(value, format))).size < 2, {
    ...always,
    path: ['record_format'],
    error:
      'record_max_duration_to_merge_file must be the same for all formats: which one ends the recording, no page says',
    params: { rule: `${RULES}, record_max_duration_to_merge_file`, try: 'the same number in each' },
  });

export type HuaweiOptions = z.output<typeof huaweiOptionsSchema>;

/** What is left out of the options: the same for each format. */
export const DEFAULTS = {
  hls_config: hlsConfig.parse({}),
  flv_config: fileConfig('FLV').parse({}),
  mp4_config: fileConfig('MP4').parse({}),
};

/** The longest drop that the recording survives, in seconds; 0 where that is unknown, -1 for 30 days. */
export function thresholdOf(options: HuaweiOptions): number {
  const [first = 'HLS'] = options.record_format;
  return (options[CONFIGS[first]] ?? DEFAULTS[CONFIGS[first]]).record_max_duration_to_merge_file;
}
