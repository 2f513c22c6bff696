/**
 * Huawei's replies. Unknown fields pass; the fields that we rely on must be there. A 200 of `record/control` has no body.
 * Sources: the pages "Live, API reference" and the vendor's Python client.
 */
import { z } from 'zod';

const text = z.string();
const optional = z
  .string()
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const number = z
  .union([z.number(), z.string().regex(/^-?\d{1,15}$/)])
  .transform(Number)
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);

/** Epoch milliseconds; undefined for what is no instant, and for `0001-01-01T00:00:00Z`, which means never. */
export function huaweiInstant(value: string | number | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'number' || /^\d{1,15}$/.test(value)) return instantOf(Number(value));
  const zoned = /([zZ]|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value.replace(' ', 'T')}Z`;
  const at = Date.parse(zoned);
  return Number.isFinite(at) && at > 0 ? at : undefined;
}

/** Below this a number of time is seconds: 1e11 s would be in the year 5138, and 1e11 ms was in 1973. */
const SECONDS_BELOW = 100_000_000_000;

function instantOf(value: number): number | undefined {
  if (value <= 0) return undefined;
  return value < SECONDS_BELOW ? value * 1000 : value;
}

const config = z.looseObject({
  record_cycle: number,
  record_prefix: optional,
  record_ts_prefix: optional,
  record_slice_duration: number,
  record_max_duration_to_merge_file: number,
});

export const ruleReply = z.looseObject({
  id: text.min(1),
  publish_domain: text,
  app: text,
  stream: text,
  record_type: optional,
  default_record_config: z.looseObject({
    record_format: z.array(text).nullish().catch(undefined),
    obs_addr: z.looseObject({ bucket: optional, location: optional, object: optional }).nullish(),
    hls_config: config.nullish(),
    flv_config: config.nullish(),
    mp4_config: config.nullish(),
  }),
  create_time: optional,
  update_time: optional,
});
export type HuaweiRule = z.output<typeof ruleReply>;

export const rulesReply = z.looseObject({
  total: number,
  record_config: z
    .array(ruleReply)
    .nullish()
    .transform((list) => list ?? []),
});

export const streamReply = z.looseObject({
  publish_domain: text,
  app: text,
  stream: text,
  /** When this push began. */
  start_time: z.union([text, z.number().transform(String)]),
  client_ip: optional,
});
export type HuaweiStream = z.output<typeof streamReply>;

export const streamsReply = z.looseObject({
  total_num: number,
  streams: z
    .array(streamReply)
    .nullish()
    .transform((list) => list ?? []),
});

export const callbackReply = z.looseObject({
  id: text.min(1),
  publish_domain: text,
  app: text,
  notify_callback_url: text,
  notify_event_subscription: z
    .array(text)
    .nullish()
    .transform((list) => list ?? []),
  sign_type: optional,
  create_time: optional,
  update_time: optional,
});
export type HuaweiCallback = z.output<typeof callbackReply>;

export const callbacksReply = z.looseObject({
  total: number,
  callback_config: z
    .array(callbackReply)
    .nullish()
    .transform((list) => list ?? []),
});

/** All empty where there is none. The key is a secret; some editions of the page show it, others do not. */
export const notificationReply = z
  .looseObject({ url: optional, call_back_area: optional, auth_sign_key: optional })
  .transform(({ url, call_back_area, auth_sign_key }) => ({
    ...(url !== undefined && url !== '' && { url }),
    ...(call_back_area !== undefined && { call_back_area }),
    ...(auth_sign_key !== undefined && auth_sign_key !== '' && { auth_sign_key }),
  }));
export type HuaweiNotification = z.output<typeof notificationReply>;

export const contentsReply = z.looseObject({
  total: number,
  record_contents: z
    .array(
      z.looseObject({
        file_name: optional,
        app: optional,
        stream: optional,
        record_format: optional,
        download_url: optional,
        start_time: optional,
        end_time: optional,
        duration: number,
      }),
    )
    .nullish()
    .transform((list) => list ?? []),
});
export type HuaweiContents = z.output<typeof contentsReply>;

export const indexReply = z.looseObject({
  index_url: optional,
  start_time: optional,
  end_time: optional,
  duration: number,
  location: optional,
  bucket: optional,
  object: optional,
});
export type HuaweiIndex = z.output<typeof indexReply>;

export const historyReply = z.looseObject({
  total: number,
  history_stream_list: z
    .array(z.looseObject({ domain: text, app: text, stream: text, start_time: optional, end_time: optional }))
    .nullish()
    .transform((list) => list ?? []),
});
export type HuaweiHistory = z.output<typeof historyReply>;

/** Of the service `error_code`, of the gateway the same with a `request_id`; the vendor's clients read the others too. */
export interface HuaweiError {
  /** Without its prefix: `100011001`, `0301`; empty where there is none. */
  code: string;
  /** With its prefix, as it was answered. */
  written: string;
  message: string;
  requestId?: string;
}

export function errorOf(body: string): HuaweiError {
  const read = z.looseObject({}).safeParse(parsed(body));
  const fields = read.success ? read.data : {};
  // IAM wraps its errors: `{"error": {"code": 401, "message": …}}`.
  const inner = z.looseObject({}).safeParse(fields['error']);
  const told = inner.success ? { ...fields, ...inner.data } : fields;
  const written = firstText(told, ['error_code', 'errorCode', 'code']).slice(0, 40);
  const requestId = firstText(told, ['request_id']);
  return {
    written,
    code: /(\d+)$/.exec(written)?.[1] ?? '',
    message: firstText(told, ['error_msg', 'errorMsg', 'message']),
    ...(requestId !== '' && { requestId }),
  };
}

export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function firstText(fields: Record<string, unknown>, names: string[]): string {
  const found = names.map((name) => fields[name]).find((value) => value !== undefined && value !== null);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
}
