/**
 * One look. No operation says whether something is recorded: a look sees the push, tells it from the one before by its
 * PublishTime, and reads back what callbacks have told.
 */
import type { Edge, Json, Look, Observation } from '../../session/facts.ts';
import { VendorFailure, type TakeInQuestion } from '../recorder.ts';
import { errorOf, fileOf } from './events.ts';
import {
  handleOf,
  wireTime,
  type AlibabaContext,
  type AlibabaHandle,
  type AlibabaSubject,
} from './handle.ts';
import { memoryOf, remembered, type TakeMemory } from './memory.ts';
import { notesOf, type Note } from './notes.ts';
import { sightOf, type Sight } from './online.ts';

export async function look(
  context: AlibabaContext,
  { target }: AlibabaSubject,
  takes: TakeInQuestion[],
  memory: Json,
): Promise<{ look: Look; memory: Json }> {
  const before = memoryOf(memory);
  try {
    const sight = await sightOf(context, target);
    const notes = await notesOf(context, target, before.readAt);
    const seen: Observation[] = [];
    const after: Record<number, TakeMemory> = {};
    for (const take of takes) {
      const known = before.takes[take.take];
      const one = observe(take, sight, notes?.notes ?? [], known);
      seen.push(one.observation);
      after[take.take] = one.memory;
    }
    const sentence = seen.map((one) => sentenceOf(one, takes.length > 1)).join('; ');
    const readAt = notes?.readAt ?? before.readAt;
    return { look: { at: sight.at, seen, sentence }, memory: remembered({ readAt, takes: after }) };
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    const { failure: unreachable } = error;
    return {
      look: { at: context.now(), unreachable, sentence: `no answer: ${unreachable.message}` },
      memory,
    };
  }
}

function observe(
  take: TakeInQuestion,
  sight: Sight,
  all: readonly Note[],
  known: TakeMemory | undefined,
): { observation: Observation; memory: TakeMemory } {
  const handle = handleOf(take.handle) ?? { push: 0, since: 0 };
  const isHeld = held(take, known);
  const notes = all.filter(({ at }) => at >= handle.since - CLOCKS_MS);
  const files = filesIn(notes, known?.filesTo ?? 0);
  const state = isHeld ? paused(take.take) : stateOf(take, handle, sight, notes, known);
  const memory: TakeMemory = {
    // What was seen of an earlier push says nothing of this one.
    online: sight.push?.publishedAt === handle.push ? sight.at : (known?.online ?? null),
    push: handle.push,
    held: isHeld,
    proved: isProved(notes, handle, known),
    filesTo: Math.max(known?.filesTo ?? 0, ...notes.map(({ at }) => at)),
  };
  const filedUntil = Math.max(...files.map(({ to = 0 }) => to));
  return {
    memory,
    observation: {
      ...state,
      ...(files.length > 0 && { files: files.slice(-FILES_TOLD) }),
      ...(filedUntil > 0 && { filedUntil }),
      ...(sight.requestId !== undefined && { requestId: sight.requestId }),
    },
  };
}

/** The vendor's clock and ours, and its whole seconds. */
const CLOCKS_MS = 2_000;
const SECOND_MS = 1_000;
const FILES_TOLD = 20;

/** The belief says it, or where nobody could look, what was believed before. */
function held({ belief }: TakeInQuestion, known: TakeMemory | undefined): boolean {
  if (belief === undefined || /^(unreachable|unseen|told)/.test(belief)) return known?.held ?? false;
  return belief === 'paused';
}

/** Whether the source is there does not matter to what is held: `resume` begins it anew. */
function paused(take: number): Observation {
  return { take, actual: 'paused', source: 'held by RealTimeRecordCommand stop' };
}

function stateOf(
  { take, belief }: TakeInQuestion,
  handle: AlibabaHandle,
  { at, push }: Sight,
  notes: Note[],
  known: TakeMemory | undefined,
): Observation {
  const seenAt = known?.push === handle.push ? known.online : null;
  const last = Math.max(seenAt ?? handle.since, handle.push);
  if (!push) {
    return { take, actual: 'armed', endedAt: between(last, at), source: 'not in the list of online streams' };
  }
  const { publishedAt } = push;
  if (publishedAt !== handle.push) {
    return {
      take,
      actual: 'unsure',
      since: { at: Math.min(publishedAt, at), plusMinusMs: SECOND_MS },
      endedAt: between(last, publishedAt),
      source: `pushed anew at ${wireTime(publishedAt)}`,
    };
  }
  const status = notes.filter(({ type }) => STATUS.has(type)).at(-1);
  if (status?.type === 'record_error') {
    const failure = errorOf(status.event);
    return { take, actual: 'failed', failure, source: failure.message };
  }
  // Ours is answered long before this; what comes later somebody else has sent.
  if (status?.type === 'record_paused' && status.at > handle.since + OWN_PAUSE_MS)
    return { take, actual: 'paused', source: `record_paused at ${wireTime(status.at)}` };
  const source = `online since ${wireTime(publishedAt)}`;
  if (isProved(notes, handle, known))
    return { take, actual: 'recording', source: `${source}, record_started` };
  const told = belief === 'recording' ? '; that it records a callback told' : '';
  return { take, actual: 'presumed', source: `${source}${told}` };
}

const STATUS = new Set(['record_started', 'record_resumed', 'record_paused', 'record_error']);
const PROVES = new Set(['record_started', 'record_resumed']);
/** A callback is tried for half a minute. */
const OWN_PAUSE_MS = 30_000;

function isProved(notes: Note[], { push }: AlibabaHandle, known: TakeMemory | undefined): boolean {
  return notes.some(({ type }) => PROVES.has(type)) || (known?.push === push && known.proved);
}

/** Somewhere between two instants; the vendor's clock may say that the later one came first. */
function between(from: number, to: number): Edge {
  const later = Math.max(from, to);
  const half = (later - from) / 2;
  return { at: Math.round(from + half), plusMinusMs: Math.round(half) + SECOND_MS };
}

function filesIn(notes: Note[], filesTo: number) {
  return notes.flatMap(({ at, event }) => {
    const file = at >= filesTo ? fileOf(event) : null;
    return file ? [file] : [];
  });
}

function sentenceOf({ take, actual, source, files = [] }: Observation, several: boolean): string {
  const which = several ? `take ${take} ` : '';
  const named = files.length > 0 ? `, ${files.length} file${files.length === 1 ? '' : 's'} named` : '';
  // That the command was accepted is known, and the rest is presumed.
  const word = actual === 'presumed' ? 'accepted' : actual;
  return `${which}${word}, ${source}${named}`;
}
