/**
 * Live Station's replies. Unknown fields and unknown words of a list pass, spellings of older pages are read as well, and
 * numbers may be texts; the fields that we rely on must be there.
 * Sources: pages "Live Station API" of 2026 (channel info and list, start recording, recording list and info, upload).
 */
import { z } from 'zod';

const integer = z
  .union([z.number(), z.string().regex(/^-?[0-9]{1,20}$/)])
  .transform(Number)
  .pipe(z.int());
const number = z
  .union([z.number(), z.string().regex(/^-?[0-9.]{1,30}$/)])
  .transform(Number)
  .pipe(z.number());
const text = z.string();
/** Fields that are for people only: whatever stands there must not make an answer unreadable. */
const lax = <S extends z.ZodType>(schema: S) => schema.nullish().catch(undefined);

// ── channels ───────────────────────────────────────────────────────────────────────────────────────────────────

/** What the page lists; others may come. Older pages say `PUBLISH`. */
export type ChannelStatus =
  'CREATING' | 'READY' | 'PUBLISHING' | 'DELETED' | 'BLOCK' | 'FORCE_BLOCK' | 'FORCE_DELETED' | (string & {});

export type RecordType = 'NO_RECORD' | 'AUTO_UPLOAD' | 'MANUAL_UPLOAD' | (string & {});

const recordSettingSchema = z.looseObject({
  type: text,
  format: lax(text),
  bucketName: lax(text),
  filePath: lax(text),
  accessControl: lax(text),
});

export const channelSchema = z.looseObject({
  channelId: text.min(1),
  channelStatus: text.transform((status): ChannelStatus => (status === 'PUBLISH' ? 'PUBLISHING' : status)),
  /** Of each channel by the page of one channel; a list may leave it out. */
  isRecording: z.boolean().optional(),
  channelName: lax(text),
  immediateOnAir: lax(z.boolean()),
  record: lax(recordSettingSchema),
  qualitySetName: lax(text),
  callbackEndpoint: lax(text),
  createdTime: lax(integer),
});
export type NaverChannel = z.output<typeof channelSchema>;

export const channelReplySchema = z.looseObject({ content: channelSchema });

export const channelListSchema = z
  .looseObject({ content: z.array(channelSchema), total: integer.optional() })
  .transform(({ content, total }) => ({ channels: content, total: total ?? content.length }));

/** A channel that was just made may have no state yet. */
export const createdSchema = z
  .looseObject({ content: z.looseObject({ channelId: text.min(1) }) })
  .transform(({ content }) => content);

// ── recordings ─────────────────────────────────────────────────────────────────────────────────────────────────

export type RecordStatus =
  | 'RECORDING'
  | 'PROCESSING'
  | 'PROCESSING_FAIL'
  | 'TRANSFER_READY'
  | 'TRANSFER'
  | 'TRANSFER_FINISH'
  | 'TRANSFER_FAIL'
  | 'DELETED'
  | (string & {});

const recordFields = z.looseObject({
  status: text.transform((status): RecordStatus => status),
  recordSeq: integer,
  streamSeq: integer.optional(),
  recordType: lax(text),
  channelId: lax(text),
  /** Epoch milliseconds, as all times. */
  recordBeginTime: integer.optional(),
  createdTime: lax(integer),
  /** When the temporary copy is deleted; absent while it records. */
  shouldDeleteTime: lax(integer),
  resolution: lax(text),
  fileName: lax(text),
  /** Seconds; absent while it records. */
  duration: lax(number),
  videoBitrate: lax(number),
  audioBitrate: lax(number),
  videoFrameRate: lax(number),
  audioCodec: lax(text),
  uploadPath: lax(text),
  /** `-` until it is uploaded. */
  objectStorageUrl: lax(text),
});

/** One file: all files of one recording share `recordSeq`, and all of one publish `streamSeq`. */
export type NaverRecord = z.output<typeof recordFields> & { recordId: string };

const ID = /^[0-9]{1,20}$/;

