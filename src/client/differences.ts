/** What two specifications record differently, for refusals. */
import { clockTime, formatDuration, zoneOffsetMs } from '../contract/time.ts';
import type { AbsencePolicy, NormalSpecification } from '../session/plan.ts';

export interface Difference {
  /** As in a specification: `window.until`, `options.interval`. */
  field: string;
  yours: unknown;
  theirs: unknown;
}

/** Names, owners and labels are for people and make no difference. Instants are ISO 8601, durations `2h30m`. */
export function differencesOf(yours: NormalSpecification, theirs: NormalSpecification): Difference[] {
  const mine = shown(yours);
  const other = shown(theirs);
  const fields = [...new Set([...Object.keys(mine), ...Object.keys(other)])].toSorted();
  return fields
    .filter((field) => JSON.stringify(mine[field]) !== JSON.stringify(other[field]))
    .map((field) => ({ field, yours: mine[field] ?? null, theirs: other[field] ?? null }));
}

function shown(specification: NormalSpecification): Record<string, unknown> {
  const { window, written, target, options, source, pause, storage, policy, account } = specification;
  // A window that begins now is compared as it was written: a second later it is still the same request.
  const relative = written.from === 'now';
  const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  return {
    account,
    storage,
    'window.from': relative ? 'now' : iso(window.fromMs),
    'window.until': relative ? (written.until ?? null) : iso(window.untilMs),
    ...(relative && { 'window.length': written.length ?? null }),
    'window.maxDuration': relative ? (written.maxDuration ?? null) : iso(window.limitMs),
    'window.padding.before': formatDuration(window.beforeMs),
    'window.padding.after': formatDuration(window.afterMs),
    'window.overrun': formatDuration(window.overrunMs),
    'source.late': absence(source.late),
    'source.gone': absence(source.gone),
    'pause.warnAfter': formatDuration(pause.warnAfterMs),
    'pause.max': pause.maxMs === null ? null : formatDuration(pause.maxMs),
    ...flat('target', target),
    ...flat('options', options),
    ...flat('policy', policy),
  };
}

function absence(policy: AbsencePolicy): string {
  return policy.kind === 'wait' ? 'wait' : `${policy.kind} after ${formatDuration(policy.afterMs)}`;
}

function flat(path: string, value: unknown): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return { [path]: value };
  return Object.assign(
    {},
    ...Object.entries(value).map(([field, inner]) => flat(`${path}.${field}`, inner)),
  ) as Record<string, unknown>;
}

/** It is about what is recorded, and where to, not about when. */
export function recordedIn({ field }: Difference): boolean {
  return /^(account|storage|target|options)(\.|$)/.test(field);
}

/** `your window ends 22:00, theirs 22:15; everything else is equal` */
export function differencesText(differences: Difference[], zone: string): string {
  const parts = wordsOf(differences, zone);
  if (parts.length === 0) return 'everything is equal';
  return `${parts.join('; ')}; everything else is equal`;
}

export function wordsOf(differences: Difference[], zone: string): string[] {
  return differences.map(({ field, yours, theirs }) => {
    const [a, b] = [wordOf(yours, zone), wordOf(theirs, zone)];
    if (field === 'window.until') return `your window ends ${a}, theirs ${b}`;
    if (field === 'window.from') return `your window begins ${a}, theirs ${b}`;
    return `your ${field} is ${a}, theirs ${b}`;
  });
}

function wordOf(value: unknown, zone: string): string {
  if (value === null || value === undefined) return 'not given';
  if (typeof value !== 'string') return JSON.stringify(value);
  return /^\d{4}-\d{2}-\d{2}T.*Z$/.test(value) ? dayTime(Date.parse(value), zone) : value;
}

/** `22:15` today, `2026-11-24 22:15` on another day; seconds only where there are any. */
export function dayTime(at: number, zone: string, now = Date.now()): string {
  const time = clockTime(at, zone).replace(/:00$/, '');
  const day = (instant: number): string =>
    new Date(instant + zoneOffsetMs(instant, zone)).toISOString().slice(0, 10);
  return day(at) === day(now) ? time : `${day(at)} ${time}`;
}
