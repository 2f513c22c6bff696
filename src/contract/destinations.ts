/**
 * `destinations` of keeprolling.yaml: named places for files, with where their credentials come from. The names of
 * clouds here are names of places; which of them a recorder can write to is its vendor's own affair.
 */
import { z } from 'zod';
import { parseDuration } from './time.ts';

export const CLOUDS = [
  'aws',
  'alibaba',
  'tencent',
  'azure',
  'google',
  'huawei',
  'baidu',
  'naver',
  's3-compatible',
] as const;
export type Cloud = (typeof CLOUDS)[number];

/** Only what speaks S3 can be written to and read by keeprolling itself. */
export function speaksS3(cloud: Cloud): boolean {
  return cloud === 'aws' || cloud === 's3-compatible';
}

/** Bucket names by cloud: the rule, as a pattern and in words. */
const BUCKET_RULES: Record<Cloud, { pattern: RegExp; words: string; page: string }> = {
  aws: {
    pattern:
      /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    words:
      '3 to 63 lower-case letters, digits, dots and hyphens, beginning and ending with a letter or digit',
    page: 'Amazon S3, general purpose bucket naming rules',
  },
  alibaba: {
    pattern: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    words: '3 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit',
    page: 'Alibaba Cloud OSS, bucket naming conventions',
  },
  tencent: {
    pattern: /^[a-z0-9][a-z0-9-]{0,48}-\d{6,12}$/,
    words: 'lower-case letters, digits and hyphens, followed by a hyphen and the APPID (name-1250000000)',
    page: 'Tencent Cloud COS, bucket overview, naming conventions',
  },
  azure: {
    pattern: /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    words:
      '3 to 63 lower-case letters, digits and single hyphens, beginning and ending with a letter or digit',
    page: 'Azure Blob Storage, container names',
  },
  google: {
    pattern: /^(?!goog)(?!.*google)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/,
    words:
      '3 to 63 lower-case letters, digits, hyphens, underscores and dots (up to 222 with dots), beginning and ending with a letter or digit, without "google"',
    page: 'Google Cloud Storage, bucket name requirements',
  },
  huawei: {
    pattern: /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*(\.\.|\.-|-\.))[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    words:
      '3 to 63 lower-case letters, digits, hyphens and dots, beginning and ending with a letter or digit',
    page: 'Huawei Cloud OBS, bucket naming rules',
  },
  baidu: {
    pattern: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    words: '3 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit',
    page: 'Baidu AI Cloud BOS, bucket naming rules',
  },
  naver: {
    pattern: /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    words:
      '3 to 63 lower-case letters, digits, dots and hyphens, beginning and ending with a letter or digit',
    page: 'NAVER Cloud Platform, Object Storage, using buckets',
  },
  's3-compatible': {
    pattern: /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    words:
      '3 to 63 lower-case letters, digits, dots and hyphens, beginning and ending with a letter or digit',
    page: 'Amazon S3, general purpose bucket naming rules',
  },
};

const duration = (leastMs: number, mostMs: number, words: string, example: string) =>
  z
    .string()
    .refine(
      (text) => {
        const ms = parseDuration(text);
        return ms !== undefined && ms >= leastMs && ms <= mostMs;
      },
      { message: words, params: { try: example } },
    )
    .transform((text) => parseDuration(text) ?? 0);

const secretText = z.string().min(1);

/** Scheme, host and port alone: whatever else a URL can hold might be a secret. */
const endpointUrl = z
  .url({ protocol: /^https?$/, error: 'must be http:// or https:// and a host' })
  .refine((text) => !URL.canParse(text) || /^https?:\/\/[^/?#@]+\/?$/.test(text), {
    message: 'takes scheme, host and port alone',
    params: { try: 'https://minio.example.com:9000', secret: true },
  });

/** How long minted credentials live: the longest that the role allows is best. */
const mintedLife = duration(900_000, 43_200_000, 'must be from 15m to 12h', '12h').default(43_200_000);

