/** Test controls: what the world does to the channels and to the platform. */
import type { Clock } from '../emulator.ts';
import type { FaultPlan } from '../faults.ts';
import { readBoolean, readNumber, readString, withCommonControls } from '../inputs.ts';
import type { Control, ControlInput } from '../inputs.ts';
import { findChannel } from './channels.ts';
import { EVENT_CODES, tell } from './events.ts';
import { endPublish, setStalled, startPublish } from './publish.ts';
import { endRecording } from './recording.ts';
import type { Channel, NaverState } from './state.ts';
import { advance } from './timeline.ts';

export function naverControls(state: NaverState, faults: FaultPlan, clock: Clock): Record<string, Control> {
  const world: Record<string, Control> = {
    'source.start': (input, now) => push(state, channelIn(state, input), now),
    'source.stop': (input, now) => endPublish(state, channelIn(state, input), now),
    'source.stall': (input, now) => setStalled(state, channelIn(state, input), true, now),
    'source.flow': (input, now) => setStalled(state, channelIn(state, input), false, now),
    block: (input, now) => block(state, channelIn(state, input), readBoolean(input, 'blocked') ?? true, now),
    remove: (input, now) => remove(state, channelIn(state, input), now),
    rights: (input) => setRights(state, input),
    bucket: (input) => setBucket(state, input),
    processing: (input) => {
      state.processingFails = readBoolean(input, 'fails') ?? true;
    },
    skew: (input) => {
      state.skewMs = readNumber(input, 'ms') ?? 0;
    },
    restart: (input, now) =>
      restart(state, now, readNumber(input, 'downMs') ?? 0, readBoolean(input, 'kill')),
    event: (input, now) => {
      const code = EVENT_CODES.find((known) => known === input['code']);
      if (!code) throw new Error(`The control wants "code" as one of ${EVENT_CODES.join(', ')}.`);
      tell(state, channelIn(state, input), now, code);
    },
    events: (input) => state.events.slice(readNumber(input, 'from') ?? 0),
    reset: (_input, now) => {
      faults.armed.splice(0);
      reset(state, now);
    },
  };
  return withCommonControls(world, { state, faults, clock, advance });
}

function channelIn(state: NaverState, input: ControlInput): Channel {
  const id = readString(input, 'channel');
  const channel = findChannel(state, id);
  if (!channel) throw new Error(`The emulator has no channel ${id}.`);
  return channel;
}

function push(state: NaverState, channel: Channel, now: number): { taken: boolean } {
  if (channel.publish) throw new Error(`An encoder pushes to the channel ${channel.id} already.`);
  return { taken: startPublish(state, channel, now) };
}

/** NAVER itself suspends a channel, or lifts that. */
function block(state: NaverState, channel: Channel, blocked: boolean, now: number): void {
  if (blocked) endPublish(state, channel, now);
  channel.status = blocked ? 'FORCE_BLOCK' : 'READY';
}

/** NAVER itself deletes a channel. */
function remove(state: NaverState, channel: Channel, now: number): void {
  endPublish(state, channel, now);
  endRecording(state, channel, now, 'channel deleted');
  channel.status = 'FORCE_DELETED';
}

/** A sub account may not do everything. */
function setRights(state: NaverState, input: ControlInput): void {
  const op = input['op'] === undefined ? '*' : readString(input, 'op');
  if (readBoolean(input, 'granted') ?? false) return void state.forbidden.delete(op);
  const by = input['by'] ?? 'gateway';
  if (by !== 'gateway' && by !== 'service') throw new Error('The control wants "by" as gateway or service.');
  state.forbidden.set(op, by);
}

/** A bucket refuses what is uploaded to it; all of them where none is named. */
function setBucket(state: NaverState, input: ControlInput): void {
  const bucket = input['bucket'] === undefined ? '*' : readString(input, 'bucket');
  if (readBoolean(input, 'denied') ?? true) state.deniedBuckets.add(bucket);
  else state.deniedBuckets.delete(bucket);
}

/** The API is away for a while. Recordings know nothing of it. */
function restart(state: NaverState, now: number, downMs: number, kill = false): void {
  state.truth.add({ type: 'process', at: now, event: kill ? 'killed' : 'stopped' });
  if (downMs > 0) state.downUntil = now + downMs;
  else state.truth.add({ type: 'process', at: now, event: 'started' });
}

/** A new beginning: no pushes, no recordings, no troubles. Channels stay, and the truth log goes on. */
function reset(state: NaverState, now: number): void {
  for (const channel of state.channels.values()) {
    endRecording(state, channel, now, 'reset');
    endPublish(state, channel, now);
    channel.wanted = false;
  }
  state.files.clear();
  state.pending.clear();
  state.events.splice(0);
  state.deniedBuckets.clear();
  state.forbidden.clear();
  Object.assign(state, { processingFails: false, skewMs: 0, downUntil: undefined, tokens: undefined });
}
