/** How many requests a second ApsaraVideo takes of one account, and which operation counts where. */
import type { AlibabaOperation } from '../../contract/vendors/alibaba/requests.ts';
import type { Quota } from '../recorder.ts';

const LIMITS: Record<AlibabaOperation, [limit: number, perMs?: number]> = {
  AddLiveAppRecordConfig: [30],
  UpdateLiveAppRecordConfig: [30],
  DeleteLiveAppRecordConfig: [50],
  DescribeLiveRecordConfig: [100],
  RealTimeRecordCommand: [50],
  DescribeLiveStreamState: [100],
  DescribeLiveStreamsOnlineList: [10_000, 60_000],
  DescribeLiveStreamRecordIndexFiles: [15],
  DescribeLiveStreamRecordIndexFile: [100],
  DescribeLiveStreamRecordContent: [50],
  CreateLiveStreamRecordIndexFiles: [45],
  DescribeLiveRecordNotifyRecords: [100],
  AddLiveRecordNotifyConfig: [30],
  UpdateLiveRecordNotifyConfig: [30],
  DeleteLiveRecordNotifyConfig: [30],
  DescribeLiveRecordNotifyConfig: [50],
  SetLiveStreamsNotifyUrlConfig: [15],
  // No page tells these three: the least of their neighbours.
  DescribeLiveStreamsNotifyUrlConfig: [15],
  DeleteLiveStreamsNotifyUrlConfig: [15],
  DescribeLiveDomainMapping: [15],
  ForbidLiveStream: [20],
  ResumeLiveStream: [30],
};

/** Each operation has a limit of its own ("QPS limit" on its page), so a quota is called like its operation. */
export const alibabaQuotas: readonly Quota[] = Object.entries(LIMITS).map(
  ([operation, [limit, perMs = 1_000]]) => ({
    name: operation,
    calls: operation,
    limit,
    perMs,
    source: `ApsaraVideo Live, ${operation}, QPS limit`,
  }),
);
