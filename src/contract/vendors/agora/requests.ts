/**
 * What is sent to Agora, as its pages have it: raw values, no secret by name. A request is checked whole before it
 * leaves, since Agora answers 200 to much that it will not do.
 */
import { z } from 'zod';
import {
  AREAS,
  canvas,
  FRAME_RATES,
  HOURS,
  IDLE_SECONDS,
  LAYOUT,
  MAX_BITRATE,
  MAX_PIXELS,
  regions,
  SALT,
  subscribeList,
  uid,
  unsubscribeList,
  type AgoraMode,
} from './fields.ts';
import {
  CANVAS_RULES,
  ENCRYPTION_RULES,
  LAYOUT_RULES,
  page,
  PAGE_RULES,
  SNAPSHOT_RULES,
  SUBSCRIPTION_RULES,
  withRules,
  type Rule,
} from './rules.ts';
import { CHANNEL } from './target.ts';
import { valueOf } from './told.ts';

const whole = (min: number, max: number) => z.int().min(min).max(max);
const text = z.string().min(1);

// ── storageConfig ──────────────────────────────────────────────────────────────────────────────────────────────

const S3 = 1;
const ALIBABA = 2;
const TENCENT = 3;
const S3_COMPATIBLE = 11;

const vendorOf = (config: unknown): unknown => valueOf(config, 'vendor');
const extensionOf = (config: unknown, field: string): unknown =>
  valueOf(valueOf(config, 'extensionParams'), field);

const STORAGE_RULES: Rule[] = [
  {
    path: 'stsToken',
    breaks: (config) =>
      valueOf(config, 'stsToken') !== undefined &&
      ![S3, ALIBABA, TENCENT].includes(vendorOf(config) as number),
    error: 'a token works for vendors 1, 2 and 3 only',
    rule: page('storageConfig.stsToken'),
    try: 'keys without a token',
  },
  {
    path: 'stsExpiration',
    breaks: (config) =>
      (valueOf(config, 'stsToken') === undefined) !== (valueOf(config, 'stsExpiration') === undefined),
    error: 'stsToken and stsExpiration belong together',
    rule: page('storageConfig.stsExpiration'),
    try: 'the end of the token in seconds',
  },
  {
    path: 'fileNamePrefix',
    breaks: (config) => {
      const folders = valueOf(config, 'fileNamePrefix');
      return Array.isArray(folders) && folders.join('/').length + 1 > 128;
    },
    error: 'the whole prefix has more than 128 characters, slashes included',
    rule: page('storageConfig.fileNamePrefix'),
    try: 'shorter folders',
  },
  {
    path: 'extensionParams',
    breaks: (config) =>
      (extensionOf(config, 'endpoint') === undefined) === (vendorOf(config) === S3_COMPATIBLE) ||
      ((extensionOf(config, 'sse') ?? '') !== '' && vendorOf(config) !== S3) ||
      ((extensionOf(config, 'tag') ?? '') !== '' && ![S3, ALIBABA].includes(vendorOf(config) as number)),
    error: 'endpoint is for vendor 11, which needs it; sse for vendor 1; tag for vendors 1 and 2',
    rule: page('storageConfig.extensionParams'),
    try: 'what the vendor takes',
  },
];

export const storageConfigSchema = withRules(
  z.strictObject({
    vendor: z.literal([1, 2, 3, 5, 6, 7, 8, 11]),
    region: whole(0, 99),
    bucket: text,
    accessKey: text,
    secretKey: text,
    stsToken: text.optional(),
    /** Seconds since 1970. */
    stsExpiration: whole(1, 99_999_999_999).optional(),
    fileNamePrefix: z.array(z.string().regex(/^[A-Za-z0-9]+$/)).optional(),
    extensionParams: z
      .strictObject({
        /** Empty means none: the page calls both required within the object, and Agora's clients send them so. */
        sse: z.enum(['', 'kms', 'aes256']).optional(),
        tag: z.string().optional(),
        /** A domain name; the page shows none with a scheme. */
        endpoint: z
          .string()
          .regex(/^(https?:\/\/)?[A-Za-z0-9.-]+(:[0-9]{1,5})?$/)
          .optional(),
      })
      .optional(),
  }),
  STORAGE_RULES,
);

// ── start ──────────────────────────────────────────────────────────────────────────────────────────────────────

const layoutFields = {
  mixedVideoLayout: z.literal(Object.values(LAYOUT)).optional(),
  maxResolutionUid: uid.optional(),
  layoutConfig: regions.optional(),
  ...canvas,
};

const transcodingConfig = withRules(
  z.strictObject({
    width: whole(1, MAX_PIXELS).optional(),
    height: whole(1, MAX_PIXELS).optional(),
    fps: z.literal([...FRAME_RATES]).optional(),
    bitrate: whole(1, MAX_BITRATE).optional(),
    ...layoutFields,
  }),
  [...CANVAS_RULES, ...LAYOUT_RULES],
);

