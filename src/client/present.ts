import { verdictOf } from '../session/coverage.ts';
import type { GapCause } from '../session/facts.ts';
import { viewOfTotals, type StatusView, type TakeView, type TotalsView } from '../session/views.ts';
import type { PendingLook } from './pending-look.ts';

/**
 * A view brought up to `now`. A session learns nothing of looks that find all as believed, so what it says is as of
 * its last event; what was so then has gone on since, and the looks have proved some of it.
 */
export function brought(view: StatusView, look: PendingLook | null, now: number): StatusView {
  const good = look?.lastGood ?? {};
  const takes = view.takes.map((take) => provedBy(take, good[String(take.number)]));
  return { ...view, takes, source: sourceNow(view.source, now), soFar: soFarNow(view, takes, now) };
}

function sourceNow(source: StatusView['source'], now: number): StatusView['source'] {
  const { state, since, drops, longestMs } = source;
  if (state !== 'down' || since === null || drops === 0) return source;
  return { ...source, longestMs: Math.max(longestMs, now - Date.parse(since)) };
}

function provedBy(take: TakeView, good: number | undefined): TakeView {
  const proved = take.provedTo === null ? 0 : Date.parse(take.provedTo);
  if (good === undefined || good <= proved) return take;
  return { ...take, provedTo: new Date(good).toISOString() };
}

/** The looks do not prove what is believed: until they do again, nothing is counted beyond what the session said. */
export function inDoubt({ takes, troubles }: StatusView): boolean {
  return (
    takes.some((take) => take.status === 'open' && take.suspectSince !== null) ||
    troubles.some((trouble) => trouble.about === 'look')
  );
}

function soFarNow(view: StatusView, takes: TakeView[], now: number): TotalsView {
  const { soFar, desired, window, outcome } = view;
  const told = Date.parse(window.from) + soFar.windowMs;
  const until = window.until === null ? now : Math.min(now, Date.parse(window.until));
  if (outcome !== null || desired.state === 'stopped' || until < told) return soFar;

  const byEvidence = { ...soFar.byEvidence };
  const gapMs = { ...soFar.gapMs };
  const goneMs = until - told;
  const running = takes.find((take) => take.status === 'open' && take.actual === 'recording');
  const cause = causeOf(view);
  if (running && inDoubt(view)) return soFar;
  if (running) {
    byEvidence.inferred += goneMs;
    const before = view.takes.find((take) => take.number === running.number)?.provedTo ?? null;
    const gained =
      running.provedTo === null ? 0 : Date.parse(running.provedTo) - Date.parse(before ?? running.provedTo);
    const raised = Math.max(0, Math.min(gained, byEvidence.inferred));
    byEvidence.inferred -= raised;
    byEvidence.observed += raised;
  } else if (cause) gapMs[cause] = (gapMs[cause] ?? 0) + goneMs;
  else return soFar;

  const recordedMs = soFar.recordedMs + (running ? goneMs : 0);
  const totals = { recordedMs, byEvidence, gapMs };
  const windowMs = soFar.windowMs + goneMs;
  return viewOfTotals(totals, verdictOf(totals, windowMs), windowMs);
}

/** Why nothing is recorded now, as far as a view tells; null where only coverage can. */
function causeOf({ phase, source, takes }: StatusView): GapCause | null {
  if (phase === 'paused') return 'paused';
  const armed = takes.some((take) => take.status === 'open' && take.actual === 'armed');
  return armed || source.state === 'down' ? 'source-absent' : null;
}
