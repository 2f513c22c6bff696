/** What a channel is set to, by its creation or an update. */
import type { NaverQualitySet } from './options.ts';

export const RECORD_TYPES = ['NO_RECORD', 'AUTO_UPLOAD', 'MANUAL_UPLOAD'] as const;
export const RECORD_FORMATS = ['MP4', 'HLS', 'ALL'] as const;
export const ACCESS_CONTROLS = ['PRIVATE', 'PUBLIC_READ'] as const;

export type AccessControl = (typeof ACCESS_CONTROLS)[number];

export interface NaverRecordSettings {
  type: (typeof RECORD_TYPES)[number];
  format: (typeof RECORD_FORMATS)[number];
  /** Of AUTO_UPLOAD. */
  bucketName?: string;
  filePath?: string;
  accessControl?: AccessControl;
}

export interface NaverSettings {
  channelName: string;
  qualitySetId: number;
  envType: string;
  outputProtocol: string;
  ingestProtocol: string;
  useDvr: boolean;
  /** Minutes that a viewer can go back. */
  timemachineMin: number | undefined;
  /** Recording begins with the first second of a push. */
  immediateOnAir: boolean;
  isStreamFailOver: boolean;
  drmEnabledYn: boolean;
  cdn: Record<string, unknown>;
  record: NaverRecordSettings;
}

export const DEFAULT_SETTINGS: NaverSettings = {
  channelName: 'channel',
  qualitySetId: 1,
  envType: 'REAL',
  outputProtocol: 'HLS',
  ingestProtocol: 'RTMP',
  useDvr: false,
  timemachineMin: undefined,
  immediateOnAir: false,
  isStreamFailOver: false,
  drmEnabledYn: false,
  cdn: { cdnType: 'GLOBAL_EDGE', instanceNo: 1, profileId: 1, statusName: 'RUNNING' },
  record: {
    type: 'AUTO_UPLOAD',
    format: 'ALL',
    bucketName: 'recordings',
    filePath: 'live',
    accessControl: 'PRIVATE',
  },
};

/** @throws where a test asks for a channel that cannot be */
export function checkSettings(settings: NaverSettings, qualitySets: readonly NaverQualitySet[]): void {
  if (!qualitySets.some(({ id }) => id === settings.qualitySetId))
    throw new Error(
      `There is no quality set ${settings.qualitySetId}; there is ${qualitySets.map(({ id }) => id).join(', ')}.`,
    );
  const { type, bucketName } = settings.record;
  if (type === 'AUTO_UPLOAD' && bucketName === undefined)
    throw new Error('A channel with AUTO_UPLOAD names the bucket to which it uploads (record.bucketName).');
}
