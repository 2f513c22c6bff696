/** Names of the formats in the archive, and the one way to read a piece. */
import { KeepRollingError } from '../contract/errors.ts';

/** A piece of the format that this release writes. @throws KeepRollingError E_ARCHIVE_UNREADABLE */
export function parsePiece(text: string, name: string, format: string): unknown {
  let piece: unknown;
  try {
    piece = JSON.parse(text);
  } catch {
    throw new KeepRollingError('E_ARCHIVE_UNREADABLE', `${name} is not JSON.`);
  }
  const found = (piece as { format?: unknown } | null)?.format;
  if (found === format) return piece;
  throw new KeepRollingError('E_ARCHIVE_UNREADABLE', `${name} is not of the format ${format}.`);
}
