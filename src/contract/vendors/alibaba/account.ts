/** An account of Alibaba Cloud as configured in keeprolling.yaml, its secrets resolved. */
import { z } from 'zod';
import { signedCallbacks } from '../../callbacks.ts';
import { parseDuration } from '../../time.ts';
import { always, DOMAIN, given, told, valueOf } from './words.ts';

/** The same host for all regions. */
export const DEFAULT_URL = 'https://live.aliyuncs.com';
const RAM = 'Alibaba Cloud, RAM';
const STS = 'Alibaba Cloud STS, AssumeRole';
const MINUTES = { min: 15, max: 720 } as const;

function isServiceUrl(text: string): boolean {
  return /^https?:\/\/[^/?#@\s]+\/?$/.test(text) && URL.canParse(text);
}

/** Services are called at `/`: an address has no path. */
const serviceUrl = (what: string, instead: string) =>
  told(
    z
      .string()
      .refine(isServiceUrl)
      .transform((text) => text.replace(/\/$/, '')),
    `it must be the http or https address of ${what}, scheme, host and port alone`,
    { rule: 'keeprolling.yaml, accounts, url', try: instead, secret: true },
  );

const key = (what: string, instead: string) =>
  told(z.string().regex(/^[!-~]+$/), `it must be ${what}, not empty and without blanks`, {
    rule: `${RAM}, AccessKey pairs`,
    try: instead,
    secret: true,
  });

/** A role whose temporary keys record: the account's own keys may do nothing but assume it. */
const assumeRole = z.strictObject({
  role: told(
    z.string().regex(/^acs:ram::\d+:role\/[A-Za-z0-9._-]+$/),
    'it must be the ARN of a role, acs:ram::<account>:role/<name>',
    { rule: `${STS}, RoleArn`, try: 'acs:ram::123456789012****:role/recorder', secret: true },
  ),
  /** Stands in the vendor's audit log. */
  sessionName: told(
    z.string().regex(/^[A-Za-z0-9._@-]{2,64}$/),
    'it must be 2 to 64 letters, digits and characters of .@-_',
    { rule: `${STS}, RoleSessionName`, try: 'keeprolling', secret: true },
  ).default('keeprolling'),
  /** How long each pair lives. */
  duration: told(
    z
      .string()
      .refine((text) => isDuration(text))
      .transform((text) => parseDuration(text) ?? 0),
    'it must be from 15m to 12h, and no longer than the role allows (MaxSessionDuration)',
    { rule: `${STS}, DurationSeconds`, try: '1h', secret: true },
  ).default(3_600_000),
  externalId: told(
    z.string().regex(/^[A-Za-z0-9+=,.@:/_-]{2,1224}$/),
    'it must be 2 to 1224 letters, digits and characters of =,.@:/-_+',
    { rule: `${STS}, ExternalId`, try: 'what the trust policy of the role asks for', secret: true },
  ).optional(),
  /** JSON text: narrows what the role may do. */
  policy: told(z.string().min(1).max(2048), 'it must be a policy as JSON text of at most 2048 characters', {
    rule: `${STS}, Policy`,
    try: 'leave it out: the pair may do what the role may',
    secret: true,
  }).optional(),
  /** Another address of STS than the region's. */
  url: serviceUrl('STS', 'https://sts.cn-shanghai.aliyuncs.com').optional(),
});

function isDuration(text: string): boolean {
  const ms = parseDuration(text);
  return ms !== undefined && ms >= MINUTES.min * 60_000 && ms <= MINUTES.max * 60_000;
}

const LOWER = 'it must be a host name in lower case, without scheme and port';

/** Record events and push events. `keys` are the NotifyAuthKey of both kinds. */
const alibabaCallbacks = signedCallbacks
  .extend({
    /** The public address of the gateway: its host name is part of what ApsaraVideo signs record events with. */
    url: told(
      z.string().refine((text) => URL.canParse(text) && /^https?:\/\/[^/?#@\s]+/.test(text)),
      'it must be the http or https address under which ApsaraVideo reaches the gateway',
      {
        rule: 'ApsaraVideo, callback authentication (the host name of the callback URL)',
        try: 'https://callbacks.example.com',
        secret: true,
      },
    ).optional(),
    /** Playback domain → the ingest domain whose streams it plays: push events name the latter, targets the former. */
    domains: told(
      z.record(z.string().regex(DOMAIN), z.string().regex(DOMAIN)),
      `it must say of each playback domain to which ingest domain it belongs; ${LOWER}`,
      { rule: 'ApsaraVideo, DescribeLiveDomainMapping', try: '{ play.example.com: push.example.com }' },
    ).default({}),
  })
  .superRefine(({ keys }, context) => {
    for (const [i, one] of keys.entries()) {
      if (/^[A-Za-z0-9]{16,32}$/.test(one)) continue;
      context.addIssue({
        code: 'custom',
        path: ['keys', i],
        message: 'it must be 16 to 32 letters and digits, which both kinds of callbacks take',
        params: {
          rule: 'ApsaraVideo, AddLiveRecordNotifyConfig, NotifyAuthKey',
          try: '${CALLBACK_KEY} or file:/run/secrets/callback-key',
          secret: true,
        },
      });
    }
  });

export const alibabaAccountSchema = z
  .strictObject({
    vendor: z.literal('alibaba'),
    accessKeyId: key('the AccessKey ID', '${ALIBABA_ACCESS_KEY_ID} or file:/run/secrets/ali-id'),
    /** A secret. */
    accessKeySecret: key(
      'the AccessKey secret',
      '${ALIBABA_ACCESS_KEY_SECRET} or file:/run/secrets/ali-secret',
    ),
    /** Of temporary keys that somebody else renews in their files: all three are read anew for each call. A secret. */
    securityToken: key('the security token of temporary keys', 'file:/run/secrets/ali-token').optional(),
    assumeRole: assumeRole.optional(),
    /** Another address than the public one: a proxy, or an emulator. */
    url: serviceUrl('a proxy or emulator', 'leave it out to reach ApsaraVideo itself').default(DEFAULT_URL),
    callbacks: alibabaCallbacks.optional(),
  })
  .refine((account) => !given(account, 'assumeRole') || !given(account, 'securityToken'), {
    ...always,
    path: ['securityToken'],
    error:
      'temporary keys and assumeRole do not go together: who renews the keys can assume the role as well',
    params: { rule: STS, try: 'lasting keys with assumeRole, or temporary keys alone', secret: true },
  });

export type AlibabaAccount = z.output<typeof alibabaAccountSchema>;
export type AlibabaRole = NonNullable<AlibabaAccount['assumeRole']>;

/**
 * What is known of whose account it is: the number in the role's ARN, else the AccessKey ID. Two key pairs of one account
 * cannot be told to be that, so such two configured accounts would share locks with nobody.
 */
export function alibabaIdentity(account: Record<string, unknown>): string {
  const role = valueOf(account['assumeRole'], 'role');
  const number = typeof role === 'string' ? /^acs:ram::(\d+):/.exec(role)?.[1] : undefined;
  const { url = DEFAULT_URL } = account;
  return `${String(url)}/${number ?? String(account['accessKeyId'])}`;
}
