/** When the files of a take are looked after: daily while it runs, often just after its end, until they are settled. */
import type { EndedTake, Part } from './events.ts';
import type { FileSeen, Json, TakeName } from './facts.ts';
import type { FileCounts } from './filed.ts';

/** A take whose files are looked after. Handle and name are absent where only the archive has them. */
export interface Collecting {
  take: number;
  name?: TakeName;
  handle?: Json;
  recording?: string | null;
  storage?: string | null;
  endedAt?: number;
  fileCount: number;
  /** Parts up to this one have been searched for its files. */
  partsTo: number;
  /** The last look that the vendor answered and whose files are in the manifest. */
  collectedAt?: number;
  /** Since when it is looked after as one that has ended; null while it runs. */
  endedSince: number | null;
  /** Looks that the vendor answered since then. */
  tries: number;
  nextAt: number;
  /** Told by the vendor after the last part of the session. */
  told: FileSeen[];
}

/** What a look at the files comes to, as far as it says when to look again. */
export interface Outcome {
  missing: number;
  /** Files that are being written, or that the vendor deletes unless they are stored elsewhere. */
  unsettled: number;
  /** When the vendor deletes the first of them. */
  expiresAt: number | null;
  /** The vendor has answered, and the manifest was written. */
  reached: boolean;
  archived: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A file that is not there yet after the end of its take is looked for this often, then it is called missing. */
const TRIES = 5;
const TRY_AGAIN_MS = 3_000;
/** What the vendor goes on writing, or moving, is given up after this: the longest that one keeps a file is a week. */
const GIVE_UP_MS = 8 * DAY_MS;
/** Of what is told while nobody takes it. */
const TOLD_KEPT = 100;

/** Takes that begin or end with a part, and those that the vendor tells more of after they were settled. */
export function takeIn(
  list: Collecting[],
  part: Part,
  { ended, opened }: { ended: EndedTake[]; opened: EndedTake[] },
  now: number,
): Collecting[] {
  const next = new Map(list.map((one) => [one.take, one]));
  const begin = (asked: EndedTake, partsTo: number): Collecting => ({
    endedSince: null,
    tries: 0,
    told: [],
    partsTo,
    ...next.get(asked.take),
    ...asked,
    nextAt: now + HOUR_MS,
  });
  for (const take of opened) next.set(take.take, begin(take, part.number - 1));
  // One whose beginning this keeper has not been told of may be in any part.
  for (const take of ended)
    next.set(take.take, { ...begin(take, 0), endedSince: now, tries: 0, nextAt: now });
  for (const { number: take, fileCount, files, ended: over } of part.takes) {
    const known = next.get(take);
    if (known) next.set(take, { ...known, fileCount: Math.max(known.fileCount, fileCount) });
    // A running take is only unknown to a keeper that took over from a lost one: its handle comes with its end.
    else if (files.length > 0 && over) next.set(take, again({ take, partsTo: part.number - 1 }, now));
  }
  return [...next.values()];
}

/** One whose files were settled. */
export function again(one: { take: number; partsTo: number }, now: number): Collecting {
  return { ...one, fileCount: 0, endedSince: now, tries: 0, nextAt: now, told: [] };
}

/** A file of the take that it names, or of the last one: what has ended before has been told before. */
export function tell(
  list: Collecting[],
  last: { take: number; partsTo: number },
  recording: string | undefined,
  told: FileSeen[],
  now: number,
): Collecting[] {
  const named = list.find((one) => recording !== undefined && one.recording === recording);
  const waiting = named ?? list.at(-1) ?? again(last, now);
  const more = { ...waiting, told: [...waiting.told, ...told].slice(-TOLD_KEPT), nextAt: now };
  return [...list.filter((one) => one !== waiting), more].toSorted((a, b) => a.take - b.take);
}

/** After a look: `heard` of what was told was given to it. What no manifest took has to be told, or listed, once more. */
export function learn(
  one: Collecting,
  done: { files: FileSeen[]; partsTo: number; unreached: string | null; unarchived: string | null },
  heard: number,
  begunAt: number,
): void {
  const since = one.told.slice(heard);
  if (done.unreached === null) one.tries += 1;
  if (done.unarchived === null) {
    one.partsTo = done.partsTo;
    one.told = since;
    if (done.unreached === null) one.collectedAt = begunAt;
  } else {
    // Nobody but ourselves has them.
    one.told = [...done.files, ...since];
  }
}

/** Some file of it is not where it belongs, or is not known at all. */
export function lacksFiles({ fileCount, sums }: { fileCount: number; sums: FileCounts }): boolean {
  return sums.files === 0 || sums.files < fileCount || sums.stored < sums.files;
}

/** When to look at the files of a take again; null: they are what they are. */
export function nextLook(one: Collecting, found: Outcome, settleMs: number, now: number): number | null {
  const { missing, expiresAt, reached, archived } = found;
  const whole = reached && archived;
  if (one.endedSince === null) return now + (!whole ? 5 * MINUTE_MS : expiresAt === null ? DAY_MS : HOUR_MS);
  const passedMs = now - one.endedSince;
  if (whole && missing > 0 && one.tries < TRIES) return now + TRY_AGAIN_MS * one.tries;
  const settles = settleMs > 0 && (!reached || found.unsettled > 0);
  const patienceMs = settles || !archived ? GIVE_UP_MS : reached ? settleMs : HOUR_MS;
  if (passedMs >= patienceMs) return null;
  if (passedMs < 30 * MINUTE_MS) return now + MINUTE_MS;
  return now + (passedMs < 6 * HOUR_MS ? 5 * MINUTE_MS : 30 * MINUTE_MS);
}
