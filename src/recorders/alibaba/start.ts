/** A start, and the same once more after a new push of the source. */
import type { AlibabaOptions, AlibabaTarget } from '../../contract/vendors/alibaba.ts';
import type { Asserted, Started } from '../../session/facts.ts';
import { VendorFailure, type StartRequest, type TakeInQuestion } from '../recorder.ts';
import { isRefusal } from './api.ts';
import { beginUnlessWritten, command, type Commanded } from './command.ts';
import { differences, placeOf, readConfigs, wantedConfig, type Configs } from './config.ts';
import { foreign, notInForce, sourceAbsent, unready } from './failures.ts';
import { asJson, nameOf, wireTime, type AlibabaContext, type AlibabaSubject } from './handle.ts';
import { pushNow, type Push } from './online.ts';

const OPERATION = 'RealTimeRecordCommand';

export async function start(
  context: AlibabaContext,
  request: StartRequest<AlibabaTarget, AlibabaOptions>,
): Promise<Started> {
  const { target, attempt, adoptForeign } = request;
  const push = await pushInForce(context, request);
  const { how, requestId } = await begin(context, request, push);
  // An earlier attempt of this very take may have been applied, its answer lost.
  const ours = how === 'done' || attempt > 1;
  if (!ours && !adoptForeign) throw foreign(target, requestId);
  if (!ours) await beginUnlessWritten(context, target);
  const at = context.now();
  return {
    at,
    handle: asJson({ push: push.publishedAt, since: at }),
    recording: recordingOf(target, push),
    ...(how === 'already' && ours && { wasOurs: true }),
    ...(requestId !== undefined && { requestId }),
  };
}

/**
 * "Manual recording ends when the stream breaks" says one page, and another that what comes back within DelayTime goes on
 * in the same file. TaskAlreadyStarted means that it has gone on.
 */
export async function assert(
  context: AlibabaContext,
  subject: AlibabaSubject,
  take: TakeInQuestion,
): Promise<Asserted> {
  const { target } = subject;
  const push = await pushInForce(context, subject, true);
  const askedAt = context.now();
  const { how, requestId } = await begin(context, subject, push);
  const at = context.now();
  const goesOn = how === 'already';
  // What was begun by this call writes from then on, whenever the source came.
  const since = goesOn
    ? { at: Math.min(push.publishedAt, at), plusMinusMs: SECOND_MS }
    : { at, plusMinusMs: at - askedAt };
  return {
    at,
    goesOn,
    handle: asJson({ push: push.publishedAt, since: at }),
    recording: recordingOf(target, push),
    observation: {
      take: take.take,
      actual: 'presumed',
      since,
      source: `${OPERATION} ${goesOn ? 'TaskAlreadyStarted' : 'accepted'}`,
    },
    ...(requestId !== undefined && { requestId }),
  };
}

/** PublishTime counts whole seconds. */
const SECOND_MS = 1_000;

/**
 * The running push, for which a config as wanted is in force: without these a start is refused, or records nothing. `again`:
 * it was so at the first start, and that it cannot be read now keeps nothing from being recorded.
 */
export async function pushInForce(
  context: AlibabaContext,
  subject: AlibabaSubject,
  again = false,
): Promise<Push> {
  const { target } = subject;
  const [{ push }, configs] = await Promise.all([
    pushNow(context, target),
    readConfigs(context, target).catch((error: unknown) => {
      if (again && error instanceof VendorFailure && error.failure.who === 'vendor') return null;
      throw error;
    }),
  ]);
  const createdAt = configs && createdAsWanted(context, subject, configs);
  if (!push) throw sourceAbsent(target, OPERATION);
  if (createdAt && createdAt > push.publishedAt)
    throw notInForce(target, createdAt, push.publishedAt, OPERATION);
  return push;
}

/** @throws VendorFailure E_ACCOUNT_UNREADY */
function createdAsWanted(
  context: AlibabaContext,
  subject: AlibabaSubject,
  { exact, wide }: Configs,
): number | undefined {
  const config = exact ?? wide;
  if (!config) throw unready(`there is no record config for ${nameOf(subject.target)}`, OPERATION);
  const differing = differences(config, wantedConfig(context, subject));
  if (differing.length === 0) return config.createdAt;
  throw unready(
    `the record config of ${placeOf(config)} is not what this session needs: ${differing.join('; ')}`,
    OPERATION,
  );
}

/** @throws VendorFailure, E_NOT_IN_FORCE where the vendor finds no config although there is one */
async function begin(context: AlibabaContext, { target }: AlibabaSubject, push: Push): Promise<Commanded> {
  try {
    const told = await command(context, target, 'start');
    if (told.how === 'no-stream') throw sourceAbsent(target, OPERATION);
    if (told.how === 'not-so') throw refusedStart(told);
    return told;
  } catch (error) {
    if (isRefusal(error, 'no-config')) throw notInForce(target, undefined, push.publishedAt, OPERATION);
    throw error;
  }
}

/** No page knows of a start that is refused so. */
function refusedStart({ requestId }: Commanded): VendorFailure {
  return new VendorFailure({
    code: 'E_VENDOR_FAULT',
    message: `${OPERATION}: ApsaraVideo refuses to start, and does not say that it records.`,
    who: 'vendor',
    applied: 'no',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: { operation: OPERATION, ...(requestId !== undefined && { requestId }) },
  });
}

/** For people: ApsaraVideo has no name for a recording. */
function recordingOf(target: AlibabaTarget, { publishedAt }: Push): string {
  return `${nameOf(target)}@${wireTime(publishedAt)}`;
}
