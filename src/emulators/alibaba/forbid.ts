/** ForbidLiveStream and ResumeLiveStream: a push is cut and barred until it is let in again. */
import { anyDomain, choice, required, tripleOf, type Parameters } from './parameters.ts';
import { refuse } from './reply.ts';
import { streamOf, type AlibabaState, type Stream } from './state.ts';
import { cut } from './streams.ts';
import { readTime } from './times.ts';

/** Without `ResumeTime` for half a year (the SDK's comments on ForbidLiveStream). */
const USUAL_MS = 183 * 86_400_000;

export function forbidLiveStream(state: AlibabaState, parameters: Parameters): Record<string, unknown> {
  const stream = namedStream(state, parameters);
  const until = resumeTime(parameters) ?? state.at + USUAL_MS;
  // `yes` only interrupts.
  if (choice(parameters, 'Oneshot', ['no', 'yes']) === 'no') stream.forbiddenUntil = until;
  cut(state, stream, state.at);
  return {};
}

export function resumeLiveStream(state: AlibabaState, parameters: Parameters): Record<string, unknown> {
  resume(namedStream(state, parameters), state.at + state.config.reconnectMs);
  return {};
}

/** The bar is lifted; an encoder that kept trying is let in at `retryAt`. */
export function resume(stream: Stream, retryAt: number): void {
  stream.forbiddenUntil = undefined;
  if (stream.encoder && !stream.push && stream.encoder.stalledAt === undefined)
    stream.encoder.retryAt = retryAt;
}

function namedStream(state: AlibabaState, parameters: Parameters): Stream {
  const { play } = anyDomain(state, parameters);
  if (required(state, parameters, 'LiveStreamType') !== 'publisher')
    refuse(400, 'InvalidLiveStreamType.Malformed', 'Specified parameter LiveStreamType is not valid.');
  return streamOf(state, tripleOf(state, parameters, play));
}

function resumeTime(parameters: Parameters): number | undefined {
  const text = parameters.get('ResumeTime') ?? '';
  if (text === '') return undefined;
  return readTime(text) ?? refuse(400, 'InvalidResumeTime.Malformed', 'Specified ResumeTime is malformed.');
}
