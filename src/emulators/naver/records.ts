/** startRecord, stopRecord and the files: list, one, removal of the temporary copies, upload. */
import type { Outcome } from '../faulty.ts';
import { channelFor } from './channels.ts';
import { choiceAt, readBody } from './fields.ts';
import { beginTransfer, folderOf, removeFile, urlOf } from './files.ts';
import { beginRecording, endRecording } from './recording.ts';
import { emptyReply, invalid, missing, notAvailable, Refusal, reply } from './reply.ts';
import type { Route } from './routes.ts';
import { ACCESS_CONTROLS } from './settings.ts';
import {
  identityOf,
  told,
  type Channel,
  type FileStatus,
  type NaverState,
  type RecordFile,
} from './state.ts';

type Entry = Record<string, unknown>;

/** "It can be started only for channels with the PUBLISHING status" (startRecord). */
export function startRecord(state: NaverState, route: Route): Outcome {
  const { unknowns } = state.config;
  const channel = channelFor(state, route.id);
  if (channel.settings.record.type === 'NO_RECORD') notAvailable(unknowns, 'Record');
  if (channel.status !== 'PUBLISHING') notAvailable(unknowns, 'Channel status');
  if (channel.recording && unknowns.doubleStart === 'error') notAvailable(unknowns, 'Record');
  if (channel.recording && unknowns.doubleStart === 'same') {
    const { recording } = channel;
    return {
      ...listed(state, recording.files),
      recording: identityOf(recording),
      applied: false,
      detail: 'records already',
    };
  }
  endRecording(state, channel, state.at, 'another start');
  const recording = beginRecording(state, channel, state.at);
  return { ...listed(state, recording.files), recording: identityOf(recording) };
}

export function stopRecord(state: NaverState, route: Route): Outcome {
  const { unknowns } = state.config;
  const channel = channelFor(state, route.id);
  const { recording } = channel;
  channel.wanted = false;
  if (!recording) {
    if (unknowns.idleStop === 'error') notAvailable(unknowns, 'Record');
    return { ...listed(state, []), applied: false, detail: 'nothing was recorded' };
  }
  endRecording(state, channel, state.at, 'stop');
  return { ...listed(state, recording.files), recording: identityOf(recording) };
}

export function records(state: NaverState, route: Route): Outcome {
  return listed(state, filesOf(state, channelFor(state, route.id)));
}

export function record(state: NaverState, route: Route): Outcome {
  const channel = channelFor(state, route.id);
  const file = fileOf(state, Number(route.recordId));
  if (file.recording.channel !== channel) noRecord(state, file.id);
  const content =
    state.config.unknowns.recordInfo === 'map'
      ? { [file.id]: entryOf(state, file) }
      : { id: file.id, ...entryOf(state, file) };
  return { response: reply({ content }), recording: identityOf(file.recording) };
}

/** "Removes temporary files only": what is in a bucket stays (recordingdelete). */
export function deleteRecords(state: NaverState, route: Route, body: string): Outcome {
  const channel = channelFor(state, route.id);
  const files = readIds(body).map((id) => fileOf(state, id));
  for (const file of files) {
    if (file.recording.channel !== channel) noRecord(state, file.id);
    if (IN_USE.includes(file.status)) notAvailable(state.config.unknowns, `Record ${file.id}`);
  }
  for (const file of files) if (file.status !== 'DELETED') removeFile(state, file, state.at);
  return { response: state.config.unknowns.removalBody === 'empty' ? emptyReply() : reply({ content: {} }) };
}

const IN_USE: FileStatus[] = ['RECORDING', 'PROCESSING', 'TRANSFER'];
/** "Only records in the TRANSFER_READY or TRANSFER_FAIL status can be uploaded" (recordingupload). */
const UPLOADABLE: FileStatus[] = ['TRANSFER_READY', 'TRANSFER_FAIL'];

export function upload(state: NaverState, route: Route, body: string): Outcome {
  const { unknowns, buckets } = state.config;
  const bucketName = route.id;
  if (buckets && !buckets.includes(bucketName))
    throw new Refusal({ status: 404, code: 250004 }, `Bucket ${bucketName} not found.`);
  const files = readIds(body).map((id) => fileOf(state, id));
  const accessControl = choiceAt(readBody(body), 'accessControl', ACCESS_CONTROLS) ?? 'PRIVATE';
  const refused = files.find(({ status }) => !UPLOADABLE.includes(status));
  if (refused) notAvailable(unknowns, `Record ${refused.id}`);
  for (const file of files) beginTransfer(state, file, state.at, bucketName, accessControl);
  const uploadedRecords = entriesOf(state, files);
  const [first] = files;
  return {
    response: reply({ content: { bucketName, accessControl, uploadedRecords } }),
    ...(first && { recording: identityOf(first.recording) }),
  };
}

function readIds(body: string): number[] {
  const { recordIds } = readBody(body);
  if (recordIds === undefined) missing('recordIds');
  if (!Array.isArray(recordIds) || recordIds.length === 0 || !recordIds.every((id) => Number.isInteger(id)))
    invalid('recordIds');
  return recordIds as number[];
}

function filesOf(state: NaverState, channel: Channel): RecordFile[] {
  return [...state.files.values()].filter((file) => file.recording.channel === channel);
}

function fileOf(state: NaverState, id: number): RecordFile {
  return state.files.get(id) ?? noRecord(state, id);
}

function noRecord(state: NaverState, id: number): never {
  throw new Refusal(state.config.unknowns.recordError, `Record ${id} not found.`);
}

function listed(state: NaverState, files: RecordFile[]): Outcome {
  return { response: reply({ content: { recordList: entriesOf(state, files) }, total: files.length }) };
}

function entriesOf(state: NaverState, files: RecordFile[]): Record<string, Entry> {
  return Object.fromEntries(files.map((file) => [String(file.id), entryOf(state, file)]));
}

function timeOf(state: NaverState, at: number): number {
  const time = told(state, at);
  return state.config.unknowns.timesOfFiles === 's' ? Math.floor(time / 1000) * 1000 : time;
}

/** What is not known while a file is written is not there either. */
export function entryOf(state: NaverState, file: RecordFile): Entry {
  const { quality, recording, status, shouldDeleteAt } = file;
  const ended = status !== 'RECORDING';
  const placed = recording.record.type === 'AUTO_UPLOAD' || file.bucket !== undefined;
  return {
    recordType: file.recordType,
    channelId: recording.channel.id,
    status,
    recordSeq: recording.seq,
    streamSeq: file.streamSeq,
    recordBeginTime: timeOf(state, file.beganAt),
    createdTime: timeOf(state, file.beganAt),
    ...(shouldDeleteAt !== undefined && { shouldDeleteTime: timeOf(state, shouldDeleteAt) }),
    ...(quality && { resolution: quality.resolution }),
    fileName: file.name,
    ...(ended && { duration: Math.floor(file.recordedMs / 1000) }),
    ...(quality && {
      videoBitrate: quality.videoBitrate,
      audioBitrate: quality.audioBitrate,
      videoFrameRate: quality.videoFrameRate,
      audioCodec: 'AAC',
    }),
    ...(ended && placed && { uploadPath: folderOf(file) }),
    objectStorageUrl: urlOf(file),
  };
}
