/** `storageConfig`: the customer's bucket, the same object in start and update. */
import type { AgoraUnknowns } from './options.ts';
import { fieldsAt, integerAt, neededInteger, neededText, textAt, textsAt } from './fields.ts';
import type { Fields } from './fields.ts';
import { bad } from './reply.ts';

export interface Storage {
  vendor: number;
  region: number;
  bucket: string;
  accessKey: string;
  secretKey: string;
  stsToken: string | undefined;
  /** Epoch milliseconds; infinity for keys that do not end. */
  stsEndsAt: number;
  prefix: string[];
}

const upTo = (last: number, without: number[] = [], first = 0) =>
  new Set(Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((i) => !without.includes(i)));

/** Numbers of regions by vendor. Azure and Google have none, so that any number will do. */
const REGIONS: Record<number, Set<number> | 'any'> = {
  1: upTo(25, [17, 23]),
  2: upTo(27),
  3: upTo(19),
  5: 'any',
  6: 'any',
  7: upTo(15),
  8: upTo(7, [], 1),
  11: upTo(0),
};

/** Whose session tokens Agora takes: S3, Alibaba, Tencent. */
const WITH_TOKENS = [1, 2, 3];
const S3 = 1;
const WITH_TAGS = [1, 2];
const S3_COMPATIBLE = 11;
const PREFIX_LENGTH = 128;
const UINT = { least: 0, most: Number.MAX_SAFE_INTEGER };
/** "The minimum validity period is 4 hours." */
const SHORTEST_STS_MS = 4 * 3_600_000;

/** What is unknown of how strictly a storage block is read, at one instant. */
export interface Strictness {
  /** Tokens that end before are refused. */
  stsNotBefore: number;
  extensionFieldsNeeded: boolean;
}

export function strictnessOf({ shortSts, extensionFields }: AgoraUnknowns, now: number): Strictness {
  return {
    stsNotBefore: shortSts === 'refused' ? now + SHORTEST_STS_MS : 0,
    extensionFieldsNeeded: extensionFields === 'required',
  };
}

export function readStorage(op: string, from: Fields, strict: Strictness): Storage {
  const vendor = neededInteger(op, from, 'vendor', UINT);
  const regions = REGIONS[vendor] ?? bad(op, 'vendor');
  const region = neededInteger(op, from, 'region', UINT);
  if (regions !== 'any' && !regions.has(region)) bad(op, 'region');
  const bucket = neededText(op, from, 'bucket');
  const accessKey = neededText(op, from, 'accessKey');
  const secretKey = neededText(op, from, 'secretKey');
  const stsToken = textAt(op, from, 'stsToken') || undefined;
  if (stsToken !== undefined && !WITH_TOKENS.includes(vendor)) bad(op, 'stsToken');
  const seconds = integerAt(op, from, 'stsExpiration', UINT);
  const stsEndsAt = stsToken === undefined || seconds === undefined ? Infinity : seconds * 1000;
  if (stsEndsAt < strict.stsNotBefore) bad(op, 'stsExpiration');
  const extension = fieldsAt(op, from, 'extensionParams');
  if (extension && strict.extensionFieldsNeeded) {
    for (const field of ['sse', 'tag']) if (textAt(op, extension, field) === undefined) bad(op, field);
  }
  checkExtension(op, vendor, extension);
  return { vendor, region, bucket, accessKey, secretKey, stsToken, stsEndsAt, prefix: readPrefix(op, from) };
}

function readPrefix(op: string, from: Fields): string[] {
  const prefix = textsAt(op, from, 'fileNamePrefix') ?? [];
  if (!prefix.every((part) => /^[A-Za-z0-9]+$/.test(part))) bad(op, 'fileNamePrefix');
  if (folderOf(prefix).length > PREFIX_LENGTH) bad(op, 'fileNamePrefix');
  return prefix;
}

/** `a/b/`, with the slash at the end that counts, too; empty without a prefix. */
export function folderOf(prefix: string[]): string {
  return prefix.map((part) => `${part}/`).join('');
}

function checkExtension(op: string, vendor: number, extension: Fields | undefined): void {
  const own = extension ?? {};
  // Clients of Agora send these empty where they mean none.
  const sse = textAt(op, own, 'sse') || undefined;
  if (sse !== undefined && (vendor !== S3 || !['kms', 'aes256'].includes(sse))) bad(op, 'sse');
  const tag = textAt(op, own, 'tag') || undefined;
  if (tag !== undefined && !WITH_TAGS.includes(vendor)) bad(op, 'tag');
  const endpoint = textAt(op, own, 'endpoint') || undefined;
  if (vendor === S3_COMPATIBLE && endpoint === undefined) bad(op, 'endpoint');
}
