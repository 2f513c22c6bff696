/** What happened to a session, in sentences: every line of its log in order, and every gap with its cause and length. */
import { firstLine } from '../contract/lines.ts';
import { formatDuration } from '../contract/time.ts';
import type { LogEntry } from '../session/state.ts';
import type { LogView } from '../session/views.ts';
import type { Explanation, TargetCoverage } from './types.ts';

type Entry = LogView['entries'][number];
type Told = Explanation['timeline'][number];
type Gap = TargetCoverage['gaps'][number];

/** Of one log from several places: each line once, in its order. */
export function wholeLog(archived: LogEntry[], live: Entry[]): Entry[] {
  const bySequence = new Map<number, Entry>();
  for (const entry of archived)
    bySequence.set(entry.sequence, { ...entry, at: new Date(entry.at).toISOString() });
  for (const entry of live) bySequence.set(entry.sequence, entry);
  return [...bySequence.values()].toSorted((a, b) => a.sequence - b.sequence);
}

/** Lines that nobody could tell: sequences have no holes. */
export function missingLines(log: Entry[]): string[] {
  let expected = 1;
  const missing: string[] = [];
  for (const { sequence, at } of log) {
    const holes = sequence - expected;
    if (holes > 0)
      missing.push(`${holes === 1 ? 'A line' : `${holes} lines`} of its log before ${at} cannot be had.`);
    expected = sequence + 1;
  }
  return missing;
}

/**
 * Instants in sentences are UTC, ISO 8601.
 * @param now how far an open session is accounted for: a gap that ends there goes on; null for one that is over
 */
export function timelineOf(log: Entry[], gaps: Gap[], now: string | null): Told[] {
  const unannounced = new Set(gaps);
  const lines = log.map((entry): Told => {
    const { at, kind, sequence } = entry;
    const gap = kind === 'gap' ? announced(entry, [...unannounced]) : undefined;
    if (!gap) return { at, kind, sequence, text: sentenceOf(entry), gap: null };
    unannounced.delete(gap);
    return { at, kind, sequence, ...told(gap, now) };
  });
  // A window may begin before its session does: it is told after that.
  const begun = log[0]?.at ?? '';
  const others = [...unannounced].map((gap): Told => ({
    at: gap.from > begun ? gap.from : begun,
    kind: 'gap',
    sequence: null,
    ...told(gap, now),
  }));
  // Of one instant the log's own lines come first.
  return [...lines, ...others].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** The gap that a line of the log announced: what became of it is known only now. */
function announced({ text }: Entry, gaps: Gap[]): Gap | undefined {
  const [, since] = /(?:since|from) (\d{4}-\d\d-\d\dT[\d:.]+Z)/.exec(text) ?? [];
  if (since === undefined) return undefined;
  const at = Date.parse(since);
  return gaps.find(({ from, to }) => Date.parse(from) - EDGE_MS <= at && at < Date.parse(to));
}

/** An edge may have been known better afterwards. */
const EDGE_MS = 1_000;

function told(gap: Gap, now: string | null): Pick<Told, 'text' | 'gap'> {
  const { from, to, cause, detail, fromPlusMinusMs, toPlusMinusMs } = gap;
  const lengthMs = Date.parse(to) - Date.parse(from);
  const unsure = Math.round((fromPlusMinusMs + toPlusMinusMs) / 1000);
  const length = `${lasting(lengthMs)}${unsure > 0 ? ` (±${unsure}s)` : ''}`;
  const when = to === now ? `since ${from}, for ${length} so far` : `for ${length}, from ${from} to ${to}`;
  const text = ended(`Nothing is recorded ${when}: ${cause}${detail ? `, ${firstLine(detail)}` : ''}`);
  return { text, gap: { from, to, cause, detail, lengthMs } };
}

/** Whole seconds, and what is shorter as it is. */
function lasting(ms: number): string {
  return formatDuration(ms < 1_000 ? ms : Math.round(ms / 1000) * 1000);
}

const PHASES: Record<string, string> = {
  'the session begins': 'The session begins.',
  waiting: 'It waits: nothing is to be recorded yet, or nothing comes.',
  starting: 'It starts: the vendor is asked to record.',
  recording: 'It records.',
  paused: 'It is paused.',
  stopping: 'It stops.',
};

/** How its last line begins. */
const OVER = 'released: ';

function sentenceOf({ kind, text: whole }: Entry): string {
  const text = firstLine(whole);
  switch (kind) {
    case 'phase':
      if (text.startsWith(OVER)) return ended(`It is over: ${text.slice(OVER.length)}`);
      return PHASES[text] ?? ended(capitalised(text));
    case 'warning':
      return ended(`Warning: ${text}`);
    case 'command':
      return ended(`Command: ${text}`);
    case 'verdict':
      return ended(`Verdict: ${text}`);
    default:
      return ended(capitalised(text));
  }
}

function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
