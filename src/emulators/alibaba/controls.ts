/** Test controls: what the world does to streams, buckets, keys and the vendor's own machines. */
import type { Clock } from '../emulator.ts';
import type { FaultPlan } from '../faults.ts';
import { readBoolean, readNumber, readString, withCommonControls } from '../inputs.ts';
import type { Control, ControlInput } from '../inputs.ts';
import { closeSheaf } from './files.ts';
import { DEFAULT_APP } from './options.ts';
import { tellError } from './record-events.ts';
import { endTask } from './recording.ts';
import { streamOf, type AlibabaState, type BucketState, type Stream } from './state.ts';
import { arrive, cut, flow, leave, stall } from './streams.ts';
import { advance } from './timeline.ts';

const BUCKET_STATES: readonly BucketState[] = ['ok', 'missing', 'denied', 'unauthorised'];

export function alibabaControls(
  state: AlibabaState,
  faults: FaultPlan,
  clock: Clock,
): Record<string, Control> {
  const world: Record<string, Control> = {
    'source.start': (input, now) => {
      const stream = named(state, input);
      if (stream.encoder) throw new Error(`An encoder pushes ${stream.name} already.`);
      arrive(state, stream, text(input, 'args', ''), now);
    },
    'source.stop': (input, now) => leave(state, named(state, input), now),
    'source.stall': (input, now) => stall(state, named(state, input), now),
    'source.flow': (input, now) => flow(state, named(state, input), now),
    'source.cut': (input, now) => cut(state, named(state, input), now),
    trouble: (input, now) => makeTrouble(state, input, now),
    bucket: (input) => {
      const name = readString(input, 'bucket');
      const known = state.buckets.get(name);
      const chosen = BUCKET_STATES.find((one) => one === (input['state'] ?? 'ok'));
      if (!chosen) throw new Error(`A bucket is one of ${BUCKET_STATES.join(', ')}.`);
      const region = text(input, 'region', known?.region ?? state.config.region);
      state.buckets.set(name, { name, region, state: chosen });
    },
    vod: (input) => {
      const place = readString(input, 'place');
      if (readBoolean(input, 'configured') ?? true) state.vod.add(place);
      else state.vod.delete(place);
    },
    permission: (input) => {
      const action = readString(input, 'action');
      if (readBoolean(input, 'denied') ?? true) state.denied.add(action);
      else state.denied.delete(action);
      return [...state.denied];
    },
    key: (input) => {
      const key = state.keys.get(readString(input, 'id'));
      if (!key) throw new Error('The emulator has no such access key.');
      key.inactive = !(readBoolean(input, 'active') ?? true);
    },
    skew: (input) => {
      state.skewMs = readNumber(input, 'ms') ?? 0;
    },
    qps: (input) => {
      state.config.qps = readNumber(input, 'scale') ?? Infinity;
    },
    restart: (input, now) => restart(state, now, readNumber(input, 'downMs') ?? 0),
    reset: (_input, now) => {
      faults.armed.splice(0);
      reset(state, now);
    },
  };
  return withCommonControls(world, { state, faults, clock, advance });
}

function text(input: ControlInput, name: string, usual: string): string {
  return input[name] === undefined ? usual : readString(input, name);
}

/** By either domain; the first one, and the usual app, where none is named. */
function named(state: AlibabaState, input: ControlInput): Stream {
  const [first] = state.domains;
  const domain = text(input, 'domain', first!.play);
  const known = state.domains.find(({ play, push }) => play === domain || push === domain);
  if (!known) throw new Error(`The emulator has no domain ${domain}.`);
  return streamOf(state, {
    domain: known.play,
    app: text(input, 'app', DEFAULT_APP),
    name: readString(input, 'stream'),
  });
}

/** A stream that cannot be recorded, or a recording that cannot be put into another format. */
function makeTrouble(state: AlibabaState, input: ControlInput, now: number): void {
  const stream = named(state, input);
  const { task } = stream;
  if (!task) throw new Error(`Nothing records ${stream.name}.`);
  const code = readString(input, 'code');
  const event =
    code.startsWith('Invalid') || code.startsWith('Permission') ? 'transformat_error' : 'record_error';
  tellError(state, stream, task.sheaf, now, event, code);
  if (event === 'record_error') endTask(state, stream, now, code, now);
}

/** The API is away for a while. Recordings know nothing of it. */
function restart(state: AlibabaState, now: number, downMs: number): void {
  state.truth.add({ type: 'process', at: now, event: 'stopped' });
  if (downMs > 0) state.downUntil = now + downMs;
  else state.truth.add({ type: 'process', at: now, event: 'started' });
}

/** A new beginning: no recordings, no streams, no configs, no troubles. The truth log goes on. */
function reset(state: AlibabaState, now: number): void {
  for (const stream of state.streams.values()) {
    endTask(state, stream, now, 'reset', now);
    leave(state, stream, now);
    for (const { sheaf } of stream.closing) closeSheaf(state, stream, sheaf, now);
  }
  state.streams.clear();
  state.records = [];
  state.index = [];
  state.notifyRecords = [];
  state.minted.clear();
  state.denied.clear();
  state.vod.clear();
  state.calls.clear();
  for (const bucket of state.buckets.values()) bucket.state = 'ok';
  for (const key of state.keys.values()) key.inactive = false;
  Object.assign(state, { skewMs: 0, downUntil: undefined });
}
