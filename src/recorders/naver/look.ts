/**
 * One look: the channel, from a list that serves many sessions, says whether it publishes and records; which recording
 * that is only its own list tells, which is read at the first look, after each change, and every few minutes.
 */
import type { Json, Look, Observation } from '../../session/facts.ts';
import { VendorFailure, type TakeInQuestion } from '../recorder.ts';
import {
  apiOf,
  namedHandle,
  QUESTION,
  type NaverContext,
  type NaverHandle,
  type NaverSubject,
} from './handle.ts';
import { asJson, memoryOf, type LookMemory, type TakeMemory } from './memory.ts';
import { channelWord, goesOn, observe } from './observe.ts';
import { lookAtChannel, readPushes, readRecordings, type Reading } from './readings.ts';
import type { Recording } from './recordings.ts';

/** Somebody else may have stopped ours and begun another, and the channel looks the same. */
const LIST_EVERY_MS = 5 * 60_000;

interface Question extends TakeInQuestion {
  named: NaverHandle;
  before: TakeMemory | null;
}

export async function look(
  context: NaverContext,
  subject: NaverSubject,
  takes: TakeInQuestion[],
  memory: Json,
): Promise<{ look: Look; memory: Json }> {
  const known = memoryOf(memory);
  const questions = takes.map((take): Question => {
    return { ...take, named: namedHandle(take), before: known[take.take] ?? null };
  });
  try {
    return await see(context, subject, questions);
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    const { failure: unreachable } = error;
    const sentence = `no answer: ${unreachable.message}`;
    return { look: { at: context.now(), unreachable, sentence }, memory };
  }
}

async function see(
  context: NaverContext,
  { target }: NaverSubject,
  questions: Question[],
): Promise<{ look: Look; memory: Json }> {
  const how = { ...QUESTION, ...(context.signal && { signal: context.signal }) };
  const notBefore = Math.max(...questions.map(({ named }) => named.startedAt));
  const reading = await lookAtChannel(context, target.channel, notBefore, how);
  const { at, channel, requestId } = reading;
  const traced = requestId === undefined ? {} : { requestId };
  if (!channel) {
    const source = `there is no channel ${target.channel}`;
    const seen = questions.map(({ take }): Observation => ({ take, actual: 'absent', source, ...traced }));
    return { look: { at, seen, sentence: `absent, ${source}` }, memory: null };
  }
  const api = apiOf(context);
  const listed = questions.some(({ before }) => isToList(reading, before));
  const recordings = listed ? await readRecordings(api, target.channel, how) : null;
  const turned = recordings !== null && questions.some((one) => hasTurned(one, recordings, reading));
  const pushes = turned ? await readPushes(api, target.channel, how) : null;

  const seen: Observation[] = [];
  const remembered: LookMemory = {};
  for (const { take, named: handle, before, belief } of questions) {
    const { observation, memory } = observe(
      {
        take,
        handle,
        at,
        skewMs: reading.skewMs,
        channel,
        recordings,
        pushes,
        ...(belief !== undefined && { belief }),
      },
      before,
    );
    seen.push({ ...observation, ...traced });
    if (memory) remembered[take] = memory;
  }
  return { look: { at, seen, sentence: sentenceOf(seen) }, memory: asJson(remembered) };
}

function isToList({ at, channel }: Reading, before: TakeMemory | null): boolean {
  if (!before || !channel || channelWord(channel) !== before.channel) return true;
  // With each push the platform begins another one.
  if (channel.immediateOnAir === true || channel.isRecording !== true) return true;
  return !before.recording || at - before.listedAt >= LIST_EVERY_MS;
}

/** It has ended, or its push has gone or come since the look before: the events tell when. */
function hasTurned(
  { named, before, belief }: Question,
  recordings: readonly Recording[],
  { channel }: Reading,
): boolean {
  const own = recordings.find(({ recordSeq }) => recordSeq === named.recordSeq);
  if (!own || !channel) return false;
  if (!goesOn(own, recordings, channel)) return true;
  const recorded = before ? before.recording : belief !== 'armed';
  return recorded !== (channel.channelStatus === 'PUBLISHING');
}

function sentenceOf(seen: Observation[]): string {
  return seen
    .map(({ take, actual, source }) => `${seen.length > 1 ? `take ${take} ` : ''}${actual}, ${source}`)
    .join('; ');
}