const recordingConfig = z.strictObject({
  channelType: z.literal([0, 1]),
  streamTypes: z.literal([0, 1, 2]).optional(),
  videoStreamType: z.literal([0, 1]).optional(),
  maxIdleTime: whole(IDLE_SECONDS.min, IDLE_SECONDS.max).optional(),
  decryptionMode: whole(0, 8).optional(),
  secret: text.optional(),
  salt: z.string().regex(SALT).optional(),
  subscribeAudioUids: subscribeList.optional(),
  unsubscribeAudioUids: unsubscribeList.optional(),
  subscribeVideoUids: subscribeList.optional(),
  unsubscribeVideoUids: unsubscribeList.optional(),
  /** Mode individual, which needs it. */
  subscribeUidGroup: whole(0, 5).optional(),
  /** Mode individual. */
  streamMode: z.enum(['default', 'standard', 'original']).optional(),
  /** Mode mix. */
  audioProfile: z.literal([0, 1, 2]).optional(),
  /** Mode mix. */
  transcodingConfig: transcodingConfig.optional(),
  /** JSON as text. */
  privateParams: text.optional(),
});
const RECORDING_RULES = [...SUBSCRIPTION_RULES, ...ENCRYPTION_RULES];

const HLS = z.tuple([z.literal('hls')]);
const fileTypes = z.union([
  HLS,
  z.tuple([z.literal('hls'), z.literal('mp4')]),
  z.tuple([z.literal('mp4'), z.literal('hls')]),
]);

const webRecorder = z.strictObject({
  serviceName: z.literal('web_recorder_service'),
  errorHandlePolicy: z.enum(['error_abort', 'error_ignore']).optional(),
  serviceParam: withRules(
    z.strictObject({
      url: z.string().regex(/^https?:\/\/\S+$/),
      audioProfile: z.literal([0, 1, 2]),
      videoWidth: whole(1, MAX_PIXELS),
      videoHeight: whole(1, MAX_PIXELS),
      maxRecordingHour: whole(HOURS.min, HOURS.max),
      videoBitrate: whole(50, 8000).optional(),
      videoFps: whole(5, 60).optional(),
      mobile: z.boolean().optional(),
      maxVideoDuration: whole(30, 240).optional(),
      onhold: z.boolean().optional(),
      readyTimeout: whole(0, 60).optional(),
    }),
    PAGE_RULES,
  ),
});
const outputs = z
  .array(z.strictObject({ rtmpUrl: z.string().regex(/^rtmps?:\/\/\S+$/) }))
  .min(1)
  .max(1);
const rtmpPublisher = z.strictObject({
  serviceName: z.literal('rtmp_publish_service'),
  errorHandlePolicy: z.enum(['error_abort', 'error_ignore']).optional(),
  serviceParam: z.strictObject({ outputs }),
});

const startFields = z.strictObject({
  /** Individual and mix, where the project has a certificate. */
  token: text.optional(),
  storageConfig: storageConfigSchema,
  /** Individual and mix. */
  recordingConfig: recordingConfig.optional(),
  /** Left out for screenshots alone. */
  recordingFileConfig: z.strictObject({ avFileType: fileTypes.optional() }).optional(),
  /** Mode individual. */
  snapshotConfig: z
    .strictObject({ captureInterval: whole(5, 3600).optional(), fileType: z.tuple([z.literal('jpg')]) })
    .optional(),
  /** Mode web, which needs it. */
  extensionServiceConfig: z
    .strictObject({
      errorHandlePolicy: z.literal('error_abort').optional(),
      extensionServices: z
        .array(z.discriminatedUnion('serviceName', [webRecorder, rtmpPublisher]))
        .min(1)
        .max(2),
    })
    .optional(),
});

/** The whole `clientRequest` of a start; which fields a mode takes is checked beside. */
export type AgoraStartFields = z.input<typeof startFields>;

const snapshotRules = SNAPSHOT_RULES.map((rule) => ({
  ...rule,
  breaks: (request: unknown) =>
    rule.breaks({
      ...(valueOf(request, 'recordingConfig') as object | undefined),
      snapshotConfig: valueOf(request, 'snapshotConfig'),
    }),
}));

const { recordingFileConfig } = startFields.shape;

const START_BY_MODE: Record<AgoraMode, z.ZodType> = {
  individual: withRules(
    startFields.omit({ extensionServiceConfig: true }).extend({
      recordingConfig: withRules(
        recordingConfig
          .omit({ audioProfile: true, transcodingConfig: true })
          .extend({ subscribeUidGroup: whole(0, 5) }),
        RECORDING_RULES,
      ),
      recordingFileConfig: z.strictObject({ avFileType: HLS.optional() }).optional(),
    }),
    snapshotRules,
  ),
  mix: startFields.omit({ extensionServiceConfig: true, snapshotConfig: true }).extend({
    recordingConfig: withRules(
      recordingConfig.omit({ streamMode: true, subscribeUidGroup: true }),
      RECORDING_RULES,
    ).optional(),
  }),
  web: z.strictObject({
    storageConfig: storageConfigSchema,
    recordingFileConfig,
    extensionServiceConfig: startFields.shape.extensionServiceConfig.unwrap(),
  }),
};

