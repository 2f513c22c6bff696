/** `extensionServiceConfig`: the page that is recorded, and the push of it to a CDN. */
import {
  booleanAt,
  fieldsAt,
  integerAt,
  isFields,
  listAt,
  neededFields,
  neededInteger,
  neededText,
  textAt,
} from './fields.ts';
import type { Fields } from './fields.ts';
import { readFileTypes } from './recording-config.ts';
import { bad } from './reply.ts';

export interface WebPage {
  url: string;
  maxRecordingMs: number;
  readyTimeoutMs: number;
  onhold: boolean;
  mp4: boolean;
  /** Where it is pushed to; undefined without the push service. */
  pushTo: string | undefined;
}

const PIXELS = 1920 * 1080;

export function readWebPage(op: string, from: Fields): WebPage {
  const config = neededFields(op, from, 'extensionServiceConfig');
  checkPolicy(op, config, ['error_abort']);
  const services = listAt(op, config, 'extensionServices') ?? [];
  let page: Omit<WebPage, 'mp4' | 'pushTo'> | undefined;
  let pushTo: string | undefined;
  for (const service of services) {
    if (!isFields(service)) bad(op, 'extensionServices');
    const name = neededText(op, service, 'serviceName');
    const param = neededFields(op, service, 'serviceParam');
    checkPolicy(op, service, ['error_abort', 'error_ignore']);
    if (name === 'web_recorder_service') page = readPage(op, param);
    else if (name === 'rtmp_publish_service') pushTo = readOutputs(op, param);
    else bad(op, 'serviceName');
  }
  if (page === undefined) bad(op, 'extensionServices');
  return { ...page, pushTo, mp4: readFileTypes(op, 'web', fieldsAt(op, from, 'recordingFileConfig')) };
}

function checkPolicy(op: string, from: Fields, known: string[]): void {
  const policy = textAt(op, from, 'errorHandlePolicy');
  if (policy !== undefined && !known.includes(policy)) bad(op, 'errorHandlePolicy');
}

function readPage(op: string, from: Fields): Omit<WebPage, 'mp4' | 'pushTo'> {
  const url = neededText(op, from, 'url');
  neededInteger(op, from, 'audioProfile', { least: 0, most: 2 });
  const width = neededInteger(op, from, 'videoWidth', { least: 1, most: PIXELS });
  const height = neededInteger(op, from, 'videoHeight', { least: 1, most: PIXELS });
  if (width * height > PIXELS) bad(op, 'videoWidth or videoHeight');
  const hours = neededInteger(op, from, 'maxRecordingHour', { least: 1, most: 720 });
  // One client of Agora writes it with a capital.
  for (const name of ['videoBitrate', 'VideoBitrate'])
    integerAt(op, from, name, { least: 0, most: 1_000_000 });
  integerAt(op, from, 'videoFps', { least: 5, most: 60 });
  booleanAt(op, from, 'mobile');
  integerAt(op, from, 'maxVideoDuration', { least: 30, most: 240 });
  return {
    url,
    maxRecordingMs: hours * 3_600_000,
    readyTimeoutMs: (integerAt(op, from, 'readyTimeout', { least: 0, most: 60 }) ?? 0) * 1000,
    onhold: booleanAt(op, from, 'onhold') ?? false,
  };
}

/** One output at most; the address only of RTMP or RTMPS. */
export function readOutputs(op: string, from: Fields): string | undefined {
  const outputs = listAt(op, from, 'outputs') ?? bad(op, 'outputs');
  if (outputs.length > 1) bad(op, 'outputs');
  const [output] = outputs;
  if (output === undefined) return undefined;
  if (!isFields(output)) bad(op, 'outputs');
  const url = neededText(op, output, 'rtmpUrl');
  if (!/^rtmps?:\/\//.test(url)) bad(op, 'rtmpUrl');
  return url;
}
