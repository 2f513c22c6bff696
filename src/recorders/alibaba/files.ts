/** The files of an ended take, from the vendor's index. It names them by stream and time, and by no recording. */
import { CYCLE_DEFAULTS, type AlibabaOptions } from '../../contract/vendors/alibaba.ts';
import type { FileSeen } from '../../session/facts.ts';
import { NOT_NAMED } from '../../session/filed.ts';
import type { TakeInQuestion } from '../recorder.ts';
import {
  apiOf,
  handleOf,
  QUICK,
  triple,
  wireTime,
  type AlibabaContext,
  type AlibabaSubject,
} from './handle.ts';
import { MAKING_MS } from './traits.ts';
import type { IndexFile } from './wire.ts';

const DAY_MS = 86_400_000;
/** DescribeLiveStreamRecordIndexFiles: at most 4 days at once, 5 to 30 entries a page. */
const SPAN_MS = 4 * DAY_MS;
const PAGE = 30;
/** A year of files in one format, each an hour long, is 292 pages. */
const MOST_PAGES = 2_000;
export async function files(
  context: AlibabaContext,
  subject: AlibabaSubject,
  take: TakeInQuestion,
  known: FileSeen[],
): Promise<FileSeen[]> {
  const handle = handleOf(take.handle);
  const from = Math.min(take.name.at, handle?.since ?? take.name.at);
  const to = take.endedAt ?? context.now();
  const listed: IndexFile[] = [];
  const since = Math.max(from, (take.collectedAt ?? 0) - longestMs(subject.options));
  for (let begin = since; begin < to; begin += SPAN_MS) {
    listed.push(...(await readSpan(context, subject, begin, Math.min(begin + SPAN_MS, to + SECOND_MS))));
  }
  const own = listed.filter((file) => isOf(file, from, to));
  const merged = merge(known, own.map(seen));
  if (merged.length > 0) return merged.map((file, sequence) => ({ ...file, sequence }));
  return take.endedAt === undefined ? [] : [due(subject.options)];
}

/** A file is in the index so long after it began at the latest: its cycle, the delay, and what its making takes. */
function longestMs({ RecordFormat, TranscodeRecordFormat, DelayTime }: AlibabaOptions): number {
  const formats = [...(RecordFormat ?? []), ...(TranscodeRecordFormat ?? [])];
  const cycles = formats.map(({ Format, CycleDuration }) => CycleDuration ?? CYCLE_DEFAULTS[Format]);
  return (Math.max(...cycles) + DelayTime) * SECOND_MS + MAKING_MS;
}

const SECOND_MS = 1_000;

/** One that was taken over may have begun before the take; one that begins after it is of the next. */
function isOf(file: IndexFile, from: number, to: number): boolean {
  return (file.to ?? from) >= from && (file.from ?? from) <= to;
}

async function readSpan(
  context: AlibabaContext,
  { target }: AlibabaSubject,
  from: number,
  to: number,
): Promise<IndexFile[]> {
  const found: IndexFile[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const told = await apiOf(context).call(
      'DescribeLiveStreamRecordIndexFiles',
      {
        ...triple(target),
        StartTime: wireTime(from),
        EndTime: wireTime(Math.max(to, from + SECOND_MS)),
        PageNum: page,
        PageSize: PAGE,
        Order: 'asc',
      },
      { ...QUICK, ...(context.signal && { signal: context.signal }) },
    );
    found.push(...told.files);
    if (told.files.length === 0 || page >= (told.TotalPage ?? 1)) break;
  }
  return found;
}

function seen({ OssBucket, OssObject, Duration, Width, Height, from, to }: IndexFile): FileSeen {
  return {
    name: OssObject,
    sequence: 0,
    state: 'stored',
    ...(Duration !== undefined && { durationMs: Math.round(Duration * SECOND_MS) }),
    ...(Width !== undefined && Height !== undefined && { quality: `${Width}x${Height}` }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    place: `oss://${OssBucket}/${OssObject}`,
  };
}

/** By name, in the order of their beginnings; what the index tells counts more. */
function merge(known: FileSeen[], listed: FileSeen[]): FileSeen[] {
  const byName = new Map(known.filter(({ name }) => name !== NOT_NAMED).map((file) => [file.name, file]));
  for (const file of listed) {
    const { trouble: _former, ...before } = byName.get(file.name) ?? {};
    byName.set(file.name, { ...before, ...file });
  }
  return [...byName.values()].toSorted((a, b) => (a.from ?? 0) - (b.from ?? 0));
}

/** A recording that ends with its push gets its file only after DelayTime. */
function due({ DelayTime }: AlibabaOptions): FileSeen {
  return {
    name: NOT_NAMED,
    sequence: 0,
    state: 'missing',
    trouble: `ApsaraVideo names no file yet; after a drop it does so when DelayTime (${DelayTime} s) is over`,
  };
}
