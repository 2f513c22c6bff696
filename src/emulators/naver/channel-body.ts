/** The body that creates or changes a channel ("Create channel", "Change channel"). */
import { booleanAt, choiceAt, fieldsAt, integerAt, needed, textAt, type Fields } from './fields.ts';
import type { NaverConfig } from './options.ts';
import { invalid, missing } from './reply.ts';
import {
  ACCESS_CONTROLS,
  RECORD_FORMATS,
  RECORD_TYPES,
  type NaverRecordSettings,
  type NaverSettings,
} from './settings.ts';

/** 3 to 20 characters: Korean, Latin, digits, `_`. */
const NAME = /^[\p{Script=Hangul}A-Za-z0-9_]{3,20}$/u;
/** The only length of the time machine, minutes. */
const TIME_MACHINE_MIN = 360;

/** What may be there. */
type Read = { [Name in keyof NaverSettings]?: NaverSettings[Name] | undefined };

const REQUIRED = ['channelName', 'cdn', 'qualitySetId', 'useDvr', 'record', 'drmEnabledYn'];

export function readNewChannel(config: NaverConfig, body: Fields): Partial<NaverSettings> {
  for (const name of REQUIRED) needed(body[name] ?? undefined, name);
  const read = readChannel(config, body);
  if (read.useDvr && read.timemachineMin === undefined) missing('timemachineMin');
  return read;
}

/** The fields that are there. */
export function readChannel(config: NaverConfig, body: Fields): Partial<NaverSettings> {
  const record = fieldsAt(body, 'record');
  const cdn = fieldsAt(body, 'cdn');
  const read: Read = {
    channelName: textAt(body, 'channelName'),
    qualitySetId: integerAt(body, 'qualitySetId'),
    envType: choiceAt(body, 'envType', ['REAL', 'DEV', 'STAGE']),
    outputProtocol: choiceAt(body, 'outputProtocol', ['HLS', 'LL_HLS', 'HLS,DASH']),
    ingestProtocol: choiceAt(body, 'ingestProtocol', ['RTMP', 'SRT']),
    useDvr: booleanAt(body, 'useDvr') ?? booleanAt(body, 'useDVR'),
    timemachineMin: integerAt(body, 'timemachineMin'),
    immediateOnAir: booleanAt(body, 'immediateOnAir'),
    isStreamFailOver: booleanAt(body, 'isStreamFailOver'),
    drmEnabledYn: booleanAt(body, 'drmEnabledYn'),
    ...(cdn && { cdn: readCdn(cdn) }),
    ...(record && { record: readRecord(config, record) }),
  };
  if (read.channelName !== undefined && !NAME.test(read.channelName)) invalid('channelName');
  if (read.timemachineMin !== undefined && read.timemachineMin !== TIME_MACHINE_MIN)
    invalid('timemachineMin');
  const { qualitySetId } = read;
  if (qualitySetId !== undefined && !config.qualitySets.some(({ id }) => id === qualitySetId))
    invalid('qualitySetId');
  const given = Object.entries(read).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<NaverSettings>;
}

/** A new distribution has a region, one that is there a domain and a number. */
function readCdn(cdn: Fields): Fields {
  const createCdn = needed(booleanAt(cdn, 'createCdn'), 'cdn.createCdn');
  const cdnType = needed(choiceAt(cdn, 'cdnType', ['GLOBAL_EDGE']), 'cdn.cdnType');
  const profileId = integerAt(cdn, 'profileId');
  const common = { cdnType, ...(profileId !== undefined && { profileId }), statusName: 'RUNNING' };
  if (createCdn) {
    const regionType = choiceAt(cdn, 'regionType', ['KOREA', 'JAPAN', 'GLOBAL']);
    return { ...common, instanceNo: 1, regionType: needed(regionType, 'cdn.regionType') };
  }
  return {
    ...common,
    cdnDomain: needed(textAt(cdn, 'cdnDomain'), 'cdn.cdnDomain'),
    instanceNo: needed(integerAt(cdn, 'cdnInstanceNo'), 'cdn.cdnInstanceNo'),
  };
}

function readRecord({ buckets }: NaverConfig, record: Fields): NaverRecordSettings {
  const type = needed(choiceAt(record, 'type', RECORD_TYPES), 'record.type');
  const format = choiceAt(record, 'format', RECORD_FORMATS);
  if (type !== 'AUTO_UPLOAD') return { type, format: format ?? 'ALL' };
  const bucketName = needed(textAt(record, 'bucketName'), 'record.bucketName');
  if (buckets && !buckets.includes(bucketName)) invalid('record.bucketName');
  return {
    type,
    format: needed(format, 'record.format'),
    bucketName,
    filePath: needed(textAt(record, 'filePath'), 'record.filePath'),
    accessControl: needed(choiceAt(record, 'accessControl', ACCESS_CONTROLS), 'record.accessControl'),
  };
}
