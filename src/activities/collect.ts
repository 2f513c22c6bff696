/**
 * One look at the files of a take: what the manifest has, what parts and callbacks have told since, and what the vendor says now
 * become the next manifest. What is answered has the same size for one file and for a hundred thousand.
 */
import type { Archive } from '../archive/archive.ts';
import { ledgerFolder, partName, type PartFile } from '../archive/ledger.ts';
import {
  inOrder,
  listManifest,
  mostUrgent,
  readTakeFiles,
  shortSums,
  sumsOf,
  writeTakeFiles,
  type ManifestTake,
} from '../archive/manifest.ts';
import { parsePiece } from '../archive/pieces.ts';
import type { AskedTake } from '../archive/shapes.ts';
import type { TakeInQuestion } from '../recorders/recorder.ts';
import { isUnsettled, withFiles } from '../session/filed.ts';
import type { FileSeen } from '../session/facts.ts';
import type { Collected, CollectInput } from './wire.ts';

export interface Collector {
  archive: Archive | null;
  now: () => number;
  /** All files of the take as the vendor has them. */
  ask: (take: TakeInQuestion, known: FileSeen[]) => Promise<FileSeen[]>;
  /** What the bucket has of them, where it may be read, and why it could not be. */
  confirm?: (take: AskedTake, files: FileSeen[]) => Promise<{ files: FileSeen[]; trouble: string | null }>;
  /** Why something failed, for people. */
  told: (error: unknown) => string;
}

/** Of a take with more files than this only those are answered that somebody may have to look at. */
const ANSWERED = 20;

export async function collectTake(collector: Collector, input: CollectInput): Promise<Collected> {
  const { now, told } = collector;
  const before = await known(collector, input);
  const { fileCount, collectedAt, ...given } = input.take;
  const asked = { ...before.asked, ...given };
  const heard = withFiles(withFiles(before.files, before.inParts), input.told);
  let unreached: string | null = null;
  let unconfirmed: string | null = null;
  let files = heard;
  if (isAsked(asked)) {
    try {
      const more = { fileCount, ...(collectedAt !== undefined && { collectedAt }) };
      files = stillSeen(heard, await collector.ask({ ...inQuestion(asked), ...more }, heard));
      const confirmed = await collector.confirm?.(asked, files);
      unconfirmed = confirmed?.trouble ?? null;
      files = confirmed?.files ?? files;
    } catch (error) {
      unreached = told(error);
    }
  } else unreached = 'nothing is known of what the vendor calls this take';
  files = inOrder(files);

  let unarchived = before.unreadable;
  if (collector.archive && unarchived === null && isAsked(asked)) {
    const place = { folder: ledgerFolder(input.header), sessionId: input.header.sessionId };
    try {
      await writeTakeFiles(collector.archive, place, before, asked, files);
    } catch (error) {
      unarchived = told(error);
    }
  }
  const open = files.filter((file) => isUnsettled(file, now()));
  const ends = open.flatMap(({ expiresAt }) => expiresAt ?? []);
  return {
    found: {
      take: input.take.take,
      files: mostUrgent(files, ANSWERED),
      fileCount: Math.max(fileCount, files.length),
      sums: shortSums(sumsOf(files)),
    },
    partsTo: unarchived === null ? before.partsTo : input.partsTo,
    unsettled: open.length,
    expiresAt: ends.length === 0 ? null : Math.min(...ends),
    unreached,
    unconfirmed,
    unarchived,
  };
}

/** What was seen in the bucket stays seen, as long as the vendor says nothing else. */
function stillSeen(before: FileSeen[], files: FileSeen[]): FileSeen[] {
  const seen = new Map(before.flatMap((file) => (file.by === 'head' ? [[file.name, file] as const] : [])));
  return files.map(({ by: _former, ...file }) => {
    const was = file.state === 'missing' ? undefined : seen.get(file.name);
    if (!was) return file;
    return { ...file, state: 'stored', by: 'head', ...(was.bytes !== undefined && { bytes: was.bytes }) };
  });
}

interface Known extends ManifestTake {
  inParts: FileSeen[];
  partsTo: number;
  unreadable: string | null;
}

/** An archive that is away keeps nobody from asking the vendor, which may delete files meanwhile. */
async function known({ archive, told }: Collector, input: CollectInput): Promise<Known> {
  const nothing = { asked: null, files: [], pieces: [], inParts: [], partsTo: input.partsTo };
  if (!archive) return { ...nothing, unreadable: 'the configuration of this worker names no archive' };
  const folder = ledgerFolder(input.header);
  const { take } = input.take;
  try {
    const names = (await listManifest(archive, folder)).get(take) ?? [];
    const manifest = await readTakeFiles(archive, folder, names);
    const parts = await filesInParts(archive, folder, take, input.partsTo);
    return { ...manifest, ...parts, unreadable: null };
  } catch (error) {
    return { ...nothing, unreadable: told(error) };
  }
}

async function filesInParts(
  archive: Archive,
  folder: string,
  take: number,
  from: number,
): Promise<Pick<Known, 'inParts' | 'partsTo'>> {
  let inParts: FileSeen[] = [];
  for (let partsTo = from; ; partsTo += 1) {
    const name = partName(folder, partsTo + 1);
    const text = await archive.get(name);
    if (text === undefined) return { inParts, partsTo };
    const { part } = parsePiece(text, name, 'keeprolling/part/1') as PartFile;
    const { files = [] } = part.takes.find(({ number }) => number === take) ?? {};
    inParts = withFiles(inParts, files);
  }
}

function isAsked(take: Partial<AskedTake>): take is AskedTake {
  return take.name !== undefined && take.handle !== undefined;
}

function inQuestion({ take, name, handle, endedAt }: AskedTake): TakeInQuestion {
  return { take, name, handle, ...(endedAt !== undefined && { endedAt }) };
}
