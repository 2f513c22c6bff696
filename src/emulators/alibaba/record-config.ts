/** What AddLiveAppRecordConfig and UpdateLiveAppRecordConfig make of their parameters, refusing as the vendor's page lists. */
import type { Parameters } from './parameters.ts';
import { badFormat, listOf, outputsOf, templatesOf } from './record-formats.ts';
import { refuse } from './reply.ts';
import { required } from './parameters.ts';
import type { AlibabaState, OnDemand, RecordConfig } from './state.ts';
import { readTime } from './times.ts';

const WEEK_MS = 7 * 86_400_000;
/** "default 180", of the page of RealTimeRecordCommand. */
const DELAY_S = 180;
export const ALL = '*';

/** A new config. @throws Refusal */
export function readAdded(
  state: AlibabaState,
  parameters: Parameters,
  domain: string,
  now: number,
): RecordConfig {
  const app = required(state, parameters, 'AppName');
  const stream = parameters.get('StreamName') || ALL;
  const endpoint = endpointOf(state, parameters);
  const bucket = bucketOf(state, parameters);
  const { twoFormats } = state.config.unknowns;
  const formats = outputsOf(listOf(parameters, 'RecordFormat'), twoFormats);
  const transcoded = outputsOf(listOf(parameters, 'TranscodeRecordFormat'), twoFormats);
  if (formats.length + transcoded.length === 0) badFormat();
  const config: RecordConfig = {
    domain,
    app,
    stream,
    endpoint,
    bucket,
    onDemand: onDemandOf(parameters, 0),
    delayS: delayOf(parameters, DELAY_S),
    formats,
    transcoded,
    templates: checkedTemplates(parameters, transcoded.length > 0),
    ...windowOf(parameters, stream, now),
    createdAt: now,
  };
  if (state.vod.has(domain) || state.vod.has(`${domain}/${app}`))
    refuse(400, 'Live2Vod.ConfigAlreadyExists', 'Had live2vod record config already.');
  return config;
}

/** Bucket and prefixes cannot be changed; what is left out stays. @throws Refusal */
export function readUpdated(
  state: AlibabaState,
  parameters: Parameters,
  before: RecordConfig,
  now: number,
): RecordConfig {
  const { twoFormats } = state.config.unknowns;
  const [formats, transcoded] = [
    listOf(parameters, 'RecordFormat'),
    listOf(parameters, 'TranscodeRecordFormat'),
  ];
  const templates = templatesOf(parameters);
  const window = windowOf(parameters, before.stream, now);
  return {
    ...before,
    endpoint: endpointOf(state, parameters),
    onDemand: onDemandOf(parameters, before.onDemand),
    delayS: delayOf(parameters, before.delayS),
    formats: formats.length === 0 ? before.formats : outputsOf(formats, twoFormats, before.formats),
    transcoded:
      transcoded.length === 0 ? before.transcoded : outputsOf(transcoded, twoFormats, before.transcoded),
    templates: templates.length === 0 ? before.templates : templates,
    startAt: window.startAt ?? before.startAt,
    endAt: window.endAt ?? before.endAt,
  };
}

function endpointOf(state: AlibabaState, parameters: Parameters): string {
  const endpoint = required(state, parameters, 'OssEndpoint');
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(endpoint))
    refuse(400, 'InvalidOssEndpoint.Malformed', 'Specified parameter OssEndpoint is not valid.');
  return endpoint;
}

function bucketOf(state: AlibabaState, parameters: Parameters): string {
  const bucket = required(state, parameters, 'OssBucket');
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket))
    refuse(400, 'InvalidOssBucket.Malformed', 'Specified parameter OssBucket is not valid.');
  const known = state.buckets.get(bucket);
  if (!known || known.state === 'missing')
    refuse(400, 'InvalidOssBucket.NotFound', 'The parameter OssBucket does not exist.');
  return bucket;
}

function onDemandOf(parameters: Parameters, usual: OnDemand): OnDemand {
  const text = parameters.get('OnDemand') ?? '';
  if (text === '') return usual;
  const known = ([0, 1, 2, 7] as const).find((value) => String(value) === text);
  // The page has no code for it; the common one is inferred.
  return known ?? refuse(400, 'InvalidParameter', 'Specified parameter OnDemand is not valid.');
}

function delayOf(parameters: Parameters, usual: number): number {
  const text = parameters.get('DelayTime') ?? '';
  if (text === '') return usual;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 15 || value > 21_600)
    refuse(400, 'InvalidDelayTime', 'Specified Delaytime is invalid.');
  return value;
}

function checkedTemplates(parameters: Parameters, needed: boolean): string[] {
  const templates = templatesOf(parameters);
  if (needed && templates.length === 0)
    refuse(400, 'MissingTemplate', 'Template is mandatory for this action.');
  return templates;
}

/** Of a single stream only, and never longer than 7 days: what is longer is cut without a word. */
function windowOf(
  parameters: Parameters,
  stream: string,
  now: number,
): { startAt: number | undefined; endAt: number | undefined } {
  const time = (name: 'StartTime' | 'EndTime'): number | undefined => {
    const text = parameters.get(name) ?? '';
    if (text === '') return undefined;
    return readTime(text) ?? refuse(400, `Invalid${name}.Malformed`, `Specified ${name} is malformed.`);
  };
  const [startAt, endAt] = [time('StartTime'), time('EndTime')];
  if (stream === ALL) return { startAt: undefined, endAt: undefined };
  if (startAt !== undefined && startAt > now + WEEK_MS)
    refuse(400, 'InvalidStartTime.Mismatch', 'Specified StartTime does not math the current time.');
  if (endAt !== undefined && (endAt <= now || endAt <= (startAt ?? now)))
    refuse(
      400,
      'InvalidEndTime.Mismatch',
      'Specified EndTime does not math the specified StartTime or current time.',
    );
  const latest = (startAt ?? now) + WEEK_MS;
  return { startAt, endAt: endAt === undefined ? undefined : Math.min(endAt, latest) };
}
