/** Request ids that outlive Temporal's retention: which session a request became. */
import { z } from 'zod';
import { contentHash } from '../contract/keys.ts';
import type { Archive } from './archive.ts';

const requestSchema = z.object({
  requestId: z.string(),
  sessionId: z.string(),
  key: z.string(),
  specificationHash: z.string(),
});

export type RequestRecord = z.output<typeof requestSchema>;

const pieceOf = (requestId: string): string => `requests/${contentHash(requestId).slice(0, 32)}.json`;

export async function rememberRequest(archive: Archive, record: RequestRecord): Promise<void> {
  const { requestId, sessionId, key, specificationHash } = record;
  // Always the same bytes: it is written by the first activity and again with the first part.
  const text = JSON.stringify({ requestId, sessionId, key, specificationHash });
  await archive.put(pieceOf(requestId), `${text}\n`);
}

export async function findRequest(archive: Archive, requestId: string): Promise<RequestRecord | undefined> {
  const text = await archive.get(pieceOf(requestId));
  return text === undefined ? undefined : requestSchema.parse(JSON.parse(text));
}
