/**
 * What ApsaraVideo's operations take, as its pages write them: for the typed client, which allows all that the vendor
 * does. What a session may ask for is narrower and stands in options.ts.
 */
import { z } from 'zod';
import { recordFormat } from './formats.ts';
import { ALL_TEMPLATES } from './options.ts';
import { always, given, valueOf } from './words.ts';

/** `yyyy-MM-ddTHH:mm:ssZ`, UTC. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  .refine((text) => Number.isFinite(Date.parse(text)));
/** Half a character cannot be written into an address. */
const text = z
  .string()
  .min(1)
  .max(2048)
  .regex(/^\P{Cs}*$/u);
const pageNumber = z.int().min(1).max(100_000).optional();
/** Of the recording lists; less than 5 is out of range. */
const smallPage = z.int().min(5).max(30).optional();
const order = z.enum(['asc', 'desc']).optional();
const DAY_MS = 86_400_000;

/** The three names of a stream. DomainName: the playback domain unless something else is said. */
const stream = { DomainName: text, AppName: text, StreamName: text };

function span<S extends z.ZodObject>(schema: S, mostDays: number): S {
  return schema.refine(
    (request) => {
      const [from, to] = [valueOf(request, 'StartTime'), valueOf(request, 'EndTime')];
      if (typeof from !== 'string' || typeof to !== 'string') return true;
      const ms = Date.parse(to) - Date.parse(from);
      return ms > 0 && ms <= mostDays * DAY_MS;
    },
    { path: ['EndTime'], error: `it must be later than StartTime, and at most ${mostDays} days after it` },
  );
}

/** 0 automatic, 1 a callback decides, 2 a parameter of the push decides, 7 by command. */
const onDemand = z.literal([0, 1, 2, 7]).optional();
const delayTime = z.int().min(15).max(21_600).optional();

const addLiveAppRecordConfig = z
  .strictObject({
    DomainName: text,
    AppName: text,
    StreamName: text.optional(),
    OssEndpoint: text,
    OssBucket: text,
    OnDemand: onDemand,
    DelayTime: delayTime,
    RecordFormat: z.array(recordFormat('RecordFormat')).min(1).optional(),
    TranscodeRecordFormat: z.array(recordFormat('TranscodeRecordFormat')).min(1).optional(),
    TranscodeTemplates: z.array(text).min(1).max(10).optional(),
    StartTime: instant.optional(),
    EndTime: instant.optional(),
  })
  .refine((one) => given(one, 'RecordFormat') || given(one, 'TranscodeRecordFormat'), {
    ...always,
    path: ['RecordFormat'],
    error: 'RecordFormat or TranscodeRecordFormat is needed',
  })
  .refine((one) => !given(one, 'TranscodeRecordFormat') || given(one, 'TranscodeTemplates'), {
    ...always,
    path: ['TranscodeTemplates'],
    error: 'TranscodeRecordFormat needs at least one template',
  })
  .refine((one) => ![valueOf(one, 'TranscodeTemplates')].flat().includes('raw'), {
    ...always,
    path: ['TranscodeTemplates'],
    error: `raw is a reserved word; "${ALL_TEMPLATES}" is all templates`,
  })
  .refine((one) => !(given(one, 'StartTime') || given(one, 'EndTime')) || given(one, 'StreamName'), {
    ...always,
    path: ['StartTime'],
    error: 'StartTime and EndTime are for a config with a StreamName',
  });

/** Neither bucket nor names of objects can be updated. */
const updatedFormat = z.strictObject({
  Format: text,
  CycleDuration: z.int().min(1).optional(),
  SliceDuration: z.int().min(5).max(30).optional(),
});
const updateLiveAppRecordConfig = z.strictObject({
  DomainName: text,
  AppName: text,
  StreamName: text.optional(),
  OssEndpoint: text,
  OnDemand: onDemand,
  DelayTime: delayTime,
  RecordFormat: z.array(updatedFormat).min(1).optional(),
  TranscodeRecordFormat: z.array(updatedFormat).min(1).optional(),
  TranscodeTemplates: z.array(text).min(1).max(10).optional(),
  StartTime: instant.optional(),
  EndTime: instant.optional(),
});

const COMMANDS = ['start', 'stop', 'restart', 'cancel_delay'] as const;
export type RecordCommand = (typeof COMMANDS)[number];

/** 16 to 32 letters and digits; 16 to 64 for push events. */
const authKey = (most: number) =>
  z
    .string()
    .regex(new RegExp(`^[A-Za-z0-9]{16,${most}}$`))
    .optional();

