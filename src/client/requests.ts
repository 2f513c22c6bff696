/** Whether a request id was used before: a repeat gives the same session, also after that has closed. */
import { findRequest } from '../archive/requests.ts';
import { KeepRollingError } from '../contract/errors.ts';
import type { NormalSpecification } from '../session/plan.ts';
import { launchWorkflowId, sessionWorkflowId } from '../session/names.ts';
import type { Context } from './context.ts';
import { differencesOf, differencesText } from './differences.ts';
import { isUnreachable } from './errors.ts';
import { describe, listSessions, type Found, type SessionName } from './find.ts';
import type { SessionMemo } from '../planning/memo.ts';
import type { Prepared } from '../planning/prepare.ts';

export interface Earlier extends SessionName {
  name: string | null;
  hash: string;
  /** Of what was asked for at first, where its window was moved since. */
  requestHash?: string | undefined;
  specification: NormalSpecification | null;
  /** It is still held by a launcher. */
  startAt: string | null;
}

/**
 * The session that this request became. Looked for where it can be found without delay first: the latest run of the
 * target and the launcher of the session, by describe; then in the list of earlier runs; then in the archive, which
 * remembers for good.
 * @throws KeepRollingError E_SERVER_UNREACHABLE; E_REQUEST_UNDECIDED where it was not found and a place that would
 * know could not be asked
 */
export async function earlierSession(context: Context, prepared: Prepared): Promise<Earlier | null> {
  const { key, sessionId } = prepared;
  const requestId = prepared.requestId!;
  const [latest, launcher] = await Promise.all([
    describe(context, sessionWorkflowId(key)),
    describe(context, launchWorkflowId(sessionId)),
  ]);
  if (latest?.memo?.requestId === requestId) return fromMemo(latest.memo);
  if (launcher?.memo?.requestId === requestId) {
    const { memo, open } = launcher;
    return { ...fromMemo(memo), startAt: open ? (memo.startAt ?? null) : null };
  }

  let undecided: string | null = null;
  const earlier = await earlierRuns(context, prepared, latest !== null).catch((error: unknown) => {
    undecided = sentence('Temporal cannot list earlier sessions', error);
    return [];
  });
  const listed = earlier.find((run) => run.memo.requestId === requestId);
  if (listed) return fromMemo(listed.memo);

  if (context.archive) {
    try {
      const record = await findRequest(context.archive, requestId);
      // What the list could not tell the archive has told: it is written when a session is admitted.
      undecided = null;
      if (record) {
        return {
          sessionId: record.sessionId,
          key: record.key,
          name: null,
          hash: record.specificationHash,
          specification: null,
          startAt: null,
        };
      }
    } catch (error) {
      undecided = sentence('the archive, which remembers requests for good, cannot be read', error);
    }
  }
  if (undecided === null) return null;
  throw new KeepRollingError(
    'E_REQUEST_UNDECIDED',
    `Whether request "${requestId}" was used before cannot be told now, so nothing was started: ${undecided}`,
    { requestId },
  );
}

/** Runs of the target before its latest, and where the namespace has our attributes, the request for another target. */
async function earlierRuns(context: Context, prepared: Prepared, targetUsed: boolean): Promise<Found[]> {
  const queries = targetUsed ? [`WorkflowId = '${sessionWorkflowId(prepared.key)}'`] : [];
  if (await context.hasSearchAttributes()) queries.push(`KeeprollingSession = '${prepared.sessionId}'`);
  return queries.length === 0 ? [] : await listSessions(context, queries.join(' OR '), 200);
}

function sentence(what: string, error: unknown): string {
  if (isUnreachable(error)) return `${what}.`;
  return `${what} (${error instanceof Error ? error.message : String(error)}).`;
}

function fromMemo(memo: SessionMemo): Earlier {
  return {
    sessionId: memo.sessionId,
    key: memo.key,
    name: memo.name,
    hash: memo.specificationHash,
    requestHash: memo.requestHash,
    specification: memo.specification,
    startAt: null,
  };
}

/** @throws KeepRollingError E_REQUEST_CONFLICT when the request was for something else */
export function assertSameRequest(prepared: Prepared, earlier: Earlier): void {
  const { key, hash, requestHash } = earlier;
  if (key === prepared.key && (hash === prepared.hash || requestHash === prepared.hash)) return;
  const { specification } = prepared;
  const differences = earlier.specification ? differencesOf(specification, earlier.specification) : [];
  const what = earlier.specification
    ? differencesText(differences, specification.window.zone)
    : 'what it asked for is not known in detail any more';
  throw new KeepRollingError(
    'E_REQUEST_CONFLICT',
    `Request "${prepared.requestId}" was used before for another specification, session ${earlier.name ?? earlier.sessionId}\n  ${what}`,
    {
      requestId: prepared.requestId,
      earlier: { sessionId: earlier.sessionId, name: earlier.name, key: earlier.key },
      differences,
    },
  );
}
