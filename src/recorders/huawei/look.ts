/**
 * One look: is the stream there, and is it the push for which START was sent? That it records nobody can see ("no API
 * shows it"): callbacks prove it, and another START after a new push.
 */
import type { Edge, Json, Look, Observation } from '../../session/facts.ts';
import { VendorFailure, type TakeInQuestion } from '../recorder.ts';
import { AFTER_STOP_MS } from './failures.ts';
import { handleOf, type HuaweiContext, type HuaweiSubject } from './handle.ts';
import { failureTold } from './news.ts';
import { pushOf, readingOf, type Push, type Reading } from './streams.ts';

/** A reading of this age serves a look at what is as believed. */
const SHARED_MS = 5_000;
/** Where something has just been told, only a reading that is hardly older than the look counts. */
const FRESH_MS = 250;
const MINUTE_MS = 60_000;
const SETTLED = new Set(['presumed', 'recording']);

/** Of a take, between two looks. */
interface Memory {
  /** The push that it was, and when it was last seen. */
  push: string;
  seenAt: number;
  /** When it was first missed. */
  missedAt?: number;
  /** When a look was first told that a callback has told an end, while the push goes on. */
  toldAt?: number;
}

export async function look(
  context: HuaweiContext,
  subject: HuaweiSubject,
  takes: TakeInQuestion[],
  memory: Json,
): Promise<{ look: Look; memory: Json }> {
  const isSettled = takes.every(({ belief = '' }) => SETTLED.has(belief));
  try {
    const reading = await readingOf(context, subject, isSettled ? SHARED_MS : FRESH_MS);
    const push = await foundIn(reading, context, subject);
    const { at } = reading;
    const known = (memory ?? {}) as Record<string, unknown>;
    const sights = takes.map((take) => see(take, push, at, memoryOf(known[take.take], take)));
    return {
      look: { at, seen: sights.map(({ seen }) => seen), sentence: sentenceOf(sights) },
      memory: Object.fromEntries(takes.map(({ take }, i) => [take, { ...sights[i]!.memory }])),
    };
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    const { failure } = error;
    const sentence = `no answer: ${failure.message}`;
    return { look: { at: context.now(), unreachable: failure, sentence }, memory };
  }
}

/** What is not in a list of several pages may have moved from one to another while they were read. */
async function foundIn(
  reading: Reading,
  context: HuaweiContext,
  subject: HuaweiSubject,
): Promise<Push | null> {
  const found = reading.pushes.get(subject.target.stream);
  if (found) return found;
  return reading.isWhole ? null : (await pushOf(context, subject)).push;
}

function memoryOf(told: unknown, take: TakeInQuestion): Memory | null {
  const memory = told as Partial<Memory> | undefined;
  const { push } = handleOf(take);
  // Of a push that an assertion has made the take's own since, the former one's memory says nothing.
  return memory?.push === push && typeof memory.seenAt === 'number' ? (memory as Memory) : null;
}

interface Sight {
  seen: Observation;
  memory: Memory | null;
}

function see(take: TakeInQuestion, push: Push | null, at: number, memory: Memory | null): Sight {
  const handle = handleOf(take);
  const about = { take: take.take };
  if (push?.push === handle.push) return seeSame(take, handle.push, at, memory);
  const endedAt = endOf(memory, push?.at, at);
  const ended = endedAt === null ? {} : { endedAt };
  const missed = memory && { ...memory, missedAt: memory.missedAt ?? at };
  if (!push)
    return { seen: { ...about, actual: 'armed', ...ended, source: 'no push is online' }, memory: missed };
  const since = push.at === undefined ? {} : { since: { at: push.at, plusMinusMs: 1_000 } };
  const source = 'another push is online';
  return { seen: { ...about, actual: 'unsure', ...since, ...ended, source }, memory: missed };
}

/** Its push is online; a callback may have told that it does not record any more. */
function seeSame(take: TakeInQuestion, push: string, at: number, memory: Memory | null): Sight {
  const { belief = '' } = take;
  const about = { take: take.take };
  const seenAt = memory?.seenAt ?? handleOf(take).startedAt;
  if (belief === 'told failed') {
    const source = 'its push is online, and its failure was told';
    const seen = { actual: 'failed' as const, failure: failureTold(), endedAt: toldEnd(at, seenAt), source };
    return { seen: { ...about, ...seen }, memory };
  }
  if (!isToldEnded(belief, memory)) {
    const told = belief === 'recording' ? '; that it records a callback told' : '';
    return {
      seen: { ...about, actual: 'presumed', source: `its push is online${told}` },
      memory: { push, seenAt: at },
    };
  }
  const toldAt = toldSince(belief, memory, at);
  const kept = { push, seenAt, toldAt };
  // Sooner, "already recording" would be said of what somebody has just stopped.
  if (belief !== 'unsure' && at - toldAt < AFTER_STOP_MS) {
    const source = 'its push is online, and its end was told: it is asked 10 s after that';
    return { seen: { ...about, actual: 'starting', source }, memory: kept };
  }
  const source = 'its push is online, and its end was told';
  return { seen: { ...about, actual: 'unsure', endedAt: toldEnd(toldAt, seenAt), source }, memory: kept };
}

/** What an earlier callback told, and another START has cleared up since, is no part of it. */
function toldSince(belief: string, memory: Memory | null, at: number): number {
  const known = memory?.toldAt ?? at;
  return belief === 'told ended' && at - known > MINUTE_MS ? at : known;
}

/** A callback comes seconds after what it tells, as a rule; it may be late. */
function toldEnd(toldAt: number, seenAt: number): Edge {
  return { at: toldAt, plusMinusMs: Math.max(2_000, toldAt - seenAt) };
}

/** Until another START has told, which makes the belief what it was. */
function isToldEnded(belief: string, memory: Memory | null): boolean {
  if (belief === 'told ended' || belief === 'unsure') return true;
  return memory?.toldAt !== undefined && !SETTLED.has(belief) && belief !== 'armed';
}

/** Between the last look that saw it and the first that did not, or the begin of the next push. */
function endOf(memory: Memory | null, nextAt: number | undefined, at: number): Edge | null {
  if (!memory) return null;
  const { seenAt, missedAt = at } = memory;
  const latest = Math.max(seenAt, Math.min(missedAt, nextAt ?? missedAt));
  return { at: Math.round((seenAt + latest) / 2), plusMinusMs: Math.ceil((latest - seenAt) / 2) + 1_000 };
}

function sentenceOf(sights: Sight[]): string {
  return sights
    .map(({ seen }) => `${sights.length > 1 ? `take ${seen.take} ` : ''}${wordFor(seen)}, ${seen.source}`)
    .join('; ');
}

/** For people: that START was accepted is known, and the rest is presumed. */
function wordFor({ actual }: Observation): string {
  return actual === 'presumed' ? 'accepted' : actual;
}
