/** The part of S3 that recorders, probes and archives use. */
import type { EmulatorRequest, EmulatorResponse } from '../emulator.ts';
import type { Access } from './identities.ts';
import type { Bucket, StoredObject } from './objects.ts';
import { CloudError, element, xmlResponse } from './xml.ts';

export interface S3Request {
  op: string;
  bucket: string;
  /** Decoded; empty for the bucket itself. */
  key: string;
  query: URLSearchParams;
}

/** What each operation needs, as policies name it. */
export const S3_OPS: Record<string, { action: string; access: Access }> = {
  PutObject: { action: 's3:PutObject', access: 'write' },
  DeleteObject: { action: 's3:DeleteObject', access: 'write' },
  GetObject: { action: 's3:GetObject', access: 'read' },
  HeadObject: { action: 's3:GetObject', access: 'read' },
  ListObjectsV2: { action: 's3:ListBucket', access: 'read' },
};

const OBJECT_OPS: Record<string, string> = {
  PUT: 'PutObject',
  DELETE: 'DeleteObject',
  GET: 'GetObject',
  HEAD: 'HeadObject',
};

/** Path style, or the bucket as the first part of one of AWS's host names. */
export function readS3Request({ method, target, headers }: EmulatorRequest): S3Request {
  const mark = target.indexOf('?');
  const path = decodePath(mark < 0 ? target : target.slice(0, mark)).slice(1);
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  const hosted = /^(.+?)\.s3[.-].*amazonaws\.com/.exec(headers['host'] ?? '')?.[1];
  const slash = path.indexOf('/');
  const bucket = hosted ?? (slash < 0 ? path : path.slice(0, slash));
  const key = hosted === undefined ? (slash < 0 ? '' : path.slice(slash + 1)) : path;
  const lists = key === '' && method === 'GET' && query.get('list-type') === '2';
  const op = lists ? 'ListObjectsV2' : key === '' ? 'Unknown' : (OBJECT_OPS[method] ?? 'Unknown');
  return { op, bucket, key, query };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** @throws CloudError */
export function applyS3(
  { op, key, query }: S3Request,
  request: EmulatorRequest,
  bucket: Bucket,
  now: number,
  pageSize: number,
): EmulatorResponse {
  if (op === 'ListObjectsV2') return list(bucket, query, pageSize);
  if (op === 'PutObject') return put(bucket, key, request, now);
  if (op === 'DeleteObject') {
    bucket.objects.delete(key);
    return { status: 204, headers: {}, body: '' };
  }
  const object = bucket.objects.get(key);
  if (!object) {
    throw new CloudError(404, 'NoSuchKey', 'The specified key does not exist.', { elements: { Key: key } });
  }
  if (op !== 'HeadObject') return { status: 200, headers: headersOf(object), body: object.body };
  return { status: 200, headers: { ...headersOf(object), 'content-length': String(object.bytes) }, body: '' };
}

function headersOf({ etag, at }: StoredObject): Record<string, string> {
  return { etag, 'last-modified': new Date(at).toUTCString(), 'content-type': 'binary/octet-stream' };
}

function put(bucket: Bucket, key: string, { headers, body }: EmulatorRequest, now: number): EmulatorResponse {
  const condition = headers['if-none-match'];
  if (condition !== undefined && (bucket.ifNoneMatch === 'refused' || condition !== '*')) {
    throw new CloudError(
      501,
      'NotImplemented',
      'This store does not know the condition of the header If-None-Match.',
      { elements: { Header: 'If-None-Match' } },
    );
  }
  if (condition === '*' && bucket.ifNoneMatch === 'honoured' && bucket.objects.has(key)) {
    throw new CloudError(
      412,
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      { elements: { Condition: 'If-None-Match' } },
    );
  }
  const { etag } = bucket.put(key, body, now);
  return { status: 200, headers: { etag }, body: '' };
}

function list(bucket: Bucket, query: URLSearchParams, pageSize: number): EmulatorResponse {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = Math.min(Number(query.get('max-keys') ?? pageSize), pageSize);
  const token = query.get('continuation-token');
  const after = token === null ? '' : Buffer.from(token, 'base64url').toString('utf8');
  const { keys, prefixes, next } = bucket.list(prefix, delimiter, after, limit);
  const encoded = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;
  const contents = keys.map((key) => {
    const { at, etag, bytes } = bucket.objects.get(key)!;
    const fields = [
      element('Key', encoded(key)),
      element('LastModified', new Date(at).toISOString()),
      element('ETag', etag),
      element('Size', bytes),
      element('StorageClass', 'STANDARD'),
    ];
    return `<Contents>${fields.join('')}</Contents>`;
  });
  const head = [
    element('Name', bucket.name),
    element('Prefix', encoded(prefix)),
    element('Delimiter', delimiter),
    element('MaxKeys', limit),
    element('KeyCount', keys.length + prefixes.length),
    element('IsTruncated', next !== null),
    ...(next === null
      ? []
      : [element('NextContinuationToken', Buffer.from(next, 'utf8').toString('base64url'))]),
  ];
  const common = prefixes.map((one) => `<CommonPrefixes>${element('Prefix', encoded(one))}</CommonPrefixes>`);
  return xmlResponse(
    200,
    `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${[...head, ...contents, ...common].join('')}</ListBucketResult>`,
  );
}
