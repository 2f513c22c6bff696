/** Who is told what happens: addresses that take notifications, CloudEvents signed as Standard Webhooks say. */
import { z } from 'zod';
import { told } from './told.ts';

/** What a receiver can be told of; all of it when it names none. */
export const NOTICE_KINDS = [
  'phase',
  'take',
  'gap',
  'warning',
  'recovered',
  'command',
  'files',
  'verdict',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

const key = told(
  z.string().regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/),
  'it must be whsec_ and at least 24 random bytes in base64',
  {
    rule: 'Standard Webhooks, signature scheme, symmetric',
    try: 'echo whsec_$(openssl rand -base64 32)',
    secret: true,
  },
);

export const receiverSchema = z.strictObject({
  /** http or https; may hold a secret. */
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
  /** One key, or several during a rotation: each signs. */
  keys: z.union([key.transform((one) => [one]), z.array(key).min(1).max(5)]),
  events: z.array(z.enum(NOTICE_KINDS)).min(1).optional(),
});

export type Receiver = z.output<typeof receiverSchema>;
