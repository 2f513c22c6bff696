/**
 * Huawei's record callbacks and stream notifications, at one address. Both carry the instant until which they count, and
 * whether they are sent again when they are not answered with 200 no page tells.
 */
import type { HuaweiAccount } from '../../contract/vendors/huawei.ts';
import type { CallbackReading, CallbackRefusal, Callbacks, News } from '../callbacks.ts';
import { recordNews, streamNews } from './news.ts';
import { isRecordSigned, isStreamSigned, recordNotice, streamNotice } from './notice.ts';
import { callbackSetup } from './setup.ts';
import { parsed } from './wire.ts';

export const huaweiCallbacks: Callbacks<HuaweiAccount> = {
  read: ({ callbacks }, { body, receivedAt }) => {
    const { keys = [], sign = 'HMACSHA256' } = callbacks ?? {};
    const json = parsed(body.toString('utf8'));
    const record = recordNotice.safeParse(json);
    if (record.success) {
      const notice = record.data;
      if (!isRecordSigned(notice, { keys, sign })) return refused('forged', 'its signature does not hold');
      return whileItCounts(notice.auth_timestamp, receivedAt, () => recordNews(notice, receivedAt));
    }
    const stream = streamNotice.safeParse(json);
    if (!stream.success)
      return refused('malformed', 'it is neither a record callback nor a stream notification');
    const notice = stream.data;
    if (!isStreamSigned(notice, { keys })) return refused('forged', 'its signature does not hold');
    return whileItCounts(notice.auth_timestamp, receivedAt, () => streamNews(notice, receivedAt));
  },
  setup: callbackSetup,
};

/** `auth_timestamp` is the second until which it counts ("an expired request is invalid"). */
function whileItCounts(until: string, now: number, tell: () => News[]): CallbackReading {
  if (now > Number(until) * 1000) return refused('stale', 'it counted until an instant that has passed');
  // "HTTP 200", whatever the body.
  return { verdict: 'genuine', news: tell(), reply: { status: 200, body: {} } };
}

function refused(verdict: CallbackRefusal, why: string): CallbackReading {
  return { verdict, why };
}
