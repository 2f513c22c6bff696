/** Troubles last until what they are about succeeds again; each names who must act. */
import type { Failure, GapCause, Who } from './facts.ts';
import { note } from './ledger.ts';
import type { SessionState, TroubleSubject } from './state.ts';

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
  const known = state.troubles[about];
  if (!known || known.code !== what.code) note(state, 'warning', `${about}: ${what.text}`);
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
  note(state, 'recovered', `${about} works again after ${Math.round((state.at - known.since) / 1000)} s`);
}
