/**
 * How it is recorded. Names are those of Agora's page, all side by side: where Agora wants them in
 * `recordingConfig`, `recordingFileConfig` or `extensionServices`, keeprolling puts them there. Which of them belong to
 * the target's mode is checked in `modes.ts`, since the mode is not an option.
 */
import { z } from 'zod';
import { secretReference } from '../../secrets.ts';
import {
  AREAS,
  color,
  EXCEPT_LIST_WORDS,
  FRAME_RATES,
  HOURS,
  httpUrl,
  IDLE_SECONDS,
  LAYOUT,
  MAX_BITRATE,
  MAX_PIXELS,
  MAX_REGIONS,
  regions,
  subscribeList,
  UID_LIST_WORDS,
  uid,
  unsubscribeList,
  userBackgrounds,
} from './fields.ts';
import {
  CANVAS_RULES,
  ENCRYPTION_RULES,
  LAYOUT_RULES,
  numberOf,
  page,
  PAGE_RULES,
  SNAPSHOT_RULES,
  SUBSCRIPTION_RULES,
  withRules,
} from './rules.ts';
import { ACQUIRE, ours, START, told, UPDATE } from './told.ts';

function whole(field: string, min: number, max: number, unit: string, instead: string, rule = page(field)) {
  return told(z.int().min(min).max(max), `it must be a whole number of ${unit} from ${min} to ${max}`, {
    rule,
    try: instead,
  }).optional();
}

function oneOf<const V extends readonly (string | number)[]>(field: string, values: V, instead: string) {
  return told(z.literal([...values] as V[number][]), `it must be one of ${values.join(', ')}`, {
    rule: page(field),
    try: instead,
  }).optional();
}

function named(field: string, what: string) {
  return told(secretReference, `${what} is never written out: name it under secrets in keeprolling.yaml`, {
    rule: page(field),
    try: `{secret: channel-${field}}`,
    secret: true,
  }).optional();
}

const subscribed = (field: string) =>
  told(subscribeList, `it must be ${UID_LIST_WORDS}`, {
    rule: page(field),
    try: '["#allstream#"] or ["101", "102"]; streamTypes to leave a medium out',
  }).optional();
const excepted = (field: string) =>
  told(unsubscribeList, `it must be ${EXCEPT_LIST_WORDS}`, {
    rule: page(field),
    try: '["444", "555"]; leave it out to except nobody',
  }).optional();

// ── transcodingConfig ──────────────────────────────────────────────────────────────────────────────────────────

const PROFILE = 'Agora Cloud Recording, set the video profile';
const TRANSCODING = page('transcodingConfig');

function image(field: string) {
  return told(httpUrl, 'it must be the http or https address of an image, without user and password', {
    rule: `${TRANSCODING}.${field}`,
    try: 'https://cdn.example.com/background.jpg',
    secret: true,
  }).optional();
}

const side = (field: string) =>
  whole(field, 1, MAX_PIXELS, 'pixels', 'width: 1280, height: 720', `${TRANSCODING}.${field}`);

