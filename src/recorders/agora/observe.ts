/** What an answer of `query` proves. */
import { takesScreenshotsOnly } from '../../contract/vendors/agora.ts';
import type { Actual, FileSeen, Observation } from '../../session/facts.ts';
import type { TakeInQuestion } from '../recorder.ts';
import { handleOf, type AgoraHandle, type AgoraSubject } from './handle.ts';
import type { AgoraFile, AgoraPage, AgoraQuery } from './wire.ts';

/** `status` of query ("query", serverResponse). 0 to 3: not all parts are ready yet; 4 and 5 are healthy. */
const READY = 4;
const UPLOADING = 5;
/** 6 to 8 and 20: it is ending, or has ended. */
const STOPPING = 6;
const ABNORMAL = 20;
/** Clocks that differ by less are taken as equal. */
const SKEW_MS = 2_000;
/** Each user has files of his own in individual mode, and they are listed nowhere else. */
const FILES_TOLD = 200;
/** No word of the vendor's goes longer into history. */
const WORD = 40;

export interface Sight {
  subject: AgoraSubject;
  take: TakeInQuestion;
  now: number;
}

export function observe(answer: AgoraQuery, sight: Sight): Observation {
  const { take, now } = sight;
  const actual = actualOf(answer, sight.subject);
  const since = actual === 'recording' ? sinceOf(answer, sight) : null;
  const source = sourceOf(answer);
  return {
    take: take.take,
    actual,
    source,
    ...(actual === 'recording' && { lastGoodAt: now }),
    ...(since !== null && { since: { at: since, plusMinusMs: 1_000 } }),
    files: told(answer.files, handleOf(take), answer.sliceStartTime ?? null, 'open'),
    fileCount: answer.files.length,
    ...(actual === 'failed' && { failure: endedBy(answer.status === ABNORMAL, source) }),
    ...(answer.requestId !== undefined && { requestId: answer.requestId }),
  };
}

/** The push is told as well: it ends and comes again without the recording. */
function sourceOf({ status, page, push }: AgoraQuery): string {
  const words = [
    `query status ${status}`,
    ...(page ? [`page ${page.state.slice(0, WORD)}`] : []),
    ...(push === undefined ? [] : [`push ${push.slice(0, WORD)}`]),
  ];
  return words.join(', ');
}

/** Is it ending, or has it ended? */
export function isEnding({ status, page }: AgoraQuery): boolean {
  return status >= STOPPING || page?.state === 'exit';
}

function actualOf(answer: AgoraQuery, { options }: AgoraSubject): Actual {
  const { status, page, files, sliceStartTime } = answer;
  if (isEnding(answer)) return 'failed';
  if (page) return actualOfPage(page, status);
  if (status < READY) return 'starting';
  // The pages read 4 and 5 in two ways, with and without media: only a slice shows that there is some. It comes up
  // to a minute late and with its time, so nothing is lost by waiting for it.
  const sliced = files.length > 0 || sliceStartTime !== undefined;
  // Screenshots are in no list: there the 5 of "first file uploaded" is all that is ever told.
  const pictured = takesScreenshotsOnly(options) && status === UPLOADING;
  return sliced || pictured ? 'recording' : 'armed';
}

/** A page that is shown is recorded, whatever it shows; its first slice comes later and is not waited for. */
function actualOfPage({ state, onhold }: AgoraPage, status: number): Actual {
  const shown = state === 'inProgress' || (state !== 'init' && status >= READY);
  if (!shown) return 'starting';
  return onhold ? 'paused' : 'recording';
}

/** When the first slice began, where it can be believed and tells of the present stretch. */
function sinceOf({ page, files, sliceStartTime }: AgoraQuery, { take, now }: Sight): number | null {
  const { belief = '' } = take;
  // After a hold or an absence media began anew, and the first slice is of the stretch before.
  const first = page ? ['accepted', 'starting'].includes(belief) : !['absent', 'failed'].includes(belief);
  return first ? firstSlice(files, sliceStartTime, take, now) : null;
}

export function firstSlice(
  files: AgoraFile[],
  sliceStartTime: number | undefined,
  { name }: TakeInQuestion,
  now: number,
): number | null {
  const starts = [sliceStartTime, ...files.map((file) => file.sliceStartTime)];
  const known = starts.filter((at) => at !== undefined && at >= name.at - SKEW_MS && at <= now + SKEW_MS);
  return known.length === 0 ? null : Math.min(...(known as number[]), now);
}

/** The latest of them: more than these the session does not keep. */
export function told(
  files: AgoraFile[],
  { folder }: AgoraHandle,
  from: number | null,
  state: FileSeen['state'],
): FileSeen[] {
  const place = `${folder.join('/')}/`;
  const seen = files.map((file, sequence): FileSeen => {
    const begun = file.sliceStartTime ?? from;
    return {
      name: file.fileName.startsWith(place) ? file.fileName : place + file.fileName,
      sequence,
      state,
      ...(begun !== null && { from: begun }),
    };
  });
  return seen.slice(-FILES_TOLD);
}

/** It ended without a stop of ours: an empty channel, its token, its page, somebody else. */
export function endedBy(abnormal: boolean, source: string): NonNullable<Observation['failure']> {
  return {
    code: 'E_RECORDING_FAILED',
    message: `Agora says that the recording has ended ${abnormal ? 'abnormally' : 'by itself'} (${source}).`,
    who: 'vendor',
    applied: 'no',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: { operation: 'query' },
  };
}
