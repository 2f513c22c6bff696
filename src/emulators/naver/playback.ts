/** What a channel is made of and watched by: quality sets and addresses. */
import type { Outcome } from '../faulty.ts';
import { channelFor } from './channels.ts';
import { invalid, missing, reply } from './reply.ts';
import type { Route } from './routes.ts';
import type { NaverState } from './state.ts';

const URL_TYPES = ['GENERAL', 'TIMEMACHINE', 'THUMBNAIL'];

export function qualitySets(state: NaverState): Outcome {
  const content = state.config.qualitySets.map(({ id, name, qualities }) => ({
    qualitySetId: id,
    qualitySetName: name,
    videoEncodePresetList: qualities,
  }));
  return { response: reply({ content, total: content.length }) };
}

export function serviceUrls(state: NaverState, route: Route): Outcome {
  const { id, settings } = channelFor(state, route.id);
  const type = route.query.get('serviceUrlType') ?? missing('serviceUrlType');
  if (!URL_TYPES.includes(type)) invalid('serviceUrlType');
  const set = state.config.qualitySets.find((one) => one.id === settings.qualitySetId);
  const content = (set?.qualities ?? []).map((quality) => ({
    name: quality.name,
    url: `https://cdn.example.com/live/video/${id}/${quality.name}/playlist.m3u8`,
    resolution: quality.resolution,
    // Texts, as clients of NAVER's have seen them.
    videoBitrate: String(quality.videoBitrate),
    audioBitrate: String(quality.audioBitrate),
  }));
  return { response: reply({ content }) };
}
