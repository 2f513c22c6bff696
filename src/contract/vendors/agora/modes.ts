/** Which options belong to which mode, and what a mode cannot do without. */
import type { Problem } from '../../problems.ts';
import type { VendorSubject } from '../../vendor.ts';
import type { AgoraMode } from './fields.ts';
import type { AgoraOptions } from './options.ts';
import { problem, START } from './told.ts';
import type { AgoraTarget } from './target.ts';

type Field = keyof AgoraOptions;

const CHANNEL: readonly AgoraMode[] = ['individual', 'mix'];
/** Every other option belongs to all modes. */
const BELONGS: Partial<Record<Field, readonly AgoraMode[]>> = {
  channelType: CHANNEL,
  streamTypes: CHANNEL,
  videoStreamType: CHANNEL,
  maxIdleTime: CHANNEL,
  decryptionMode: CHANNEL,
  secret: CHANNEL,
  salt: CHANNEL,
  subscribeAudioUids: CHANNEL,
  unsubscribeAudioUids: CHANNEL,
  subscribeVideoUids: CHANNEL,
  unsubscribeVideoUids: CHANNEL,
  privateParams: CHANNEL,
  streamMode: ['individual'],
  subscribeUidGroup: ['individual'],
  snapshotConfig: ['individual'],
  transcodingConfig: ['mix'],
  audioProfile: ['mix', 'web'],
  url: ['web'],
  videoWidth: ['web'],
  videoHeight: ['web'],
  videoBitrate: ['web'],
  videoFps: ['web'],
  mobile: ['web'],
  maxVideoDuration: ['web'],
  maxRecordingHour: ['web'],
  readyTimeout: ['web'],
  publish: ['web'],
};

/** Secret, or too long to be worth quoting. */
const UNQUOTED = new Set<Field>(['secret', 'salt', 'url', 'publish', 'privateParams', 'transcodingConfig']);

const NEEDS: Record<AgoraMode, [field: Field, why: string, instead: string][]> = {
  individual: [
    [
      'subscribeUidGroup',
      'mode individual needs the number of users that are recorded at once',
      '0 for 1-2, 1 for 3-7, 2 for 8-12, 3 for 13-17, 4 for 18-32, 5 for 33-49',
    ],
  ],
  mix: [],
  web: [
    ['url', 'mode web needs the address of the page', 'https://example.com/stage'],
    ['audioProfile', 'mode web needs it', '0'],
    ['videoWidth', 'mode web needs it', '1280'],
    ['videoHeight', 'mode web needs it', '720'],
  ],
};

export function agoraSubjectProblems(subject: VendorSubject): Problem[] {
  const { mode } = subject.target as AgoraTarget;
  const options = subject.options as AgoraOptions;
  const found = [...strangers(mode, options), ...missing(mode, options)];
  if (mode === 'individual' && options.avFileType?.some((type) => type === 'mp4')) {
    found.push(
      problem(
        'options.avFileType',
        'mode individual makes no MP4',
        `${START}, avFileType (in individual recording, the default value)`,
        '[hls]',
        options.avFileType,
      ),
    );
  }
  if (options.maxVideoDuration !== undefined && !options.avFileType?.some((type) => type === 'mp4')) {
    found.push(
      problem(
        'options.maxVideoDuration',
        'it is the length of MP4 files, and none are made',
        `${START}, maxVideoDuration`,
        'avFileType: [hls, mp4], or leave it out',
        options.maxVideoDuration,
      ),
    );
  }
  return found;
}

function strangers(mode: AgoraMode, options: AgoraOptions): Problem[] {
  return (Object.keys(BELONGS) as Field[])
    .filter((field) => options[field] !== undefined && !BELONGS[field]!.includes(mode))
    .map((field) =>
      problem(
        `options.${field}`,
        `it belongs to mode ${BELONGS[field]!.join(' and ')}; this target has mode ${mode}`,
        `${START}, ${field}`,
        'leave it out, or another target.mode',
        UNQUOTED.has(field) ? undefined : options[field],
      ),
    );
}

function missing(mode: AgoraMode, options: AgoraOptions): Problem[] {
  return NEEDS[mode]
    .filter(([field]) => options[field] === undefined)
    .map(([field, why, instead]) => problem(`options.${field}`, why, `${START}, ${field}`, instead));
}

/** Screenshots and nothing else: Agora's meaning of a `snapshotConfig` without any type of file. */
export function takesScreenshotsOnly({ snapshotConfig, avFileType }: AgoraOptions): boolean {
  return snapshotConfig !== undefined && avFileType === undefined;
}

/** What goes into `recordingFileConfig`; null where it must be left out. */
export function fileTypesOf(options: AgoraOptions): NonNullable<AgoraOptions['avFileType']> | null {
  return takesScreenshotsOnly(options) ? null : (options.avFileType ?? ['hls']);
}
