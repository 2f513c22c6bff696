/** A NAVER Cloud account, or a sub account of one, as configured in keeprolling.yaml, its secrets resolved. */
import { z } from 'zod';
import { unsignedCallbacks } from '../../callbacks.ts';
import { OVERVIEW, told } from './told.ts';

/** The finance zone is reached by the same host under another prefix. */
export const NAVER_REGIONS = { KR: '/api/v2', FKR: '/api/fin-v2' } as const;
export type NaverRegion = keyof typeof NAVER_REGIONS;
const REGION_CODES = Object.keys(NAVER_REGIONS) as [NaverRegion, ...NaverRegion[]];

export const NAVER_URL = 'https://livestation.apigw.ntruss.com';

/** The path is signed as it is sent, and a proxy that changes it would break every signature. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[^/?#@\s]+\/?$/.test(text) && URL.canParse(text);
}

function isPublicBase(text: string): boolean {
  return /^https?:\/\/[^?#@\s]+$/.test(text) && URL.canParse(text);
}

const KEYS = 'NAVER Cloud Platform portal, My Page, Manage Account, API authentication key';

/** Live Station signs nothing: whoever knows the address is heard, so its last part is a secret. */
const naverCallbacks = unsignedCallbacks.extend({
  /** Where the gateway is reached from outside: with it `keeprolling callbacks` can say the whole address. */
  url: told(
    z.string().refine(isPublicBase),
    "it must be the gateway's public http or https address, without user, password or query",
    {
      rule: 'keeprolling.yaml, accounts, callbacks.url',
      try: 'https://hooks.example.com',
      secret: true,
    },
  ).optional(),
});

export const naverAccountSchema = z.strictObject({
  vendor: z.literal('naver'),
  accessKey: told(z.string().regex(/^[\x21-\x7e]{1,100}$/), 'it must be the Access Key ID, without blanks', {
    rule: KEYS,
    try: '${NCP_ACCESS_KEY}',
    secret: true,
  }),
  /** Signs every request. A secret. */
  secretKey: told(z.string().regex(/^\S+$/), 'it must be the Secret Key, not empty and without blanks', {
    rule: KEYS,
    try: '${NCP_SECRET_KEY} or file:/run/secrets/naver',
    secret: true,
  }),
  /** Sent as `x-ncp-region_code`. */
  regionCode: told(z.enum(REGION_CODES), `it must be one of ${REGION_CODES.join(', ')}`, {
    rule: `${OVERVIEW}, request headers, x-ncp-region_code`,
    try: 'KR; FKR in the finance zone',
  }).default('KR'),
  /** Another address instead of NAVER's own: a proxy that keeps paths as they are, or an emulator. */
  url: told(
    z.string().refine(isOrigin),
    'it must be scheme, host and port alone: the path of a request is signed, and none may come before it',
    {
      rule: 'keeprolling.yaml, accounts, url',
      try: `leave it out to reach ${NAVER_URL}`,
      secret: true,
    },
  ).optional(),
  callbacks: naverCallbacks.optional(),
});

export type NaverAccount = z.output<typeof naverAccountSchema>;

/**
 * By access key: nothing that a key tells says whose it is, so two keys of one NAVER account (or of sub accounts of it)
 * count as two accounts here, with two locks for each of its channels.
 */
export function naverIdentity(account: Record<string, unknown>): string {
  return String(account['accessKey']);
}
