/** Encoders and pushes: who comes, who stays, who is cut off, and what that means for recordings. */
import { askWhetherToRecord, tellPush, type Wish } from './push-events.ts';
import { beginTask, endTask, reflow } from './recording.ts';
import { configFor } from './record-configs.ts';
import {
  nextSerial,
  type AlibabaState,
  type Output,
  type Push,
  type RecordConfig,
  type Stream,
} from './state.ts';

/** "No data for 10 s = disconnected". */
export const SILENCE_MS = 10_000;
/** Only who stays for 2 s is announced. */
export const ANNOUNCED_MS = 2_000;

export const nameOf = ({ domain, app, name }: Stream): string => `${domain}/${app}/${name}`;

/** An encoder begins to push. */
export function arrive(state: AlibabaState, stream: Stream, args: string, at: number): void {
  stream.encoder = { args, stalledAt: undefined, retryAt: undefined };
  connect(state, stream, at);
}

/** It stops of its own accord. */
export function leave(state: AlibabaState, stream: Stream, at: number): void {
  const connected = stream.push !== undefined;
  endPush(state, stream, at);
  stream.encoder = undefined;
  if (connected) note(state, stream, at, 'down');
}

export function stall(state: AlibabaState, stream: Stream, at: number): void {
  const { encoder } = stream;
  if (!encoder || encoder.stalledAt !== undefined) return;
  encoder.stalledAt = at;
  note(state, stream, at, 'stalled');
  reflow(state, stream, at);
}

/** It sends again; where it was disconnected meanwhile it connects anew. */
export function flow(state: AlibabaState, stream: Stream, at: number): void {
  const { encoder } = stream;
  if (!encoder || encoder.stalledAt === undefined) return;
  encoder.stalledAt = undefined;
  if (!stream.push) return connect(state, stream, at);
  note(state, stream, at, 'flowing');
  reflow(state, stream, at);
}

/** Cuts the push; the encoder tries again after a while, unless it is silent. */
export function cut(state: AlibabaState, stream: Stream, at: number): void {
  if (!stream.push) return;
  endPush(state, stream, at);
  note(state, stream, at, 'down');
  const { encoder } = stream;
  if (encoder && encoder.stalledAt === undefined) encoder.retryAt = at + state.config.reconnectMs;
}

/** The encoder connects, or is denied and keeps trying. */
export function connect(state: AlibabaState, stream: Stream, at: number): void {
  const { encoder } = stream;
  if (!encoder || stream.push) return;
  encoder.retryAt = undefined;
  if (stream.forbiddenUntil !== undefined) return note(state, stream, at, 'denied');
  note(state, stream, at, 'up');
  const push = pushOf(state, stream, encoder.args, at);
  stream.push = push;
  if (stream.task?.phase === 'broken') {
    stream.task.phase = 'recording';
    stream.task.until = Infinity;
    return reflow(state, stream, at);
  }
  recordByItself(state, stream, push, at);
}

function pushOf(state: AlibabaState, stream: Stream, args: string, at: number): Push {
  const { former } = stream;
  const tooSoon = former !== undefined && at - former.endedAt < state.config.unknowns.repushAfterMs;
  const record = state.recordNotify.get(stream.domain);
  const push = state.pushNotify.get(stream.pushDomain);
  return {
    serial: nextSerial(state),
    at,
    config: tooSoon ? former.config : configFor(state, stream),
    args,
    recordKey: record?.auth ? record.key : undefined,
    pushKey: push?.auth ? push.key : undefined,
    recorded: false,
    told: false,
  };
}

/** What the config in force does without being commanded. */
function recordByItself(state: AlibabaState, stream: Stream, push: Push, at: number): void {
  const { config } = push;
  if (!config || !isWithin(config, at)) return;
  if (config.onDemand === 0) beginTask(state, stream, push, at, { manual: false });
  if (config.onDemand === 2 && asksToBeRecorded(push.args))
    beginTask(state, stream, push, at, { manual: false, sourceOnly: true });
  if (config.onDemand !== 1) return;
  askWhetherToRecord(state, stream, push, at, (wish, now) => {
    if (stream.push !== push || stream.task) return;
    const granted = { ...push, config: configOf(config, wish) };
    beginTask(state, stream, granted, now, { manual: false });
  });
}

function configOf(config: RecordConfig, { formats, cycles }: Wish): RecordConfig {
  const chosen = config.formats.filter(({ format }) => formats?.includes(format) ?? true);
  const cycleOf = ({ format, cycleS }: Output): number => {
    const asked = cycles[format];
    return typeof asked === 'number' && asked > 0 ? asked : cycleS;
  };
  return { ...config, formats: chosen.map((output) => ({ ...output, cycleS: cycleOf(output) })) };
}

/** The window of the config opens while the push is there. */
export function beginByWindow(state: AlibabaState, stream: Stream, at: number): void {
  if (stream.push && !stream.task) recordByItself(state, stream, stream.push, at);
}

export function isWithin({ startAt, endAt }: RecordConfig, at: number): boolean {
  return (startAt === undefined || startAt <= at) && (endAt === undefined || at < endAt);
}

/** `record_config={"NeedRecord":true,…}` among the parameters of the ingest address. */
function asksToBeRecorded(args: string): boolean {
  try {
    const { NeedRecord } = JSON.parse(new URLSearchParams(args).get('record_config') ?? '{}') as {
      NeedRecord?: unknown;
    };
    return NeedRecord === true;
  } catch {
    return false;
  }
}

function endPush(state: AlibabaState, stream: Stream, at: number): void {
  const { push, task } = stream;
  if (!push) return;
  stream.push = undefined;
  stream.former = { endedAt: at, config: push.config };
  stream.published.push({ at: push.at, endedAt: at });
  if (push.told) tellPush(state, stream, push, at, 'publish_done');
  if (!task) return;
  if (task.phase === 'paused') return endTask(state, stream, at, 'push gone', task.until);
  const filesAt = at + task.sheaf.config.delayS * 1000;
  if (task.manual && state.config.unknowns.manualDrop === 'ends')
    return endTask(state, stream, at, 'push gone', filesAt);
  task.phase = 'broken';
  task.until = filesAt;
  reflow(state, stream, at);
}

export function announce(state: AlibabaState, stream: Stream, at: number): void {
  if (!stream.push) return;
  stream.push.told = true;
  tellPush(state, stream, stream.push, at, 'publish');
}

function note(
  state: AlibabaState,
  stream: Stream,
  at: number,
  event: 'up' | 'stalled' | 'flowing' | 'down' | 'denied',
): void {
  state.truth.add({ type: 'source', at, source: nameOf(stream), event });
}