const transcodingConfig = withRules(
  z.strictObject({
    width: side('width'),
    height: side('height'),
    fps: told(
      z.literal([...FRAME_RATES]),
      `it must be one of ${FRAME_RATES.join(', ')}; Agora takes any other for 15 and says nothing`,
      { rule: `${PROFILE}, frame rates`, try: '15 or 30' },
    ).optional(),
    bitrate: whole('bitrate', 1, MAX_BITRATE, 'Kbps', '2260 for 1280x720 at 15 fps', `${PROFILE}, bitrate`),
    mixedVideoLayout: oneOf(
      'transcodingConfig.mixedVideoLayout',
      Object.values(LAYOUT),
      '0 floating, 1 adaptive, 2 vertical, 3 custom',
    ),
    maxResolutionUid: told(uid, 'it must be a uid as text, "1" to "4294967295"', {
      rule: `${TRANSCODING}.maxResolutionUid`,
      try: '"101"',
    }).optional(),
    layoutConfig: told(
      regions,
      `it must be 1 to ${MAX_REGIONS} regions, each with x_axis, y_axis, width and height from 0 to 1`,
      { rule: `${TRANSCODING}.layoutConfig`, try: '[{x_axis: 0, y_axis: 0, width: 0.5, height: 1}]' },
    ).optional(),
    backgroundColor: told(color, 'it must be a colour as "#" and six hexadecimal digits', {
      rule: `${TRANSCODING}.backgroundColor`,
      try: '"#000000"',
    }).optional(),
    backgroundImage: image('backgroundImage'),
    defaultUserBackgroundImage: image('defaultUserBackgroundImage'),
    backgroundConfig: told(
      userBackgrounds,
      'it must be a list of {uid, image_url, render_mode}, with an http or https address',
      {
        rule: `${TRANSCODING}.backgroundConfig`,
        try: '[{uid: "101", image_url: "https://cdn.example.com/101.jpg"}]',
        secret: true,
      },
    ).optional(),
  }),
  [...CANVAS_RULES, ...LAYOUT_RULES],
);

// ── storageConfig ──────────────────────────────────────────────────────────────────────────────────────────────

const place = (field: string) =>
  ours(
    'it belongs to the destination',
    `${field} of the destination in keeprolling.yaml`,
    page('storageConfig'),
  );

const storageConfig = z.strictObject({
  /** For a region whose name Agora's table does not tell for certain. */
  region: told(z.int().min(0).max(99), "it must be the number of the region in Agora's table", {
    rule: 'Agora Cloud Recording, third-party cloud storage regions',
    try: 'leave it out: the region of the destination is looked up in that table',
  }).optional(),
  extensionParams: z
    .strictObject({
      sse: oneOf('storageConfig.extensionParams.sse', ['kms', 'aes256'], 'aes256'),
      tag: told(z.string().min(1).max(256), 'it must be the text of a tag, not empty', {
        rule: page('storageConfig.extensionParams.tag'),
        try: 'recordings',
      }).optional(),
      endpoint: place('endpoint'),
    })
    .optional(),
  vendor: place('cloud'),
  bucket: place('bucket'),
  accessKey: place('credentials'),
  secretKey: place('credentials'),
  stsToken: ours(
    'short-lived credentials are minted and renewed from the destination',
    'credentials of the destination in keeprolling.yaml',
    page('storageConfig'),
  ),
  stsExpiration: place('credentials'),
  fileNamePrefix: ours(
    'keeprolling gives every take a folder of its own, so that no two can meet',
    'prefix of the destination in keeprolling.yaml',
  ),
});

// ── the rest ───────────────────────────────────────────────────────────────────────────────────────────────────

const snapshotConfig = z.strictObject({
  captureInterval: whole('snapshotConfig.captureInterval', 5, 3600, 'seconds', '10'),
  fileType: told(z.tuple([z.literal('jpg')]), 'it must be ["jpg"], the only format', {
    rule: page('snapshotConfig.fileType'),
    try: '[jpg]',
  }),
});

