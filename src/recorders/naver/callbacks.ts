/**
 * Events of channels, posted to an endpoint without any signature: whoever knows the address is heard, so they are hints,
 * and each is followed by a look. No page tells of retries or of an order.
 * Sources: "Live Station API, set callback endpoint" (the body) and "event list" (the codes).
 */
import { z } from 'zod';
import { naverKeyParts, naverTargetSchema, type NaverAccount } from '../../contract/vendors/naver.ts';
import type { RecorderEventKind } from '../../session/events.ts';
import type { CallbackReading, Callbacks, News } from '../callbacks.ts';
import { setup } from './setup.ts';

/** The page of today types both as numbers, the older one as texts. */
const whole = z
  .union([z.number(), z.string().regex(/^\d{1,20}$/)])
  .transform(Number)
  .pipe(z.int().min(0));

/** Lengths are bounded: what is read goes into history. */
const eventSchema = z
  .looseObject({
    id: z.union([z.string().min(1).max(100), z.number().transform(String)]),
    channelId: z.string().min(1).max(100),
    event: z.string().min(1).max(100).optional(),
    /** As lists call it. */
    eventCode: z.string().min(1).max(100).optional(),
    timestamp: whole,
  })
  .transform(({ event, eventCode, ...rest }) => ({ ...rest, code: event ?? eventCode ?? '' }));
type Told = z.output<typeof eventSchema>;

/** All other codes tell nothing of a recording. */
const TOLD: Record<string, RecorderEventKind> = {
  PUBLISH_START: 'source-up',
  PUBLISH_END: 'source-down',
  ONAIR_START: 'recorder-started',
  ONAIR_END: 'recorder-ended',
};

/** Nobody sends events so late, and one that is replayed must not start a session. */
const MAX_AGE_MS = 10 * 60_000;

export const naverCallbacks: Callbacks<NaverAccount> = {
  read(_account, { method, body, receivedAt }): CallbackReading {
    if (method !== 'POST') return { verdict: 'malformed', why: 'events are posted' };
    const told = eventSchema.safeParse(parsed(body));
    if (!told.success || told.data.code === '')
      return { verdict: 'malformed', why: 'it is no event of Live Station' };
    const event = told.data;
    const kind = Object.hasOwn(TOLD, event.code) ? TOLD[event.code] : undefined;
    const target = naverTargetSchema.safeParse({ channel: event.channelId });
    if (kind === undefined || !target.success) return genuine([]);
    if (Math.abs(event.timestamp - receivedAt) > MAX_AGE_MS)
      return { verdict: 'stale', why: 'it happened more than 10 minutes from now' };
    return genuine([newsOf(event, kind, receivedAt)]);
  },
  setup,
};

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function newsOf(
  { id, channelId: channel, code, timestamp }: Told,
  kind: RecorderEventKind,
  receivedAt: number,
): News {
  const told = `naver/${channel}/${code}/${timestamp}/${id}`;
  return {
    targets: [naverKeyParts({ channel })],
    event: { id: told, at: Math.min(timestamp, receivedAt), kind },
    look: true,
    ...(kind === 'source-up' && {
      announced: { id: `naver/${channel}/${timestamp}`, target: { channel } },
    }),
  };
}

function genuine(news: News[]): CallbackReading {
  return { verdict: 'genuine', news, reply: { status: 200, body: {} } };
}
