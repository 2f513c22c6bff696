/**
 * The AWS SDK's requests over the same dispatcher as everything else: one connection pool, one set of limits, and
 * emulators in the process. It sends once; whatever goes wrong is thrown as undici throws it.
 */
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Dispatcher } from 'undici';

export type AwsHttpHandler = S3Client['config']['requestHandler'];

/** What of the SDK's own shapes is used. */
interface AwsRequest {
  protocol: string;
  hostname: string;
  port?: number;
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

/** Nothing that keeprolling reads from a bucket or from STS comes near this. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

export function awsHttpHandler(dispatcher: Dispatcher, timeoutMs: number): AwsHttpHandler {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: AwsRequest, options?: { abortSignal?: unknown }) {
      const { protocol, hostname, port, method, headers, body } = request;
      const response = await dispatcher.request({
        origin: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`,
        path: pathOf(request),
        method,
        headers: { ...headers },
        body: body ?? null,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal: (options?.abortSignal as AbortSignal | undefined) ?? null,
      });
      const bytes = await readBody(response.body);
      return {
        response: {
          statusCode: response.statusCode,
          headers: plainHeaders(response.headers),
          // A stream even where it is whole already: the SDK gives the body of an object out as one.
          body: Readable.from([bytes], { objectMode: false }),
        },
      };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

/** As the SDK signs it: names and values encoded by RFC 3986. */
function pathOf({ path, query }: AwsRequest): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) => {
    if (value === null || value === undefined) return [encode(name)];
    return [value].flat().map((one) => `${encode(name)}=${encode(one)}`);
  });
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

async function readBody(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('The answer is larger than any that is expected.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = [value].flat().join(', ');
  }
  return plain;
}
