/**
 * Limits of the requests that the typed client sends beside those of a session. Live Station answers a wrong value with a
 * code that tells little, so it is refused before it leaves.
 * Sources: "Live Station API", create channel, channel list, upload recording files, delete recording files.
 */
import { z } from 'zod';
import { ACCESS_CONTROLS } from './subject.ts';
import { always, CHANNEL, told, UPLOAD, valueOf } from './told.ts';

const rule = (field: string) => ({ rule: `${CHANNEL}, ${field}` });

const recordSchema = z
  .looseObject({
    type: told(
      z.enum(['NO_RECORD', 'AUTO_UPLOAD', 'MANUAL_UPLOAD']),
      'it must be NO_RECORD, AUTO_UPLOAD or MANUAL_UPLOAD',
      rule('record.type'),
    ),
    format: told(
      z.enum(['MP4', 'HLS', 'ALL']),
      'it must be MP4, HLS or ALL',
      rule('record.format'),
    ).optional(),
    accessControl: told(
      z.enum(ACCESS_CONTROLS),
      'it must be PRIVATE or PUBLIC_READ',
      rule('record.accessControl'),
    ).optional(),
  })
  .refine(
    (record) =>
      valueOf(record, 'type') !== 'AUTO_UPLOAD' ||
      ['format', 'bucketName', 'filePath', 'accessControl'].every(
        (field) => valueOf(record, field) !== undefined,
      ),
    {
      ...always,
      error: 'with AUTO_UPLOAD it needs format, bucketName, filePath and accessControl',
      params: rule('record'),
    },
  );

const channelFields = z.looseObject({
  channelName: told(
    z.string().regex(/^[\p{Script=Hangul}A-Za-z0-9_]{3,20}$/u),
    'it must be 3 to 20 Korean or Latin letters, digits or underscores',
    rule('channelName'),
  ),
  cdn: z
    .looseObject({ createCdn: z.boolean() })
    .refine(
      (cdn) =>
        cdn.createCdn
          ? valueOf(cdn, 'regionType') !== undefined
          : ['cdnDomain', 'cdnInstanceNo'].every((field) => valueOf(cdn, field) !== undefined),
      {
        error: 'a new CDN needs regionType, an existing one cdnDomain and cdnInstanceNo',
        params: rule('cdn'),
      },
    ),
  qualitySetId: z.int(),
  useDvr: z.boolean(),
  record: recordSchema,
  drmEnabledYn: z.boolean(),
  timemachineMin: told(z.literal(360), 'only 360 minutes can be had', rule('timemachineMin')).optional(),
});

const dvrHasMinutes = (fields: unknown): boolean =>
  valueOf(fields, 'useDvr') !== true || valueOf(fields, 'timemachineMin') !== undefined;
const NEEDS_MINUTES = {
  ...always,
  path: ['timemachineMin'],
  error: 'useDvr needs it',
  params: { ...rule('timemachineMin'), try: '360' },
};

export const createChannelSchema = channelFields.refine(dvrHasMinutes, NEEDS_MINUTES);
export const updateChannelSchema = channelFields.partial().refine(dvrHasMinutes, NEEDS_MINUTES);

const page = (most: number, name: string) =>
  told(z.int().min(1).max(most), `it must be a whole number from 1 to ${most}`, {
    rule: `Live Station API, channel list, ${name}`,
  }).optional();

export const channelQuerySchema = z.looseObject({
  pageNo: page(1_000_000, 'pageNo'),
  pageSizeNo: page(100, 'pageSizeNo'),
});

export const recordIdsSchema = told(
  z.array(z.string().regex(/^[0-9]{1,15}$/)).min(1),
  'it must be a list of ids of recording files, which are numbers',
  { rule: `${UPLOAD}, recordIds` },
);

export const uploadSchema = z.looseObject({
  recordIds: recordIdsSchema,
  accessControl: told(z.enum(ACCESS_CONTROLS), 'it must be PRIVATE or PUBLIC_READ', {
    rule: `${UPLOAD}, accessControl`,
  }).optional(),
});
