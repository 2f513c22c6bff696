/** What is pushed: encoders that come, fall silent, go and come again, and the list of them. */
import type { Outcome } from '../faulty.ts';
import { checkDomain } from './domains.ts';
import { neededText, queryInteger, readBody, utc } from './fields.ts';
import { tellPush } from './push-events.ts';
import { emptyReply, illegal, missing, reply } from './reply.ts';
import type { Route } from './routes.ts';
import { ruleFor } from './rules.ts';
import { keyOf, nextSerial, type HuaweiState, type Stream, type Triple } from './state.ts';
import { beginTask, flowIn, flowOut, leaveTask, returnTask } from './tasks.ts';

const CLIENT_IP = '192.0.2.10';
/** Ended pushes that are remembered. */
const MOST_PUSHES = 10_000;

/** The rule that is there now is the rule of this push for good. */
export function push(state: HuaweiState, triple: Triple, at: number): void {
  const { publishDomain, app, stream } = triple;
  const key = keyOf(triple);
  state.returning.delete(key);
  const rule = ruleFor(state, triple);
  state.streams.set(key, { publishDomain, app, stream, pushedAt: at, stalled: false, rule });
  note(state, triple, at, 'up');
  tellPush(state, triple, at, 'PUBLISH', at);
  const task = state.tasks.get(key);
  if (task) returnTask(state, task, at);
  else if (rule?.recordType === 'CONTINUOUS_RECORD') beginTask(state, triple, rule, at);
}

export function unpush(state: HuaweiState, stream: Stream, at: number): void {
  const key = keyOf(stream);
  state.streams.delete(key);
  const { publishDomain, app, stream: name, pushedAt: from } = stream;
  state.pushes.push({ publishDomain, app, stream: name, from, to: at });
  if (state.pushes.length > MOST_PUSHES) state.pushes.shift();
  note(state, stream, at, 'down');
  tellPush(state, stream, at, 'PUBLISH_DONE', from);
  const task = state.tasks.get(key);
  if (task) leaveTask(state, task, at);
}

/** The encoder stays connected and sends nothing, or sends again: no interruption in Huawei's sense. */
export function stall(state: HuaweiState, stream: Stream, stalled: boolean, at: number): void {
  if (stream.stalled === stalled) return;
  stream.stalled = stalled;
  note(state, stream, at, stalled ? 'stalled' : 'flowing');
  const task = state.tasks.get(keyOf(stream));
  if (!task) return;
  if (stalled) flowOut(state, task, at);
  else flowIn(state, task, at);
}

function note(
  state: HuaweiState,
  triple: Triple,
  at: number,
  event: 'up' | 'stalled' | 'flowing' | 'down',
): void {
  state.truth.add({ type: 'source', at, source: keyOf(triple), event });
}

/** "Querying Online Streams": what is pushed, and nothing about its being recorded. */
export function listStreams(state: HuaweiState, { query }: Route): Outcome {
  const domain = query.get('publish_domain') ?? illegal('publish_domain');
  checkDomain(state, domain);
  const [app, stream] = [query.get('app'), query.get('stream')];
  if (stream !== null && app === null) illegal('stream without app');
  const offset = queryInteger(query, 'offset', { least: 0, most: Number.MAX_SAFE_INTEGER, usual: 0 });
  const limit = queryInteger(query, 'limit', { least: 1, most: 100, usual: 10 });
  const found = [...state.streams.values()].filter(
    (one) =>
      one.publishDomain === domain &&
      (app === null || one.app === app) &&
      (stream === null || one.stream === stream),
  );
  return {
    response: reply(200, {
      total_page: Math.ceil(found.length / limit),
      total_num: found.length,
      offset,
      limit,
      request_id: state.config.names.uuid('list of streams', nextSerial(state)),
      streams: found.slice(offset, offset + limit).map(shownStream),
    }),
  };
}

function shownStream({ publishDomain, app, stream, pushedAt, stalled }: Stream): Record<string, unknown> {
  return {
    publish_domain: publishDomain,
    app,
    stream,
    video_codec: 'H264',
    audio_codec: 'AAC',
    video_frame_rate: stalled ? 0 : 25,
    audio_frame_rate: stalled ? 0 : 43,
    video_bitrate: stalled ? 0 : 900,
    audio_bitrate: stalled ? 0 : 100,
    resolution: '1280x720',
    client_ip: CLIENT_IP,
    start_time: utc(pushedAt),
  };
}

/** Drops a push once; its encoder connects again by itself, and is then pushed under the rule that is there by then. */
export function blockOnce(state: HuaweiState, body: string): Outcome {
  const asked = readBody(body);
  const triple = {
    publishDomain: neededText(asked, 'domain', 255),
    app: neededText(asked, 'app_name', 128),
    stream: neededText(asked, 'stream_name', 512),
  };
  checkDomain(state, triple.publishDomain);
  const stream = state.streams.get(keyOf(triple)) ?? missing();
  unpush(state, stream, state.at);
  const { reconnectMs } = state.config;
  if (reconnectMs !== false) state.returning.set(keyOf(triple), { triple, at: state.at + reconnectMs });
  return { response: emptyReply(200), detail: keyOf(triple) };
}
