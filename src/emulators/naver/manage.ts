/** Channels are created, changed, suspended and deleted. There is no start verb: an encoder pushes. */
import type { Outcome } from '../faulty.ts';
import { readChannel, readNewChannel } from './channel-body.ts';
import { addChannel, channelFor, showChannel } from './channels.ts';
import { tell } from './events.ts';
import { readBody } from './fields.ts';
import { endPublish } from './publish.ts';
import { endRecording } from './recording.ts';
import { notAvailable, reply } from './reply.ts';
import type { Route } from './routes.ts';
import type { Channel, ChannelStatus, NaverState } from './state.ts';

export function createChannel(state: NaverState, _route: Route, body: string): Outcome {
  const settings = readNewChannel(state.config, readBody(body));
  const channel = addChannel(state, { settings }, state.config.creatingMs > 0 ? 'CREATING' : 'READY');
  tell(state, channel, state.at, 'STREAM_RESERVE');
  return { ...shown(state, channel), detail: channel.id };
}

export function updateChannel(state: NaverState, route: Route, body: string): Outcome {
  const { unknowns } = state.config;
  const channel = needStatus(state, route, ['READY', 'PUBLISHING', 'BLOCK']);
  const change = readChannel(state.config, readBody(body));
  if (change.record && unknowns.recordUpdate === 'refused') notAvailable(unknowns, 'record');
  channel.settings = { ...channel.settings, ...change };
  tell(state, channel, state.at, 'STREAM_UPDATE');
  return shown(state, channel);
}

/** "A channel in READY or PUBLISHING can be suspended; a broadcast that is on is cut" (channeloff). */
export function offChannel(state: NaverState, route: Route): Outcome {
  const channel = needStatus(state, route, ['READY', 'PUBLISHING']);
  endPublish(state, channel, state.at);
  return turn(state, channel, 'BLOCK');
}

export function onChannel(state: NaverState, route: Route): Outcome {
  return turn(state, needStatus(state, route, ['BLOCK']), 'READY');
}

/** Only READY; the distribution is kept (channeldelete). */
export function deleteChannel(state: NaverState, route: Route): Outcome {
  const channel = needStatus(state, route, ['READY']);
  endRecording(state, channel, state.at, 'channel deleted');
  return turn(state, channel, 'DELETED');
}

/** Between the main and the backup stream, of a channel that has both. */
export function switchStream(state: NaverState, route: Route): Outcome {
  const channel = needStatus(state, route, ['PUBLISHING']);
  if (!channel.settings.isStreamFailOver) notAvailable(state.config.unknowns, 'isStreamFailOver');
  channel.onBackup = !channel.onBackup;
  tell(
    state,
    channel,
    state.at,
    channel.onBackup ? 'RTMP_BACKUP_STREAM_ENABLED' : 'RTMP_MAIN_STREAM_ENABLED',
  );
  return shown(state, channel);
}

function needStatus(state: NaverState, route: Route, allowed: ChannelStatus[]): Channel {
  const channel = channelFor(state, route.id);
  if (!allowed.includes(channel.status)) notAvailable(state.config.unknowns, 'Channel status');
  return channel;
}

function turn(state: NaverState, channel: Channel, status: ChannelStatus): Outcome {
  channel.status = status;
  tell(state, channel, state.at, 'STREAM_UPDATE');
  return shown(state, channel);
}

function shown(state: NaverState, channel: Channel): Outcome {
  return { response: reply({ content: showChannel(state, channel) }) };
}
