/**
 * A start: the channel is looked at first, and again after any error. What a second start of a channel does is told by no
 * page, so none is ever sent while something records, and an error that is followed by the wished state is a success.
 */
import type { NaverOptions, NaverTarget } from '../../contract/vendors/naver.ts';
import type { Failure, Observation, Started } from '../../session/facts.ts';
import { VendorFailure, type StartRequest } from '../recorder.ts';
import { NaverRefusal, type NaverChannel } from './api.ts';
import { noChannel, notPublishing, unfit, uploadOf } from './channel.ts';
import { apiOf, asJson, handleOf, WRITE, type NaverContext, type NaverHandle } from './handle.ts';
import { madeSince, runningOf, wentOn } from './ours.ts';
import { readChannel, readPushes, readRecordings, type Reading } from './readings.ts';
import { beginOf, endOf, EXACT_MS, exactly, recordingsIn, streamOf, type Recording } from './recordings.ts';

type NaverStart = StartRequest<NaverTarget, NaverOptions>;

export async function start(context: NaverContext, request: NaverStart): Promise<Started> {
  const { target, attempt, adoptForeign } = request;
  const reading = await readChannel(context, target.channel);
  const { channel } = reading;
  if (!channel) throw lateFailure(noChannel(target.channel), attempt);
  const running = await whatRuns(context, request, reading, channel);
  if (running) return startedAs(context, request, reading, running, { wasOurs: true });
  const place = context.storage?.place ?? null;
  const obstacle = unfit(channel, place, adoptForeign ? 'adopt' : 'refuse') ?? notPublishing(channel);
  if (obstacle) throw lateFailure(obstacle, attempt);
  return await send(context, request, reading);
}

/** Refused now; an earlier attempt may have been applied all the same, and that is looked for each time. */
function lateFailure(failure: VendorFailure, attempt: number): VendorFailure {
  if (attempt === 1) return failure;
  return new VendorFailure({ ...failure.failure, retry: 'later' });
}

/**
 * The recording of the channel that is this take's: from an earlier attempt, gone on with by the platform, or adopted.
 * @returns undefined where nothing records. @throws VendorFailure E_FOREIGN_RECORDING
 */
async function whatRuns(
  context: NaverContext,
  request: NaverStart,
  { skewMs }: Reading,
  channel: NaverChannel,
): Promise<Recording | undefined> {
  const { attempt, adoptForeign, name, target } = request;
  const records = channel.isRecording ?? true;
  if (!records && attempt === 1) return undefined;
  const api = apiOf(context);
  const recordings = await readRecordings(api, target.channel);
  const former = handleOf({ handle: request.former ?? null });
  const byPlatform = channel.immediateOnAir === true;
  const own = attempt > 1 && !byPlatform ? madeSince(recordings, name.at + skewMs, former) : undefined;
  const running = runningOf(recordings) ?? (records ? open(recordings, channel) : undefined);
  if (own && (!running || running === own)) return own;
  if (!running || adoptForeign) return running;
  const pushes = former && !byPlatform ? await readPushes(api, target.channel) : null;
  if (!byPlatform && wentOn(running, recordings, former, pushes)) return running;
  throw foreign(target.channel, running, byPlatform);
}

/** The channel records while no file is being written, as between two pushes: then it is the newest. */
function open(recordings: readonly Recording[], { isRecording }: NaverChannel): Recording | undefined {
  return isRecording === true ? recordings.at(-1) : undefined;
}

function foreign(channelId: string, { recordSeq }: Recording, byPlatform: boolean): VendorFailure {
  const whose = byPlatform
    ? 'by itself, as its immediateOnAir says'
    : 'and this session did not begin that: somebody did so in the console or by the API';
  return new VendorFailure({
    code: 'E_FOREIGN_RECORDING',
    message: `Channel ${channelId} is being recorded (recording ${recordSeq}) ${whose}.`,
    who: 'you',
    applied: 'no',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: { operation: 'channel' },
  });
}

