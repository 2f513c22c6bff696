/** Troubles last until what they are about succeeds again; each names who must act. */
import type { Failure, GapCause, Who } from './facts.ts';
import { note } from './ledger.ts';
import { sharedScope } from './shared.ts';
import type { LogEntry, SessionState, TroubleSubject } from './state.ts';

/** Whose trouble is told first: what only people can mend. */
export const URGENCY: readonly Who[] = ['you', 'destination', 'source', 'vendor', 'keeprolling'];

export function mostUrgent<T extends { who: Who }>(troubles: T[]): T | undefined {
  return troubles.toSorted((a, b) => URGENCY.indexOf(a.who) - URGENCY.indexOf(b.who))[0];
}

/** A trouble as memo and details hold it, `who: text`; what is not of that form is for you to look at. */
export function splitTrouble(line: string): { who: Who; text: string } {
  const [, who, text] = /^([a-z]+): ([\s\S]*)$/.exec(line) ?? [];
  const known = URGENCY.find((one) => one === who);
  return known && text !== undefined ? { who: known, text } : { who: 'you', text: line };
}

export function trouble(state: SessionState, about: TroubleSubject, failure: Failure): void {
  raiseTrouble(state, about, {
    who: failure.who,
    code: failure.code,
    text: failure.message,
    cause: failure.cause,
    requestId: failure.vendor?.requestId ?? null,
  });
}

export function raiseTrouble(
  state: SessionState,
  about: TroubleSubject,
  what: { who: Who; code: string; text: string; cause: GapCause; requestId?: string | null },
): void {
  const before = state.troubles[about];
  // Another reason is another trouble.
  const known = before?.code === what.code ? before : undefined;
  if (!known) note(state, 'warning', `${about}: ${what.text}`, troubleData(state, about, what));
  state.troubles[about] = {
    about,
    who: what.who,
    code: what.code,
    text: what.text,
    cause: what.cause,
    since: known?.since ?? state.at,
    times: (known?.times ?? 0) + 1,
    requestId: what.requestId ?? null,
  };
}

export function cleared(state: SessionState, about: TroubleSubject): void {
  const known = state.troubles[about];
  if (!known) return;
  delete state.troubles[about];
  const text = `${about} works again after ${Math.round((state.at - known.since) / 1000)} s`;
  note(state, 'recovered', text, troubleData(state, about, known));
}

/** `scope`: others have it too, and are told together. */
function troubleData(
  state: SessionState,
  about: TroubleSubject,
  { who, code }: { who: Who; code: string },
): LogEntry['data'] {
  const scope = sharedScope(state, { who, code });
  return { about, who, code, ...(scope !== null && { scope }) };
}
