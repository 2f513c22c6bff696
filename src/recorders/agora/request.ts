/** What a start asks for: the options of the specification, in the groups in which Agora wants them. */
import { ALL_STREAMS, fileTypesOf, type AgoraOptions } from '../../contract/vendors/agora.ts';
import { isSecretReference, type SecretReference } from '../../contract/secrets.ts';
import type { ChangeValues } from '../../session/state.ts';
import { defined } from './defined.ts';
import type { AgoraContext, AgoraReservation, AgoraSubject } from './handle.ts';
import type { mintStorage } from './storage.ts';
import { rtcToken } from './token.ts';

type StorageConfig = Awaited<ReturnType<typeof mintStorage>>['storageConfig'];

/** `clientRequest` of `start` in all three modes. */
export function startRequest(
  context: AgoraContext,
  subject: AgoraSubject,
  settings: ChangeValues,
  reservation: AgoraReservation,
  storageConfig: StorageConfig,
) {
  if (subject.target.mode === 'web') {
    return {
      storageConfig,
      ...fileConfig(subject.options),
      extensionServiceConfig: webServices(context, subject.options, settings, reservation),
    };
  }
  return {
    ...tokenOf(context, subject, reservation),
    storageConfig,
    recordingConfig: recordingConfig(context, subject, settings, reservation),
    ...fileConfig(subject.options),
    ...(subject.options.snapshotConfig && { snapshotConfig: subject.options.snapshotConfig }),
  };
}

function tokenOf({ account, now }: AgoraContext, { target }: AgoraSubject, reservation: AgoraReservation) {
  const { appId, appCertificate } = account;
  const { uid, tokenEndsAt } = reservation;
  if (appCertificate === undefined || tokenEndsAt === null) return {};
  return { token: rtcToken({ appId, appCertificate }, target.channel, uid, now(), tokenEndsAt) };
}

function fileConfig(options: AgoraOptions) {
  const avFileType = fileTypesOf(options);
  return avFileType === null ? {} : { recordingFileConfig: { avFileType } };
}

function recordingConfig(
  context: AgoraContext,
  { options }: AgoraSubject,
  settings: ChangeValues,
  { maxIdleTime }: AgoraReservation,
) {
  const {
    channelType = 0,
    streamTypes,
    videoStreamType,
    streamMode,
    audioProfile,
    decryptionMode,
    secret,
    salt,
    subscribeUidGroup,
    privateParams,
  } = options;
  const { audio, video } = listsOf(options, settings.subscribe);
  return defined({
    channelType,
    streamTypes,
    videoStreamType,
    streamMode,
    audioProfile,
    decryptionMode,
    secret: secret && context.secret(secret),
    salt: salt && context.secret(salt),
    subscribeUidGroup,
    privateParams,
    maxIdleTime: maxIdleTime ?? undefined,
    ...audio,
    ...video,
    transcodingConfig: transcoding(options, settings.layout),
  });
}

export interface Lists {
  subscribeAudioUids?: string[];
  unsubscribeAudioUids?: string[];
  subscribeVideoUids?: string[];
  unsubscribeVideoUids?: string[];
}

/**
 * A medium that no change has named is as the specification has it. A list of one medium alone leaves the other one out
 * ("start", subscribeAudioUids), so who is not listed there and is heard all the same is named.
 */
function listsOf(options: AgoraOptions, changed: ChangeValues['subscribe']): { audio: Lists; video: Lists } {
  const { subscribeAudioUids, unsubscribeAudioUids, subscribeVideoUids, unsubscribeVideoUids } = options;
  const audio = defined({ subscribeAudioUids, unsubscribeAudioUids });
  const video = defined({ subscribeVideoUids, unsubscribeVideoUids });
  if (changed === undefined) return { audio, video };
  const { audioUidList, videoUidList } = changed as { audioUidList?: Lists; videoUidList?: Lists };
  const everybody = !isListed(audio) && !isListed(video) && (options.streamTypes ?? 2) === 2;
  return {
    audio: audioUidList ?? (everybody ? { subscribeAudioUids: [ALL_STREAMS] } : audio),
    video: videoUidList ?? (everybody ? { subscribeVideoUids: [ALL_STREAMS] } : video),
  };
}

function isListed(lists: Lists): boolean {
  return Object.keys(lists).length > 0;
}

/** The same lists in the form of `update`: both media, since one that is left out may fall back to nobody. */
export function streamSubscribeOf(
  options: AgoraOptions,
  changed: ChangeValues['subscribe'],
): { audioUidList?: Lists; videoUidList?: Lists } | null {
  const { audio, video } = listsOf(options, changed);
  if (!isListed(audio) && !isListed(video)) return null;
  return {
    ...(isListed(audio) && { audioUidList: audio }),
    ...(isListed(video) && { videoUidList: video }),
  };
}

/** A change of the layout replaces all of it, and leaves the canvas as it is, as `updateLayout` does. */
function transcoding(
  { transcodingConfig }: AgoraOptions,
  changed: ChangeValues['layout'],
): Record<string, unknown> | undefined {
  if (changed === undefined) return transcodingConfig;
  const { width, height, fps, bitrate } = transcodingConfig ?? {};
  return defined({ width, height, fps, bitrate, ...(changed as Record<string, unknown>) });
}

function webServices(
  context: AgoraContext,
  options: AgoraOptions,
  settings: ChangeValues,
  { maxRecordingHour }: AgoraReservation,
) {
  const { url, audioProfile = 0, videoWidth, videoHeight, videoBitrate, videoFps, mobile } = options;
  const { maxVideoDuration, readyTimeout } = options;
  const publish = publishOf(options, settings);
  const page = {
    serviceName: 'web_recorder_service' as const,
    errorHandlePolicy: 'error_abort' as const,
    serviceParam: defined({
      url: isSecretReference(url) ? context.secret(url) : url,
      audioProfile,
      videoWidth,
      videoHeight,
      videoBitrate,
      videoFps,
      mobile,
      maxVideoDuration,
      readyTimeout,
      maxRecordingHour: maxRecordingHour ?? undefined,
      onhold: false,
    }),
  };
  if (!publish) return { extensionServices: [page] };
  // A failed push must not end the recording.
  const push = {
    serviceName: 'rtmp_publish_service' as const,
    errorHandlePolicy: 'error_ignore' as const,
    serviceParam: publishedTo(context, publish),
  };
  return { extensionServices: [page, push] };
}

export interface Publish {
  outputs: { rtmpUrl: SecretReference }[];
}

export function publishOf({ publish }: AgoraOptions, settings: ChangeValues): Publish | undefined {
  return (settings.publish ?? publish) as Publish | undefined;
}

/** The addresses themselves, for one call. */
export function publishedTo(context: AgoraContext, { outputs }: Publish): { outputs: { rtmpUrl: string }[] } {
  return { outputs: outputs.map(({ rtmpUrl }) => ({ rtmpUrl: context.secret(rtmpUrl) })) };
}
