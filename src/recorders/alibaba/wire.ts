/** ApsaraVideo's replies: checked where we rely on them, and open to fields that are not told here. */
import { z } from 'zod';
import type { AlibabaOperation } from '../../contract/vendors/alibaba/requests.ts';

const text = z.string().catch('');
const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);
const optionalNumber = number.optional().catch(undefined);
const requestId = { RequestId: z.string().optional().catch(undefined) };
/** A list whose wrapper may be missing where it is empty. */
const list = <S extends z.ZodType>(one: S) =>
  z
    .array(one)
    .nullish()
    .transform((all) => all ?? []);

/** `2018-04-10T09:57:21Z`, epoch milliseconds; undefined where there is none. */
const instant = z
  .string()
  .transform((value) => Date.parse(value))
  .pipe(z.number())
  .optional()
  .catch(undefined);
/** An instant without which the entry would say nothing. */
const neededInstant = z
  .string()
  .transform((value) => Date.parse(value))
  .pipe(z.number());

const paging = {
  PageNum: optionalNumber,
  PageSize: optionalNumber,
  TotalNum: optionalNumber,
  TotalPage: optionalNumber,
};

const done = z.looseObject(requestId);

const format = z.looseObject({
  Format: text,
  CycleDuration: optionalNumber,
  SliceDuration: optionalNumber,
  OssObjectPrefix: z.string().optional().catch(undefined),
  SliceOssObjectPrefix: z.string().optional().catch(undefined),
});
const recordConfig = z
  .looseObject({
    DomainName: text,
    AppName: text,
    StreamName: text,
    CreateTime: instant,
    DelayTime: optionalNumber,
    OnDemond: optionalNumber,
    OnDemand: optionalNumber,
    OssBucket: text,
    OssEndpoint: text,
    StartTime: z.string().optional().catch(undefined),
    EndTime: z.string().optional().catch(undefined),
    RecordFormatList: z.looseObject({ RecordFormat: list(format) }).nullish(),
    TranscodeRecordFormatList: z
      .looseObject({ RecordFormat: list(format), TranscodeRecordFormat: list(format) })
      .nullish(),
    TranscodeTemplates: z.looseObject({ Templates: list(z.string()) }).nullish(),
  })
  .transform((one) => ({
    DomainName: one.DomainName,
    AppName: one.AppName,
    /** `*` where the config is for all streams; some replies leave it empty. */
    StreamName: one.StreamName === '' ? '*' : one.StreamName,
    createdAt: one.CreateTime,
    DelayTime: one.DelayTime,
    /** Misspelt on the wire. */
    OnDemand: one.OnDemond ?? one.OnDemand ?? 0,
    OssBucket: one.OssBucket,
    OssEndpoint: one.OssEndpoint,
    StartTime: one.StartTime,
    EndTime: one.EndTime,
    RecordFormat: one.RecordFormatList?.RecordFormat ?? [],
    TranscodeRecordFormat: transcoded(one.TranscodeRecordFormatList),
    TranscodeTemplates: one.TranscodeTemplates?.Templates ?? [],
  }));
/** The inner name is told in one of two ways. */
function transcoded<F>(told: { RecordFormat: F[]; TranscodeRecordFormat: F[] } | null | undefined): F[] {
  if (!told) return [];
  return told.TranscodeRecordFormat.length > 0 ? told.TranscodeRecordFormat : told.RecordFormat;
}
export type RecordConfig = z.output<typeof recordConfig>;

const onlineStream = z
  .looseObject({
    AppName: text,
    StreamName: text,
    DomainName: text,
    /** Of ingest. */
    PublishDomain: text,
    PublishTime: neededInstant,
    Transcoded: text,
  })
  .transform(({ PublishTime, ...one }) => ({ ...one, publishedAt: PublishTime }));
export type OnlineStream = z.output<typeof onlineStream>;

const indexFile = z
  .looseObject({
    RecordId: text,
    RecordUrl: text,
    OssBucket: text,
    OssEndpoint: text,
    OssObject: text,
    StartTime: instant,
    EndTime: instant,
    CreateTime: instant,
    Duration: optionalNumber,
    Width: optionalNumber,
    Height: optionalNumber,
    Format: z.string().optional().catch(undefined),
  })
  .transform(({ StartTime, EndTime, CreateTime, ...one }) => ({
    ...one,
    from: StartTime,
    to: EndTime,
    createdAt: CreateTime,
  }));
export type IndexFile = z.output<typeof indexFile>;

const notifyRecord = z
  .looseObject({
    AppName: text,
    StreamName: text,
    DomainName: text,
    NotifyType: text,
    NotifyTime: neededInstant,
    /** JSON, as it was or should have been delivered. */
    NotifyContent: text,
    NotifyResult: text,
  })
  .transform(({ NotifyTime, ...one }) => ({ ...one, notifiedAt: NotifyTime }));
export type NotifyRecord = z.output<typeof notifyRecord>;

const flag = z
  .union([z.boolean(), z.string().transform((value) => /^(true|yes)$/i.test(value))])
  .optional()
  .catch(undefined);
