/**
 * The form of a notification, as far as it is relied upon ("Webhooks", request body; "Event types", fields in payload).
 * New fields pass. Lengths are bounded: what is read goes into history.
 */
import { z } from 'zod';
import { agoraInstant, integer } from './wire.ts';

export const CLOUD_RECORDING = 3;

const text = (most: number) => z.string().max(most);
const instant = integer.transform(agoraInstant);

/** Of every product of Agora's. */
export const envelopeSchema = z.looseObject({
  productId: integer.optional(),
  payload: z.looseObject({}).optional(),
});

export const noticeSchema = z.looseObject({
  noticeId: text(100).optional(),
  eventType: integer,
  notifyMs: instant.pipe(z.number()),
  payload: z.looseObject({
    cname: text(1024).min(1),
    /** A text by the page; a number is as good. */
    uid: z.union([text(20), z.int().transform(String)]),
    sid: text(64).nullish(),
    sequence: integer,
    /** When it happened. */
    sendts: instant.pipe(z.number()),
    serviceType: integer,
    /** By event, see news.ts. */
    details: z.looseObject({}).default({}),
  }),
});

export type Notice = z.output<typeof noticeSchema>;

/** Of the console's test events, as the page tells it for all products ("Enable Notifications", health test). */
const TEST_CHANNEL = 'test_webhook';

export function isHealthTest({ cname, channelName }: Record<string, unknown>): boolean {
  return cname === TEST_CHANNEL || channelName === TEST_CHANNEL;
}

/** Does it look like news of a recording, whoever sent it? */
export function namesRecording(json: unknown): boolean {
  const envelope = z.looseObject({ payload: z.looseObject({}) }).safeParse(json);
  if (!envelope.success) return false;
  const { payload } = envelope.data;
  return !isHealthTest(payload) && (payload['cname'] !== undefined || payload['sid'] !== undefined);
}
