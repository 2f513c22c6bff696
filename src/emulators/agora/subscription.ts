/** Which users of the channel are recorded: the four lists, in start and in update. */
import { textsAt } from './fields.ts';
import type { Fields } from './fields.ts';
import type { AgoraUnknowns } from './options.ts';
import { bad } from './reply.ts';

export type Rule = { kind: 'all' } | { kind: 'none' } | { kind: 'only' | 'except'; uids: string[] };

export interface Subscription {
  audio: Rule;
  video: Rule;
}

export const EVERYBODY: Subscription = { audio: { kind: 'all' }, video: { kind: 'all' } };

/** 0 audio, 1 video, 2 both. */
export type StreamTypes = 0 | 1 | 2;

export const hasAudio = (types: StreamTypes) => types !== 1;
export const hasVideo = (types: StreamTypes) => types !== 0;

const ALL = '#allstream#';
const LONGEST_LIST = 32;
const LARGEST_UID = 2 ** 32 - 1;

export function isUid(text: string): boolean {
  return /^[1-9]\d{0,9}$/.test(text) && Number(text) <= LARGEST_UID;
}

export function includes(rule: Rule, uid: string): boolean {
  if (rule.kind === 'only') return rule.uids.includes(uid);
  if (rule.kind === 'except') return !rule.uids.includes(uid);
  return rule.kind === 'all';
}

/** The rule of one medium, undefined where neither list is there. */
export function readRule(
  op: string,
  from: Fields,
  medium: 'Audio' | 'Video',
  types: StreamTypes,
  spelling: AgoraUnknowns['unsubscribeSpelling'],
): Rule | undefined {
  const plus = `subscribe${medium}Uids`;
  const only = readUids(op, from, plus, true);
  const lower = readUids(op, from, `unsubscribe${medium}Uids`, false);
  const capital = readUids(op, from, `unSubscribe${medium}Uids`, false);
  const fits = medium === 'Audio' ? hasAudio(types) : hasVideo(types);
  if ((only ?? lower ?? capital) !== undefined && !fits) bad(op, plus);
  if (only !== undefined && (lower ?? capital) !== undefined) bad(op, plus);
  if (only !== undefined) return only[0] === ALL ? { kind: 'all' } : { kind: 'only', uids: only };
  const honoured = (spelling !== 'capital' && lower) || (spelling !== 'lower' && capital) || undefined;
  return honoured && { kind: 'except', uids: honoured };
}

/** Without any list everybody is recorded; a list of one medium alone leaves the other medium out. */
export function readSubscription(
  op: string,
  from: Fields,
  types: StreamTypes,
  spelling: AgoraUnknowns['unsubscribeSpelling'],
): Subscription {
  const audio = readRule(op, from, 'Audio', types, spelling);
  const video = readRule(op, from, 'Video', types, spelling);
  if (audio === undefined && video === undefined) return EVERYBODY;
  return { audio: audio ?? { kind: 'none' }, video: video ?? { kind: 'none' } };
}

function readUids(op: string, from: Fields, name: string, mayBeAll: boolean): string[] | undefined {
  const uids = textsAt(op, from, name);
  if (uids === undefined) return undefined;
  if (uids.length > LONGEST_LIST) bad(op, name);
  if (mayBeAll && uids.length === 1 && uids[0] === ALL) return uids;
  if (!uids.every(isUid)) bad(op, name);
  return uids;
}
