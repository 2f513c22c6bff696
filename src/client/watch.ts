import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from './context.ts';
import { toldErrors } from './errors.ts';
import { statusOf, type NamedSession } from './status.ts';
import type { SessionStatus } from './types.ts';

const EVERY_MS = 1_000;
const LEAST_MS = 50;

/**
 * A status at each change of what it means, until the session has ended; that last one holds the result. Asked for
 * every `everyMs`. A server or worker that goes away is a change like any other and ends nothing.
 */
export async function* watch(
  context: Context,
  session: NamedSession,
  options: { everyMs?: number; signal?: AbortSignal } = {},
): AsyncGenerator<SessionStatus, void, void> {
  const everyMs = Math.max(LEAST_MS, options.everyMs ?? EVERY_MS);
  const { signal } = options;
  let shown = '';
  for (;;) {
    if (signal?.aborted) return;
    const status = await toldErrors(context.reach, statusOf(context, session));
    const meaning = meaningOf(status);
    if (meaning !== shown) yield status;
    shown = meaning;
    if (status.ended) return;
    await sleep(everyMs, undefined, signal && { signal }).catch(() => undefined);
  }
}

/** What changes by the mere passing of time is left out: instants of looks, sums, proved ends. */
function meaningOf(status: SessionStatus): string {
  const { view, lastKnown, look, silent } = status;
  return JSON.stringify([
    status.source,
    status.ended,
    [status.startAt, status.launch?.phase, status.launch?.window],
    silent?.part,
    lastKnown?.phase,
    lastKnown?.outcome,
    view && [
      view.phase,
      view.conditions,
      [view.desired.state, view.desired.until, view.window.until],
      view.takes.map((take) => [
        take.number,
        take.status,
        take.actual,
        take.recording,
        take.evidence,
        take.files,
        take.suspectSince === null,
      ]),
      [view.source.state, view.source.drops],
      view.troubles.map((trouble) => [trouble.about, trouble.code]),
      view.log.at(-1)?.sequence,
      view.outcome,
    ],
    look && withoutNumbers(look.sentence),
    status.result?.outcome,
  ]);
}

/** `recording, 3 files, 12.4 MB, next look 12:01:00 UTC` says the same with other numbers. */
function withoutNumbers(sentence: string): string {
  return sentence.replaceAll(/\d+([.:]\d+)*/g, '#').replaceAll(/# [kMGT]?B/g, '#');
}
