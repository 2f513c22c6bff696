/** Readings of a channel and its recordings, alone or in one list that serves many sessions. */
import { VendorFailure } from '../recorder.ts';
import { isRefusal, type NaverApi, type NaverCallOptions, type NaverChannel } from './api.ts';
import { apiOf, QUESTION, type NaverContext } from './handle.ts';
import { recordingsIn, type Recording } from './recordings.ts';

/** What the channel was like at `at`, epoch milliseconds; null: there is none. */
export interface Reading {
  at: number;
  channel: NaverChannel | null;
  /** How far NAVER's clock is ahead of ours, where that is more than its replies' precision. */
  skewMs: number;
  requestId?: string;
}

/** `Date` tells whole seconds, and an answer takes its time. */
const SKEW_SEEN_MS = 3_000;

function skewOf(answeredAt: number | undefined, now: number): number {
  if (answeredAt === undefined) return 0;
  const skewMs = answeredAt - now;
  return Math.abs(skewMs) > SKEW_SEEN_MS ? skewMs : 0;
}

/**
 * Looks that come within this time share one list. Longer would save more, and a look that a callback asks for would be
 * answered with what was there before it.
 */
const LIST_AGE_MS = 1_000;
/** "pageSizeNo: 1 to 100" ("Live Station API, channel list"). */
const PAGE_SIZE = 100;

/** One channel. @throws VendorFailure */
export async function readChannel(
  context: NaverContext,
  channelId: string,
  how: NaverCallOptions = QUESTION,
): Promise<Reading> {
  const at = context.now();
  try {
    const { value, answeredAt, ...traced } = await apiOf(context).channel(channelId, how);
    return { at, channel: value, skewMs: skewOf(answeredAt, context.now()), ...traced };
  } catch (error) {
    if (isRefusal(error, 'not-found')) return { at, channel: null, skewMs: 0 };
    throw error;
  }
}

/**
 * The channel for a look: from the list of all channels that publish where many sessions share it, else alone. One that is
 * not in that list, or of which it tells too little, is asked for by itself. `since`: an older list will not do.
 * @throws VendorFailure
 */
export async function lookAtChannel(
  context: NaverContext,
  channelId: string,
  since: number,
  how: NaverCallOptions,
): Promise<Reading> {
  const { share } = context;
  if (!share) return await readChannel(context, channelId, how);
  const list = await share('channels that publish', LIST_AGE_MS, () => readList(context));
  const channel = list.channels.get(channelId);
  if (channel?.isRecording === undefined || list.at < since)
    return await readChannel(context, channelId, how);
  const { at, skewMs, requestId } = list;
  return { at, channel, skewMs, ...(requestId !== undefined && { requestId }) };
}

interface ChannelList {
  at: number;
  channels: Map<string, NaverChannel>;
  skewMs: number;
  requestId?: string;
}

/** No look's own signal cuts it: others wait for it too. */
async function readList(context: NaverContext): Promise<ChannelList> {
  const api = apiOf(context);
  const at = context.now();
  const channels = new Map<string, NaverChannel>();
  let skewMs = 0;
  let requestId: string | undefined;
  for (let pageNo = 1; ; pageNo += 1) {
    const page = await api.channels({ pageNo, pageSizeNo: PAGE_SIZE, channelStatus: 'PUBLISHING' }, QUESTION);
    for (const channel of page.value.channels) channels.set(channel.channelId, channel);
    ({ requestId } = page);
    skewMs = skewOf(page.answeredAt, context.now());
    if (page.value.channels.length < PAGE_SIZE || channels.size >= page.value.total) break;
  }
  return { at, channels, skewMs, ...(requestId !== undefined && { requestId }) };
}

/** Its recordings in the order of their numbers. @throws VendorFailure */
export async function readRecordings(
  api: NaverApi,
  channelId: string,
  how: NaverCallOptions = QUESTION,
): Promise<Recording[]> {
  return recordingsIn((await api.records(channelId, how)).value);
}

/** Each instant at which a push began or ended, oldest first; null where nobody could say. */
export async function readPushes(
  api: NaverApi,
  channelId: string,
  how: NaverCallOptions = QUESTION,
): Promise<{ at: number; up: boolean }[] | null> {
  try {
    const { value } = await api.channelEvents(channelId, how);
    return value
      .filter(({ eventCode }) => eventCode === 'PUBLISH_START' || eventCode === 'PUBLISH_END')
      .map(({ timestamp, eventCode }) => ({ at: timestamp, up: eventCode === 'PUBLISH_START' }))
      .toSorted((a, b) => a.at - b.at);
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    // What they would add is welcome, and nothing depends on it alone.
    return null;
  }
}
