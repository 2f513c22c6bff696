/**
 * The forms of what Huawei calls back, as far as they are relied upon: record callbacks and stream notifications, which
 * differ in the names of their fields and in the order in which those are signed. New fields pass; lengths are bounded,
 * since what is read goes into history.
 * Sources: "Live, record callbacks" (new and 2021 editions), "Live, stream status notifications".
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { LENGTHS } from '../../contract/vendors/huawei.ts';
import { huaweiInstant } from './wire.ts';

const text = (most: number) => z.string().max(most);
const optionalText = (most: number) =>
  text(most)
    .nullish()
    .transform((value) => value ?? '');
/** A number in the new example, a text in the old one: it is signed as it is written. */
const expiry = z.union([z.int().min(0), z.string().regex(/^\d{1,15}$/)]).transform(String);
const instant = z
  .union([text(40), z.number()])
  .nullish()
  .transform((value) => huaweiInstant(value ?? undefined));
const count = z
  .union([z.number(), z.string().regex(/^\d{1,15}$/)])
  .transform(Number)
  .pipe(z.number().min(0))
  .nullish()
  .catch(undefined);

const app = text(LENGTHS.app).min(1);
const stream = text(LENGTHS.stream).min(1);
const domain = text(LENGTHS.publishDomain).min(1);

export const recordNotice = z.looseObject({
  event_type: text(40).min(1),
  publish_domain: domain,
  app,
  stream,
  /** One recording. */
  task_id: optionalText(100),
  /** One file of it. */
  job_id: optionalText(100),
  download_url: optionalText(2_048),
  play_url: optionalText(2_048),
  obs_location: optionalText(255),
  obs_bucket: optionalText(63),
  obs_object: optionalText(1_024),
  file_size: count,
  start_time: instant,
  end_time: instant,
  auth_timestamp: expiry,
  auth_sign: text(128),
});
export type RecordNotice = z.output<typeof recordNotice>;

export const streamNotice = z.looseObject({
  event: text(40).min(1),
  domain,
  app,
  stream,
  /** The same of PUBLISH and of its PUBLISH_DONE. */
  publish_timestamp: z.union([text(40), z.number()]).transform(String),
  auth_timestamp: expiry,
  auth_sign: text(128),
});
export type StreamNotice = z.output<typeof streamNotice>;

export interface Signing {
  keys: readonly string[];
  /** Of record callbacks. MD5 covers no content, and holds only where it is configured. */
  sign: 'HMACSHA256' | 'MD5';
}

export function isRecordSigned(notice: RecordNotice, { keys, sign }: Signing): boolean {
  const { auth_timestamp: at, event_type, publish_domain, app: its, stream: name, auth_sign } = notice;
  const { download_url, play_url } = notice;
  const signed = [at, event_type, publish_domain, its, name, download_url, play_url].join('');
  return keys.some(
    (key) => isEqual(auth_sign, hmac(key, signed)) || (sign === 'MD5' && isEqual(auth_sign, md5(key + at))),
  );
}

export function isStreamSigned(notice: StreamNotice, { keys }: Pick<Signing, 'keys'>): boolean {
  const { event, domain: its, app: name, stream: one, auth_timestamp: at, auth_sign } = notice;
  return keys.some((key) => isEqual(auth_sign, hmac(key, [event, its, name, one, at].join(''))));
}

function hmac(key: string, signed: string): string {
  return createHmac('sha256', key).update(signed).digest('hex');
}

function md5(signed: string): string {
  return createHash('md5').update(signed).digest('hex');
}

/** Lower-case hex, by every example; capitals would say the same. */
function isEqual(given: string, own: string): boolean {
  const [a, b] = [Buffer.from(given.toLowerCase()), Buffer.from(own)];
  return a.length === b.length && timingSafeEqual(a, b);
}
