/** A session from its begin to now, told in sentences, and what is wrong with it now. */
import { splitTrouble, URGENCY } from '../session/troubles.ts';
import type { LogView } from '../session/views.ts';
import { archivedSession } from './archived.ts';
import { DEADLINES, type Context } from './context.ts';
import { coverageOfSession } from './coverage.ts';
import { isUnreachable } from './errors.ts';
import { locate } from './find.ts';
import { statusOf, type NamedSession } from './status.ts';
import { missingLines, timelineOf, wholeLog } from './timeline.ts';
import type { Explanation, SessionStatus, Unbegun } from './types.ts';

/**
 * Of an open session from itself and the archive, of a closed one from the archive, of a scheduled one what there is.
 * @throws KeepRollingError E_ARCHIVE_UNREADABLE, where only the archive could answer
 */
export async function explain(context: Context, session: NamedSession): Promise<Explanation> {
  const [status, coverage, record, live] = await Promise.all([
    statusOf(context, session),
    coverageOfSession(context, session),
    archivedSession(context.archive, session),
    liveLog(context, session),
  ]);
  const log = wholeLog(record?.log ?? [], live ?? status.view?.log ?? []);
  const { sessionId, name, key } = status;
  return {
    sessionId,
    name,
    key,
    status,
    timeline: [
      ...timelineOf(log, coverage.gaps, status.ended ? null : coverage.to),
      ...(status.unbegun ? [unbegunLine(status.unbegun)] : []),
    ],
    needs: needsOf(status),
    totals: status.totals ?? coverage.totals,
    missing: [...coverage.missing, ...missingLines(log)],
    unreachable: coverage.unreachable,
  };
}

function unbegunLine({ at, text, window: { from, until } }: Unbegun): Explanation['timeline'][number] {
  const window = `from ${from}${until === null ? '' : ` to ${until}`}`;
  return {
    at,
    kind: 'phase',
    sequence: null,
    text: `Its window, ${window}, never began: ${text}.`,
    gap: null,
  };
}

/** What the session itself still holds of its log; null where it does not answer. */
async function liveLog(context: Context, session: NamedSession): Promise<LogView['entries'] | null> {
  const found = await locate(context, session).catch((error: unknown) => {
    if (isUnreachable(error)) return null;
    throw error;
  });
  if (found?.kind !== 'recording') return null;
  const { workflowId, runId } = found;
  const told = await context.reach
    .within(
      DEADLINES.query,
      async ({ workflow }) => await workflow.getHandle(workflowId, runId).query<LogView>('log'),
      'needs-worker',
    )
    .catch(() => null);
  return told?.entries ?? null;
}

/** Who must act now, the most urgent first. */
function needsOf(status: SessionStatus): Explanation['needs'] {
  const { view, lastKnown, silent, ended } = status;
  const needs: Explanation['needs'] = [];
  if (silent) {
    const code = silent.part === 'server' ? 'E_SERVER_UNREACHABLE' : 'E_NO_WORKER';
    needs.push({ who: 'you', code, text: silent.text, since: silent.polledAt });
  }
  if (ended) return needs;
  if (view) needs.push(...view.troubles.map(({ who, code, text, since }) => ({ who, code, text, since })));
  else if (lastKnown?.trouble) {
    const { trouble, troubleCode = null, troubleSince = null } = lastKnown;
    needs.push({ ...splitTrouble(trouble), code: troubleCode, since: troubleSince });
  }
  const { source, desired } = view ?? {};
  if (source?.state === 'down' && desired?.state === 'recording')
    needs.push({ who: 'source', code: null, text: 'the source is missing', since: source.since });
  return needs.toSorted((a, b) => URGENCY.indexOf(a.who) - URGENCY.indexOf(b.who));
}
