/**
 * What a user writes for OvenMediaEngine: account, target and options. Names under `options` are the vendor's own.
 * OvenMediaEngine ignores many wrong values without a word and records something else; each of them is refused
 * here, with the rule and with what would be right.
 */
import { z } from 'zod';
import { signedCallbacks } from '../callbacks.ts';
import { always, given, refusedField, told } from '../told.ts';
import type { VendorContract } from '../vendor.ts';

const PAGE = 'OvenMediaEngine REST API, Recording, Start Recording';

// ── account ────────────────────────────────────────────────────────────────────────────────────────────────────

function isApiUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  return !url.username && !url.password && !text.includes('?') && !text.includes('#');
}

/** Names travel in a URL's path, where "." and ".." mean something else, a "/" would end the name, and half a character cannot be written. */
function isName(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return text !== '' && text !== '.' && text !== '..' && !/[/\s\u0000-\u001f\u007f\p{Cs}]/u.test(text);
}

const ADMISSION = 'OvenMediaEngine, AdmissionWebhooks';
/** Stands for the input's name; `${OriginStreamName}` itself would be a variable of the environment here. */
const INPUT_NAME = '{stream}';

function isOutputPattern(text: string): boolean {
  return isName(text) && !/[{}$]/.test(text.replaceAll(INPUT_NAME, ''));
}

/** The name of the output that a profile makes of this input. */
export function omeOutputName(pattern: string, stream: string): string {
  return pattern.replaceAll(INPUT_NAME, () => stream);
}

