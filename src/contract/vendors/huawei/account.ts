/** A Huawei Cloud project as configured in keeprolling.yaml, its secrets resolved. */
import { z } from 'zod';
import { signedCallbacks } from '../../callbacks.ts';
import { parseDuration } from '../../time.ts';
import { always, given, told, valueOf } from '../../told.ts';
import { domainName } from './fields.ts';

/**
 * Regions of Live, which make its host, `live.cn-north-4.myhuaweicloud.com` (the vendor's Python client, LiveRegion). It
 * knows `ap-southeast-2` too, where nothing can be recorded (Live, Constraints: AP-Bangkok).
 */
export const LIVE_REGIONS = ['cn-north-4', 'cn-north-1', 'cn-east-3', 'ap-southeast-3'] as const;
export type HuaweiRegion = (typeof LIVE_REGIONS)[number];

export const CALLBACK_AREAS = ['mainland_china', 'outside_mainland_china'] as const;
export type HuaweiCallbackArea = (typeof CALLBACK_AREAS)[number];

const AUTH = 'Huawei Cloud, API request signing and IAM';
const TEMPORARY = 'Huawei Cloud IAM, Obtaining Temporary Access Keys';
const CALLBACKS = 'Huawei Cloud Live, record callbacks';

function isApiUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  return !url.username && !url.password && !text.includes('?') && !text.includes('#');
}

const address = (what: string, instead: string) =>
  told(z.string().refine(isApiUrl), `it must be ${what}, without user, password or query`, {
    rule: 'keeprolling.yaml, accounts, url',
    try: instead,
    secret: true,
  });

const secretWord = (what: string, instead: string) =>
  told(z.string().regex(/^[!-~]+$/), `it must be ${what}: one word, not empty`, {
    rule: AUTH,
    try: instead,
    secret: true,
  });

/** IAM takes 15 minutes to 24 hours. */
const LIFE_MS = { min: 900_000, max: 86_400_000 };

function isLife(text: string): boolean {
  const ms = parseDuration(text);
  return ms !== undefined && ms >= LIFE_MS.min && ms <= LIFE_MS.max;
}

/** Temporary keys that keeprolling fetches itself: by a user's password, or by a token that somebody else renews. */
const temporary = z
  .strictObject({
    /** IAM's address; that of the region without it. */
    iam: address('the http or https address of IAM', 'https://iam.cn-north-4.myhuaweicloud.com').optional(),
    /** Name of the account that the user belongs to. */
    domain: told(z.string().min(1), 'it must be the name of the account of that IAM user', {
      rule: 'Huawei Cloud IAM, Obtaining a User Token',
      try: '${HUAWEI_DOMAIN}',
      secret: true,
    }).optional(),
    user: told(z.string().min(1), 'it must be the name of an IAM user', {
      rule: 'Huawei Cloud IAM, Obtaining a User Token',
      try: '${HUAWEI_USER}',
      secret: true,
    }).optional(),
    /** A secret. */
    password: told(z.string().min(1), "it must be that user's password, not empty", {
      rule: 'Huawei Cloud IAM, Obtaining a User Token',
      try: 'file:/run/secrets/huawei-password',
      secret: true,
    }).optional(),
    /** A user's token, which ends after 24 hours. A secret. */
    token: secretWord("a user's token", 'file:/run/secrets/huawei-token').optional(),
    /** How long the keys live. */
    duration: told(
      z
        .string()
        .refine(isLife)
        .transform((text) => parseDuration(text) ?? 0),
      'it must be a duration from 15m to 24h',
      { rule: `${TEMPORARY}, duration_seconds 900 to 86400`, try: '12h' },
    ).default(43_200_000),
  })
  .superRefine((value, context) => {
    const named = ['domain', 'user', 'password'].filter((field) => given(value, field));
    if (given(value, 'token') ? named.length === 0 : named.length === 3) return;
    context.addIssue({
      code: 'custom',
      path: ['user'],
      message: 'it takes domain, user and password together, or token alone',
      params: { rule: TEMPORARY, try: '{ domain, user, password }, or { token }', secret: true },
    });
  });

