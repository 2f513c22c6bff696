/** What the API tells of streams: whether one is live, which are live, and which have been. */
import { anyDomain, choice, paged, playDomain, range, required, type Parameters } from './parameters.ts';
import type { AlibabaState, Stream } from './state.ts';
import { writeTime } from './times.ts';

type Body = Record<string, unknown>;

const CLIENT = '192.0.2.10';
const SERVER = '192.0.2.1';
const MONTH_DAYS = 30;

/** The domain may be the playback domain or the ingest domain. The older edition also knows `forbidden`. */
export function describeStreamState(state: AlibabaState, parameters: Parameters): Body {
  const { play } = anyDomain(state, parameters, 'InvalidParam');
  const app = required(state, parameters, 'AppName', 'InvalidParam');
  const name = required(state, parameters, 'StreamName', 'InvalidParam');
  const stream = state.streams.get(`${play}/${app}/${name}`);
  const tellsBars = state.config.unknowns.codes === '2018';
  const barred = tellsBars && stream?.forbiddenUntil !== undefined;
  return { StreamState: barred ? 'forbidden' : stream?.push ? 'online' : 'offline', Type: 'push' };
}

/** Names match as parts of names unless `QueryType` is strict. */
export function describeOnlineList(state: AlibabaState, parameters: Parameters): Body {
  const { play } = playDomain(state, parameters);
  const fits = matcher(parameters);
  const type = choice(parameters, 'StreamType', ['all', 'raw', 'trans']);
  const streams = [...state.streams.values()].filter(
    (stream) => stream.push && stream.domain === play && type !== 'trans' && fits(stream),
  );
  const { rows, fields } = paged(streams, parameters, { usual: 2000, min: 1, max: 3000 });
  return { OnlineInfo: { LiveStreamOnlineInfo: rows.map(online) }, ...fields };
}

function matcher(parameters: Parameters): (stream: Stream) => boolean {
  const strict = choice(parameters, 'QueryType', ['fuzzy', 'strict']) === 'strict';
  const same = (value: string, wanted = ''): boolean =>
    wanted === '' || (strict ? value === wanted : value.includes(wanted));
  const [app, name] = [parameters.get('AppName'), parameters.get('StreamName')];
  return (stream) => same(stream.app, app) && same(stream.name, name);
}

function online(stream: Stream): Body {
  return {
    ...published(stream, stream.push?.at ?? 0),
    ClientIp: CLIENT,
    ServerIp: SERVER,
    Transcoded: 'no',
    FrameRate: stream.encoder?.stalledAt === undefined ? 25 : 0,
    Width: 1280,
    Height: 720,
    VideoCodecId: 7,
    VideoDataRate: 900,
    AudioCodecId: 10,
    AudioDataRate: 100,
  };
}

function published({ domain, pushDomain, app, name }: Stream, at: number): Body {
  return {
    DomainName: domain,
    AppName: app,
    StreamName: name,
    PublishDomain: pushDomain,
    PublishTime: writeTime(at),
    PublishType: 'edge',
    PublishUrl: `rtmp://${pushDomain}/${app}/${name}`,
  };
}

/** Pushes that have ended or go on, of the last 30 days. */
export function describePublishList(state: AlibabaState, parameters: Parameters): Body {
  const { play } = playDomain(state, parameters);
  const { from, to } = range(state, parameters, MONTH_DAYS);
  const fits = matcher(parameters);
  const known = [...state.streams.values()]
    .filter((stream) => stream.domain === play && fits(stream))
    .flatMap((stream) => {
      const running = stream.push ? [{ at: stream.push.at, endedAt: undefined }] : [];
      return [...stream.published, ...running].map((push) => ({ stream, ...push }));
    })
    .filter(
      ({ at, endedAt = state.at }) =>
        at < to && endedAt >= from && endedAt > state.at - MONTH_DAYS * 86_400_000,
    )
    .toSorted((a, b) => a.at - b.at);
  const { rows, fields } = paged(known, parameters, { usual: 2000, min: 1, max: 3000 }, 'PageNumber');
  const list = rows.map(({ stream, at, endedAt }) => ({
    ...published(stream, at),
    StopTime: endedAt === undefined ? '' : writeTime(endedAt),
    ClientAddr: CLIENT,
  }));
  return { PublishInfo: { LiveStreamPublishInfo: list }, ...fields };
}

/** `vhost` is the playback domain, `publish` the ingest domain. */
export function describeDomainMapping(state: AlibabaState, parameters: Parameters): Body {
  const { play, push } = anyDomain(state, parameters);
  const models = [
    { DomainName: play, Type: 'vhost' },
    { DomainName: push, Type: 'publish' },
  ];
  return { LiveDomainModels: { LiveDomainModel: models } };
}
