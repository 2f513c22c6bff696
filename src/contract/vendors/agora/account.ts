/** An Agora project as configured in keeprolling.yaml, its secrets resolved. */
import { z } from 'zod';
import { signedCallbacks } from '../../callbacks.ts';
import { parseDuration } from '../../time.ts';
import { IDLE_SECONDS, MAX_UID } from './fields.ts';
import { told } from './told.ts';

export const DOMAINS = ['agora.io', 'sd-rtn.com'] as const;
export type AgoraDomain = (typeof DOMAINS)[number];

/** Prefixes of regional hosts, `api-eu-west-1.agora.io`; neighbours stand side by side. */
export const API_REGIONS = [
  'us-west-1',
  'us-east-1',
  'ap-southeast-1',
  'ap-northeast-1',
  'eu-west-1',
  'eu-central-1',
  'cn-east-1',
  'cn-north-1',
] as const;
export type AgoraApiRegion = (typeof API_REGIONS)[number];

/** Fewer could be used up: a uid rests after its take, and every take of a channel needs another one. */
export const MIN_UIDS = 1000;

function isApiUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  return !url.username && !url.password && !text.includes('?') && !text.includes('#');
}

const hex32 = z.string().regex(/^[0-9a-fA-F]{32}$/);
const CONSOLE = 'Agora Console';

function isIdleCeiling(text: string): boolean {
  const ms = parseDuration(text);
  return ms !== undefined && ms >= IDLE_SECONDS.min * 1000 && ms <= IDLE_SECONDS.max * 1000;
}

const uidRange = z
  .strictObject({
    from: z.int().min(1).max(MAX_UID).default(3_000_000_000),
    count: z.int().min(MIN_UIDS).max(MAX_UID).default(1_000_000_000),
  })
  .refine(({ from, count }) => from + count - 1 <= MAX_UID);

export const agoraAccountSchema = z.strictObject({
  vendor: z.literal('agora'),
  /** Of the channels that are recorded; two accounts with the same one are the same project. */
  appId: told(hex32, 'it must be the App ID of the project, 32 hexadecimal digits', {
    rule: `${CONSOLE}, Projects, App ID`,
    try: '${AGORA_APP_ID}',
    secret: true,
  }),
  /** The App ID with which web pages are recorded, where that is another one. */
  webAppId: told(hex32, 'it must be the App ID for which recording of web pages is enabled', {
    rule: `${CONSOLE}, Projects, App ID`,
    try: 'leave it out where it is the same project',
    secret: true,
  }).optional(),
  /** Signs the recorder's tokens; needed once the project has one. A secret. */
  appCertificate: told(hex32, 'it must be the primary certificate of the project, 32 hexadecimal digits', {
    rule: `${CONSOLE}, Projects, Primary Certificate`,
    try: '${AGORA_APP_CERTIFICATE} or file:/run/secrets/agora-certificate',
    secret: true,
  }).optional(),
  /** Basic authentication ends the name at the first colon. */
  customerId: told(z.string().regex(/^[^\s:]+$/), 'it must be the Customer ID, without blanks and colons', {
    rule: `${CONSOLE}, RESTful API`,
    try: '${AGORA_CUSTOMER_ID}',
    secret: true,
  }),
  /** A secret. */
  customerSecret: told(z.string().regex(/^\S+$/), 'it must be the Customer Secret, not empty', {
    rule: `${CONSOLE}, RESTful API`,
    try: '${AGORA_CUSTOMER_SECRET} or file:/run/secrets/agora',
    secret: true,
  }),
  /** One address instead of the public domains: a proxy, or an emulator. */
  url: told(
    z.string().refine(isApiUrl),
    'it must be the http or https address of a proxy or emulator, without user, password or query',
    {
      rule: 'keeprolling.yaml, accounts, url',
      try: 'leave it out to reach Agora by its own domains',
      secret: true,
    },
  ).optional(),
  /** Asked first; the other one is tried where this one cannot be reached at all. */
  domain: told(z.enum(DOMAINS), 'it must be agora.io or sd-rtn.com', {
    rule: 'Agora Cloud Recording, switch domain names',
    try: 'sd-rtn.com in mainland China, agora.io elsewhere',
  }).default('agora.io'),
  /** The regional host near the workers; a start by a far one may take more than 10 s. */
  region: told(z.enum(API_REGIONS), `it must be one of ${API_REGIONS.join(', ')}`, {
    rule: 'Agora Cloud Recording, switch domain names, regional domains',
    try: 'eu-central-1, or leave it out to let DNS choose',
  }).optional(),
  /** From these keeprolling takes the uids of its recorders; nobody else in any channel may use one of them. */
  uids: told(
    uidRange,
    `it must be {from, count}: a range of at least ${MIN_UIDS} uids that no user of any channel has, all from 1 to ${MAX_UID}`,
    { rule: 'Agora Cloud Recording, acquire, uid', try: '{ from: 3000000000, count: 1000000000 }' },
  ).prefault({}),
  /** No recorder gets a longer `maxIdleTime`: so long one whose start was never answered may go on by itself. */
  idleCeiling: told(
    z
      .string()
      .refine(isIdleCeiling)
      .transform((text) => parseDuration(text) ?? 0),
    'it must be a duration from 5s to 30d',
    { rule: 'Agora Cloud Recording, start, maxIdleTime', try: '1h' },
  ).default(3_600_000),
  /** How long a recorder's token is valid: it cannot be renewed, so each take ends before it does. */
  tokenHours: told(z.int().min(1).max(24), 'it must be a whole number of hours from 1 to 24', {
    rule: 'Agora, AccessToken2: a token is valid for 24 hours at most',
    try: '24',
  }).default(24),
  /** Notifications; `keys` holds the secret of each App ID that notifies, since a body does not name its App ID. */
  callbacks: signedCallbacks.optional(),
});

export type AgoraAccount = z.output<typeof agoraAccountSchema>;

/** Two accounts of one project would hand out the same uids and share its quotas. */
export function agoraIdentity(account: Record<string, unknown>): string {
  return String(account['appId']).toLowerCase();
}
