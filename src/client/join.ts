/** A second claim on a recording that goes on already, in place of a refusal. */
import { ulid } from 'ulid';
import { KeepRollingError } from '../contract/errors.ts';
import type { SessionMemo } from '../planning/memo.ts';
import type { Prepared } from '../planning/prepare.ts';
import { join as sendJoin } from './commands.ts';
import type { Context } from './context.ts';
import { differencesOf, recordedIn, wordsOf } from './differences.ts';

/** As a session calls an owner that its specification does not name. */
const NOBODY = 'owner';

export interface Joined {
  /** Until when it is wanted; ISO 8601. */
  until: string;
  /** Why it is not in effect yet; null where it is. */
  note: string | null;
}

/** One recording can hold both. */
export function recordsTheSame({ recordingHash }: Prepared, memo: SessionMemo): boolean {
  return memo.recordingHash === recordingHash;
}

/** What another recording of the target differs in, whatever its window. */
export function whyNotJoined({ specification }: Prepared, memo: SessionMemo): string {
  const differences = differencesOf(specification, memo.specification).filter(recordedIn);
  const words = wordsOf(differences, specification.window.zone);
  return `only what records the same can be joined: ${words.join('; ') || 'the running session does not say what it records'}`;
}

/**
 * The same again moves the end of the claim at most, and with the same request id changes nothing.
 * @throws KeepRollingError E_TARGET_BUSY where the session does not take it; E_SESSION_ENDED
 */
export async function join(context: Context, prepared: Prepared, running: SessionMemo): Promise<Joined> {
  const { specification, recordingHash, requestId, sessionId, at } = prepared;
  const { name, owner, window } = specification;
  const until = new Date(window.untilMs ?? window.limitMs ?? at).toISOString();
  const payload = {
    id: requestId === null ? ulid(at) : `join-${sessionId}`,
    by: owner ?? NOBODY,
    until,
    name,
    recordingHash,
  };
  try {
    const { accepted, note, status } = await sendJoin(context, running, payload);
    // Refused after all: something else has come to the session first.
    if (!accepted)
      throw new KeepRollingError(status.ended ? 'E_SESSION_ENDED' : 'E_COMMAND_INVALID', note ?? '');
    return { until, note };
  } catch (error) {
    if (!(error instanceof KeepRollingError) || error.code !== 'E_COMMAND_INVALID') throw error;
    throw new KeepRollingError(
      'E_TARGET_BUSY',
      `${prepared.key} is being recorded by session ${running.name}, which cannot be joined\n  ${error.message}\n  see it: keeprolling status ${running.name}`,
      { key: prepared.key, running: { sessionId: running.sessionId, name: running.name }, differences: [] },
    );
  }
}
