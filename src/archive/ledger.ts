/** Layout and content of a session's pieces in the archive. */
import { writeFiles } from './files.ts';
import type { LedgerHeader, WritePartInput, Written, CloseLedgerInput } from './shapes.ts';
import type { Part, SessionResult } from '../session/events.ts';
import { hashOf, type Archive } from './archive.ts';
import { parsePiece } from './pieces.ts';
import { rememberRequest } from './requests.ts';

export interface PartFile {
  /** Instants are epoch milliseconds, durations milliseconds. */
  format: 'keeprolling/part/1';
  session: LedgerHeader;
  previousHash: string | null;
  part: Part;
}

export interface SessionFile {
  format: 'keeprolling/session/1';
  session: LedgerHeader;
  result: SessionResult;
  /** Of the last part. */
  previousHash: string | null;
}

/** `<key>/<window start, UTC date>/<session id>`. */
export function ledgerFolder(
  header: Pick<LedgerHeader, 'key' | 'sessionId'> & { window: { fromMs: number } },
): string {
  const date = new Date(header.window.fromMs).toISOString().slice(0, 10);
  return `${header.key}/${date}/${header.sessionId}`;
}

export async function writePart(archive: Archive, input: WritePartInput): Promise<Written> {
  const { request, sessionId, key } = input.header;
  // Tried by the first activity too, without retries: here it is done for sure.
  if (request && input.part.number === 1) await rememberRequest(archive, { ...request, sessionId, key });
  const folder = ledgerFolder(input.header);
  const content: PartFile = {
    format: 'keeprolling/part/1',
    session: input.header,
    previousHash: input.previousHash ?? (await hashOfPart(archive, folder, input.part.number - 1)),
    part: input.part,
  };
  return await write(archive, partName(folder, input.part.number), content);
}

export const partName = (folder: string, number: number): string =>
  `${folder}/part-${String(number).padStart(4, '0')}.json`;

/** A keeper that took over from a lost one does not know the part before its first. */
async function hashOfPart(archive: Archive, folder: string, number: number): Promise<string | null> {
  const text = number < 1 ? undefined : await archive.get(partName(folder, number));
  return text === undefined ? null : hashOf(text);
}

/** The last word on a session: what became of its files, and its result. */
export async function closeLedger(archive: Archive, input: CloseLedgerInput): Promise<Written> {
  const folder = ledgerFolder(input.header);
  await writeFiles(archive, folder, input);
  const session: SessionFile = {
    format: 'keeprolling/session/1',
    session: input.header,
    result: input.result,
    previousHash: input.previousHash,
  };
  return await write(archive, `${folder}/session.json`, session);
}

/** undefined before the session's end. @throws KeepRollingError E_ARCHIVE_UNREADABLE */
export async function readSessionFile(archive: Archive, folder: string): Promise<SessionFile | undefined> {
  const name = `${folder}/session.json`;
  const text = await archive.get(name);
  return text === undefined ? undefined : (parsePiece(text, name, 'keeprolling/session/1') as SessionFile);
}

async function write(archive: Archive, name: string, content: unknown): Promise<Written> {
  const text = `${JSON.stringify(content, null, 1)}\n`;
  await archive.put(name, text);
  return { place: `${archive.place}/${name}`, hash: hashOf(text) };
}
