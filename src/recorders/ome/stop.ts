/** A stop: looked at just before, since the reply's own totals are wrong; repeatable, since a known end is an end. */
import type { Edge, Observation, Stopped } from '../../session/facts.ts';
import { VendorFailure } from '../recorder.ts';
import type { TakeInQuestion } from '../recorder.ts';
import { isRefusal } from './api.ts';
import type { OmeApi } from './api.ts';
import { countersOf, exactly, EXACT_MS } from './counters.ts';
import { whyDead } from './dead.ts';
import { closedFiles } from './files.ts';
import { apiOf, appOf, handleOf, QUESTION, sightOf, WRITE } from './handle.ts';
import type { OmeContext, OmeHandle, OmeSubject } from './handle.ts';
import { observe } from './observe.ts';
import type { OmeRecord } from './wire.ts';

/** A last packet that is older than this at the stop means that the source had stalled. */
const STALE_MS = 2_000;
/** An edge is never told finer than this: the file is finalised within the call. */
const FINEST_MS = 250;

export async function stop(context: OmeContext, subject: OmeSubject, take: TakeInQuestion): Promise<Stopped> {
  const api = apiOf(context);
  const app = appOf(subject.target);
  const handle = handleOf(context, subject, take);
  const before = await find(api, subject, handle);
  const askedAt = context.now();
  let reply: OmeRecord;
  try {
    reply = await api.stopRecord(app, handle.id, WRITE);
  } catch (error) {
    if (!isRefusal(error, 'no-record')) throw error;
    await requireGone(api, subject, handle, before, error);
    // Nothing is claimed of its end: the session knows whether an earlier stop of its own was unanswered.
    return { at: context.now(), how: 'absent' };
  }
  const at = context.now();
  const seen = before ?? fromReply(reply);
  if (seen === undefined || seen === null) return { at, how: 'stopped' };
  return {
    at,
    how: 'stopped',
    observation: await lastSight(api, subject, take, handle, seen, { askedAt, at }),
  };
}

/** null: it is not there. undefined: nobody could say; the stop goes ahead all the same. */
async function find(
  api: OmeApi,
  subject: OmeSubject,
  handle: OmeHandle,
): Promise<OmeRecord | null | undefined> {
  try {
    const records = await api.records(appOf(subject.target), handle.id, QUESTION);
    return records.find(({ id }) => id === handle.id) ?? null;
  } catch (error) {
    if (error instanceof VendorFailure) return undefined;
    throw error;
  }
}

/** "No record" just after it was listed may be a proxy's word or a passing fault: believed only if the list agrees. */
async function requireGone(
  api: OmeApi,
  subject: OmeSubject,
  handle: OmeHandle,
  before: OmeRecord | null | undefined,
  refusal: VendorFailure,
): Promise<void> {
  if (!before) return;
  const again = await find(api, subject, handle);
  if (again === null) return;
  throw new VendorFailure({
    ...refusal.failure,
    code: 'E_VENDOR_FAULT',
    message: 'stopRecord: OvenMediaEngine says that it has no such record, and still lists it.',
    who: 'vendor',
    retry: 'later',
    applied: 'no',
  });
}

/** The reply is a copy made before the end, its state overwritten; only bytes tell that it was recording. */
function fromReply(reply: OmeRecord): OmeRecord | null {
  if ((reply.recordBytes ?? 0) === 0) return null;
  // Its totals are wrong, so it goes on without any.
  const { totalRecordBytes: _bytes, totalRecordTime: _time, ...rest } = reply;
  return { ...rest, state: 'recording' };
}

async function lastSight(
  api: OmeApi,
  subject: OmeSubject,
  take: TakeInQuestion,
  handle: OmeHandle,
  seen: OmeRecord,
  call: { askedAt: number; at: number },
): Promise<Observation> {
  const sight = sightOf(handle, subject, take.take, call.askedAt, take.belief);
  const { observation } = observe(seen, null, sight);
  if (observation.actual === 'failed') {
    return { ...observation, failure: await whyDead(api, subject.target, subject.options, seen) };
  }
  if (seen.state !== 'recording' && seen.state !== 'stopping') return observation;
  const counters = countersOf(seen, call.askedAt, handle.skewMs ?? 0);
  const ended = endOf(counters.lastAt, call);
  const count = counters.sequence + 1;
  return {
    take: take.take,
    // `since` is left out: one sight cannot tell a return from a stall that was never over.
    actual: observation.actual,
    endedAt: ended,
    lastGoodAt: ended.at,
    filedUntil: ended.at + ended.plusMinusMs,
    // The running segment has the number `sequence`, so there is one file more.
    files: closedFiles(sight.files, 0, count, {
      ...(counters.startedAt !== null && { from: counters.startedAt }),
      to: ended.at,
      ...(counters.runBytes > 0 && { bytes: counters.runBytes }),
    }),
    fileCount: count,
    source: 'records just before stopRecord, and its 200',
  };
}

function endOf(lastAt: number | null, call: { askedAt: number; at: number }): Edge {
  if (lastAt !== null && lastAt < call.askedAt - STALE_MS - EXACT_MS) return exactly(lastAt);
  const half = (call.at - call.askedAt) / 2;
  return { at: Math.round(call.askedAt + half), plusMinusMs: Math.max(FINEST_MS, Math.ceil(half)) };
}
