/**
 * The rules of Agora's fields that several places share: options, requests and changes in mid-session. They use only
 * what JSON Schema can say as well, since changes are checked by it where no schema of zod can run.
 */
import { z } from 'zod';

/** 1 to 2^32 − 1, as decimal text without a leading zero. */
const UID =
  /^([1-9][0-9]{0,8}|[1-3][0-9]{9}|4[01][0-9]{8}|42[0-8][0-9]{7}|429[0-3][0-9]{6}|4294[0-8][0-9]{5}|42949[0-5][0-9]{4}|429496[0-6][0-9]{3}|4294967[01][0-9]{2}|42949672[0-8][0-9]|429496729[0-5])$/;
export const MAX_UID = 4_294_967_295;
export const uid = z.string().regex(UID);

/** The length of a subscription list. */
export const MAX_UIDS = 32;
export const ALL_STREAMS = '#allstream#';
export const UID_LIST_WORDS = `1 to ${MAX_UIDS} uids as text, or ["${ALL_STREAMS}"] alone for everybody`;
export const EXCEPT_LIST_WORDS = `1 to ${MAX_UIDS} uids as text`;
export const subscribeList = z.union([
  z.array(uid).min(1).max(MAX_UIDS),
  z.array(z.literal(ALL_STREAMS)).min(1).max(1),
]);
/** Everybody but these; nobody at all is no list but another `streamTypes`. */
export const unsubscribeList = z.array(uid).min(1).max(MAX_UIDS);

/** Floating, adaptive, vertical, custom. */
export const LAYOUT = { floating: 0, adaptive: 1, vertical: 2, custom: 3 } as const;
export const MAX_REGIONS = 17;
export const MAX_PIXELS = 1920 * 1080;
/** Other frame rates are taken for 15 without a word. */
export const FRAME_RATES = [1, 7, 10, 15, 24, 30, 60] as const;
export const MAX_BITRATE = 6500;

/** Without user and password. */
const HTTP_URL = /^https?:\/\/[^\s/?#@]+([/?#][^\s]*)?$/;
export const httpUrl = z.string().max(2048).regex(HTTP_URL);
export const color = z.string().regex(/^#[0-9A-Fa-f]{6}$/);
const share = z.number().min(0).max(1);
const renderMode = z.literal([0, 1]);

export const region = z.strictObject({
  uid: uid.optional(),
  x_axis: share,
  y_axis: share,
  width: share,
  height: share,
  alpha: z.number().min(0).max(1).optional(),
  render_mode: renderMode.optional(),
});
export const regions = z.array(region).min(1).max(MAX_REGIONS);
export const userBackgrounds = z
  .array(z.strictObject({ uid, image_url: httpUrl, render_mode: renderMode.optional() }))
  .min(1);

/** What every layout may have besides its regions. */
export const canvas = {
  backgroundColor: color.optional(),
  backgroundImage: httpUrl.optional(),
  defaultUserBackgroundImage: httpUrl.optional(),
  backgroundConfig: userBackgrounds.optional(),
};

export const SALT = /^[A-Za-z0-9+/]{43}=$/;
export const MODES = ['individual', 'mix', 'web'] as const;
export type AgoraMode = (typeof MODES)[number];
export const AREAS = ['CN', 'AP', 'EU', 'NA'] as const;
export type Area = (typeof AREAS)[number];
export const HOURS = { min: 1, max: 720 } as const;
export const IDLE_SECONDS = { min: 5, max: 2_592_000 } as const;
