/** `recordingConfig`, `recordingFileConfig`, `snapshotConfig`: what is recorded of a channel, and into what. */
import { fieldsAt, integerAt, neededFields, neededInteger, textAt, textsAt } from './fields.ts';
import type { Fields } from './fields.ts';
import { readLayout } from './layout.ts';
import type { Layout } from './layout.ts';
import type { AgoraUnknowns } from './options.ts';
import { bad } from './reply.ts';
import { hasVideo, readSubscription } from './subscription.ts';
import type { StreamTypes, Subscription } from './subscription.ts';

export interface Recording {
  /** Live broadcasting: users are hosts or audience, and an audience alone is nobody. */
  live: boolean;
  streamTypes: StreamTypes;
  maxIdleMs: number;
  subscription: Subscription;
  layout: Layout | undefined;
  mp4: boolean;
  /** Pictures only: no stream is written. */
  picturesOnly: boolean;
}

const DEFAULT_IDLE_S = 30;
const PIXELS = 1920 * 1080;

export function readRecording(
  op: string,
  mode: 'individual' | 'mix',
  from: Fields,
  unknowns: AgoraUnknowns,
): Recording {
  const config = neededFields(op, from, 'recordingConfig');
  const live = neededInteger(op, config, 'channelType', { least: 0, most: 1 }) === 1;
  const streamTypes = (integerAt(op, config, 'streamTypes', { least: 0, most: 2 }) ?? 2) as StreamTypes;
  integerAt(op, config, 'videoStreamType', { least: 0, most: 1 });
  integerAt(op, config, 'audioProfile', { least: 0, most: 2 });
  const idleS = integerAt(op, config, 'maxIdleTime', { least: 5, most: 2_592_000 }) ?? DEFAULT_IDLE_S;
  checkStreamMode(op, mode, config, streamTypes);
  checkEncryption(op, config);
  checkGroup(op, mode, config);
  const snapshots = readSnapshots(op, mode, from, config, streamTypes);
  const files = fieldsAt(op, from, 'recordingFileConfig');
  return {
    live,
    streamTypes,
    maxIdleMs: idleS * 1000,
    subscription: readSubscription(op, config, streamTypes, unknowns.unsubscribeSpelling),
    layout: readTranscoding(op, mode, config),
    mp4: readFileTypes(op, mode, files),
    picturesOnly: snapshots && files === undefined,
  };
}

function checkStreamMode(op: string, mode: string, config: Fields, types: StreamTypes): void {
  const streamMode = textAt(op, config, 'streamMode');
  if (streamMode === undefined) return;
  if (mode !== 'individual' || !['default', 'standard', 'original'].includes(streamMode))
    bad(op, 'streamMode');
  if (streamMode === 'original' && types !== 0) bad(op, 'streamMode');
}

/** The salt, 32 bytes in base64, belongs to modes 7 and 8 only. */
function checkEncryption(op: string, config: Fields): void {
  const mode = integerAt(op, config, 'decryptionMode', { least: 0, most: 8 }) ?? 0;
  const secret = textAt(op, config, 'secret') || undefined;
  const salt = textAt(op, config, 'salt') || undefined;
  if (mode > 0 && secret === undefined) bad(op, 'secret');
  if (salt !== undefined && mode < 7) bad(op, 'salt');
  if (mode >= 7 && (salt === undefined || Buffer.from(salt, 'base64').length !== 32)) bad(op, 'salt');
}

function checkGroup(op: string, mode: string, config: Fields): void {
  const range = { least: 0, most: 5 };
  if (mode === 'individual') neededInteger(op, config, 'subscribeUidGroup', range);
  else integerAt(op, config, 'subscribeUidGroup', range);
}

function readSnapshots(op: string, mode: string, from: Fields, config: Fields, types: StreamTypes): boolean {
  const snapshots = fieldsAt(op, from, 'snapshotConfig');
  if (snapshots === undefined) return false;
  if (mode !== 'individual' || !hasVideo(types)) bad(op, 'snapshotConfig');
  integerAt(op, snapshots, 'captureInterval', { least: 5, most: 3600 });
  const fileType = textsAt(op, snapshots, 'fileType');
  if (fileType === undefined || fileType.length !== 1 || fileType[0] !== 'jpg') bad(op, 'fileType');
  if (config['subscribeAudioUids'] !== undefined && config['subscribeVideoUids'] === undefined)
    bad(op, 'subscribeVideoUids');
  return true;
}

export function readFileTypes(op: string, mode: string, files: Fields | undefined): boolean {
  const types = files && textsAt(op, files, 'avFileType');
  if (types === undefined) return false;
  const named = types.join();
  if (named === 'hls') return false;
  if (named !== 'hls,mp4' || mode === 'individual') bad(op, 'avFileType');
  return true;
}

function readTranscoding(op: string, mode: string, config: Fields): Layout | undefined {
  const transcoding = fieldsAt(op, config, 'transcodingConfig');
  if (transcoding === undefined) return mode === 'mix' ? readLayout(op, {}) : undefined;
  if (mode !== 'mix') bad(op, 'transcodingConfig');
  const side = { least: 1, most: PIXELS };
  const width = integerAt(op, transcoding, 'width', side) ?? 360;
  const height = integerAt(op, transcoding, 'height', side) ?? 640;
  if (width * height > PIXELS) bad(op, 'width or height');
  integerAt(op, transcoding, 'fps', { least: 1, most: 30 });
  integerAt(op, transcoding, 'bitrate', { least: 1, most: 1_000_000 });
  return readLayout(op, transcoding);
}
