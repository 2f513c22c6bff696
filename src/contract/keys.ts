import { createHash } from 'node:crypto';

/** Temporal on PostgreSQL takes 255 bytes for a workflow id; prefixes need some of them. */
const KEY_BYTES = 200;

/**
 * The key of a target: vendor, account and the vendor's own parts, percent-encoded and joined with `/`. At most 200
 * bytes, else cut with a tail of its hash. The only place where keys are made.
 */
export function targetKey(vendor: string, account: string, parts: string[]): string {
  const key = [vendor, account, ...parts].map(encodePart).join('/');
  if (key.length <= KEY_BYTES) return key;
  const tail = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return `${key.slice(0, KEY_BYTES - tail.length - 1)}~${tail}`;
}

/** The vendor's own parts of a key; null for one that was cut, which says too little. */
export function partsOfKey(key: string): string[] | null {
  return key.includes('~') ? null : key.split('/').slice(2).map(decodeURIComponent);
}

/** RFC 3986 unreserved characters stay; `~` marks a cut key and is encoded. */
function encodePart(part: string): string {
  return encodeURIComponent(part).replace(
    /[!'()*~]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A hash over JSON with sorted keys: equal for equal content. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(sortedJson(value)).digest('hex');
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
