/** Files that a vendor names one after another: together they hold spans that none of them holds alone. */
import type { FileSeen } from './facts.ts';
import { raise } from './ledger.ts';
import type { Take } from './state.ts';

/** One file ends where the next begins, but for a key frame and the second that a vendor rounds to. */
const JOINT_MS = 5_000;

/** The stretch without a hole that ends with the latest file. */
export function joinFile(take: Take, { from, to, state }: FileSeen): void {
  if (from === undefined || to === undefined || (state !== 'named' && state !== 'stored')) return;
  const { filed } = take;
  const joined = filed && from <= filed.to + JOINT_MS && to >= filed.from - JOINT_MS;
  if (joined) take.filed = { from: Math.min(filed.from, from), to: Math.max(filed.to, to) };
  else if (!filed || from > filed.to) take.filed = { from, to };
}

/** Spans that have ended and lie within it are known by their files. */
export function raiseFiled({ filed, spans }: Take): void {
  if (!filed) return;
  for (const span of spans) {
    if (!span.to || span.from.at < filed.from - span.from.plusMinusMs - JOINT_MS) continue;
    if (span.to.at <= filed.to + span.to.plusMinusMs + JOINT_MS) raise(span, 'filed');
  }
}

/**
 * What is told of files beside what is known of them: the later word on each name counts. Words overtake each other, so one that
 * is stored is not on its way again: only that it is missing would be news.
 */
export function withFiles(known: FileSeen[], told: FileSeen[]): FileSeen[] {
  const files = new Map(known.map((file) => [file.name, file]));
  for (const file of told) {
    const before = files.get(file.name);
    files.set(file.name, before ? { ...merged(before, file), sequence: before.sequence } : file);
  }
  return [...files.values()].toSorted((a, b) => a.sequence - b.sequence);
}

function merged(before: FileSeen, file: FileSeen): FileSeen {
  const isOld = before.state === 'stored' && (file.state === 'named' || file.state === 'open');
  if (!isOld) return { ...before, ...file };
  const { trouble: _past, expiresAt: _deadline, ...late } = file;
  return { ...late, ...before };
}

/** It may still change: it is being written, or is only kept until it has been stored elsewhere. */
export function isUnsettled({ state, expiresAt }: FileSeen, now: number): boolean {
  if (state === 'open') return true;
  return state === 'named' && expiresAt !== undefined && expiresAt > now;
}

/** In place of a name, where a vendor has made something and does not say what it is called. */
export const NOT_NAMED = '(not named yet)';

/** How many files of a take are in which state. */
export interface FileCounts {
  files: number;
  open: number;
  named: number;
  stored: number;
  missing: number;
  /** Of those whose size is known. */
  bytes: number;
}

export const noFiles = (): FileCounts => ({ files: 0, open: 0, named: 0, stored: 0, missing: 0, bytes: 0 });

export function addCounts(a: FileCounts, b: FileCounts): FileCounts {
  const sum = { ...a };
  for (const name of Object.keys(a) as (keyof FileCounts)[]) sum[name] += b[name];
  return sum;
}

/** What becomes of a take's files, in a size that does not depend on how many they are. */
export interface TakeSums extends FileCounts {
  /** Each file says from when to when its media is. */
  timed: boolean;
  /** Stretches held by files that are stored, and by files that are not; epoch milliseconds, `[from, to]`. */
  kept: [number, number][];
  lacking: [number, number][];
  /** There were more stretches than are told here. */
  cut?: true;
}

/** Files that touch a stretch by less than this at its edges belong to its neighbour. */
export const TOUCH_MS = 1_000;
