/** What has been recorded and what was pushed: `record/contents`, `record/indexes` and the history of pushes. */
import type { Outcome } from '../faulty.ts';
import { checkDomain } from './domains.ts';
import {
  compactUtc,
  instantOf,
  neededText,
  queryInteger,
  readBody,
  textAt,
  utc,
  type Fields,
} from './fields.ts';
import { illegal, ILLEGAL, refuse, reply } from './reply.ts';
import type { Route } from './routes.ts';
import { downloadUrl } from './record-events.ts';
import type { Content, HuaweiState, Push } from './state.ts';

const DAY_MS = 86_400_000;
/** Of an index, between start and end. */
const LONGEST_INDEX_MS = DAY_MS / 2;
/** Where none is asked for; no page tells. */
const INDEX_NAME = 'Index/{publish_domain}/{app}/{stream}/{start_time}_{end_time}.m3u8';

/** In the SDK, and on no page. `offset` is the number of a page, from 0. */
export function listContents(state: HuaweiState, { query }: Route): Outcome {
  const offset = queryInteger(query, 'offset', { least: 0, most: Number.MAX_SAFE_INTEGER, usual: 0 });
  const limit = queryInteger(query, 'limit', { least: 1, most: 100, usual: 10 });
  const [from, to] = [instantAt(query, 'start_time') ?? 0, instantAt(query, 'end_time') ?? Infinity];
  const fits = (name: string, value: string) => (query.get(name) ?? value) === value;
  const found = [...state.contents.values()].filter(
    (one) =>
      fits('publish_domain', one.publishDomain) &&
      fits('app', one.app) &&
      fits('stream', one.stream) &&
      fits('record_type', one.recordType) &&
      one.to > from &&
      one.from < to,
  );
  const page = found.slice(offset * limit, (offset + 1) * limit);
  return { response: reply(200, { total: found.length, record_contents: page.map(shownContent) }) };
}

function shownContent(content: Content): Fields {
  const { publishDomain, app, stream, format, recordType, bucket, location, file, from, to, recordedMs } =
    content;
  return {
    publish_domain: publishDomain,
    file_name: file.split('/').at(-1),
    app,
    stream,
    record_format: format,
    record_type: recordType,
    obs_addr: { bucket, location, object: file },
    download_url: downloadUrl(content),
    start_time: utc(from),
    end_time: utc(to),
    duration: Math.round(recordedMs / 1000),
  };
}

/** A playlist of what HLS holds of a stretch ("Creating a Recording Index File"). */
export function createIndex(state: HuaweiState, body: string): Outcome {
  const asked = readBody(body);
  const publishDomain = neededText(asked, 'publish_domain', 255);
  const [app, stream] = [neededText(asked, 'app', 128), neededText(asked, 'stream', 512)];
  const from = instantOf(neededText(asked, 'start_time', 32), 'start_time');
  const to = instantOf(neededText(asked, 'end_time', 32), 'end_time');
  checkDomain(state, publishDomain);
  if (to <= from || to - from > LONGEST_INDEX_MS) refuse(400, ILLEGAL, 'Illegal time range');
  const files = [...state.contents.values()].filter(
    (one) => one.publishDomain === publishDomain && one.app === app && one.stream === stream,
  );
  if (files.length === 0) refuse(400, ILLEGAL, 'No record info');
  const slices = files.filter((one) => one.format === 'HLS' && one.to > from && one.from < to);
  const [first] = slices;
  if (!first) refuse(400, ILLEGAL, 'No ts info');
  const ms = slices.reduce((sum, one) => sum + Math.min(to, one.to) - Math.max(from, one.from), 0);
  const { bucket, location } = first;
  const object = indexName(textAt(asked, 'object') || INDEX_NAME, {
    publish_domain: publishDomain,
    app,
    stream,
    start_time: compactUtc(from),
    end_time: compactUtc(to),
  });
  return {
    response: reply(201, {
      index_url: downloadUrl({ bucket, location, file: object }),
      publish_domain: publishDomain,
      app,
      stream,
      start_time: utc(from),
      end_time: utc(to),
      duration: Math.round(ms / 1000),
      width: 1280,
      height: 720,
      location,
      bucket,
      object,
    }),
    detail: object,
  };
}

function indexName(template: string, variables: Record<string, string>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => variables[name] ?? whole);
}

/** GET /v2/…/stats/history/streams: pushes that have ended, of at most a day. */
export function listHistory(state: HuaweiState, { query }: Route): Outcome {
  const domains = (query.get('domain') ?? '').split(',').filter((domain) => domain !== '');
  const to = instantAt(query, 'end_time') ?? state.at;
  const from = instantAt(query, 'start_time') ?? to - DAY_MS;
  if (to <= from || to - from > DAY_MS) illegal('start_time and end_time');
  const offset = queryInteger(query, 'offset', { least: 0, most: Number.MAX_SAFE_INTEGER, usual: 0 });
  const limit = queryInteger(query, 'limit', { least: 1, most: 100, usual: 10 });
  const found = state.pushes.filter(
    (one) =>
      (domains.length === 0 || domains.includes(one.publishDomain)) &&
      (query.get('app') ?? one.app) === one.app &&
      (query.get('stream') ?? one.stream) === one.stream &&
      one.to > from &&
      one.from < to,
  );
  const page = found.slice(offset, offset + limit);
  return { response: reply(200, { total: found.length, history_stream_list: page.map(shownPush) }) };
}

function shownPush({ publishDomain, app, stream, from, to }: Push): Fields {
  return {
    domain: publishDomain,
    app,
    stream,
    type: 'RTMP',
    video_codec: 'H264',
    audio_codec: 'AAC',
    client_ip: '192.0.2.10',
    start_time: utc(from),
    end_time: utc(to),
  };
}

function instantAt(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  return text === null ? undefined : instantOf(text, name);
}
