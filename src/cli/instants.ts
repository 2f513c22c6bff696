/** Instants as they are typed: a clock time, a local date or time, ISO 8601 with offset, `now`, or so long ago. */
import { parseDuration, parseInstant, parseLocal } from '../contract/time.ts';
import { day } from './render/text.ts';
import { usageError } from './failure.ts';

const DAY_MS = 86_400_000;

export interface Clocked {
  now: number;
  zone: string;
  /** A clock time alone means the last such time, or the next one. */
  side: 'past' | 'future';
  /** Not before this: `--to 01:00` after `--from 23:00` is the next morning. */
  notBefore?: number;
}

/** Epoch milliseconds. @throws KeepRollingError E_USAGE, which names the option */
export function instantOf(text: string, option: string, clocked: Clocked): number {
  const at = parsed(text, clocked);
  if (at !== undefined) return at;
  throw usageError(
    `${option}: "${text}" is not an instant. Write 20:00, 2026-11-24 (its midnight), 2026-11-24T20:00 (in --zone), 2026-11-24T20:00:00+01:00, now or -90m.`,
    { option, found: text },
  );
}

function parsed(text: string, clocked: Clocked): number | undefined {
  if (text === 'now') return clocked.now;
  if (text.startsWith('-')) {
    const ago = parseDuration(text.slice(1));
    return ago === undefined ? undefined : clocked.now - ago;
  }
  const [, hour, rest] = /^(\d{1,2}):(\d{2}(?::\d{2})?)$/.exec(text) ?? [];
  if (hour !== undefined) return ofDay(`${hour.padStart(2, '0')}:${rest}`, clocked);
  const local = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text;
  return parseInstant(text) ?? parseLocal(local, clocked.zone);
}

/** By calendar days, not by 24 hours: the day of a time change has another length. */
function ofDay(time: string, { now, zone, side, notBefore }: Clocked): number | undefined {
  const candidates = [-2, -1, 0, 1, 2]
    .map((shift) => parseLocal(`${day(new Date(now + shift * DAY_MS).toISOString(), zone)}T${time}`, zone))
    .filter((at) => at !== undefined);
  if (notBefore !== undefined) return candidates.find((at) => at > notBefore);
  return side === 'past' ? candidates.findLast((at) => at <= now) : candidates.find((at) => at > now);
}