/** Admission webhooks and alerts; `keys` are the `<SecretKey>` of both. */
const omeCallbacks = signedCallbacks.extend({
  /** Host in the address to which an encoder pushes → virtual host; a host that is not named here is of `default`. */
  hosts: told(
    z.record(z.string().regex(/^(\[[0-9A-Fa-f:.]+\]|[^/:@?#\s]+)$/), z.string().refine(isName)),
    'it must say of each host, without port, to which virtual host it belongs',
    {
      rule: `${ADMISSION}, request.url (its host); Server.xml, <VirtualHost><Host><Names>`,
      try: '{ live.example.com: live }',
    },
  ).default({}),
  /** What the output profiles make of an input's name: callbacks about inputs are about these outputs. */
  outputs: told(
    z.array(z.string().refine(isOutputPattern)).min(1).max(20),
    `it must be a list of names in which ${INPUT_NAME} stands for the name of the input stream`,
    {
      rule: 'Server.xml, <OutputProfile><OutputStreamName>, with {stream} for ${OriginStreamName}',
      try: '["{stream}_o"]',
    },
  ).default([INPUT_NAME]),
});

/** One OvenMediaEngine as configured in keeprolling.yaml, its secrets resolved. */
export const omeAccountSchema = z.strictObject({
  vendor: z.literal('ome'),
  /** Where the API server listens: Server.xml, `<Bind><Managers><API>`. */
  url: told(
    z.string().refine(isApiUrl),
    'it must be the http or https address of the API server, without user, password or query',
    { rule: 'Server.xml, <Bind><Managers><API>', try: 'http://ome.example.com:8081', secret: true },
  ),
  /** Server.xml, `<Managers><API><AccessToken>`. A secret. */
  accessToken: told(z.string().min(1), 'it must be the access token of the API server, not empty', {
    rule: 'Server.xml, <Managers><API><AccessToken>; without one OvenMediaEngine starts no API server',
    try: '${OME_ACCESS_TOKEN} or file:/run/secrets/ome',
    secret: true,
  }),
  /** Where workers see the folder that Server.xml calls `<RootPath>`; only with it a file can be `stored`. */
  recordsDir: told(
    z.string().regex(/^\//),
    'it must be an absolute path: the folder where a worker sees the <RootPath> of Server.xml',
    { rule: 'keeprolling.yaml, accounts, recordsDir', try: '/mnt/ome-records' },
  ).optional(),
  /** Folder below `<RootPath>` in which our files are written. */
  filePrefix: told(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/),
    'it must be a folder below the <RootPath> of Server.xml: names of letters, digits, ".", "_" and "-", joined by "/"',
    { rule: 'keeprolling.yaml, accounts, filePrefix', try: 'keeprolling' },
  ).default('keeprolling'),
  /** Only an account with these is told anything by its server. */
  callbacks: omeCallbacks.optional(),
});

// ── target ─────────────────────────────────────────────────────────────────────────────────────────────────────

function name(what: string, example: string) {
  return told(
    z.string().refine(isName),
    `it must be the name of ${what}: not empty, without "/", blanks and control characters`,
    {
      rule: `${PAGE}, path and stream.name`,
      try: example,
    },
  );
}

/** What is recorded: one output stream of an application. */
export const omeTargetSchema = z.strictObject({
  vhost: name('a virtual host', 'default').default('default'),
  app: name('an application', 'app'),
  /** The INPUT stream, as the encoder pushes it. */
  stream: name('the input stream, as the encoder pushes it', 'cam1'),
  /** The OUTPUT stream (`OutputStreamName` of the output profile): what OvenMediaEngine records. */
  output: name('the output stream, which OvenMediaEngine records', 'cam1_o').optional(),
});

// ── options ────────────────────────────────────────────────────────────────────────────────────────────────────

/** OvenMediaEngine splits only at a key frame, and encoders send one every 1 to 4 s: less cannot be kept. */
export const MIN_INTERVAL_MS = 1_000;
/** `interval` is a 32-bit number in OvenMediaEngine (record.cpp, `isInt`); a larger one is ignored without a word. */
export const MAX_INTERVAL_MS = 2_147_483_647;

const SIXTY = '(?:\\*|\\*\\/(?:[1-5]?[0-9])|[1-5]?[0-9])';
const HOUR = '(?:\\*|\\*\\/(?:1?[0-9]|2[0-3])|(?:1?[0-9]|2[0-3]))';
/** OvenMediaEngine's own pattern (file_application.cpp): no lists, no ranges, no leading zero, one blank between. */
export const SCHEDULE_PATTERN = new RegExp(`^${SIXTY} ${SIXTY} ${HOUR}$`);

/** OvenMediaEngine takes a step of 0 and then never splits, and a `*` for the second splits at every packet. */
function isUsefulSchedule(text: string): boolean {
  return SCHEDULE_PATTERN.test(text) && !/(^| )\*\/0( |$)/.test(text) && !/^\*(\/1)? /.test(text);
}

/** A parameter that OvenMediaEngine knows and we fill in ourselves: refused with the reason. */
function ours(reason: string, instead: string) {
  return refusedField(reason, { rule: `${PAGE}; keeprolling sends it itself`, try: instead });
}

const NAMES_FILES = 'keeprolling names the files itself, so that none overwrites another';

/** How it is recorded; the names are those of the vendor's page. */
export const omeOptionsSchema = z
  .strictObject({
    /** Tracks by `Encodes.[Video|Audio|Data].Name` of the output profile; without it all tracks are recorded. */
    variantNames: told(
      z.array(z.string().min(1)).refine((names) => new Set(names).size === names.length),
      'it must be a list of different track names (text); OvenMediaEngine leaves out what is not text and says nothing',
      { rule: `${PAGE}, stream.variantNames`, try: '[h264_fhd, aac]' },
    ).optional(),
    /** Length of a file in ms; OvenMediaEngine closes it at the next key frame after that. */
    interval: told(
      z.int().min(MIN_INTERVAL_MS).max(MAX_INTERVAL_MS),
      `it must be a whole number of milliseconds from ${MIN_INTERVAL_MS} to ${MAX_INTERVAL_MS}; OvenMediaEngine ignores other values and never splits`,
      { rule: `${PAGE}, interval (milliseconds per file, split at a key frame)`, try: '3600000' },
    ).optional(),
    /** `second minute hour` of the server's local time. */
    schedule: told(
      z.string().refine(isUsefulSchedule),
      'it must be "second minute hour", one blank between, each N, */N or *; no lists, ranges, leading zeros or steps of 0, and no "*" for the second, which would split at every packet',
      { rule: `${PAGE}, schedule (<Second Minute Hour>)`, try: '"0 0 */1" for every full hour' },
    ).optional(),
    /** Whether time stamps go on or start anew in the next file. */
    segmentationRule: told(
      z.enum(['continuity', 'discontinuity']),
      'it must be continuity or discontinuity; OvenMediaEngine takes anything else for discontinuity',
      { rule: `${PAGE}, segmentationRule`, try: 'discontinuity' },
    ).optional(),
    /** A killed server leaves a readable file only with `ts`; `mp4` would lack its index. */
    container: told(z.enum(['ts', 'mp4', 'webm']), 'it must be ts, mp4 or webm', {
      rule: 'OvenMediaEngine, container by the extension of filePath',
      try: 'ts',
    }).default('ts'),
    id: ours('keeprolling names every record itself, so that no two can meet', 'leave it out'),
    stream: ours('the stream belongs to the target', 'target.stream and target.output'),
    metadata: ours('keeprolling writes its session and take into it, to know its own', 'labels'),
    filePath: ours(NAMES_FILES, 'filePrefix of the account for the folder, container for the extension'),
    infoPath: ours(NAMES_FILES, 'filePrefix of the account for the folder'),
    trackIds: ours('track numbers change with the source', 'variantNames'),
  })
  .refine((options) => !(given(options, 'interval') && given(options, 'schedule')), {
    ...always,
    path: ['schedule'],
    error: 'interval and schedule cannot be used together',
    params: {
      rule: `${PAGE}, schedule (not allowed to use with interval)`,
      try: 'interval alone, or schedule alone',
    },
  })
  .refine(
    (options) =>
      !given(options, 'segmentationRule') || given(options, 'interval') || given(options, 'schedule'),
    {
      ...always,
      path: ['segmentationRule'],
      error: 'it has no effect without interval or schedule: there is nothing to divide',
      params: { rule: `${PAGE}, segmentationRule`, try: 'add interval or schedule, or leave it out' },
    },
  );

export type OmeAccount = z.output<typeof omeAccountSchema>;
export type OmeTarget = z.output<typeof omeTargetSchema>;
export type OmeOptions = z.output<typeof omeOptionsSchema>;

/**
 * The parts of the target's key: virtual host, application, output stream. Names of output streams are unique in
 * an application, so the input stream adds nothing once the output is given. Where the output is left out, the
 * input's name stands in: most profiles name the output after it, and more cannot be known without a call. So the
 * same output written once with and once without its name may make two sessions; OvenMediaEngine keeps their
 * records apart, and `keeprolling doctor` tells the output's name.
 */
export function omeKeyParts(target: OmeTarget): string[] {
  return [target.vhost, target.app, target.output ?? target.stream];
}

/** Two accounts of one API server would have two locks for one recorder. */
function identity(account: Record<string, unknown>): string {
  const { url } = account;
  if (typeof url !== 'string' || !URL.canParse(url)) return String(url);
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

export const omeContract: VendorContract = {
  vendor: 'ome',
  account: omeAccountSchema,
  target: omeTargetSchema,
  options: omeOptionsSchema,
  keyParts: (target) => omeKeyParts(target as OmeTarget),
  identity,
};
