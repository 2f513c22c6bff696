/** A start: the stream is there, its rule is in force, START is accepted. Whether it records, callbacks tell. */
import type { HuaweiOptions, HuaweiTarget } from '../../contract/vendors/huawei.ts';
import type { Asserted, Done, Observation, Started } from '../../session/facts.ts';
import type { StartRequest, TakeInQuestion } from '../recorder.ts';
import { begin, pushNeeded, ruleNeeded, type Begun } from './begin.ts';
import { AFTER_STOP_MS, foreign } from './failures.ts';
import {
  apiOf,
  asJson,
  handleOf,
  whole,
  WRITE,
  type HuaweiContext,
  type HuaweiHandle,
  type HuaweiSubject,
} from './handle.ts';
import type { Push } from './streams.ts';

export async function start(
  context: HuaweiContext,
  request: StartRequest<HuaweiTarget, HuaweiOptions>,
): Promise<Started> {
  const push = await pushNeeded(context, request);
  // One that was sent before may record, under the rule as it was then: only another START tells.
  const isFirst = request.attempt === 1;
  if (isFirst) await ruleNeeded(context, request, push);
  const begun = await begin(context, request);
  const at = context.now();
  if (begun.already && isFirst) refuseForeign(request, begun, at);
  const since = begun.already ? {} : { since: { at, plusMinusMs: Math.max(1_000, at - begun.sentAt) } };
  return {
    at,
    ...named(request, push, begun, at),
    observation: {
      take: request.name.take,
      actual: 'presumed',
      ...since,
      source: begun.already ? 'START: a recording exists' : 'START was accepted',
    },
    ...(begun.already && !isFirst && { wasOurs: true as const }),
  };
}

/** The first refusal may come from the 10 s after somebody's STOP; the second one does not. */
function refuseForeign(
  { target, adoptForeign, foreignSince }: StartRequest<HuaweiTarget, HuaweiOptions>,
  { vendor }: Begun,
  at: number,
): void {
  const isSure = foreignSince !== undefined && at - foreignSince >= AFTER_STOP_MS - 500;
  if (isSure && adoptForeign) return;
  throw foreign(target, isSure, vendor);
}

/** The request id is all that a 200 gives. */
function named(
  { target }: HuaweiSubject,
  { push }: Push,
  { requestId }: Begun,
  startedAt: number,
): { handle: Started['handle']; recording: string; requestId?: string } {
  const handle: HuaweiHandle = { push, startedAt };
  const recording = requestId ?? `${whole(target)} of ${push}`;
  return { handle: asJson(handle), recording, ...(requestId !== undefined && { requestId }) };
}

/**
 * After a new push, or after a callback has told an end: "already recording" says that the take goes on, and a START that
 * is accepted that another recording has begun. A stop of somebody else's in the last 10 s is taken for "goes on".
 */
export async function assert(
  context: HuaweiContext,
  subject: HuaweiSubject,
  take: TakeInQuestion,
): Promise<Asserted> {
  const former = handleOf(take);
  const push = await pushNeeded(context, subject);
  const isNew = push.push !== former.push;
  if (isNew) await ruleNeeded(context, subject, push);
  const begun = await begin(context, subject);
  const at = context.now();
  const goesOn = begun.already;
  return {
    at,
    goesOn,
    ...named(subject, push, begun, goesOn ? former.startedAt : at),
    observation: observed(take, push, begun, { at, isNew }),
  };
}

function observed(
  { take }: TakeInQuestion,
  push: Push,
  { already, sentAt }: Begun,
  { at, isNew }: { at: number; isNew: boolean },
): Observation {
  const accepted = { at, plusMinusMs: Math.max(1_000, at - sentAt) };
  const came = isNew && push.at !== undefined ? { at: push.at, plusMinusMs: 1_000 } : null;
  const since = already ? came : accepted;
  return {
    take,
    actual: 'presumed',
    ...(since && { since }),
    source: already ? 'START: a recording exists' : 'START was accepted',
  };
}

/** Cuts the encoder off, so that its next push follows the rule. */
export async function repush(context: HuaweiContext, { target }: HuaweiSubject): Promise<Done> {
  const { publishDomain: domain, app, stream } = target;
  const { requestId } = await apiOf(context).blockOnce({ domain, app_name: app, stream_name: stream }, WRITE);
  return { at: context.now(), ...(requestId !== undefined && { requestId }) };
}