/** AssumeRole of AWS STS, or of anything that speaks its protocol. */
const awsProvider = z.strictObject({
  provider: z.literal('aws'),
  role: z
    .string()
    .regex(
      /^arn:[a-z0-9-]+:iam::\d*:role\/.+$/,
      'must be the ARN of a role, arn:aws:iam::123456789012:role/recorder',
    ),
  externalId: z.string().min(2).max(1224).optional(),
  /** A session policy (JSON text) that narrows what the role may do. */
  policy: z.string().min(2).max(2048).optional(),
  duration: mintedLife,
  /** Region of the STS endpoint; the destination's own by default. */
  region: z.string().min(1).optional(),
  /** Another STS endpoint, for stores with their own. */
  endpoint: endpointUrl.optional(),
  /** Long-lived keys that may assume the role; AWS's usual chain (environment, profile, instance) without them. */
  accessKey: secretText.optional(),
  secretKey: secretText.optional(),
});

/** AssumeRole of Alibaba Cloud's STS, by a RAM user: the account's own keys are refused there. */
const alibabaProvider = z.strictObject({
  provider: z.literal('alibaba'),
  role: z
    .string()
    .regex(/^acs:ram::\d+:role\/.+$/, 'must be the ARN of a role, acs:ram::1234567890123456:role/recorder'),
  externalId: z.string().min(2).max(1224).optional(),
  /** A policy (JSON text) that narrows what the role may do. */
  policy: z.string().min(2).max(2048).optional(),
  duration: mintedLife,
  /** STS of one region; the central one by default. */
  region: z.string().min(1).optional(),
  endpoint: endpointUrl.optional(),
  accessKey: secretText,
  secretKey: secretText,
});

/** AssumeRole of Tencent Cloud's STS. */
const tencentProvider = z.strictObject({
  provider: z.literal('tencent'),
  role: z
    .string()
    .regex(
      /^qcs::cam::uin\/\d+:role(Name)?\/.+$/,
      'must be the description of a role, qcs::cam::uin/100000000001:roleName/recorder',
    ),
  externalId: z.string().min(2).max(128).optional(),
  /** A policy (JSON text) that narrows what the role may do. */
  policy: z.string().min(2).max(2048).optional(),
  duration: mintedLife,
  /** Region of the API; the destination's own by default. */
  region: z.string().min(1).optional(),
  /** Another endpoint: `https://sts.intl.tencentcloudapi.com` for international accounts. */
  endpoint: endpointUrl.optional(),
  /** SecretId of a user. */
  accessKey: secretText,
  secretKey: secretText,
});

/** A command that prints JSON in the form of AWS's `credential_process`. Run without a shell. */
const execProvider = z.strictObject({
  provider: z.literal('exec'),
  command: z.tuple([z.string().min(1)], z.string()),
  timeout: duration(100, 10_000, 'must be from 100ms to 10s', '7s').default(7_000),
});

/** Keys as they are. With `token` they end at `expiresAt` and cannot be renewed here, unless their files change. */
const staticProvider = z.strictObject({
  provider: z.literal('static'),
  accessKey: secretText,
  secretKey: secretText,
  token: secretText.optional(),
  /** ISO 8601 with offset; only with `token`. */
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});

const credentialSource = z.discriminatedUnion(
  'provider',
  [awsProvider, alibabaProvider, tencentProvider, execProvider, staticProvider],
  { error: 'credentials come from a provider: aws, alibaba, tencent, exec or static' },
);