async function send(context: NaverContext, request: NaverStart, before: Reading): Promise<Started> {
  const { target } = request;
  const sentAt = context.now();
  try {
    const { value, requestId } = await apiOf(context).startRecord(target.channel, WRITE);
    const began = runningOf(recordingsIn(value));
    if (!began) throw unnamed(target.channel, requestId);
    return startedAs(context, request, before, began, requestId === undefined ? {} : { requestId });
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    return await afterError(context, request, sentAt, error);
  }
}

/** Accepted, and it shows no file that is being written: the next look at the list tells. */
function unnamed(channelId: string, requestId?: string): VendorFailure {
  return new VendorFailure({
    code: 'E_VENDOR_MALFORMED',
    message: `startRecord: Live Station accepted the start of channel ${channelId} and lists no file that records.`,
    who: 'vendor',
    applied: 'unknown',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: { operation: 'startRecord', status: 200, ...(requestId !== undefined && { requestId }) },
  });
}

/** What never reached Live Station itself. */
const STOPPED_BEFORE = ['auth', 'permission', 'throttled', 'route', 'region'];

async function afterError(
  context: NaverContext,
  request: NaverStart,
  sentAt: number,
  error: VendorFailure,
): Promise<Started> {
  const { failure } = error;
  const stoppedBefore = error instanceof NaverRefusal && STOPPED_BEFORE.includes(error.is);
  if (stoppedBefore || failure.code === 'E_VENDOR_UNREACHABLE') throw error;
  let after: Reading;
  let made: Recording | undefined;
  try {
    after = await readChannel(context, request.target.channel);
    const recordings = await readRecordings(apiOf(context), request.target.channel);
    const former = handleOf({ handle: request.former ?? null });
    made = madeSince(recordings, sentAt + after.skewMs, former);
  } catch (again) {
    if (!(again instanceof VendorFailure)) throw again;
    throw new VendorFailure({ ...failure, applied: 'unknown', retry: laterThan(failure) });
  }
  if (made) return startedAs(context, request, after, made, { wasOurs: true });
  const obstacle = after.channel ? notPublishing(after.channel) : noChannel(request.target.channel);
  if (obstacle) throw new VendorFailure({ ...obstacle.failure, applied: failure.applied });
  throw new VendorFailure({ ...failure, retry: laterThan(failure) });
}

/** A start has no parameters that could be wrong for good: what is refused now may be taken later. */
function laterThan({ retry }: Failure): Failure['retry'] {
  return retry === 'never' ? 'later' : retry;
}

function startedAs(
  context: NaverContext,
  request: NaverStart,
  { channel, skewMs }: Reading,
  recording: Recording,
  more: Pick<Started, 'wasOurs' | 'requestId'>,
): Started {
  const { target, name, former } = request;
  const at = context.now();
  // What was adopted may have begun long before this session thought of it.
  const notBefore = handleOf({ handle: former ?? null })?.startedAt ?? name.at;
  const upload = channel ? uploadOf(channel, request, context.storage?.place ?? null) : undefined;
  const handle: NaverHandle = {
    channelId: target.channel,
    recordSeq: recording.recordSeq,
    streamSeq: streamOf(recording),
    recordIds: recording.files.map(({ recordId }) => recordId),
    startedAt: at,
    ...(upload && { upload }),
  };
  return {
    at,
    handle: asJson(handle),
    recording: `${target.channel}/${recording.recordSeq}`,
    observation: observed(recording, name.take, { notBefore, at, skewMs }),
    ...more,
  };
}

/** What the files say already: written since then, and where it has ended meanwhile until then. */
function observed(
  recording: Recording,
  take: number,
  { notBefore, at, skewMs }: { notBefore: number; at: number; skewMs: number },
): Observation {
  const told = Math.min(beginOf(recording) - skewMs, at);
  const begin = told < notBefore - EXACT_MS ? notBefore : told;
  const end = endOf(recording);
  return {
    take,
    actual: 'recording',
    since: exactly(begin),
    lastGoodAt: end === null ? at : Math.min(Math.max(begin, end - skewMs), at),
    source: `recording ${recording.recordSeq}, ${recording.files.length} file${recording.files.length === 1 ? '' : 's'} ${recording.files[0]?.status ?? ''}`,
  };
}
