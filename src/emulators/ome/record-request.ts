/** The fields of a record request. What has the wrong type is ignored without a word (OvenMediaEngine v0.20.0, record.cpp). */
import { intsOf, isEmpty, isInt, member, textOf, textsOf } from './json-body.ts';
import type { Json } from './json-body.ts';

export interface RecordRequest {
  id: string;
  streamName: string;
  trackIds: number[];
  variantNames: string[];
  filePath: string;
  infoPath: string;
  interval: number;
  schedule: string;
  segmentationRule: string;
  metadata: string;
}

const RULES = ['continuity', 'discontinuity'];

export function readRecordRequest(body: Json): RecordRequest {
  const interval = member(body, 'interval');
  const rule = textOf(member(body, 'segmentationRule'));
  return {
    id: textOf(member(body, 'id')),
    ...readStream(member(body, 'stream')),
    filePath: textOf(member(body, 'filePath')),
    infoPath: textOf(member(body, 'infoPath')),
    interval: isInt(interval) && interval > 0 ? interval : 0,
    schedule: textOf(member(body, 'schedule')),
    segmentationRule: RULES.includes(rule) ? rule : 'discontinuity',
    metadata: textOf(member(body, 'metadata')),
  };
}

export type StreamSelection = Pick<RecordRequest, 'streamName' | 'trackIds' | 'variantNames'>;

/** A `stream` that is neither empty nor an object makes jsoncpp throw. */
function readStream(stream: Json): StreamSelection {
  const isObject = typeof stream === 'object' && stream !== null && !Array.isArray(stream);
  if (isEmpty(stream) && !isObject) return { streamName: '', trackIds: [], variantNames: [] };
  const trackIds = member(stream, 'trackIds', 'resolveReference');
  return {
    streamName: textOf(member(stream, 'name', 'resolveReference')),
    trackIds: intsOf(isEmpty(trackIds) ? member(stream, 'tracks') : trackIds),
    variantNames: textsOf(member(stream, 'variantNames')),
  };
}
