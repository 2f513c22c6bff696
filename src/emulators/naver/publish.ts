/** The push of an encoder: it alone makes a channel PUBLISHING. */
import { tell } from './events.ts';
import { openFiles } from './files.ts';
import { beginRecording, closeFiles, endRecording, reflow } from './recording.ts';
import { nextOf, wake, type Channel, type NaverState } from './state.ts';

/** Answers whether the platform takes the push. */
export function startPublish(state: NaverState, channel: Channel, at: number): boolean {
  if (channel.status !== 'READY') {
    noteSource(state, channel, at, 'denied');
    return false;
  }
  channel.status = 'PUBLISHING';
  channel.publish = { streamSeq: nextOf(state, 'streamSeq'), since: at, stalled: false };
  noteSource(state, channel, at, 'up');
  tell(state, channel, at, 'PUBLISH_START');
  if (channel.recording) comeBack(state, channel, at);
  const { immediateOnAir, record } = channel.settings;
  const again = channel.wanted && state.config.unknowns.reconnect === 'another';
  if (!channel.recording && record.type !== 'NO_RECORD' && (immediateOnAir || again))
    beginRecording(state, channel, at);
  return true;
}

/** A recording has outlived the push before. */
function comeBack(state: NaverState, channel: Channel, at: number): void {
  const { recording } = channel;
  if (!recording) return;
  const { reconnect } = state.config.unknowns;
  if (reconnect === 'ended' || reconnect === 'another') return endRecording(state, channel, at, 'reconnect');
  recording.endsAt = undefined;
  if (reconnect === 'fragments') openFiles(state, recording, at);
  reflow(state, channel, at);
}

export function endPublish(state: NaverState, channel: Channel, at: number): void {
  if (!channel.publish) return;
  channel.publish = undefined;
  channel.status = 'READY';
  noteSource(state, channel, at, 'down');
  reflow(state, channel, at);
  tell(state, channel, at, 'PUBLISH_END');
  outlive(state, channel, at);
}

/** What becomes of the recording without its push. */
function outlive(state: NaverState, channel: Channel, at: number): void {
  const { recording } = channel;
  if (!recording) return;
  const { publishEnd, reconnect, publishEndDelayMs } = state.config.unknowns;
  const mayGoOn = reconnect === 'goes-on' || reconnect === 'fragments';
  if (publishEnd === 'ends' && !mayGoOn) return endRecording(state, channel, at, 'publish end');
  if (reconnect === 'fragments') closeFiles(state, recording, at);
  if (publishEnd === 'stays') return;
  recording.endsAt = at + publishEndDelayMs;
  wake(state, recording.endsAt);
}

/** Connected and silent: nothing to record. */
export function setStalled(state: NaverState, channel: Channel, stalled: boolean, at: number): void {
  const { publish } = channel;
  if (!publish) throw new Error(`No encoder pushes to the channel ${channel.id}.`);
  if (publish.stalled === stalled) return;
  publish.stalled = stalled;
  noteSource(state, channel, at, stalled ? 'stalled' : 'flowing');
  reflow(state, channel, at);
}

function noteSource(
  state: NaverState,
  { id }: Channel,
  at: number,
  event: 'up' | 'stalled' | 'flowing' | 'down' | 'denied',
): void {
  state.truth.add({ type: 'source', at, source: id, event });
}
