/** A playlist over parts that are MPEG-TS (RFC 8216, 3.2 and 4.3): one VOD playlist for all takes of a session. */
import { TOUCH_MS } from '../session/filed.ts';
import type { FileSeen } from '../session/facts.ts';

interface Timed extends FileSeen {
  from: number;
  seconds: number;
}

/** Its text, or why there is none, one phrase. */
export function playlistOf(takes: { files: FileSeen[] }[]): { text: string } | { why: string } {
  const all = takes.flatMap(({ files }) => files);
  const there = all.filter(({ state }) => state === 'named' || state === 'stored');
  if (there.length === 0) return { why: 'there are no files' };
  const other = there.find(({ name }) => !/\.ts$/i.test(name));
  if (other) return { why: whyNot(other.name) };
  const untimed = there.find((file) => secondsOf(file) === null);
  if (untimed) return { why: `how long ${untimed.name} is, is not known` };

  const lines: string[] = [];
  let longest = 1;
  for (const { files } of takes) {
    let endedAt: number | null = null;
    for (const file of files) {
      const timed = there.includes(file) ? timedOf(file) : null;
      // A file that is missing is a gap too.
      if (!timed) endedAt = null;
      if (!timed) continue;
      if (lines.length > 0 && (endedAt === null || timed.from > endedAt + TOUCH_MS))
        lines.push('#EXT-X-DISCONTINUITY');
      lines.push(
        `#EXT-X-PROGRAM-DATE-TIME:${new Date(timed.from).toISOString()}`,
        `#EXTINF:${timed.seconds.toFixed(3)},`,
        uriOf(timed),
      );
      longest = Math.max(longest, Math.round(timed.seconds));
      endedAt = timed.to ?? timed.from + timed.seconds * 1_000;
    }
  }
  const head = [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    `#EXT-X-TARGETDURATION:${longest}`,
  ];
  return { text: [...head, '#EXT-X-MEDIA-SEQUENCE:0', ...lines, '#EXT-X-ENDLIST', ''].join('\n') };
}

function whyNot(name: string): string {
  if (/\.m3u8$/i.test(name)) return `${name} is a playlist itself`;
  return `${name} is no MPEG-TS: only those can be played one after another as they are`;
}

function timedOf(file: FileSeen): Timed {
  return { ...file, from: file.from!, seconds: secondsOf(file)! };
}

function secondsOf({ from, to, durationMs }: FileSeen): number | null {
  if (from === undefined) return null;
  const ms = durationMs ?? (to === undefined ? null : to - from);
  return ms === null || ms <= 0 ? null : ms / 1_000;
}

/** Where the vendor tells an address of it, that; else its name, below the folder that all of them lie in. */
function uriOf({ name, place }: FileSeen): string {
  if (place !== undefined && /^https?:/.test(place)) return place;
  return encodeURI(name.replace(/^\/+/, ''));
}