function entriesOf(map: Record<string, z.output<typeof recordFields>>): NaverRecord[] {
  return Object.entries(map)
    .map(([recordId, record]) => ({ ...record, recordId }))
    .toSorted(byId);
}

/** Ids are numbers that grow; as texts they may differ in length. */
function byId(a: NaverRecord, b: NaverRecord): number {
  return a.recordId.length - b.recordId.length || (a.recordId < b.recordId ? -1 : 1);
}

const recordMap = z.record(z.string().regex(ID), recordFields);

/** Of start, stop and list alike. Where there is nothing to list, the map may be missing. */
export const recordListSchema = z
  .looseObject({ content: z.looseObject({ recordList: recordMap.nullish() }).nullish() })
  .transform(({ content }) => entriesOf(content?.recordList ?? {}));

/** A stop tells by its status alone that it was taken; what it lists is welcome. */
export const stopReplySchema = recordListSchema.catch([]);

const flatRecord = recordFields.extend({ id: z.union([z.string().regex(ID), z.int().transform(String)]) });

/** The page of 2026 shows a map with one entry, the older one a flat object with its `id`. */
export const recordReplySchema = z
  .looseObject({ content: z.union([flatRecord, recordMap]) })
  .transform(({ content }, context): NaverRecord => {
    const flat = flatRecord.safeParse(content);
    if (flat.success) return { ...flat.data, recordId: flat.data.id };
    const [only] = entriesOf(content as z.output<typeof recordMap>);
    if (only) return only;
    context.addIssue({ code: 'custom', message: 'it shows no recording file', path: ['content'] });
    return z.NEVER;
  });

// ── the rest ───────────────────────────────────────────────────────────────────────────────────────────────────

export const uploadReplySchema = z
  .looseObject({
    content: z
      .looseObject({ bucketName: lax(text), accessControl: lax(text), uploadedRecords: z.unknown() })
      .nullish(),
  })
  .transform(({ content }) => content ?? {});

export const callbackEndpointSchema = z
  .looseObject({
    content: z
      .looseObject({ callbackUrl: text.nullish(), updateTime: lax(z.union([integer, text])) })
      .nullish(),
  })
  .transform(({ content }) => content?.callbackUrl || null);

const eventSchema = z
  .looseObject({
    eventCode: text.optional(),
    event: text.optional(),
    timestamp: integer,
    channelId: lax(text),
    logLevel: lax(text),
    description: lax(text),
  })
  .transform(({ eventCode, event, ...rest }) => ({ ...rest, eventCode: eventCode ?? event ?? '' }));
export type NaverEvent = z.output<typeof eventSchema>;

export const eventListSchema = z
  .looseObject({ content: z.array(eventSchema) })
  .transform(({ content }) => content);

export const anyListSchema = z
  .looseObject({ content: z.array(z.looseObject({})) })
  .transform(({ content }) => content);
export const anyReplySchema = z.unknown();

// ── errors ─────────────────────────────────────────────────────────────────────────────────────────────────────

export interface NaverError {
  /** Of the API gateway 100 to 900, of Live Station from 250000. */
  code?: number;
  message?: string;
  name?: string;
}

const errorSchema = z.looseObject({
  error: z.looseObject({
    errorCode: integer.optional().catch(undefined),
    message: text.optional().catch(undefined),
    errorName: text.optional().catch(undefined),
    details: text.optional().catch(undefined),
  }),
});

/** What a body tells of an error; nothing where it tells of none, such as a proxy's page. */
export function errorOf(body: string): NaverError | null {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return null;
  }
  const read = errorSchema.safeParse(json);
  if (!read.success) return null;
  const { errorCode, message, errorName, details } = read.data.error;
  const words = [message, details].filter(Boolean).join(': ');
  return {
    ...(errorCode !== undefined && { code: errorCode }),
    ...(words !== '' && { message: words }),
    ...(errorName !== undefined && { name: errorName }),
  };
}
