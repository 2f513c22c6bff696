/**
 * What is sent to Huawei Cloud Live, as its pages have it. A request is checked whole before it leaves: a bad parameter
 * and a stream that is not there get the same code.
 */
import { z } from 'zod';
import { FORMATS, LENGTHS, RECORD_TYPES } from './fields.ts';

const text = (most: number) => z.string().min(1).max(most);
const seconds = (min: number, max: number) => z.int().min(min).max(max);

const domain = text(LENGTHS.publishDomain);
const app = text(LENGTHS.app);
const stream = text(LENGTHS.stream);

/** "Submitting a Recording Command", Table 4. */
export const commandSchema = z.strictObject({
  action: z.enum(['START', 'STOP']),
  publish_domain: domain,
  app,
  stream,
});

const fileConfig = z.strictObject({
  /** The client alone may send 0, whatever that means at the time. */
  record_cycle: z.union([z.literal(0), seconds(60, 43_200)]),
  record_prefix: z.string().optional(),
  record_max_duration_to_merge_file: seconds(-1, 2_592_000).optional(),
});

export const ruleSchema = z.strictObject({
  publish_domain: domain,
  app,
  stream,
  record_type: z.enum(RECORD_TYPES).optional(),
  default_record_config: z.strictObject({
    record_format: z.array(z.enum(FORMATS)).min(1),
    obs_addr: z.strictObject({ bucket: text(63), location: text(64), object: z.string().max(1023) }),
    hls_config: fileConfig
      .extend({
        record_ts_prefix: z.string().optional(),
        record_slice_duration: seconds(2, 60).optional(),
      })
      .optional(),
    flv_config: fileConfig.optional(),
    mp4_config: fileConfig.optional(),
  }),
});

/** Lists give 10 unless told, and at most 100. */
const paging = { offset: z.int().min(0).optional(), limit: z.int().min(1).max(100).optional() };

export const listRulesSchema = z.strictObject({
  publish_domain: domain.optional(),
  app: app.optional(),
  stream: stream.optional(),
  record_type: z.enum(RECORD_TYPES).optional(),
  ...paging,
});

export const listStreamsSchema = z
  .strictObject({ publish_domain: domain, app: app.optional(), stream: stream.optional(), ...paging })
  .refine((query) => query.stream === undefined || query.app !== undefined, {
    path: ['app'],
    error: 'a stream is looked up in its app',
  });

export const CALLBACK_EVENTS = [
  'RECORD_NEW_FILE_START',
  'RECORD_FILE_COMPLETE',
  'RECORD_OVER',
  'RECORD_FAILED',
] as const;
export type HuaweiCallbackEvent = (typeof CALLBACK_EVENTS)[number];

export const callbackSchema = z.strictObject({
  publish_domain: domain,
  app,
  /** Without query: Huawei takes none. */
  notify_callback_url: z.url({ protocol: /^https?$/ }).refine((url) => !/[?#]/.test(url)),
  /** `RECORD_START` is known of the console and of the page of payloads. */
  notify_event_subscription: z.array(z.enum([...CALLBACK_EVENTS, 'RECORD_START'])).min(1),
  sign_type: z.enum(['HMACSHA256', 'MD5']),
  key: z.string().regex(/^[A-Za-z0-9]{32,128}$/),
});

export const listCallbacksSchema = z.strictObject({
  publish_domain: domain.optional(),
  app: app.optional(),
  offset: z.int().min(0).max(4096).optional(),
  limit: paging.limit,
});

export const notificationSchema = z.strictObject({
  domain,
  url: z.url({ protocol: /^https?$/ }),
  auth_sign_key: z.string().min(32).max(128),
  call_back_area: z.enum(['mainland_china', 'outside_mainland_china']),
});

export const streamSchema = z.strictObject({ domain, app_name: app, stream_name: stream });

const instant = z.iso.datetime();

export const listContentsSchema = z.strictObject({
  publish_domain: domain,
  app: app.optional(),
  stream: stream.optional(),
  record_type: z.enum(RECORD_TYPES).optional(),
  start_time: instant.optional(),
  end_time: instant.optional(),
  ...paging,
});

const INDEX_SPAN_MS = 12 * 3_600_000;

export const indexSchema = z
  .strictObject({
    publish_domain: domain,
    app,
    stream,
    start_time: instant,
    end_time: instant,
    object: z.string().optional(),
  })
  .refine(({ start_time: from, end_time: to }) => spans(from, to, INDEX_SPAN_MS), {
    path: ['end_time'],
    error: 'it must be after start_time, by 12 h at most',
  });

const HISTORY_SPAN_MS = 24 * 3_600_000;

/** "Finished pushes": those that go on are not in it. */
export const historySchema = z
  .strictObject({
    domain,
    app: app.optional(),
    stream: stream.optional(),
    start_time: instant,
    end_time: instant,
    ...paging,
  })
  .refine(({ start_time: from, end_time: to }) => spans(from, to, HISTORY_SPAN_MS), {
    path: ['end_time'],
    error: 'it must be after start_time, by one day at most',
  });

function spans(from: string, to: string, mostMs: number): boolean {
  const ms = Date.parse(to) - Date.parse(from);
  return ms > 0 && ms <= mostMs;
}

export type HuaweiCommand = z.input<typeof commandSchema>;
export type HuaweiRuleFields = z.input<typeof ruleSchema>;
export type HuaweiCallbackFields = z.input<typeof callbackSchema>;
export type HuaweiNotificationFields = z.input<typeof notificationSchema>;
export type HuaweiStreamName = z.input<typeof streamSchema>;
export type HuaweiListRules = z.input<typeof listRulesSchema>;
export type HuaweiListStreams = z.input<typeof listStreamsSchema>;
export type HuaweiListCallbacks = z.input<typeof listCallbacksSchema>;
export type HuaweiListContents = z.input<typeof listContentsSchema>;
export type HuaweiIndexFields = z.input<typeof indexSchema>;
export type HuaweiListHistory = z.input<typeof historySchema>;
