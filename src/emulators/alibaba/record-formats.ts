/** `RecordFormat.N` and `TranscodeRecordFormat.N` of a recording config, with the refusals of AddLiveAppRecordConfig. */
import type { Parameters } from './parameters.ts';
import { refuse } from './reply.ts';
import type { Format, Output } from './state.ts';

const FORMATS: readonly Format[] = ['m3u8', 'flv', 'mp4', 'cmaf'];
const PREFIX_BYTES = 256;
const MOST_TEMPLATES = 10;
/** Five asterisks: all transcoded streams. */
export const ALL_TEMPLATES = '*****';

type Fields = Map<string, string>;

export function isSliced(format: Format): boolean {
  return format === 'm3u8' || format === 'cmaf';
}

/** "m3u8 and cmaf formats default to 6 hours, while flv and mp4 formats default to 1 hour". */
export function usualCycleS(format: Format): number {
  return isSliced(format) ? 21_600 : 3_600;
}

/** The members of a list parameter, `List.1.Name=…`, in their order. */
export function listOf(parameters: Parameters, list: string): Fields[] {
  const members = new Map<number, Fields>();
  const pattern = new RegExp(`^${list}\\.(\\d+)\\.(\\w+)$`);
  for (const [name, value] of parameters) {
    const found = pattern.exec(name);
    if (!found) continue;
    const [, number = '', field = ''] = found;
    const member = members.get(Number(number)) ?? new Map<string, string>();
    members.set(Number(number), member.set(field, value));
  }
  return [...members].toSorted(([a], [b]) => a - b).map(([, member]) => member);
}

export function templatesOf(parameters: Parameters): string[] {
  const named = [...parameters].filter(
    ([name, value]) => /^TranscodeTemplates\.\d+$/.test(name) && value !== '',
  );
  const templates = named.map(([, value]) => value);
  if (templates.length > MOST_TEMPLATES)
    refuse(400, 'InvalidTemplateLength.Malformed', 'Specified record template length is not valid.');
  if (templates.includes('raw')) refuse(400, 'InvalidTemplate.ForbidRaw', 'Template named raw is Forbidden.');
  return templates;
}

/** Prefixes are given once, when the config is added; an update leaves them as they are. */
export function outputsOf(members: Fields[], twoFormats: 'taken' | 'refused', before?: Output[]): Output[] {
  const outputs = members.map((fields) => outputOf(fields, before));
  const formats = new Set(outputs.map(({ format }) => format));
  if (formats.size < outputs.length || (formats.size > 1 && twoFormats === 'refused'))
    refuse(400, 'InvalidFormat.IllegalOperation', 'Specified parameter Format can not be multiple.');
  return outputs;
}

function outputOf(fields: Fields, before: Output[] | undefined): Output {
  const format = FORMATS.find((known) => known === fields.get('Format')) ?? badFormat();
  const former = before?.find((output) => output.format === format);
  const cycleS = wholeNumber(fields.get('CycleDuration'), usualCycleS(format), 1, Infinity);
  if (cycleS === undefined)
    refuse(400, 'InvalidCycleDuration.Malformed', 'Specified CycleDuration Format is not valid.');
  const sliceS = isSliced(format) ? wholeNumber(fields.get('SliceDuration'), 30, 5, 30) : 0;
  if (sliceS === undefined)
    refuse(400, 'InvalidSliceDuration.Malformed', 'Specified SliceDuration Format is not valid.');
  if (before !== undefined && !former) badFormat();
  return {
    format,
    cycleS,
    sliceS: isSliced(format) ? sliceS : undefined,
    prefix: former?.prefix ?? prefixOf(fields),
    slicePrefix: former ? former.slicePrefix : isSliced(format) ? slicePrefixOf(fields) : undefined,
    template: undefined,
  };
}

export function badFormat(): never {
  refuse(400, 'InvalidFormat.Malformed', 'Specified parameter Format is not valid.');
}

function wholeNumber(text: string | undefined, usual: number, min: number, max: number): number | undefined {
  if (text === undefined || text === '') return usual;
  const value = Number(text);
  return Number.isInteger(value) && value >= min && value <= max ? value : undefined;
}

function prefixOf(fields: Fields): string {
  const prefix = fields.get('OssObjectPrefix') ?? '';
  if (prefix === '') refuse(400, 'MissingOssObjectPrefix', 'OssObjectPrefix is mandatory for this action.');
  const begins = prefix.includes('{StartTime}') || prefix.includes('{EscapedStartTime}');
  const ends = prefix.includes('{EndTime}') || prefix.includes('{EscapedEndTime}');
  if (!begins || !ends || Buffer.byteLength(prefix) >= PREFIX_BYTES)
    refuse(400, 'InvalidOssObjectPrefix.Malformed', 'Specified parameter OssObjectPrefix is not valid.');
  return prefix;
}

function slicePrefixOf(fields: Fields): string {
  const prefix = fields.get('SliceOssObjectPrefix') ?? '';
  if (prefix === '')
    refuse(400, 'MissingSliceOssObjectPrefix', 'SliceOssObjectPrefix is mandatory for this action.');
  const whole = prefix.includes('{UnixTimestamp}') && prefix.includes('{Sequence}');
  if (!whole || Buffer.byteLength(prefix) >= PREFIX_BYTES)
    refuse(
      400,
      'InvalidSliceOssObjectPrefix.Malformed',
      'Specified parameter SliceOssObjectPrefix is not valid.',
    );
  return prefix;
}
