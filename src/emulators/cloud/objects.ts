/** Buckets and what is in them. */
import { createHash } from 'node:crypto';
import type { CloudBucket } from './options.ts';

export interface StoredObject {
  bytes: number;
  at: number;
  etag: string;
  /** What a recorder has uploaded has a size only. */
  body: string;
}

export interface Listing {
  keys: string[];
  prefixes: string[];
  /** Where the next page begins. */
  next: string | null;
}

export class Bucket {
  readonly name: string;
  readonly region: string;
  readonly ifNoneMatch: NonNullable<CloudBucket['ifNoneMatch']>;
  readonly objects = new Map<string, StoredObject>();

  constructor({ name, region = 'us-east-1', ifNoneMatch = 'honoured' }: CloudBucket) {
    this.name = name;
    this.region = region;
    this.ifNoneMatch = ifNoneMatch;
  }

  put(key: string, body: string, now: number, bytes = Buffer.byteLength(body)): StoredObject {
    const digest = createHash('md5')
      .update(body === '' ? `${key} ${bytes}` : body)
      .digest('hex');
    const object = { bytes, at: now, etag: `"${digest}"`, body };
    this.objects.set(key, object);
    return object;
  }

  /** Keys and common prefixes together, in order, at most `limit` of them, after `after`. */
  list(prefix: string, delimiter: string, after: string, limit: number): Listing {
    const keys: string[] = [];
    const prefixes: string[] = [];
    let last = '';
    for (const key of [...this.objects.keys()].filter((one) => one.startsWith(prefix)).toSorted()) {
      const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      const entry = cut < 0 ? key : key.slice(0, cut + delimiter.length);
      if (entry <= after || entry === last) continue;
      if (keys.length + prefixes.length === limit) return { keys, prefixes, next: last };
      last = entry;
      (cut < 0 ? keys : prefixes).push(entry);
    }
    return { keys, prefixes, next: null };
  }
}
