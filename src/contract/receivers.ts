/** Who is told what happens: addresses that take notifications, CloudEvents signed as Standard Webhooks say. */
import { z } from 'zod';
import { oneOrMore, told } from './told.ts';

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

const keys = oneOrMore(
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
  url: told(z.url({ protocol: /^https?$/ }), 'it must be an http or https address', {
    try: 'https://hooks.example.com/keeprolling',
    secret: true,
  }),
  /** One key, or several during a rotation: each signs. */
  keys,
  events: z.array(z.enum(NOTICE_KINDS)).min(1).optional(),
});

export type Receiver = z.output<typeof receiverSchema>;
