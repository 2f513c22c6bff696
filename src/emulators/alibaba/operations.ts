/** Which operation a request asks for, and who answers it. */
import type { Caller } from './access.ts';
import { realTimeRecordCommand } from './commands.ts';
import { forbidLiveStream, resumeLiveStream } from './forbid.ts';
import {
  createIndexFiles,
  describeIndexFile,
  describeIndexFiles,
  describeRecordContent,
} from './index-files.ts';
import {
  addRecordNotify,
  deletePushNotify,
  deleteRecordNotify,
  describePushNotify,
  describeRecordNotify,
  setPushNotify,
  updateRecordNotify,
} from './notify-configs.ts';
import { describeNotifyRecords } from './notify-records.ts';
import type { Parameters } from './parameters.ts';
import {
  addRecordConfig,
  deleteRecordConfig,
  describeRecordConfig,
  updateRecordConfig,
} from './record-configs.ts';
import type { AlibabaState } from './state.ts';
import {
  describeDomainMapping,
  describeOnlineList,
  describePublishList,
  describeStreamState,
} from './stream-queries.ts';
import { assumeRole } from './sts.ts';

export type Operation = (
  state: AlibabaState,
  parameters: Parameters,
  caller: Caller,
) => Record<string, unknown>;

const LIVE: Record<string, Operation> = {
  AddLiveAppRecordConfig: addRecordConfig,
  UpdateLiveAppRecordConfig: updateRecordConfig,
  DeleteLiveAppRecordConfig: deleteRecordConfig,
  DescribeLiveRecordConfig: describeRecordConfig,
  RealTimeRecordCommand: realTimeRecordCommand,
  DescribeLiveStreamState: describeStreamState,
  DescribeLiveStreamsOnlineList: describeOnlineList,
  DescribeLiveStreamsPublishList: describePublishList,
  DescribeLiveDomainMapping: describeDomainMapping,
  ForbidLiveStream: forbidLiveStream,
  ResumeLiveStream: resumeLiveStream,
  DescribeLiveStreamRecordIndexFiles: describeIndexFiles,
  DescribeLiveStreamRecordIndexFile: describeIndexFile,
  DescribeLiveStreamRecordContent: describeRecordContent,
  CreateLiveStreamRecordIndexFiles: createIndexFiles,
  DescribeLiveRecordNotifyRecords: describeNotifyRecords,
  AddLiveRecordNotifyConfig: addRecordNotify,
  UpdateLiveRecordNotifyConfig: updateRecordNotify,
  DeleteLiveRecordNotifyConfig: deleteRecordNotify,
  DescribeLiveRecordNotifyConfig: describeRecordNotify,
  SetLiveStreamsNotifyUrlConfig: setPushNotify,
  DeleteLiveStreamsNotifyUrlConfig: deletePushNotify,
  DescribeLiveStreamsNotifyUrlConfig: describePushNotify,
};

/** Their names at RAM have the service in front. */
export interface Known {
  operation: Operation;
  permission: string;
}

export function operationOf(version: string, action: string): Known | undefined {
  if (version === '2016-11-01' && Object.hasOwn(LIVE, action))
    return { operation: LIVE[action]!, permission: `live:${action}` };
  if (version === '2015-04-01' && action === 'AssumeRole')
    return { operation: assumeRole, permission: 'sts:AssumeRole' };
  return undefined;
}
