/**
 * Names that we give to Agora: the uid under which the recorder joins the channel, and the folder of a take's files.
 * Both hold the take's nonce, so that no attempt, session or installation meets another.
 */
import { createHash } from 'node:crypto';
import type { TakeName } from '../../session/facts.ts';

/** Takes of one session that follow each other get different uids for certain, others by chance. */
const LANES = 16;

/**
 * A uid from the account's reserved range: decimal text, as Agora takes it. A uid that is in the channel already would
 * throw its owner out, so the range belongs to recorders alone ("acquire", uid).
 */
export function uidOf(name: TakeName, range: { from: number; count: number }): string {
  const seed = `${name.installation}/${name.sessionId}/${name.take}/${name.nonce}`;
  const number = createHash('sha256').update(seed).digest().readUIntBE(0, 6);
  const slot = number % Math.floor(range.count / LANES);
  return String(range.from + slot * LANES + (name.take % LANES));
}

/** `fileNamePrefix`: the destination's folders, and ours. Letters and digits alone ("storageConfig", fileNamePrefix). */
export function folderOf(name: TakeName, prefix: string | null): string[] {
  const own = [name.installation, name.sessionId, `t${name.take}x${name.nonce}`];
  return [...(prefix === null ? [] : prefix.split('/')), ...own];
}
