/** A rule as it is written and as it is shown ("Creating a Recording Rule"). */
import {
  choiceAt,
  choicesAt,
  fieldsAt,
  integerAt,
  neededFields,
  neededText,
  textAt,
  utc,
  type Fields,
} from './fields.ts';
import type { HuaweiConfig } from './options.ts';
import { illegal } from './reply.ts';
import { FORMATS, RECORD_TYPES, type Format, type FormatConfig, type Rule } from './state.ts';

const FOLDER = 'Record/{publish_domain}/{app}/{record_type}/{record_format}/{stream}_{file_start_time}';
const PREFIXES: Record<Format, string> = {
  HLS: `${FOLDER}/{stream}_{file_start_time}`,
  FLV: `${FOLDER}/{file_start_time}`,
  MP4: `${FOLDER}/{file_start_time}`,
};
const TS_PREFIX = '{file_start_time_unix}_{file_end_time_unix}_{ts_sequence_number}';
/** HLS with `record_cycle` 0, by the pages since December 2024. */
const USUAL_CYCLE = 21_600;
const MOST_CYCLE = 43_200;
const SHORT_CYCLE = 10_800;
const MOST_MERGE = 300;

export type RuleParts = Omit<Rule, 'id' | 'createdAt' | 'updatedAt'>;

export function readRule(config: HuaweiConfig, body: Fields): RuleParts {
  const app = readPlace(body, 'app', 128);
  const stream = readPlace(body, 'stream', 512);
  if (app === '*' && stream !== '*') illegal('stream of all apps');
  const written = neededFields(body, 'default_record_config');
  const formats = choicesAt(written, 'record_format', FORMATS) ?? illegal('record_format');
  const address = neededFields(written, 'obs_addr');
  const location = neededText(address, 'location', 64);
  // "In the same region as the live domain": the page of the rules.
  if (location !== config.region) illegal('obs_addr.location');
  return {
    publishDomain: neededText(body, 'publish_domain', 255),
    app,
    stream,
    recordType: choiceAt(body, 'record_type', RECORD_TYPES) ?? 'CONTINUOUS_RECORD',
    bucket: neededText(address, 'bucket', 64),
    location,
    object: textAt(address, 'object') ?? illegal('obs_addr.object'),
    formats: new Map(formats.map((format) => [format, readFormat(config, written, format)])),
    written,
  };
}

/** A name, or `*` for all; a star within a name is no wildcard. */
function readPlace(body: Fields, name: string, most: number): string {
  const value = neededText(body, name, most);
  if (value !== '*' && value.includes('*')) illegal(name);
  return value;
}

function readFormat(config: HuaweiConfig, written: Fields, format: Format): FormatConfig {
  const name = `${format.toLowerCase()}_config`;
  const given = fieldsAt(written, name);
  const cycle = given ? (integerAt(given, 'record_cycle') ?? illegal(`${name}.record_cycle`)) : 0;
  const merge = (given && integerAt(given, 'record_max_duration_to_merge_file')) ?? 0;
  checkBounds(config, format, cycle, merge);
  const slice = format === 'HLS' ? ((given && integerAt(given, 'record_slice_duration')) ?? 10) : undefined;
  if (slice !== undefined && (slice < 2 || slice > 60)) illegal(`${name}.record_slice_duration`);
  return {
    cycle,
    merge,
    slice,
    prefix: (given && textAt(given, 'record_prefix')) || PREFIXES[format],
    tsPrefix: format === 'HLS' ? (given && textAt(given, 'record_ts_prefix')) || TS_PREFIX : undefined,
  };
}

function checkBounds({ unknowns }: HuaweiConfig, format: Format, cycle: number, merge: number): void {
  const strict = unknowns.cycleBounds === 'terraform';
  const least = strict ? 900 : 60;
  const most = strict && format !== 'HLS' ? SHORT_CYCLE : MOST_CYCLE;
  if (cycle !== 0 && (cycle < least || cycle > most)) illegal('record_cycle');
  if (merge < (format === 'HLS' ? -1 : 0)) illegal('record_max_duration_to_merge_file');
  if (strict && format !== 'HLS' && merge > MOST_MERGE) illegal('record_max_duration_to_merge_file');
}

/** How long a file may grow, milliseconds. */
export function cycleMs({ unknowns }: HuaweiConfig, { cycle }: FormatConfig): number {
  if (cycle !== 0) return cycle * 1000;
  return unknowns.cycleZero === 'six-hours' ? USUAL_CYCLE * 1000 : Infinity;
}

/** A rule that was never changed shows the year 1. */
const NEVER = '0001-01-01T00:00:00Z';

export function shownRule({ unknowns }: HuaweiConfig, rule: Rule): Fields {
  const { id, publishDomain, app, stream, recordType, createdAt, updatedAt } = rule;
  return {
    id,
    publish_domain: publishDomain,
    app,
    stream,
    record_type: recordType,
    default_record_config: unknowns.ruleEcho === 'as-written' ? rule.written : filled(rule),
    create_time: utc(createdAt),
    update_time: updatedAt === undefined ? NEVER : utc(updatedAt),
  };
}

function filled({ formats, bucket, location, object }: Rule): Fields {
  return {
    record_format: [...formats.keys()],
    obs_addr: { bucket, location, object },
    ...Object.fromEntries(
      FORMATS.map((format) => [`${format.toLowerCase()}_config`, shownFormat(format, formats.get(format))]),
    ),
  };
}

function shownFormat(format: Format, config: FormatConfig | undefined): Fields {
  const { cycle = 0, prefix = '', tsPrefix = '', slice = 0, merge = 0 } = config ?? {};
  return {
    record_cycle: cycle,
    record_prefix: prefix,
    ...(format === 'HLS' && { record_ts_prefix: tsPrefix, record_slice_duration: slice }),
    record_max_duration_to_merge_file: merge,
  };
}