function isWebUrl(text: string): boolean {
  return httpUrl.safeParse(text).success && URL.canParse(text);
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

const flat = (group: string) =>
  ours(`the fields of ${group} stand side by side, without it`, 'its fields directly under options', START);
const misspelt = (right: string) =>
  ours(`it is called ${right}`, right, 'Agora Cloud Recording, start (older pages and SDKs write it so)');

const fields = z.strictObject({
  // acquire
  region: told(z.enum(AREAS), 'it must be CN, AP, EU or NA: the servers that may be used at all', {
    rule: `${ACQUIRE}, region`,
    try: 'EU; the number of a storage region is storageConfig.region',
  }).optional(),
  regionAffinity: told(z.int().min(0).max(4), 'it must be a whole number from 0 to 4', {
    rule: 'Agora Cloud Recording, acquire, regionAffinity (told by the SDKs only)',
    try: '0 near, 1 China, 2 South-East Asia, 3 Europe, 4 North America',
  }).optional(),
  excludeResourceIds: told(
    z.array(z.string().regex(/^\S{1,2048}$/)).min(1),
    'it must be a list of resource ids of other recordings, not empty',
    { rule: `${ACQUIRE}, excludeResourceIds`, try: 'leave it out' },
  ).optional(),
  resourceExpiredHour: whole(
    'resourceExpiredHour',
    HOURS.min,
    HOURS.max,
    'hours',
    'leave it out: it is taken from the window',
    `${ACQUIRE}, resourceExpiredHour`,
  ),
  // individual and mix
  channelType: oneOf('channelType', [0, 1], '0 communication, 1 live: as in the SDK of the users'),
  streamTypes: oneOf('streamTypes', [0, 1, 2], '0 audio, 1 video, 2 both'),
  videoStreamType: oneOf('videoStreamType', [0, 1], '0 high, 1 low'),
  streamMode: oneOf('streamMode', ['default', 'standard', 'original'], 'default'),
  audioProfile: oneOf('audioProfile', [0, 1, 2], '0 mono 48 Kbps, 1 mono 128 Kbps, 2 stereo 192 Kbps'),
  maxIdleTime: whole('maxIdleTime', IDLE_SECONDS.min, IDLE_SECONDS.max, 'seconds', '300'),
  decryptionMode: oneOf('decryptionMode', [0, 1, 2, 3, 4, 5, 6, 7, 8], 'as in the SDK of the users'),
  secret: named('secret', 'the key of the channel'),
  salt: named('salt', 'the salt of the channel'),
  subscribeAudioUids: subscribed('subscribeAudioUids'),
  unsubscribeAudioUids: excepted('unsubscribeAudioUids'),
  subscribeVideoUids: subscribed('subscribeVideoUids'),
  unsubscribeVideoUids: excepted('unsubscribeVideoUids'),
  subscribeUidGroup: oneOf(
    'subscribeUidGroup',
    [0, 1, 2, 3, 4, 5],
    '0 for 1-2 users, 1 for 3-7, 2 for 8-12, 3 for 13-17, 4 for 18-32, 5 for 33-49',
  ),
  transcodingConfig: transcodingConfig.optional(),
  snapshotConfig: snapshotConfig.optional(),
  privateParams: told(
    z.string().max(2048).refine(isJsonObject),
    'it must be an object of JSON, written as text',
    {
      rule: 'Agora Cloud Recording, manage files, privateParams',
      try: `'{"correctEXTINF": true}'`,
      secret: true,
    },
  ).optional(),
  // files
  avFileType: told(
    z.union([
      z.tuple([z.literal('hls')]),
      z.tuple([z.literal('hls'), z.literal('mp4')]),
      z.tuple([z.literal('mp4'), z.literal('hls')]),
    ]),
    'it must be ["hls"] or ["hls", "mp4"]; Agora makes no MP4 without HLS',
    { rule: `${page('avFileType')} (["mp4"] alone is refused with code 2)`, try: '[hls, mp4]' },
  ).optional(),
  storageConfig: storageConfig.optional(),
  // web
  url: told(
    z.union([secretReference, z.string().refine(isWebUrl)]),
    'it must be the http or https address of the page, without user and password, or the name of a secret',
    { rule: page('web_recorder_service.url'), try: '{secret: page-url} where it holds a key', secret: true },
  ).optional(),
  videoWidth: whole('videoWidth', 240, 1920, 'pixels', '1280'),
  videoHeight: whole('videoHeight', 240, 1920, 'pixels', '720'),
  videoBitrate: whole('videoBitrate', 50, 8000, 'Kbps', '2000'),
  videoFps: whole('videoFps', 5, 60, 'frames a second', '15'),
  mobile: told(z.boolean(), 'it must be true or false', { rule: page('mobile'), try: 'false' }).optional(),
  maxVideoDuration: whole('maxVideoDuration', 30, 240, 'minutes', '120'),
  maxRecordingHour: whole(
    'maxRecordingHour',
    HOURS.min,
    HOURS.max,
    'hours',
    'leave it out: it is taken from the window',
  ),
  readyTimeout: whole('readyTimeout', 0, 60, 'seconds', '0 to wait for the page without end'),
  publish: told(
    z.strictObject({
      outputs: z
        .array(z.strictObject({ rtmpUrl: secretReference }))
        .min(1)
        .max(1),
    }),
    'it must be {outputs: [{rtmpUrl: {secret: name}}]}: one address, which is never written out',
    {
      rule: page('rtmp_publish_service.outputs'),
      try: '{outputs: [{rtmpUrl: {secret: cdn-url}}]}',
      secret: true,
    },
  ).optional(),
  // ours, or Agora's own names for what stands elsewhere
  token: ours('keeprolling makes the token of every recorder', 'appCertificate of the account'),
  uid: ours('keeprolling gives every take a uid of its own', 'uids of the account'),
  cname: ours('the channel belongs to the target', 'target.channel'),
  mode: ours('the mode belongs to the target', 'target.mode'),
  scene: ours('it follows from the mode', 'target.mode'),
  resourceId: ours('every take acquires a resource of its own', 'leave it out'),
  sid: ours('Agora gives it when a take has started', 'leave it out'),
  startParameter: ours(
    'it would have to equal the start, whose credentials are minted only then',
    'leave it out',
  ),
  async_stop: ours('keeprolling waits for the upload to know where the files are', 'leave it out'),
  onhold: ours('pausing is a command, so that gaps have a reason and an end', 'pause and resume'),
  fileNamePrefix: ours('keeprolling gives every take a folder of its own', 'prefix of the destination'),
  stsToken: place('credentials'),
  stsExpiration: place('credentials'),
  accessKey: place('credentials'),
  secretKey: place('credentials'),
  bucket: place('bucket'),
  vendor: place('cloud'),
  rtmpUrl: ours('where it is pushed to stands in publish', 'publish: {outputs: [{rtmpUrl: {secret: name}}]}'),
  outputs: ours('where it is pushed to stands in publish', 'publish: {outputs: [{rtmpUrl: {secret: name}}]}'),
  errorHandlePolicy: ours('a failed push must not end a recording', 'leave it out'),
  recordingConfig: flat('recordingConfig'),
  recordingFileConfig: flat('recordingFileConfig'),
  extensionServiceConfig: flat('extensionServiceConfig'),
  webRecordingConfig: flat('webRecordingConfig'),
  streamSubscribe: ours('who is recorded at the start stands in four lists', 'subscribeAudioUids', UPDATE),
  rtmpPublishConfig: ours('where it is pushed to stands in publish', 'publish', UPDATE),
  unSubscribeAudioUids: misspelt('unsubscribeAudioUids'),
  unSubscribeVideoUids: misspelt('unsubscribeVideoUids'),
  appsCollection: ours('Agora has given up postponed transcoding', 'avFileType: [hls, mp4]', START),
  transcodeOptions: ours('Agora has given up postponed transcoding', 'avFileType: [hls, mp4]', START),
});

export const agoraOptionsSchema = withRules(fields, [
  ...SUBSCRIPTION_RULES,
  ...ENCRYPTION_RULES,
  ...SNAPSHOT_RULES,
  ...PAGE_RULES,
  {
    path: 'maxRecordingHour',
    breaks: (options) =>
      numberOf(options, 'maxRecordingHour', 0) > numberOf(options, 'resourceExpiredHour', Infinity),
    error:
      'it is longer than resourceExpiredHour: after that nobody could stop it, and it would be billed on',
    rule: page('maxRecordingHour'),
    try: 'a larger resourceExpiredHour, or leave both out',
  },
]);

export type AgoraOptions = z.output<typeof agoraOptionsSchema>;
