/** Durations and instants as people write them. Inside keeprolling both are milliseconds. */

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `5m`, `2h30m`, `14d`, or ISO 8601 such as `PT2H30M`; undefined when it is none of these. */
export function parseDuration(text: string): number | undefined {
  const iso = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (iso && /\d/.test(text)) {
    const [, d = '0', h = '0', m = '0', s = '0'] = iso;
    return Math.round(Number(d) * 86_400_000 + Number(h) * 3_600_000 + Number(m) * 60_000 + Number(s) * 1000);
  }
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, , unit] of text.matchAll(/(\d+(\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNIT_MS[unit!] ?? 0);
  }
  return Math.round(total);
}

/** The two largest units, for people: `3h27m`, `14m31s`, `52s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (Math.abs(ms) < 1000 && ms !== 0) return `${Math.round(ms)}ms`;
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return '0s';
  return parts
    .slice(first, first + 3)
    .filter(([amount], index) => amount > 0 && (index < 2 || first === 1))
    .map(([amount, unit]) => `${amount}${unit}`)
    .join('');
}

/** ISO 8601 with offset (`2026-11-23T19:45:00+01:00`, `…Z`); undefined when it is something else. */
export function parseInstant(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/.test(text))
    return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/**
 * A local time (`2026-11-24T15:00`) in an IANA zone. A time that does not exist (spring) is taken as so much later,
 * one that exists twice (autumn) as the earlier one.
 */
export function parseLocal(text: string, zone: string): number | undefined {
  return readLocal(text, zone)?.at;
}

/** `parseLocal` that also tells whether the clock shows the time; undefined when it is not a local time. */
export function readLocal(text: string, zone: string): LocalInstant | undefined {
  const wall = wallOf(text);
  return wall === undefined ? undefined : localInstant(wall, zone);
}

/** A local time as if its zone were UTC, epoch milliseconds; undefined when it is none. */
export function wallOf(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  if (Number.isNaN(wall) || new Date(wall).getUTCDate() !== day || hour > 23 || minute > 59) return undefined;
  return wall;
}

export interface LocalInstant {
  at: number;
  /** What the clock shows there; another time than the one asked for where that is `skipped`. */
  wall: number;
  /** `skipped`: the clock never shows it, and so much later is meant. `twice`: it shows it twice, and the first is meant. */
  kind: 'plain' | 'skipped' | 'twice';
}

/** The one place that decides which instant a local time is. `wall`: it as if its zone were UTC. */
export function localInstant(wall: number, zone: string): LocalInstant {
  const offsets = [wall - 86_400_000, wall + 86_400_000].map((at) => zoneOffsetMs(at, zone));
  const fits = offsets.map((offset) => wall - offset).filter((at) => zoneOffsetMs(at, zone) === wall - at);
  if (fits.length === 0) {
    const at = wall - offsets[0]!;
    return { at, wall: at + zoneOffsetMs(at, zone), kind: 'skipped' };
  }
  return { at: Math.min(...fits), wall, kind: new Set(fits).size > 1 ? 'twice' : 'plain' };
}

/** `02:30 does not exist on 2027-03-28 in Europe/Berlin; 03:30 is meant`: what a clock change makes of a local time. */
export function clockSentence(wall: number, local: LocalInstant, zone: string): string {
  const date = new Date(wall).toISOString().slice(0, 10);
  const place = `${wallTime(wall)} ${local.kind === 'twice' ? 'comes twice' : 'does not exist'} on ${date} in ${zone}`;
  return local.kind === 'twice'
    ? `${place}; the first is meant`
    : `${place}; ${wallTime(local.wall)} is meant`;
}

/** `02:30` of a local time as if its zone were UTC, with seconds where there are some. */
export function wallTime(wall: number): string {
  return new Date(wall).toISOString().slice(11, wall % 60_000 === 0 ? 16 : 19);
}

/** Making one takes a hundred times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, made);
  return made;
}

const DAY_MS = 86_400_000;
/** Of each day and zone that was asked for: the offset at its begin, of UTC. */
const offsetsOfDays = new Map<string, number>();
const MOST_OFFSETS = 20_000;

/** Local time minus UTC at an instant, milliseconds. A day that begins and ends with one offset has no other between. */
export function zoneOffsetMs(at: number, zone: string): number {
  const day = Math.floor(at / DAY_MS);
  const offset = offsetAtBegin(day, zone);
  return offset === offsetAtBegin(day + 1, zone) ? offset : exactOffsetMs(at, zone);
}

/** Schedules of many windows ask for the same few days again and again. */
function offsetAtBegin(day: number, zone: string): number {
  const id = `${zone} ${day}`;
  const before = offsetsOfDays.get(id);
  if (before !== undefined) return before;
  const offset = exactOffsetMs(day * DAY_MS, zone);
  if (offsetsOfDays.size >= MOST_OFFSETS) offsetsOfDays.clear();
  offsetsOfDays.set(id, offset);
  return offset;
}

function exactOffsetMs(at: number, zone: string): number {
  const whole = Math.floor(at / 1000) * 1000;
  const parts = formatOf(zone).formatToParts(whole);
  const value = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const wall = Date.UTC(
    value('year'),
    value('month') - 1,
    value('day'),
    value('hour'),
    value('minute'),
    value('second'),
  );
  return wall - whole;
}

/** `2026-11-24T15:00:00+01:00`: an instant as a clock of the zone shows it. */
export function isoIn(at: number, zone: string): string {
  const offset = zoneOffsetMs(at, zone);
  const minutes = Math.abs(Math.round(offset / 60_000));
  const two = (part: number): string => String(part).padStart(2, '0');
  const sign = offset < 0 ? '-' : '+';
  return `${new Date(at + offset).toISOString().slice(0, 19)}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** `19:45:00` in a zone, for people. */
export function clockTime(at: number, zone: string): string {
  return new Date(Math.round((at + zoneOffsetMs(at, zone)) / 1000) * 1000).toISOString().slice(11, 19);
}
