/** The operations on recording configs, and which config is in force for a push. */
import { choice, paged, playDomain, required, type Parameters } from './parameters.ts';
import { ALL, readAdded, readUpdated } from './record-config.ts';
import { refuse } from './reply.ts';
import type { AlibabaState, Output, RecordConfig, Triple } from './state.ts';
import { writeTime } from './times.ts';

type Body = Record<string, unknown>;

export function addRecordConfig(state: AlibabaState, parameters: Parameters): Body {
  const { play } = playDomain(state, parameters);
  const config = readAdded(state, parameters, play, state.at);
  if (state.records.some((known) => isSame(known, config)))
    refuse(400, 'ConfigAlreadyExists', 'Config has already exist.');
  state.records.push(config);
  return {};
}

export function updateRecordConfig(state: AlibabaState, parameters: Parameters): Body {
  const before = findConfig(state, parameters);
  const after = readUpdated(state, parameters, before, state.at);
  state.records = state.records.map((known) => (known === before ? after : known));
  return {};
}

export function deleteRecordConfig(state: AlibabaState, parameters: Parameters): Body {
  const config = knownConfig(state, parameters);
  if (!config && state.config.unknowns.missingConfig === '404') noConfig();
  state.records = state.records.filter((known) => known !== config);
  return {};
}

export function describeRecordConfig(state: AlibabaState, parameters: Parameters): Body {
  const { play } = playDomain(state, parameters);
  const [app, stream] = [parameters.get('AppName'), parameters.get('StreamName')];
  const order = choice(parameters, 'Order', ['asc', 'desc']);
  const found = state.records
    .filter(
      (config) =>
        config.domain === play && (!app || config.app === app) && (!stream || config.stream === stream),
    )
    .toSorted((a, b) => (order === 'asc' ? a.createdAt - b.createdAt : b.createdAt - a.createdAt));
  const { rows, fields } = paged(found, parameters, { usual: 10, min: 5, max: 30 });
  return { LiveAppRecordList: { LiveAppRecord: rows.map(described) }, Order: order, ...fields };
}

function isSame(a: RecordConfig, b: RecordConfig): boolean {
  return a.domain === b.domain && a.app === b.app && a.stream === b.stream;
}

function findConfig(state: AlibabaState, parameters: Parameters): RecordConfig {
  return knownConfig(state, parameters) ?? noConfig();
}

function noConfig(): never {
  refuse(404, 'InvalidConfig.NotFound', 'Config does not exist.');
}

function knownConfig(state: AlibabaState, parameters: Parameters): RecordConfig | undefined {
  const { play: domain } = playDomain(state, parameters);
  const app = required(state, parameters, 'AppName');
  const stream = parameters.get('StreamName') || ALL;
  return state.records.find((known) => isSame(known, { ...known, domain, app, stream }));
}

/** `OnDemond` is spelt so on the wire. */
function described(config: RecordConfig): Body {
  return {
    AppName: config.app,
    CreateTime: writeTime(config.createdAt),
    DelayTime: config.delayS,
    DomainName: config.domain,
    EndTime: config.endAt === undefined ? '' : writeTime(config.endAt),
    OnDemond: config.onDemand,
    OssBucket: config.bucket,
    OssEndpoint: config.endpoint,
    RecordFormatList: { RecordFormat: config.formats.map(describedFormat) },
    StartTime: config.startAt === undefined ? '' : writeTime(config.startAt),
    StreamName: config.stream,
    TranscodeRecordFormatList: { RecordFormat: config.transcoded.map(describedFormat) },
    TranscodeTemplates: { Templates: config.templates },
  };
}

function describedFormat({ format, cycleS, sliceS, prefix, slicePrefix }: Output): Body {
  return {
    CycleDuration: cycleS,
    Format: format,
    OssObjectPrefix: prefix,
    ...(slicePrefix !== undefined && { SliceDuration: sliceS, SliceOssObjectPrefix: slicePrefix }),
  };
}

/** The narrowest wins: of the stream, of the app, of all apps ("Live stream recording", priority of configs). */
export function configFor(state: AlibabaState, { domain, app, name }: Triple): RecordConfig | undefined {
  const rank = (config: RecordConfig): number =>
    (config.stream === name ? 2 : 0) + (config.app === app ? 1 : 0);
  const [narrowest] = state.records
    .filter(
      (config) =>
        config.domain === domain &&
        (config.app === app || config.app === ALL) &&
        (config.stream === name || config.stream === ALL),
    )
    .toSorted((a, b) => rank(b) - rank(a));
  return narrowest;
}
