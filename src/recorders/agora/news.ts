/**
 * What each notification means for a session ("Event types", cloud recording). A row stands here only for what a
 * session can use; no text of Agora's is told on, since an `errorMsg` may repeat keys, and `rtmpUrl` is one.
 */
import { z } from 'zod';
import { MODES } from '../../contract/vendors/agora/fields.ts';
import type { RecorderEvent } from '../../session/events.ts';
import type { FileSeen } from '../../session/facts.ts';
import type { News } from '../callbacks.ts';
import type { Notice } from './notice.ts';
import {
  abnormalEnd,
  isSerious,
  pageStopped,
  pageUnfit,
  recorderTrouble,
  tokenEnded,
} from './notice-failures.ts';
import { agoraInstant, fileListSchema, integer, type AgoraFile } from './wire.ts';

/** Without what is the same for all news of one notification. */
type Told = Omit<RecorderEvent, 'id' | 'at' | 'recording' | 'mark'> & { at?: number; look?: true };
/** An instant of Agora's on our clock. */
type Ours = (instant: number | undefined) => number | undefined;
/** null: the details are not those of the event. */
type Reader = (details: unknown, ours: Ours) => Told[] | null;

const NAME_LENGTH = 400;
const instant = integer.transform(agoraInstant).optional();
const streamUid = z.union([z.string().max(255), z.int().transform(String)]);
// A pipe, since a check of a list that is wrong already would run all the same.
const file = z.custom<AgoraFile>((one) => (one as AgoraFile).fileName.length <= NAME_LENGTH);
const files = fileListSchema.pipe(z.array(file));
/** More than these no session keeps. */
const FILES_TOLD = 200;

/** The page recorder; all other parts may serve any mode. */
const WEB_SERVICE = 6;
const RECEIVING = 0;

const EVENTS: Record<number, Reader> = {
  // Levels 4 and 5 are "major" and "fatal"; what is less goes by, and a look a minute would say no more about it.
  1: reader(
    z.looseObject({ module: integer, errorLevel: integer, errorCode: integer }),
    ({ errorLevel, module, errorCode }) =>
      isSerious(errorLevel)
        ? [{ kind: 'recorder-failed', failure: recorderTrouble(module, errorCode), look: true }]
        : [],
  ),
  // The first playlist is in the bucket: a query names its slice from now on, which proves media.
  4: reader(z.looseObject({ fileList: files }), ({ fileList }) =>
    filesTold(fileList, 'open').map((told) => ({ ...told, look: true })),
  ),
  // All is over, the upload too. When media ended, 41 or 71 has told.
  11: reader(z.looseObject({ exitStatus: integer.optional() }), ({ exitStatus = 0 }) => [
    {
      kind: 'recorder-ended',
      final: true,
      ...(exitStatus !== 0 && { failure: abnormalEnd(11) }),
      look: true,
    },
  ]),
  // Another machine goes on within 90 s, in which `query` answers 404.
  12: reader(z.looseObject({}), () => [{ kind: 'recorder-moved', look: true }]),
  // `uploaded` and `backuped`, as a stop says them: of files in Agora's backup it is not known when they come. Of a page
  // no file is named here, but in 71.
  31: reader(z.looseObject({ status: integer.optional(), fileList: files }), ({ status = 0, fileList }) =>
    filesTold(fileList, status === 0 ? 'stored' : 'named'),
  ),
  32: reader(z.looseObject({ fileList: files }), ({ fileList }) => filesTold(fileList, 'named')),
  // In no page of Agora's, only told by others: the storage token has ended, and uploads fail from now on.
  34: reader(z.looseObject({}), () => [{ kind: 'recorder-failed', failure: tokenEnded(), look: true }]),
  // It is in the channel; whether anybody sends is another matter. A status other than 0 is "abnormal".
  40: reader(z.looseObject({ status: integer.optional() }), ({ status = 0 }) => [
    status === 0
      ? { kind: 'recorder-started' }
      : { kind: 'recorder-failed', failure: abnormalEnd(40), look: true },
  ]),
  // It has left the channel: no media from now on. 0 means that it never came in.
  41: reader(z.looseObject({ leaveCode: integer.optional() }), ({ leaveCode }) => [
    { kind: 'recorder-ended', ...(leaveCode === 0 && { failure: abnormalEnd(41) }), look: true },
  ]),
  // The first slice of a stretch, with its begin: media is written.
  42: reader(z.looseObject({ startUtcMs: instant }), ({ startUtcMs }, ours) => {
    const since = ours(startUtcMs);
    return [{ kind: 'recorder-recording', ...(since !== undefined && { since }) }];
  }),
  43: streamOf('audio'),
  44: streamOf('video'),
  // The page is open. Its slices come seconds later, and only a query shows whether it is on hold.
  70: reader(z.looseObject({}), () => [{ kind: 'recorder-started', look: true }]),
  71: reader(z.looseObject({ code: integer, fileList: files }), ({ code, fileList }) => [
    { kind: 'recorder-ended', ...(code !== 0 && { failure: pageStopped(code) }), look: true },
    ...filesTold(fileList, 'named'),
  ]),
  // "The recording service will stop immediately"; 71 may be lost.
  72: reader(z.looseObject({}), () => [{ kind: 'recorder-failed', failure: pageUnfit(), look: true }]),
};
/*
 * Of no consequence: 2 warnings (an upload is tried again, or goes to the backup: 32 and the stop tell), 3 a call of
 * ours that did not fit, 30 the uploader is up, 45 screenshots (one every few seconds), 60, 61, 80, 81, 90, 1001
 * (services that are not used), 73 a page is loaded again, 100 the push, which is no recording.
 * 33 comes every minute from the start on, also for an empty channel and after the end: it proves neither media nor
 * that the recorder is at work, and a signal a minute would cost more history than the looks that it could save.
 */

