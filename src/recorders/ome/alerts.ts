/** Alerts about streams that come and go (since 0.19.0); all other alerts are of no interest here. */
import { omeKeyParts, type OmeAccount } from '../../contract/vendors/ome.ts';
import type { CallbackReading, News } from '../callbacks.ts';
import { fieldsOf, idOf, instantOf, isTarget, MAX_AGE_MS, newsOfInput, type Input } from './inputs.ts';

/**
 * What each proves (monitoring.cpp). CREATED: the stream exists, and media is yet to come. PREPARED: its tracks are
 * known, so that media has come. DELETED: it is gone. A stream whose creation failed does not exist, and another of its
 * name may.
 */
const TOLD: Record<string, { side: 'input' | 'output'; kind: 'source-up' | 'source-down' }> = {
  INGRESS_STREAM_CREATED: { side: 'input', kind: 'source-up' },
  INGRESS_STREAM_PREPARED: { side: 'input', kind: 'source-up' },
  INGRESS_STREAM_DELETED: { side: 'input', kind: 'source-down' },
  EGRESS_STREAM_CREATED: { side: 'output', kind: 'source-up' },
  EGRESS_STREAM_PREPARED: { side: 'output', kind: 'source-up' },
  EGRESS_STREAM_DELETED: { side: 'output', kind: 'source-down' },
};

export function isAlert(body: unknown): boolean {
  const { type, messages } = fieldsOf(body);
  return typeof type === 'string' && Array.isArray(messages);
}

/** One whose signature holds. */
export function readAlert(account: OmeAccount, body: unknown, receivedAt: number): CallbackReading {
  const { messages, sourceUri, sourceInfo } = fieldsOf(body);
  const codes = new Set((messages as unknown[]).map((message) => fieldsOf(message).code));
  const known = [...codes]
    .filter((code) => typeof code === 'string')
    .filter((code) => Object.hasOwn(TOLD, code));
  const reply = { status: 200, body: {} };
  if (known.length === 0) return { verdict: 'genuine', news: [], reply };
  const stream = streamOf(sourceUri);
  const createdAt = instantOf(fieldsOf(sourceInfo).createdTime);
  if (!stream || createdAt === null) {
    return {
      verdict: 'malformed',
      why: 'it does not tell which stream it is about, and since when there is one',
    };
  }
  const comes = known.some((code) => TOLD[code]!.kind === 'source-up');
  if (comes && Math.abs(createdAt - receivedAt) > MAX_AGE_MS) {
    return { verdict: 'stale', why: 'its stream was created more than 10 min from now' };
  }
  const news = known.flatMap((code) => newsOf(account, code, stream, createdAt, receivedAt));
  return { verdict: 'genuine', news, reply };
}

function newsOf(
  account: OmeAccount,
  code: string,
  stream: Input,
  createdAt: number,
  receivedAt: number,
): News[] {
  const { side, kind } = TOLD[code]!;
  const id = idOf({ code, createdAt, ...stream });
  // Nothing in an alert says when the stream went, and alerts are sent at once.
  const at = kind === 'source-up' ? Math.min(createdAt, receivedAt) : receivedAt;
  if (side === 'output') {
    // The name is the output's; which input it is made of is not told.
    const targets = isTarget(stream) ? [omeKeyParts(stream)] : [];
    return [{ targets, event: { id, at, kind }, look: true }];
  }
  // Created and prepared announce the same stream: either may be lost.
  const announcement = kind === 'source-up' && { announcement: idOf({ createdAt, ...stream }) };
  return newsOfInput(account, stream, { id, at, kind, ...announcement });
}

/** `#vhost#app/stream` (stream.cpp and vhost_app_name.cpp, where a `#` within a name has become `_`). */
function streamOf(sourceUri: unknown): Input | null {
  const match = typeof sourceUri === 'string' ? /^#([^#]+)#([^/]+)\/(.+)$/.exec(sourceUri) : null;
  return match && { vhost: match[1]!, app: match[2]!, stream: match[3]! };
}