const notifyConfig = z.looseObject({
  DomainName: text,
  NotifyUrl: text,
  OnDemandUrl: z.string().optional().catch(undefined),
  NeedStatusNotify: flag,
  NotifyReqAuth: flag,
});

export const REPLIES = {
  AddLiveAppRecordConfig: done,
  UpdateLiveAppRecordConfig: done,
  DeleteLiveAppRecordConfig: done,
  DescribeLiveRecordConfig: z
    .looseObject({
      ...requestId,
      ...paging,
      LiveAppRecordList: z.looseObject({ LiveAppRecord: list(recordConfig) }).nullish(),
    })
    .transform(({ LiveAppRecordList, ...rest }) => ({
      ...rest,
      configs: LiveAppRecordList?.LiveAppRecord ?? [],
    })),
  RealTimeRecordCommand: done,
  DescribeLiveStreamState: z.looseObject({ ...requestId, StreamState: z.string(), Type: text }),
  DescribeLiveStreamsOnlineList: z
    .looseObject({
      ...requestId,
      ...paging,
      OnlineInfo: z.looseObject({ LiveStreamOnlineInfo: list(onlineStream) }).nullish(),
    })
    .transform(({ OnlineInfo, ...rest }) => ({ ...rest, streams: OnlineInfo?.LiveStreamOnlineInfo ?? [] })),
  DescribeLiveStreamRecordIndexFiles: z
    .looseObject({
      ...requestId,
      ...paging,
      RecordIndexInfoList: z.looseObject({ RecordIndexInfo: list(indexFile) }).nullish(),
    })
    .transform(({ RecordIndexInfoList, ...rest }) => ({
      ...rest,
      files: RecordIndexInfoList?.RecordIndexInfo ?? [],
    })),
  DescribeLiveStreamRecordIndexFile: z
    .looseObject({ ...requestId, RecordIndexInfo: indexFile })
    .transform(({ RecordIndexInfo, ...rest }) => ({ ...rest, file: RecordIndexInfo })),
  DescribeLiveStreamRecordContent: z
    .looseObject({
      ...requestId,
      RecordContentInfoList: z
        .looseObject({
          RecordContentInfo: list(
            z.looseObject({
              OssBucket: text,
              OssEndpoint: text,
              OssObjectPrefix: text,
              StartTime: instant,
              EndTime: instant,
              Duration: optionalNumber,
            }),
          ),
        })
        .nullish(),
    })
    .transform(({ RecordContentInfoList, ...rest }) => ({
      ...rest,
      contents: RecordContentInfoList?.RecordContentInfo ?? [],
    })),
  CreateLiveStreamRecordIndexFiles: z
    .looseObject({ ...requestId, RecordInfo: indexFile })
    .transform(({ RecordInfo, ...rest }) => ({ ...rest, file: RecordInfo })),
  DescribeLiveRecordNotifyRecords: z
    .looseObject({
      ...requestId,
      ...paging,
      CallbackList: z.union([list(notifyRecord), z.looseObject({ Callback: list(notifyRecord) })]).optional(),
    })
    .transform(({ CallbackList = [], ...rest }) => ({
      ...rest,
      records: Array.isArray(CallbackList) ? CallbackList : CallbackList.Callback,
    })),
  AddLiveRecordNotifyConfig: done,
  UpdateLiveRecordNotifyConfig: done,
  DeleteLiveRecordNotifyConfig: done,
  DescribeLiveRecordNotifyConfig: z
    .looseObject({ ...requestId, LiveRecordNotifyConfig: notifyConfig.nullish() })
    .transform(({ LiveRecordNotifyConfig, ...rest }) => ({
      ...rest,
      config: LiveRecordNotifyConfig ?? null,
    })),
  SetLiveStreamsNotifyUrlConfig: done,
  DescribeLiveStreamsNotifyUrlConfig: z
    .looseObject({
      ...requestId,
      LiveStreamsNotifyConfig: z
        .looseObject({ DomainName: text, NotifyUrl: text, NotifyReqAuth: flag })
        .nullish(),
    })
    .transform(({ LiveStreamsNotifyConfig, ...rest }) => ({
      ...rest,
      config: LiveStreamsNotifyConfig ?? null,
    })),
  DeleteLiveStreamsNotifyUrlConfig: done,
  ForbidLiveStream: done,
  ResumeLiveStream: done,
  DescribeLiveDomainMapping: z
    .looseObject({
      ...requestId,
      LiveDomainModels: z
        .looseObject({ LiveDomainModel: list(z.looseObject({ DomainName: text, Type: text })) })
        .nullish(),
    })
    .transform(({ LiveDomainModels, ...rest }) => ({
      ...rest,
      domains: LiveDomainModels?.LiveDomainModel ?? [],
    })),
} as const satisfies Record<AlibabaOperation, z.ZodType>;

export type AlibabaReply<O extends AlibabaOperation> = z.output<(typeof REPLIES)[O]>;
