/** Requests of each operation in any second, of the whole account ("QPS limits" of each page, and the SDK's comments). */
import { throttled } from './reply.ts';
import type { AlibabaState } from './state.ts';

interface Limit {
  most: number;
  inMs: number;
}

const perSecond = (most: number): Limit => ({ most, inMs: 1000 });

const LIMITS: Record<string, Limit> = {
  AddLiveAppRecordConfig: perSecond(30),
  UpdateLiveAppRecordConfig: perSecond(30),
  DeleteLiveAppRecordConfig: perSecond(50),
  DescribeLiveRecordConfig: perSecond(100),
  RealTimeRecordCommand: perSecond(50),
  DescribeLiveStreamState: perSecond(100),
  DescribeLiveStreamsOnlineList: { most: 10_000, inMs: 60_000 },
  DescribeLiveStreamsPublishList: perSecond(3),
  DescribeLiveStreamRecordIndexFiles: perSecond(15),
  DescribeLiveStreamRecordIndexFile: perSecond(100),
  DescribeLiveStreamRecordContent: perSecond(50),
  CreateLiveStreamRecordIndexFiles: perSecond(45),
  DescribeLiveRecordNotifyRecords: perSecond(100),
  AddLiveRecordNotifyConfig: perSecond(30),
  UpdateLiveRecordNotifyConfig: perSecond(30),
  DeleteLiveRecordNotifyConfig: perSecond(30),
  DescribeLiveRecordNotifyConfig: perSecond(50),
  SetLiveStreamsNotifyUrlConfig: perSecond(15),
  ForbidLiveStream: perSecond(20),
  ResumeLiveStream: perSecond(30),
};

/** Counts the request, unless there have been too many. @throws Refusal */
export function checkRate(state: AlibabaState, action: string, now: number): void {
  const limit = LIMITS[action];
  if (!limit || state.config.qps === Infinity) return;
  const most = Math.max(1, Math.floor(limit.most * state.config.qps));
  const recent = state.calls.get(action) ?? [];
  state.calls.set(action, recent);
  while (recent[0] !== undefined && recent[0] <= now - limit.inMs) recent.shift();
  if (recent.length >= most) throw throttled(state, (recent[0] ?? now) + limit.inMs - now);
  recent.push(now);
}