// ── all calls ──────────────────────────────────────────────────────────────────────────────────────────────────

/** Ids go into a path; they are opaque. */
const id = z.string().regex(/^[A-Za-z0-9_\-.~+/=]{1,2048}$/);
const channel = z.string().regex(CHANNEL);
const label = z.string().min(1).max(1024);
const cnameOf = (mode: AgoraMode) => (mode === 'web' ? label : channel);

const acquireFields = z.strictObject({
  /** 0 channels (default), 1 web pages. */
  scene: z.literal([0, 1]).optional(),
  resourceExpiredHour: whole(HOURS.min, HOURS.max).optional(),
  excludeResourceIds: z.array(id).min(1).optional(),
  region: z.enum(AREAS).optional(),
  /** Told by the vendor's SDKs only. */
  regionAffinity: whole(0, 4).optional(),
  startParameter: startFields.optional(),
});
export type AgoraAcquireFields = z.input<typeof acquireFields>;

/** The mode is not told to `acquire`; of the web it tells the scene. */
export const acquireSchema = z.union([
  z.strictObject({
    cname: label,
    uid,
    clientRequest: acquireFields.extend({
      scene: z.literal(1),
      startParameter: START_BY_MODE.web.optional(),
    }),
  }),
  z.strictObject({
    cname: channel,
    uid,
    clientRequest: acquireFields.extend({
      scene: z.literal(0).optional(),
      startParameter: z.union([START_BY_MODE.individual, START_BY_MODE.mix]).optional(),
    }),
  }),
]);

const updateFields = z.strictObject({
  /** Individual and mix; replaces the former lists. */
  streamSubscribe: z
    .strictObject({
      audioUidList: withRules(
        z.strictObject({
          subscribeAudioUids: subscribeList.optional(),
          unsubscribeAudioUids: unsubscribeList.optional(),
        }),
        SUBSCRIPTION_RULES,
      ).optional(),
      videoUidList: withRules(
        z.strictObject({
          subscribeVideoUids: subscribeList.optional(),
          unsubscribeVideoUids: unsubscribeList.optional(),
        }),
        SUBSCRIPTION_RULES,
      ).optional(),
    })
    .optional(),
  /** Mode web. */
  webRecordingConfig: z.strictObject({ onhold: z.boolean() }).optional(),
  /** Mode web with a push. */
  rtmpPublishConfig: z.strictObject({ outputs }).optional(),
  /** All of it again, also to renew no more than the token. */
  storageConfig: storageConfigSchema.optional(),
});
export type AgoraUpdateFields = z.input<typeof updateFields>;

const CHANNEL_UPDATE = updateFields.pick({ streamSubscribe: true, storageConfig: true });
const UPDATE_BY_MODE: Record<AgoraMode, z.ZodType> = {
  individual: CHANNEL_UPDATE,
  mix: CHANNEL_UPDATE,
  web: updateFields.omit({ streamSubscribe: true }),
};

const layoutSchema = withRules(z.strictObject(layoutFields), LAYOUT_RULES);
export type AgoraLayoutFields = z.input<typeof layoutSchema>;

const named = (mode: AgoraMode) => ({ resourceId: id, mode: z.literal(mode), cname: cnameOf(mode), uid });
const running = (mode: AgoraMode) => ({ ...named(mode), sid: id });

/** Made once for each mode: zod compiles a schema at its first use, which costs more than the look that it checks. */
function byMode<S>(make: (mode: AgoraMode) => S): (mode: AgoraMode) => S {
  const made = new Map<AgoraMode, S>();
  return (mode) => {
    const schema = made.get(mode) ?? make(mode);
    made.set(mode, schema);
    return schema;
  };
}

/** A request by mode, as it is handed to the client: names for the path, names for the body, and `clientRequest`. */
export const startSchema = byMode((mode) =>
  z.strictObject({ ...named(mode), clientRequest: START_BY_MODE[mode] }),
);
export const querySchema = byMode((mode) =>
  z.strictObject({ ...running(mode), cname: cnameOf(mode).optional(), uid: uid.optional() }),
);
export const updateSchema = byMode((mode) =>
  z.strictObject({ ...running(mode), clientRequest: UPDATE_BY_MODE[mode] }),
);
export const updateLayoutSchema = z.strictObject({ ...running('mix'), clientRequest: layoutSchema });
export const stopSchema = byMode((mode) =>
  z.strictObject({ ...running(mode), async: z.boolean().optional() }),
);
