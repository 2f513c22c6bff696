/**
 * Agora's notifications: verified over the raw body, then read as news. What is signed and of no interest is answered
 * with 200 like everything else that is genuine, since Agora sends again what is not.
 * Sources: pages "Webhooks" and "Enable Notifications"; the events stand in news.ts.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AgoraAccount } from '../../contract/vendors/agora.ts';
import type { CallbackReading, CallbackRefusal, CallbackRequest, Callbacks } from '../callbacks.ts';
import { newsOf } from './news.ts';
import { CLOUD_RECORDING, envelopeSchema, isHealthTest, namesRecording, noticeSchema } from './notice.ts';

/** A resend has a new `notifyMs`, so only clocks and the network come between that and us. */
const WINDOW_MS = 10 * 60_000;

/** The newer one first; both are lower-case hex over the body as it came ("Webhooks", signature verification). */
const SIGNATURES = [
  { header: 'agora-signature-v2', algorithm: 'sha256' },
  { header: 'agora-signature', algorithm: 'sha1' },
] as const;

export const agoraCallbacks: Callbacks<AgoraAccount> = {
  read: ({ callbacks }, request) => {
    switch (signatureOf(callbacks?.keys ?? [], request)) {
      case 'holds':
        return readSigned(request);
      case 'wrong':
        return refused('forged', 'its signature does not hold');
      case 'none':
        // Whether the console signs its health test is told nowhere, and a test that fails keeps notifications off.
        return namesRecording(parsed(request.body))
          ? refused('forged', 'a notification without a signature')
          : genuine();
    }
  },
  // Agora Console alone sets notifications ("Enable Notifications").
  byHand: [
    'In Agora Console, under Notifications of the project, give the address for Cloud Recording; it must be https.',
    'Subscribe at least to 1, 4, 11, 12, 31, 32, 40 to 44 and 70 to 72; leave out 33 and 45, which come all the time.',
    'Write the "Secret" that the console shows into callbacks.keys of the account.',
  ],
};

/** Every signature that is there must hold, and by the same key. */
function signatureOf(keys: string[], { headers, body }: CallbackRequest): 'holds' | 'wrong' | 'none' {
  const given = SIGNATURES.filter(({ header }) => headers[header] !== undefined);
  if (given.length === 0) return 'none';
  const holds = (key: string): boolean =>
    given.every(({ header, algorithm }) =>
      equal(headers[header]!, createHmac(algorithm, key).update(body).digest('hex')),
    );
  return keys.some(holds) ? 'holds' : 'wrong';
}

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function readSigned({ body, receivedAt }: CallbackRequest): CallbackReading {
  if (body.length === 0) return genuine();
  const json = parsed(body);
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) return refused('malformed', 'it is no notification of Agora');
  const { productId, payload } = envelope.data;
  if (payload === undefined || isHealthTest(payload)) return genuine();
  if (productId !== CLOUD_RECORDING) return genuine();
  const notice = noticeSchema.safeParse(json);
  if (!notice.success) return refused('malformed', 'it is no notification about a recording');
  if (Math.abs(receivedAt - notice.data.notifyMs) > WINDOW_MS)
    return refused('stale', 'it was sent more than 10 minutes from now');
  const news = newsOf(notice.data, receivedAt);
  return news
    ? genuine(news)
    : refused('malformed', `its details are not those of event ${notice.data.eventType}`);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Agora wants 200 and a body of JSON within 10 s ("Webhooks"). */
function genuine(news: NonNullable<ReturnType<typeof newsOf>> = []): CallbackReading {
  return { verdict: 'genuine', news, reply: { status: 200, body: {} } };
}

function refused(verdict: CallbackRefusal, why: string): CallbackReading {
  return { verdict, why };
}
