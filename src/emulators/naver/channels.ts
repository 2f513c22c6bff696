/** Channels: list and one. */
import type { Outcome } from '../faulty.ts';
import { CHANNEL_ID, channelIdAt, opaque } from './ids.ts';
import { pathOf, streamKeyOf } from './files.ts';
import type { NaverChannel } from './options.ts';
import { invalid, Refusal, reply } from './reply.ts';
import type { Route } from './routes.ts';
import type { NaverSettings } from './settings.ts';
import { nextOf, told, wake, type Channel, type NaverState } from './state.ts';

const PAGE_SIZE = 20;
const MOST_OF_A_PAGE = 100;

export function addChannel(
  state: NaverState,
  { channelId, settings = {}, callbackUrl }: Partial<NaverChannel>,
  status: 'CREATING' | 'READY',
): Channel {
  const serial = nextOf(state, 'channel');
  const id = channelId ?? channelIdAt(state.at, `${state.config.seed}/channel/${serial}`);
  const merged: NaverSettings = {
    ...state.config.channelDefaults,
    channelName: `ch_${opaque(10, id)}`,
    ...settings,
  };
  const channel: Channel = {
    id,
    serial,
    settings: merged,
    createdAt: state.at,
    status,
    readyAt: state.at + state.config.creatingMs,
    publish: undefined,
    recording: undefined,
    wanted: false,
    onBackup: false,
    callbackUrl,
  };
  state.channels.set(id, channel);
  if (status === 'CREATING') wake(state, channel.readyAt);
  return channel;
}

function isGone(state: NaverState, { status }: Channel): boolean {
  return status.endsWith('DELETED') && state.config.unknowns.deletedChannel === 'gone';
}

/** The channel of this id; undefined where there is none or no longer one. */
export function findChannel(state: NaverState, id: string): Channel | undefined {
  const known = state.channels.get(id);
  if (known) return isGone(state, known) ? undefined : known;
  if (!state.config.anyChannel || !CHANNEL_ID.test(id)) return undefined;
  return addChannel(state, { channelId: id }, 'READY');
}

export function channelFor(state: NaverState, id: string): Channel {
  const found = findChannel(state, id);
  if (found) return found;
  throw new Refusal(state.config.unknowns.channelError, `Channel ${id} not found.`);
}

export function listChannels(state: NaverState, { query }: Route): Outcome {
  const pageNo = numberOf(query, 'pageNo') ?? 1;
  const pageSize = numberOf(query, 'pageSizeNo') ?? PAGE_SIZE;
  if (pageSize > MOST_OF_A_PAGE) invalid('pageSizeNo');
  const [status, id, name] = [query.get('channelStatus'), query.get('id'), query.get('channelName')];
  const found = [...state.channels.values()].filter(
    (channel) =>
      !isGone(state, channel) &&
      (status === null || wordOf(state, channel) === status) &&
      channel.id.includes(id ?? '') &&
      channel.settings.channelName.includes(name ?? ''),
  );
  const shown = found.slice((pageNo - 1) * pageSize, pageNo * pageSize);
  const content = shown.map((channel) => {
    const { isRecording, ...rest } = showChannel(state, channel);
    return state.config.unknowns.listIsRecording === 'there' ? { ...rest, isRecording } : rest;
  });
  return { response: reply({ content, total: found.length }) };
}

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) invalid(name);
  return Number(text);
}

export function channelInfo(state: NaverState, route: Route): Outcome {
  return { response: reply({ content: showChannel(state, channelFor(state, route.id)) }) };
}

function wordOf(state: NaverState, { status }: Channel): string {
  return status === 'PUBLISHING' ? state.config.unknowns.publishingWord : status;
}

export function showChannel(state: NaverState, channel: Channel): Record<string, unknown> {
  const { settings, id } = channel;
  const { unknowns, qualitySets } = state.config;
  const { type, ...rest } = settings.record;
  const set = qualitySets.find((one) => one.id === settings.qualitySetId);
  return {
    channelId: id,
    channelName: settings.channelName,
    instanceNo: 1_000_000 + channel.serial,
    qualitySetId: settings.qualitySetId,
    qualitySetName: set?.name ?? '',
    envType: settings.envType,
    outputProtocol: settings.outputProtocol,
    ingestProtocol: settings.ingestProtocol,
    channelStatus: wordOf(state, channel),
    isRecording: channel.recording !== undefined,
    [unknowns.dvrSpelling]: settings.useDvr,
    immediateOnAir: settings.immediateOnAir,
    ...(settings.timemachineMin !== undefined && { timemachineMin: settings.timemachineMin }),
    isStreamFailOver: settings.isStreamFailOver,
    drmEnabledYn: settings.drmEnabledYn,
    ...(type === 'AUTO_UPLOAD' && { uploadPath: pathOf([rest.bucketName, rest.filePath]) }),
    record: type === 'NO_RECORD' ? { type } : { type, ...rest },
    cdn: settings.cdn,
    streamKey: streamKeyOf(id),
    publishUrl: 'rtmp://rtmp-ls2-k1.video.media.ntruss.com:8080/relay',
    globalPublishUrl: 'rtmp://rtmp-ls2-g1.video.media.ntruss.com:8080/relay',
    ...(channel.callbackUrl !== undefined && { callbackEndpoint: channel.callbackUrl }),
    createdTime: told(state, channel.createdAt),
  };
}