/** `keys`: record callbacks and stream notifications are signed with them, the first is the one to install. */
const callbacks = signedCallbacks
  .extend({
    /** Base address at which Huawei reaches the gateway, for `keeprolling callbacks install`. */
    url: address('the public http or https address of the gateway', 'https://rec.example.com').optional(),
    /** Ingest domains that are to call back; Huawei has one configuration for each. */
    domains: told(z.array(domainName).min(1).max(100), 'it must be a list of 1 to 100 ingest domains', {
      rule: `${CALLBACKS}, publish_domain`,
      try: '[push.example.com]',
    }).optional(),
    /** `MD5` covers no content: whoever sees one callback can write others until it expires. */
    sign: told(z.enum(['HMACSHA256', 'MD5']), 'it must be HMACSHA256 or MD5', {
      rule: `${CALLBACKS}, sign_type`,
      try: 'HMACSHA256, since MD5 does not protect the body',
    }).default('HMACSHA256'),
    /** Where the gateway is, for stream notifications; by the region without it. */
    area: told(z.enum(CALLBACK_AREAS), `it must be one of ${CALLBACK_AREAS.join(', ')}`, {
      rule: 'Huawei Cloud Live, stream notifications, call_back_area',
      try: 'outside_mainland_china',
    }).optional(),
  })
  .superRefine(({ keys }, context) => {
    if (keys.every((key) => /^[A-Za-z0-9]{32,128}$/.test(key))) return;
    context.addIssue({
      code: 'custom',
      path: ['keys'],
      message: 'Huawei takes keys of 32 to 128 letters and digits (32 suit every page of its)',
      params: {
        rule: `${CALLBACKS}, key; stream notifications, auth_sign_key`,
        try: 'openssl rand -hex 16',
        secret: true,
      },
    });
  });

const WAYS = ['accessKey', 'token', 'temporary'] as const;

export const huaweiAccountSchema = z
  .strictObject({
    vendor: z.literal('huawei'),
    /** Makes host and IAM's host, and says where buckets must be. */
    region: told(z.enum(LIVE_REGIONS), `it must be one of ${LIVE_REGIONS.join(', ')}`, {
      rule: 'Huawei Cloud Live, regions and endpoints; nothing can be recorded in AP-Bangkok (ap-southeast-2)',
      try: 'cn-north-4, or the url of another endpoint',
    }).optional(),
    /** One address instead of the region's host: another endpoint, a proxy, or an emulator. */
    url: address(
      'the http or https address of a Live endpoint',
      'leave it out where region says it',
    ).optional(),
    projectId: told(
      z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
      'it must be the id of the project in that region',
      {
        rule: 'Huawei Cloud, Obtaining a Project ID',
        try: '${HUAWEI_PROJECT_ID}',
        secret: true,
      },
    ),
    accessKey: secretWord('an access key (AK)', '${HUAWEI_ACCESS_KEY}').optional(),
    /** A secret. */
    secretKey: secretWord('the secret key (SK)', 'file:/run/secrets/huawei-secret-key').optional(),
    /** Of temporary keys that somebody else renews in their files. A secret. */
    securityToken: secretWord('a security token', 'file:/run/secrets/huawei-security-token').optional(),
    /** A user's token, sent as X-Auth-Token; it ends after 24 hours, and somebody else renews it. A secret. */
    token: secretWord("a user's token", 'file:/run/secrets/huawei-token').optional(),
    temporary: temporary.optional(),
    callbacks: callbacks.optional(),
  })
  .superRefine((account, context) => {
    const refuse = (path: string[], message: string, rule: string, instead: string): void =>
      context.addIssue({
        code: 'custom',
        path,
        message,
        params: { rule, try: instead, secret: true },
      });
    if (!given(account, 'region') && !given(account, 'url'))
      refuse(
        ['region'],
        'it needs a region, or the url of an endpoint',
        'keeprolling.yaml, accounts',
        'cn-north-4',
      );
    if (WAYS.filter((way) => given(account, way)).length !== 1)
      refuse(
        ['accessKey'],
        'it takes exactly one of accessKey with secretKey, token, and temporary',
        AUTH,
        'one of them',
      );
    if (given(account, 'secretKey') !== given(account, 'accessKey'))
      refuse(['secretKey'], 'accessKey and secretKey belong together', AUTH, 'both, or neither');
    if (given(account, 'securityToken') && !given(account, 'accessKey'))
      refuse(['securityToken'], 'it belongs to accessKey and secretKey', AUTH, 'leave it out');
    const ownIam = given(valueOf(account, 'temporary'), 'iam');
    if (given(account, 'temporary') && !given(account, 'region') && !ownIam)
      refuse(
        ['temporary', 'iam'],
        'without a region it needs the address of IAM',
        TEMPORARY,
        'region, or temporary.iam',
      );
  }, always);

export type HuaweiAccount = z.output<typeof huaweiAccountSchema>;

/** Rules and quotas belong to a project, and a project to one region. */
export function huaweiIdentity(account: Record<string, unknown>): string {
  const { projectId, region, url } = account;
  return `${String(projectId)}/${String(region ?? url)}`;
}
