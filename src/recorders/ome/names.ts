/**
 * Names that we give to OvenMediaEngine. A record's id begins with the instant at which the take was decided, in
 * fixed-width base 32, so that ids sort by creation: with two records on one stream, the vendor confuses them after
 * a reconnect when their ids sort otherwise (tried on v0.20.0). The rest of it tells whose it is, and a nonce per
 * take keeps attempts, sessions and installations apart. Files carry the id, so they cannot meet either.
 */
import type { TakeName } from '../../session/facts.ts';

/** Crockford's digits in lower case: their order as characters is their order as numbers. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
/** 50 bits of milliseconds: enough until the year 37,000. */
const TIME_WIDTH = 10;

const ID =
  /^([0-9a-hjkmnp-tv-z]{10})-([a-z0-9]{4,8})-([0-9A-HJKMNP-TV-Z]{26})-t([1-9][0-9]*|0)-([a-z0-9]{8})$/;

export function encodeTime(at: number): string {
  let rest = Math.max(0, Math.floor(at));
  let text = '';
  for (let i = 0; i < TIME_WIDTH; i += 1) {
    text = DIGITS.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

export function decodeTime(text: string): number {
  return text.split('').reduce((sum, digit) => sum * 32 + DIGITS.indexOf(digit), 0);
}

/** `01kah3w2pq-prod1-01KAH3VZX0Q5Y7T9C2N4M6B8D0-t3-x7k2m9qa` */
export function recordId(name: TakeName): string {
  return `${encodeTime(name.at)}-${name.installation}-${name.sessionId}-t${name.take}-${name.nonce}`;
}

/** Whose a record is, by its id alone; null when the id is none of ours. */
export function parseRecordId(id: string): TakeName | null {
  const [, time, installation, sessionId, take, nonce] = ID.exec(id) ?? [];
  if (time === undefined || installation === undefined || sessionId === undefined || nonce === undefined)
    return null;
  return { installation, sessionId, take: Number(take), nonce, at: decodeTime(time) };
}

/** What stands in a record's `metadata`, for our own eyes and for people. */
export interface RecordMetadata {
  installation: string;
  sessionId: string;
  take: number;
  /** By which stream its target is known, which need not be the one that is recorded; absent in records of older releases. */
  stream?: string;
}

/** OvenMediaEngine ignores a metadata that is not a string, so the object travels as text. */
export function metadataText(name: TakeName, title: string, stream: string): string {
  const { installation, sessionId, take } = name;
  return JSON.stringify({
    by: 'keeprolling',
    installation,
    session: sessionId,
    take,
    stream,
    title: title.slice(0, 100),
  });
}

export function parseMetadata(text: string | undefined): RecordMetadata | null {
  if (text === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { by, installation, session, take, stream } = value as Record<string, unknown>;
  if (by !== 'keeprolling' || typeof installation !== 'string' || typeof session !== 'string') return null;
  if (typeof take !== 'number') return null;
  return { installation, sessionId: session, take, ...(typeof stream === 'string' && { stream }) };
}

/** Both must say so: an id could be copied by a stranger, a metadata too, and neither alone is enough to stop it. */
export function isRecordOf(
  record: { id?: string | undefined; metadata?: string | undefined },
  name: TakeName,
): boolean {
  const told = parseMetadata(record.metadata);
  return (
    record.id === recordId(name) &&
    told !== null &&
    told.installation === name.installation &&
    told.sessionId === name.sessionId &&
    told.take === name.take
  );
}

/** Path templates for `startRecord`. `${Sequence}` counts segments over splits and reconnects, so none is overwritten. */
export function pathTemplates(
  filePrefix: string,
  container: string,
  attempt = 1,
): { filePath: string; infoPath: string } {
  // A repeated start may find that the first one was applied and forgotten: its file must not be overwritten.
  const id = attempt === 1 ? '${Id}' : `\${Id}.${attempt}`;
  return {
    filePath: `/${filePrefix}/${id}_\${Sequence}.${container}`,
    infoPath: `/${filePrefix}/${id}.xml`,
  };
}

/** The final name of one segment, just as the vendor tells it: it begins with "/" and is meant below `<RootPath>`. */
export function fileName(template: string, id: string, sequence: number): string {
  return template.replaceAll('${Id}', id).replaceAll('${Sequence}', String(sequence));
}
