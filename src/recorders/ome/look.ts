/** One look at all takes of a session: one `:records` call, and one more while a take has never recorded. */
import type { Json, Look, Observation } from '../../session/facts.ts';
import { VendorFailure } from '../recorder.ts';
import type { TakeInQuestion } from '../recorder.ts';
import type { OmeApi } from './api.ts';
import { whyDead } from './dead.ts';
import { apiOf, appOf, handleOf, QUESTION, sightOf } from './handle.ts';
import type { OmeContext, OmeHandle, OmeSubject } from './handle.ts';
import { packMemory, unpackMemory } from './memory.ts';
import type { LookMemory, TakeMemory } from './memory.ts';
import { observe } from './observe.ts';
import { absent } from './observe-ended.ts';
import type { Seen } from './sight.ts';
import { misnamedOutput, outputNames } from './output.ts';
import type { OmeRecord } from './wire.ts';

/** A session looks again no sooner than this, and then wants news. */
const SHARED_MS = 1_000;

interface Reading {
  records: OmeRecord[];
  /** When the answer was there. */
  at: number;
}

/** States whose meaning we know; any other is news of a later version, and nothing is concluded from it. */
const STATES = ['ready', 'recording', 'stopping', 'stopped', 'error'];

export async function look(
  context: OmeContext,
  subject: OmeSubject,
  takes: TakeInQuestion[],
  memory: Json,
): Promise<{ look: Look; memory: Json }> {
  const api = apiOf(context);
  const known = unpackMemory(memory);
  const handles = takes.map((take) => handleOf(context, subject, take));
  try {
    const { records, at } = await recordsOf(context, api, subject, handles);
    const next: LookMemory = {};
    const seen: Observation[] = [];
    for (const [index, take] of takes.entries()) {
      const handle = handles[index]!;
      const record = records.find(({ id }) => id === handle.id);
      const found = await seeTake(context, api, subject, take, handle, record, known[take.take] ?? null, at);
      seen.push(found.observation);
      if (found.memory) next[take.take] = found.memory;
    }
    return { look: { at, seen, sentence: sentenceOf(seen, next) }, memory: packMemory(next) };
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    const { failure } = error;
    return {
      look: { at: context.now(), unreachable: failure, sentence: `no answer: ${failure.message}` },
      memory,
    };
  }
}

/**
 * An empty answer ends a take, so it is asked for twice: it costs a call once in a take's life, and one wrong answer
 * (an address that leads to two servers) would else start a second recording beside the first. Looks that may share a
 * reading ask for the whole application, and the second time for themselves: that reading may be older than the take.
 */
async function recordsOf(
  context: OmeContext,
  api: OmeApi,
  subject: OmeSubject,
  handles: OmeHandle[],
): Promise<Reading> {
  const listen = context.signal && { signal: context.signal };
  const app = appOf(subject.target);
  const [only, another] = handles;
  const read = async (id?: string): Promise<Reading> => {
    const records = await api.records(app, id, listen);
    return { records, at: context.now() };
  };
  const all = `records ${JSON.stringify(app)}`;
  const first = await (context.share?.(all, SHARED_MS, read) ?? read(another ? undefined : only?.id));
  if (handles.every(({ id }) => first.records.some((record) => record.id === id))) return first;
  return await read();
}

async function seeTake(
  context: OmeContext,
  api: OmeApi,
  subject: OmeSubject,
  take: TakeInQuestion,
  handle: OmeHandle,
  record: OmeRecord | undefined,
  before: TakeMemory | null,
  at: number,
): Promise<Seen> {
  const sight = sightOf(handle, subject, take.take, at, take.belief);
  if (!record) return absent(before, sight);
  if (!STATES.includes(record.state)) throw new VendorFailure(unknownState(record.state));
  const seen = observe(record, before, sight);
  if (seen.observation.actual === 'failed') {
    const failure = await whyDead(api, subject.target, subject.options, record);
    return { ...seen, observation: { ...seen.observation, failure } };
  }
  const neverRan = record.state === 'ready' && seen.memory?.startedAt === null;
  return neverRan ? checkName(context, api, subject, handle, seen) : seen;
}

/** `ready` means "no such output". If the source is up all the same, twice in a row, the name is wrong. */
async function checkName(
  context: OmeContext,
  api: OmeApi,
  subject: OmeSubject,
  handle: OmeHandle,
  seen: Seen,
): Promise<Seen> {
  const listen = context.signal && { signal: context.signal };
  const stream = await api
    .stream(appOf(subject.target), subject.target.stream, { ...QUESTION, ...listen })
    .catch(nothing);
  if (stream === undefined || !seen.memory) return seen;
  const names = outputNames(stream);
  const misnamed = names.length > 0 && !names.includes(handle.output) ? (seen.memory.misnamed ?? 0) + 1 : 0;
  const { misnamed: _former, ...rest } = seen.memory;
  const memory: TakeMemory = misnamed > 0 ? { ...rest, misnamed } : rest;
  const source =
    stream === null ? 'no stream' : `the stream is up with ${names.join(', ') || 'no output yet'}`;
  const observation: Observation = { ...seen.observation, source: `records state "ready"; ${source}` };
  if (misnamed < 2) return { observation, memory };
  const failure = misnamedOutput(subject.target, handle.output, handle.assumed ?? false, names);
  return { observation: { ...observation, actual: 'failed', failure }, memory: null };
}

/** That question is a courtesy: without an answer the look still tells what it saw. */
function nothing(error: unknown): undefined {
  if (error instanceof VendorFailure) return undefined;
  throw error;
}

function unknownState(state: string): VendorFailure['failure'] {
  return {
    code: 'E_VENDOR_MALFORMED',
    message: `records: OvenMediaEngine tells a state "${state.slice(0, 40)}" that is not documented.`,
    who: 'keeprolling',
    applied: 'no',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: { operation: 'records' },
  };
}

/** What people read of a look: `recording, 3 files, 12.4 MB`. */
function sentenceOf(seen: Observation[], memory: LookMemory): string {
  return seen
    .map((one) => {
      const bytes = memory[one.take]?.bytes ?? 0;
      const files = one.fileCount ?? 0;
      const parts = [
        seen.length > 1 ? `take ${one.take} ${one.actual}` : one.actual,
        ...(files > 0 ? [`${files} file${files === 1 ? '' : 's'}`] : []),
        ...(bytes > 0 ? [`${(bytes / 1e6).toFixed(1)} MB`] : []),
      ];
      return parts.join(', ');
    })
    .join('; ');
}
