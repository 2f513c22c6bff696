/**
 * keeprolling.yaml. Values may be `${NAME}` from the environment or `file:PATH`, and in accounts and destinations
 * `{secret: NAME}`; all are read anew at each use.
 */
import { z } from 'zod';
import { parseDuration } from './time.ts';

const pace = z
  .unknown()
  .refine((text) => typeof text === 'string' && (parseDuration(text) ?? 0) >= 100, {
    message: 'must be a duration such as 60s, at least 100ms',
    params: { try: '60s' },
  })
  .transform((text) => parseDuration(text as string) ?? 0);

const countTo = (most: number) => {
  const error = `must be a whole number from 1 to ${most}`;
  return z.number({ error }).int({ error }).min(1, { error }).max(most, { error });
};

export const looksSchema = z.strictObject({
  every: pace.default(60_000),
  doubt: pace.default(10_000),
  withCallbacks: pace.default(300_000),
});

/** What every account has besides its vendor's own fields. */
export const accountBaseSchema = z.looseObject({
  vendor: z.string().min(1),
  looks: looksSchema.prefault({}),
  /** Instead of what the vendor takes, by the recorder's names: what it grants this account, or what others leave of it. */
  quotas: z.record(z.string(), countTo(1_000_000)).default({}),
});

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'must be 1 to 40 letters, digits, dots, dashes or underscores');

/** In a directory, or below a prefix in the bucket of a destination. */
const archiveSchema = z
  .strictObject({
    directory: z.string().min(1).optional(),
    destination: z.string().min(1).optional(),
    prefix: z
      .string()
      .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 'must be folder names joined by "/"')
      .optional(),
  })
  .superRefine(({ directory, destination, prefix }, context) => {
    if ((directory === undefined) === (destination === undefined)) {
      context.addIssue({ code: 'custom', message: 'is in either a directory or a destination' });
    } else if (prefix !== undefined && directory !== undefined) {
      context.addIssue({ code: 'custom', path: ['prefix'], message: 'belongs to a destination' });
    }
  });

/** A stream that is announced and fits is recorded as its template says. */
const publishRuleSchema = z.strictObject({
  account: name,
  /** By field of the announced target: text in which `*` stands for anything. */
  target: z.record(z.string(), z.string().min(1)),
  template: name,
  /** Of the session; `{field}` stands for a field of the target. */
  name: z.string().min(1).optional(),
});
export type PublishRule = z.output<typeof publishRuleSchema>;

export const installationSchema = z
  .string()
  .regex(/^[a-z0-9]{4,8}$/, 'must be 4 to 8 characters of a-z and 0-9');

export const configurationSchema = z.strictObject({
  installation: installationSchema.optional(),
  /** Worker processes that share the accounts: each keeps to its part of every quota. */
  workers: countTo(1_000).default(1),
  temporal: z
    .strictObject({
      address: z.string().min(1).optional(),
      namespace: z.string().min(1).optional(),
      profile: z.string().min(1).optional(),
    })
    .default({}),
  accounts: z.record(name, accountBaseSchema).default({}),
  /** Places for files; checked by `destinationSchema` once their values are there. */
  destinations: z.record(name, z.record(z.string(), z.unknown())).default({}),
  /** Named texts, for `{secret: NAME}` here and in specifications. */
  secrets: z.record(name, z.string().min(1)).default({}),
  /** Names of query parameters that are no secrets, in URLs that specifications write out. */
  publicParameters: z.array(z.string().min(1)).default([]),
  archive: archiveSchema.optional(),
  /** Fields that specifications leave out: owner, source, pause, window, policy. */
  defaults: z.record(z.string(), z.unknown()).default({}),
  /** Fields that a specification takes from the template that it names, above `defaults`. */
  templates: z.record(name, z.record(z.string(), z.unknown())).default({}),
  /** Record on publish. */
  onPublish: z.array(publishRuleSchema).default([]),
  /** Who can be told; checked by `receiverSchema` once their values are there. */
  receivers: z.record(name, z.record(z.string(), z.unknown())).default({}),
  /** Receivers of what happens to sessions that name none, to accounts and to destinations. */
  notify: z.array(name).default([]),
  /** An address that is called while all is well. */
  heartbeat: z.strictObject({ url: z.string().min(1), every: pace.default(60_000) }).optional(),
  queues: z
    .strictObject({ prefix: z.string().regex(/^[A-Za-z0-9._-]{0,40}$/) })
    .partial()
    .default({}),
  /** A module whose default export is a list of Temporal payload codecs, for workers and clients alike. */
  codec: z.string().min(1).optional(),
});

export type Configuration = z.output<typeof configurationSchema>;
