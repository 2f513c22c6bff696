/** Phrases that several outputs share. */
import type { LaunchStatus, SessionStatus } from '../../client/types.ts';
import type { GapCause } from '../../session/facts.ts';
import type { StatusView } from '../../session/views.ts';
import { clockOfDay, day, lasting, shortClock } from './text.ts';

/** `ch-news@2026-11-24T23:30   agora/agora-prod/news1/mix   owner team-news` */
export function sessionText(status: SessionStatus, view: StatusView | null): string {
  const parts = [status.name, status.key];
  if (view) {
    const { from, zone } = view.window;
    parts[0] = `${status.name}@${day(from, zone)}T${shortClock(from, zone)}`;
    if (view.owner !== null) parts.push(`owner ${view.owner}`);
  }
  return parts.join('   ');
}

/** `21:00 → 22:00 Europe/Berlin`, of a window that has not begun. */
export function windowText({ from, until }: LaunchStatus['window'], zone: string, now: number): string {
  const clock = (instant: string): string => clockOfDay(instant, zone, now, false);
  return `${clock(from)} → ${until === null ? 'no end' : clock(until)} ${zone}`;
}

/** Shorter ones are in the sum, and would be told as 0s. */
const TOLD_MS = 500;

/** `2m21s in gaps (source-absent 2m11s, paused 10s)`, the longest first. */
export function gapsText(gapMs: Partial<Record<GapCause, number>>): string {
  const causes = (Object.entries(gapMs) as [GapCause, number][])
    .filter(([, ms]) => ms > 0)
    .toSorted(([, a], [, b]) => b - a);
  if (causes.length === 0) return 'no gaps';
  const sum = causes.reduce((total, [, ms]) => total + ms, 0);
  const told = causes.filter(([, ms]) => ms >= TOLD_MS);
  if (told.length === 0) return `${lasting(sum)} in gaps`;
  return `${lasting(sum)} in gaps (${told.map(([cause, ms]) => `${cause} ${lasting(ms)}`).join(', ')})`;
}
