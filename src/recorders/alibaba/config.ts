/** The record config that a session needs, those that are there, and how they differ. */
import {
  CYCLE_DEFAULTS,
  isSliced,
  ossPlaceOf,
  SLICE_DEFAULT,
  type AlibabaFormat,
  type AlibabaTarget,
} from '../../contract/vendors/alibaba.ts';
import type { AlibabaRequest } from '../../contract/vendors/alibaba/requests.ts';
import { alibabaIdentity } from '../../contract/vendors/alibaba/account.ts';
import { apiOf, QUICK, triple, type AlibabaContext, type AlibabaSubject } from './handle.ts';
import type { RecordConfig } from './wire.ts';

/** By command. */
export const MANUAL = 7;
const ALL = '*';
/** Configs for many streams serve many sessions that begin together. */
const SHARED_MS = 10_000;

export type WantedConfig = Omit<AlibabaRequest<'AddLiveAppRecordConfig'>, 'OssEndpoint' | 'OssBucket'> & {
  /** Not known to calls that have nothing to do with the place for files. */
  OssEndpoint?: string;
  OssBucket?: string;
};

export function wantedConfig({ storage }: AlibabaContext, { target, options }: AlibabaSubject): WantedConfig {
  const { DelayTime, RecordFormat, TranscodeRecordFormat, TranscodeTemplates } = options;
  return {
    ...triple(target),
    ...(storage && ossPlaceOf(storage.place)),
    OnDemand: MANUAL,
    DelayTime,
    ...(RecordFormat && { RecordFormat }),
    ...(TranscodeRecordFormat && { TranscodeRecordFormat }),
    ...(TranscodeTemplates && { TranscodeTemplates }),
  };
}

/** The narrowest one counts: of the stream, of its application, of the domain. */
export interface Configs {
  exact: RecordConfig | null;
  /** In force for this stream where it has none of its own. */
  wide: RecordConfig | null;
  requestId?: string;
}

/** Reads no further than is needed: where the stream has one of its own, no other one matters. */
export async function readConfigs(context: AlibabaContext, target: AlibabaTarget): Promise<Configs> {
  const own = await describe(context, target.playbackDomain, target.app, target.stream);
  const requestId = own.requestId === undefined ? {} : { requestId: own.requestId };
  if (own.config) return { exact: own.config, wide: null, ...requestId };
  return { exact: null, wide: await readWide(context, target), ...requestId };
}

async function readWide(
  context: AlibabaContext,
  { playbackDomain, app }: AlibabaTarget,
): Promise<RecordConfig | null> {
  const read = async (name: string): Promise<RecordConfig | null> =>
    (await describe(context, playbackDomain, name, ALL)).config;
  const shared = async (name: string): Promise<RecordConfig | null> => {
    const key = `record config/${alibabaIdentity(context.account)}/${playbackDomain}/${name}`;
    return context.share
      ? await context.share(key, SHARED_MS, async () => await read(name))
      : await read(name);
  };
  return (await shared(app)) ?? (await shared(ALL));
}

/** Filters may find more than they name; only the very triple counts. */
async function describe(
  context: AlibabaContext,
  domain: string,
  app: string,
  stream: string,
): Promise<{ config: RecordConfig | null; requestId?: string }> {
  const { configs, RequestId } = await apiOf(context).call(
    'DescribeLiveRecordConfig',
    { DomainName: domain, AppName: app, StreamName: stream, PageSize: 30 },
    QUICK,
  );
  const config = configs.find((one) => one.AppName === app && one.StreamName === stream) ?? null;
  return { config, ...(RequestId !== undefined && { requestId: RequestId }) };
}

/** What is other than it must be, each as a phrase; empty: it does what the session needs. */
export function differences(config: RecordConfig, wanted: WantedConfig): string[] {
  return [
    ...(config.OnDemand === MANUAL
      ? []
      : [`OnDemand is ${config.OnDemand} (${MODES[config.OnDemand] ?? 'unknown'}), not 7 (by command)`]),
    ...differs('OssBucket', config.OssBucket, wanted.OssBucket),
    ...differs(
      'OssEndpoint',
      endpoint(config.OssEndpoint),
      wanted.OssEndpoint === undefined ? undefined : endpoint(wanted.OssEndpoint),
    ),
    ...(config.DelayTime === undefined ? [] : differs('DelayTime', config.DelayTime, wanted.DelayTime)),
    ...formatDifferences('RecordFormat', config.RecordFormat, wanted.RecordFormat),
    ...formatDifferences('TranscodeRecordFormat', config.TranscodeRecordFormat, wanted.TranscodeRecordFormat),
    ...differs('TranscodeTemplates', sorted(config.TranscodeTemplates), sorted(wanted.TranscodeTemplates)),
    ...(config.StartTime || config.EndTime ? ['it has a StartTime or EndTime of its own'] : []),
  ];
}

const MODES: Record<number, string> = { 0: 'automatic', 1: 'a callback decides', 2: 'the push decides' };

type Value = string | number | undefined;

function differs(field: string, is: Value, wanted: Value): string[] {
  if (wanted === undefined || is === wanted) return [];
  return [`${field} is ${is || '(empty)'}, not ${wanted || '(empty)'}`];
}

function sorted(names: readonly string[] | undefined): string {
  return [...(names ?? [])].toSorted().join(' ');
}

/** Within a region the internal address leads to the same bucket. */
function endpoint(text: string): string {
  return text
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/$/, '')
    .replace('-internal.', '.');
}

interface SomeFormat {
  Format: string;
  CycleDuration?: number | undefined;
  SliceDuration?: number | undefined;
  OssObjectPrefix?: string | undefined;
  SliceOssObjectPrefix?: string | undefined;
}

function formatDifferences(
  list: string,
  are: readonly SomeFormat[],
  wanted: readonly SomeFormat[] = [],
): string[] {
  const there = new Map(are.map((one) => [one.Format, settled(one)]));
  const needed = new Map(wanted.map((one) => [one.Format, settled(one)]));
  const missing = [...needed].flatMap(([format, fields]) => {
    const is = there.get(format);
    if (!is) return [`${list} has no ${format}`];
    return Object.entries(fields).flatMap(([field, value]) =>
      differs(`${field} of ${format} in ${list}`, is[field], value),
    );
  });
  const more = [...there.keys()].filter((format) => !needed.has(format));
  return [...missing, ...more.map((format) => `${list} has ${format}, which is not asked for`)];
}

/** With what the vendor takes where nothing is written. */
function settled(one: SomeFormat): Record<string, Value> {
  const { Format, CycleDuration, SliceDuration, OssObjectPrefix, SliceOssObjectPrefix } = one;
  return {
    CycleDuration: CycleDuration || CYCLE_DEFAULTS[Format as AlibabaFormat],
    OssObjectPrefix,
    ...(isSliced(Format) && { SliceDuration: SliceDuration || SLICE_DEFAULT, SliceOssObjectPrefix }),
  };
}

/** For people. */
export function placeOf({ DomainName, AppName, StreamName }: RecordConfig): string {
  if (StreamName !== ALL) return `${DomainName}/${AppName}/${StreamName}`;
  return AppName === ALL ? `all streams of ${DomainName}` : `all streams of ${DomainName}/${AppName}`;
}
