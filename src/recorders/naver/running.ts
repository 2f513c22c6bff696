/** What the given channels record now, whoever began it. Live Station keeps no name of ours: its own number is all. */
import type { NaverTarget } from '../../contract/vendors/naver.ts';
import type { Running } from '../recorder.ts';
import { apiOf, asJson, QUESTION, type NaverContext } from './handle.ts';
import { channelWord, goesOn } from './observe.ts';
import { readChannel, readRecordings } from './readings.ts';
import { beginOf, streamOf } from './recordings.ts';

export async function running(context: NaverContext, known: NaverTarget[]): Promise<Running<NaverTarget>[]> {
  const api = apiOf(context);
  const how = { ...QUESTION, ...(context.signal && { signal: context.signal }) };
  const found: Running<NaverTarget>[] = [];
  for (const target of known) {
    const channelId = target.channel;
    const { channel, skewMs } = await readChannel(context, channelId, how);
    if (!channel) continue;
    const recordings = await readRecordings(api, channelId, how);
    for (const one of recordings.filter((own) => goesOn(own, recordings, channel))) {
      const since = beginOf(one) - skewMs;
      found.push({
        target,
        recording: `${channelId}/${one.recordSeq}`,
        name: null,
        handle: asJson({
          channelId,
          recordSeq: one.recordSeq,
          streamSeq: streamOf(one),
          recordIds: one.files.map(({ recordId }) => recordId),
          startedAt: since,
        }),
        since,
        state: channelWord(channel),
      });
    }
  }
  return found;
}