function needsKey<S extends z.ZodObject>(schema: S, on: unknown): S {
  return schema.refine((one) => valueOf(one, 'NotifyReqAuth') !== on || given(one, 'NotifyAuthKey'), {
    path: ['NotifyAuthKey'],
    error: 'NotifyReqAuth needs a key to sign with',
  });
}
const recordNotify = {
  DomainName: text,
  NotifyUrl: text,
  OnDemandUrl: text.optional(),
  NeedStatusNotify: z.boolean().optional(),
  NotifyReqAuth: z.boolean().optional(),
  NotifyAuthKey: authKey(32),
};

export const REQUESTS = {
  AddLiveAppRecordConfig: addLiveAppRecordConfig,
  UpdateLiveAppRecordConfig: updateLiveAppRecordConfig,
  DeleteLiveAppRecordConfig: z.strictObject({ DomainName: text, AppName: text, StreamName: text.optional() }),
  DescribeLiveRecordConfig: z.strictObject({
    DomainName: text,
    AppName: text.optional(),
    StreamName: text.optional(),
    Order: order,
    PageNum: pageNumber,
    PageSize: smallPage,
  }),
  RealTimeRecordCommand: z.strictObject({
    ...stream,
    Command: z.enum(COMMANDS),
    RegionId: text.optional(),
  }),
  /** DomainName: of ingest or of playback. */
  DescribeLiveStreamState: z.strictObject(stream),
  DescribeLiveStreamsOnlineList: z.strictObject({
    DomainName: text,
    AppName: text.optional(),
    StreamName: text.optional(),
    StreamType: z.enum(['all', 'raw', 'trans']).optional(),
    /** The vendor's own default is `fuzzy`: a name finds whatever holds it. */
    QueryType: z.enum(['fuzzy', 'strict']).optional(),
    OnlyStream: z.enum(['yes', 'no']).optional(),
    PageNum: pageNumber,
    PageSize: z.int().min(1).max(3000).optional(),
  }),
  DescribeLiveStreamRecordIndexFiles: span(
    z.strictObject({
      ...stream,
      StartTime: instant,
      EndTime: instant,
      PageNum: pageNumber,
      PageSize: smallPage,
      Order: order,
    }),
    4,
  ),
  DescribeLiveStreamRecordIndexFile: z.strictObject({ ...stream, RecordId: text }),
  DescribeLiveStreamRecordContent: span(
    z.strictObject({ ...stream, StartTime: instant, EndTime: instant }),
    4,
  ),
  CreateLiveStreamRecordIndexFiles: span(
    z.strictObject({
      ...stream,
      OssEndpoint: text,
      OssBucket: text,
      OssObject: text,
      StartTime: instant,
      EndTime: instant,
    }),
    4,
  ),
  /** Of the last 7 days. The page calls paging optional and required at once: it is always sent. */
  DescribeLiveRecordNotifyRecords: span(
    z.strictObject({
      DomainName: text,
      AppName: text.optional(),
      StreamName: text.optional(),
      StartTime: instant,
      EndTime: instant,
      PageNumber: z.int().min(1).max(100_000),
      PageSize: z.int().min(1).max(500),
      Status: z.enum(['success', 'failed']).optional(),
      StorageType: z.enum(['oss', 'vod', 'all']).optional(),
    }),
    7,
  ),
  AddLiveRecordNotifyConfig: needsKey(z.strictObject(recordNotify), true),
  UpdateLiveRecordNotifyConfig: needsKey(z.strictObject(recordNotify), true),
  DeleteLiveRecordNotifyConfig: z.strictObject({ DomainName: text }),
  DescribeLiveRecordNotifyConfig: z.strictObject({ DomainName: text }),
  /** DomainName: of ingest, in all three. */
  SetLiveStreamsNotifyUrlConfig: needsKey(
    z.strictObject({
      DomainName: text,
      NotifyUrl: text,
      ExceptionNotifyUrl: text.optional(),
      SwitchNotifyUrl: text.optional(),
      NotifyReqAuth: z.enum(['yes', 'no']).optional(),
      NotifyAuthKey: authKey(64),
    }),
    'yes',
  ),
  DescribeLiveStreamsNotifyUrlConfig: z.strictObject({ DomainName: text }),
  DeleteLiveStreamsNotifyUrlConfig: z.strictObject({ DomainName: text }),
  /** DomainName: of ingest. Oneshot `yes`: cut off once, and not kept away. */
  ForbidLiveStream: z.strictObject({
    ...stream,
    LiveStreamType: z.literal('publisher'),
    Oneshot: z.enum(['yes', 'no']).optional(),
    ResumeTime: instant.optional(),
  }),
  ResumeLiveStream: z.strictObject({ ...stream, LiveStreamType: z.literal('publisher') }),
  DescribeLiveDomainMapping: z.strictObject({ DomainName: text }),
} as const;

export type AlibabaOperation = keyof typeof REQUESTS;
export type AlibabaRequest<O extends AlibabaOperation> = z.output<(typeof REQUESTS)[O]>;