export const destinationSchema = z
  .strictObject({
    cloud: z.enum(CLOUDS),
    bucket: z.string().min(1),
    /** The cloud's own name of the region, `eu-central-1`. */
    region: z.string().min(1).optional(),
    /**
     * `https://host[:port]` of the store. One that is `s3-compatible` needs it. With `aws` it is where our own calls go,
     * such as a VPC endpoint; recorders find the bucket by its region.
     */
    endpoint: endpointUrl.optional(),
    /** Folders in the bucket, joined with `/`, without one at either end. */
    prefix: z
      .string()
      .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 'must be folder names joined by "/"')
      .optional(),
    /** None where the recorder's own service writes to the bucket by a right of its own. */
    credentials: credentialSource.optional(),
    /** With these `stored` is confirmed in the bucket itself, by a HEAD of each file; they need not be able to write. */
    read: z
      .strictObject({
        credentials: credentialSource,
        /** Where the bucket speaks S3; needed of clouds that have a protocol of their own. */
        endpoint: endpointUrl.optional(),
      })
      .optional(),
    /** Short-lived credentials are renewed this often, and before two thirds of their life. */
    refresh: duration(5_000, 12 * 3_600_000, 'must be from 5s to 12h', '60m').default(3_600_000),
    /** `write`: a small object is written with the very credentials that the recorder gets. */
    probe: z.enum(['write', 'off']).default('write'),
  })
  .superRefine((destination, context) => {
    const { cloud, bucket, endpoint, region } = destination;
    const rule = BUCKET_RULES[cloud];
    if (!rule.pattern.test(bucket)) {
      context.addIssue({
        code: 'custom',
        path: ['bucket'],
        message: `not a bucket name of ${cloud}: it takes ${rule.words}`,
        params: { rule: rule.page },
      });
    }
    if (cloud === 's3-compatible' && endpoint === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['endpoint'],
        message: 'an s3-compatible store is found by its endpoint',
        params: { try: 'https://minio.example.com' },
      });
    }
    if (cloud !== 's3-compatible' && cloud !== 'aws' && endpoint !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['endpoint'],
        message: `only aws and s3-compatible stores take one; ${cloud} is found by its region`,
      });
    }
    if (region === undefined && !['s3-compatible', 'azure', 'google', 'naver'].includes(cloud)) {
      context.addIssue({ code: 'custom', path: ['region'], message: `${cloud} needs a region` });
    }
    const { credentials, read } = destination;
    for (const [path, source] of [
      [['credentials'], credentials],
      [['read', 'credentials'], read?.credentials],
    ] as const) {
      for (const [field, message] of source ? unpaired(source) : [])
        context.addIssue({ code: 'custom', path: [...path, field], message });
    }
    if (read && !read.endpoint && !speaksS3(cloud)) {
      context.addIssue({
        code: 'custom',
        path: ['read', 'endpoint'],
        message: `files are looked for by S3: say where buckets of ${cloud} speak it`,
        params: { try: 'https://s3.example.com' },
      });
    }
  });

/** By provider: each cloud writes its roles in a way of its own. */
export const SAMPLE_ROLES: Record<string, string> = {
  aws: 'arn:aws:iam::123456789012:role/sample',
  alibaba: 'acs:ram::1234567890123456:role/sample',
  tencent: 'qcs::cam::uin/100000000001:roleName/sample',
};

/** Fields that make sense together only. */
function unpaired(credentials: CredentialSource): [field: string, problem: string][] {
  if (credentials.provider === 'static') {
    const { token, expiresAt } = credentials;
    if (token !== undefined && expiresAt === undefined) return [['expiresAt', 'a token ends: say when']];
    if (token === undefined && expiresAt !== undefined)
      return [['token', 'keys without a token have no end']];
  }
  if (credentials.provider === 'aws') {
    const { accessKey, secretKey } = credentials;
    if (accessKey !== undefined && secretKey === undefined)
      return [['secretKey', 'an access key needs its secret key']];
    if (accessKey === undefined && secretKey !== undefined)
      return [['accessKey', 'a secret key needs its access key']];
  }
  return [];
}

export type Destination = z.output<typeof destinationSchema>;

/** Where the credentials of a destination come from. */
export type CredentialSource = NonNullable<Destination['credentials']>;

/** Where a destination is, and what its credentials are like; nothing secret. */
export interface Place {
  name: string;
  cloud: Cloud;
  bucket: string;
  region: string | null;
  endpoint: string | null;
  prefix: string | null;
  /** Without them only a recorder whose own service may write there can use it. */
  hasCredentials: boolean;
  /** Its credentials end and are renewed. */
  shortLived: boolean;
  /** How long minted credentials live, where the configuration says so. */
  lifeMs: number | null;
  refreshMs: number;
}

export function placeOf(name: string, destination: Destination): Place {
  const { cloud, bucket, region = null, endpoint = null, prefix = null, credentials, refresh } = destination;
  const lasting = credentials?.provider === 'static' && credentials.token === undefined;
  return {
    name,
    cloud,
    bucket,
    region,
    endpoint,
    prefix,
    hasCredentials: credentials !== undefined,
    shortLived: credentials !== undefined && !lasting,
    lifeMs: credentials && 'duration' in credentials ? credentials.duration : null,
    refreshMs: refresh,
  };
}
