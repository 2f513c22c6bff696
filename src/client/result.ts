import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { KeepRollingError } from '../contract/errors.ts';
import type { SessionResult } from '../session/events.ts';
import { archivedSession } from './archived.ts';
import type { Context } from './context.ts';
import { isUnreachable } from './errors.ts';
import { locate, type Described } from './find.ts';
import { endingOf } from './outcome.ts';
import type { NamedSession } from './status.ts';

/** So long one call waits for the end. */
const POLL_MS = 60_000;
const AGAIN_MS = 1_000;

/**
 * Waits for the end, however long that takes and however often the server goes away meanwhile.
 * @throws KeepRollingError with the failure's own code when the session's workflow failed; E_SESSION_UNKNOWN when
 * neither Temporal nor the archive knows how it ended
 */
export async function resultOf(context: Context, session: NamedSession): Promise<SessionResult> {
  for (;;) {
    let described: Described | null;
    try {
      described = await locate(context, session);
      if (described?.open) {
        await untilClosed(context, described);
        continue;
      }
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      const archived = (await archivedSession(context.archive, session))?.result;
      if (archived) return archived;
      await sleep(AGAIN_MS);
      continue;
    }
    const ending = described && (await endingOf(context, described));
    if (ending?.result) return ending.result;
    if (ending?.failure) throw ending.failure;
    const archived = (await archivedSession(context.archive, session))?.result;
    if (archived) return archived;
    throw new KeepRollingError(
      'E_SESSION_UNKNOWN',
      `Neither Temporal nor the archive knows how session ${session.name} ended.`,
      { sessionId: session.sessionId, key: session.key },
    );
  }
}

/** Returns when the session has closed, however it did. @throws KeepRollingError E_SERVER_UNREACHABLE also after a poll without news */
async function untilClosed(context: Context, { workflowId, runId }: Described): Promise<void> {
  try {
    await context.reach.within(
      POLL_MS,
      async ({ workflow }) => void (await workflow.getHandle(workflowId, runId).result()),
      'needs-worker',
    );
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
  }
}
