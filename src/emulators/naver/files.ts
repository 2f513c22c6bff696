/** The files of recordings on their way: processing, transfer to a bucket, and the end of the temporary copy. */
import { opaque, stamp } from './ids.ts';
import type { NaverQuality } from './options.ts';
import { identityOf, nextOf, told, wake, type NaverState, type RecordFile, type Recording } from './state.ts';

/** One MP4 of the source, and one HLS for each quality. */
export function openFiles(state: NaverState, recording: Recording, at: number): void {
  const { settings, publish } = recording.channel;
  const { format } = recording.record;
  const all = format === 'ALL' || state.config.unknowns.format === 'ignored';
  if (all || format === 'MP4') openFile(state, recording, undefined, publish?.streamSeq ?? 0, at);
  if (!all && format !== 'HLS') return;
  const set = state.config.qualitySets.find(({ id }) => id === settings.qualitySetId);
  for (const quality of set?.qualities ?? [])
    openFile(state, recording, quality, publish?.streamSeq ?? 0, at);
}

function openFile(
  state: NaverState,
  recording: Recording,
  quality: NaverQuality | undefined,
  streamSeq: number,
  at: number,
): void {
  const file: RecordFile = {
    id: nextOf(state, 'recordId'),
    recording,
    recordType: quality ? 'HLS' : 'MP4',
    streamSeq,
    quality,
    beganAt: at,
    name: quality
      ? `${quality.name}/playlist.m3u8`
      : `${streamSeq}-${recording.seq}-${stamp(told(state, at))}.mp4`,
    status: 'RECORDING',
    nextAt: undefined,
    recordedMs: 0,
    shouldDeleteAt: undefined,
    bucket: undefined,
    access: 'PRIVATE',
    stored: false,
  };
  recording.files.push(file);
  state.files.set(file.id, file);
}

/** The folder of a file in its bucket. Its form is ours: the pages show none. */
export function folderOf({ recording, streamSeq }: RecordFile): string {
  return pathOf([recording.record.filePath, recording.channel.id, `${streamSeq}-${recording.seq}`]);
}

/** Joined by one slash each. */
export function pathOf(parts: (string | undefined)[]): string {
  return parts
    .flatMap((part = '') => part.split('/'))
    .filter((part) => part !== '')
    .join('/');
}

/**
 * Its name in the truth log: as it is listed, and a playlist, which is called alike in each recording, behind the
 * numbers of its push and recording.
 */
export function nameInTruth({ quality, name, streamSeq, recording }: RecordFile): string {
  return quality ? `${streamSeq}-${recording.seq}/${name}` : name;
}

/** Its key in the bucket. */
function keyOf(file: RecordFile): string {
  return `${folderOf(file)}/${file.name}`;
}

export function closeFile(state: NaverState, file: RecordFile, at: number): void {
  file.shouldDeleteAt = at + state.config.unknowns.temporaryMs;
  go(state, file, 'PROCESSING', at + state.config.processingMs);
}

/** What time alone does to a file. */
export function ripen(state: NaverState, file: RecordFile, at: number): void {
  if (file.status === 'PROCESSING') return processed(state, file, at);
  if (file.status === 'TRANSFER') return transferred(state, file, at);
  if (file.status === 'TRANSFER_FINISH' || file.status === 'DELETED') return forget(state, file);
  removeFile(state, file, at);
}

function processed(state: NaverState, file: RecordFile, at: number): void {
  if (state.processingFails) {
    tellFile(state, file, at, 'lost');
    return go(state, file, 'PROCESSING_FAIL', file.shouldDeleteAt);
  }
  const { type, bucketName = '', accessControl = 'PRIVATE' } = file.recording.record;
  if (type !== 'AUTO_UPLOAD') return go(state, file, 'TRANSFER_READY', file.shouldDeleteAt);
  beginTransfer(state, file, at, bucketName, accessControl);
}

export function beginTransfer(
  state: NaverState,
  file: RecordFile,
  at: number,
  bucket: string,
  access: RecordFile['access'],
): void {
  file.bucket = bucket;
  file.access = access;
  go(state, file, 'TRANSFER', at + state.config.transferMs);
}

function transferred(state: NaverState, file: RecordFile, at: number): void {
  const { deniedBuckets, config } = state;
  const bucket = file.bucket ?? '';
  const there = config.buckets?.includes(bucket) ?? true;
  if (!there || deniedBuckets.has(bucket) || deniedBuckets.has('*'))
    return go(state, file, 'TRANSFER_FAIL', file.shouldDeleteAt);
  file.stored = true;
  tellFile(state, file, at, 'finalised');
  go(state, file, 'TRANSFER_FINISH', at + config.unknowns.finishedVisibleMs);
}

/** The temporary copy is gone, by a call or by its age. What is in a bucket stays there. */
export function removeFile(state: NaverState, file: RecordFile, at: number): void {
  if (!file.stored && file.status !== 'PROCESSING_FAIL') tellFile(state, file, at, 'lost');
  const { removed, finishedVisibleMs } = state.config.unknowns;
  if (removed === 'gone') return forget(state, file);
  go(state, file, 'DELETED', at + finishedVisibleMs);
}

export function urlOf({ bucket, stored, ...file }: RecordFile): string {
  if (!stored) return '-';
  return `https://kr.object.ncloudstorage.com/${bucket}/${keyOf({ ...file, bucket, stored })}`;
}

function forget(state: NaverState, file: RecordFile): void {
  state.pending.delete(file);
  state.files.delete(file.id);
}

function go(
  state: NaverState,
  file: RecordFile,
  status: RecordFile['status'],
  nextAt: number | undefined,
): void {
  file.status = status;
  file.nextAt = nextAt;
  if (nextAt === undefined || !Number.isFinite(nextAt)) state.pending.delete(file);
  else {
    state.pending.add(file);
    wake(state, nextAt);
  }
}

function tellFile(state: NaverState, file: RecordFile, at: number, event: 'finalised' | 'lost'): void {
  state.truth.add({
    type: 'file',
    at,
    recording: identityOf(file.recording),
    file: nameInTruth(file),
    event,
  });
}

/** The key with which an encoder pushes to a channel. */
export function streamKeyOf(channelId: string): string {
  return opaque(32, `stream key of ${channelId}`);
}