function reader<S extends z.ZodType>(schema: S, tell: (details: z.output<S>, ours: Ours) => Told[]): Reader {
  return (details, ours) => {
    const read = schema.safeParse(details);
    return read.success ? tell(read.data, ours) : null;
  };
}

/** A stream of a user begins or ends to arrive; in mode mix "0" is all of them together. `utcMs` is seen in the wild. */
function streamOf(medium: 'audio' | 'video'): Reader {
  const schema = z.looseObject({ streamUid, state: integer, UtcMs: instant, utcMs: instant });
  return reader(schema, ({ streamUid: uid, state, UtcMs, utcMs }, ours) => {
    const at = ours(UtcMs ?? utcMs);
    return [
      {
        kind: state === RECEIVING ? 'source-up' : 'source-down',
        part: `${uid}/${medium}`,
        ...(at !== undefined && { at }),
      },
    ];
  });
}

function filesTold(list: AgoraFile[], state: FileSeen['state']): Told[] {
  if (list.length === 0) return [];
  const seen = list.map(({ fileName, sliceStartTime }, sequence): FileSeen => ({
    name: fileName,
    sequence,
    state,
    ...(sliceStartTime !== undefined && { from: sliceStartTime }),
  }));
  return [{ kind: 'file-ready', files: seen.slice(-FILES_TOLD) }];
}

/** null: its details are not those of its event. */
export function newsOf(notice: Notice, receivedAt: number): News[] | null {
  const { eventType, notifyMs, payload } = notice;
  const { uid, sendts, details } = payload;
  const sid = payload.sid ?? '';
  // Agora's clocks may go wrong together: only what lies between two of its instants is taken from them.
  const ours = (at: number): number => Math.min(receivedAt, at + receivedAt - notifyMs);
  const read = EVENTS[eventType];
  const told = read ? read(details, (at) => (at === undefined ? undefined : ours(at))) : [];
  if (told === null) return null;
  return told.map(({ at = ours(sendts), look, ...event }, index) => ({
    targets: targetsOf(notice),
    event: {
      ...event,
      id: idOf(notice) + (index === 0 ? '' : `/${index}`),
      at,
      ...(sid !== '' && { recording: sid }),
      mark: uid,
    },
    ...(look && { look }),
  }));
}

/** The body does not tell the mode: the session that has the sid, or awaits the uid, knows itself. */
function targetsOf({ payload: { cname, serviceType } }: Notice): string[][] {
  const modes = serviceType === WEB_SERVICE ? (['web'] as const) : MODES;
  return modes.map((mode) => [cname, mode]);
}

/**
 * The same for each resend, and for redundant delivery, whose copies may have a `noticeId` of their own. Whether
 * `sequence` counts by sid alone or by service as well is not known: so the service is part of it.
 */
function idOf({ noticeId = '', eventType, payload }: Notice): string {
  const { sid, uid, serviceType, sequence } = payload;
  const own = `${uid}/${serviceType}/${sequence}/${eventType}`;
  return sid ? `${sid}/${own}` : `${noticeId}/${own}`;
}
