/**
 * What callbacks tell of the streams of a source, in whatever order and however often they come: words are kept by their
 * own instants, and when the source came and went is computed from all of them.
 */

/** A stream comes or goes. Part '' is the source as a whole. */
export interface Word {
  at: number;
  part: string;
  up: boolean;
}

export interface Told {
  /** Sorted by instant; of one instant what goes comes last. */
  words: Word[];
  /** What older words came to. */
  before: Heard & { at: number };
}

interface Heard {
  /** Whether each stream is there. */
  parts: Record<string, boolean>;
  /**
   * A stream has gone that was never told to be there. So others may be there of which nobody tells, and that it has gone
   * does not mean that the source has: better to claim nothing new than to deny what is recorded.
   */
  untold: boolean;
}

/** From `at` on the source is there, or not. */
export interface Turn {
  at: number;
  up: boolean;
}

/** A callback that comes later than this is too late to change what was told. */
const LATE_MS = 15 * 60_000;
const WORDS_KEPT = 60;
const PARTS_KEPT = 100;

/** `until`: what is told of earlier instants comes too late. */
export function nothingTold(until = 0): Told {
  return { words: [], before: { at: until, parts: {}, untold: false } };
}

/** null when it was said before, or comes too late. */
export function withWord({ words, before }: Told, word: Word, now: number): Told | null {
  const known = words.some((one) => one.at === word.at && one.part === word.part && one.up === word.up);
  if (known || word.at < before.at) return null;
  const all = [...words, word].toSorted(inOrder);
  const late = all.filter((one) => one.at < now - LATE_MS).length;
  const folded = all.slice(0, Math.max(late, all.length - WORDS_KEPT));
  return { words: all.slice(folded.length), before: folded.reduce(fold, before) };
}

function inOrder(a: Word, b: Word): number {
  return a.at - b.at || Number(b.up) - Number(a.up) || (a.part < b.part ? -1 : 1);
}

function fold({ parts, untold }: Told['before'], word: Word): Told['before'] {
  const heard = hear({ parts, untold }, word);
  const entries = Object.entries(heard.parts);
  // Of those that are too many the ones that went are forgotten first.
  const kept = [...entries.filter(([, up]) => !up), ...entries.filter(([, up]) => up)].slice(-PARTS_KEPT);
  return { ...heard, parts: Object.fromEntries(kept), at: word.at };
}

function hear({ parts, untold }: Heard, { part, up }: Word): Heard {
  if (part === '') {
    const rest = up ? parts : Object.fromEntries(Object.keys(parts).map((one) => [one, false]));
    return { parts: { ...rest, '': up }, untold };
  }
  const { '': _whole, ...rest } = parts;
  return { parts: { ...rest, [part]: up }, untold: untold || (!up && rest[part] === undefined) };
}

/** null: it cannot be told, and what was told before stands. */
function isThere({ parts, untold }: Heard): boolean | null {
  if (Object.values(parts).includes(true)) return true;
  if (parts[''] === false) return false;
  return Object.keys(parts).length === 0 || untold ? null : false;
}

/** When the source came and went, oldest first. */
export function turnsOf({ words, before }: Told): Turn[] {
  let heard: Heard = before;
  const turns: Turn[] = [];
  const turn = (at: number): void => {
    const up = isThere(heard);
    if (up !== null && up !== turns.at(-1)?.up) turns.push({ at, up });
  };
  turn(before.at);
  for (const word of words) {
    heard = hear(heard, word);
    turn(word.at);
  }
  return turns;
}

/** null: nothing is told of that instant. */
export function toldAt(turns: Turn[], at: number): boolean | null {
  return turns.findLast((turn) => turn.at <= at)?.up ?? null;
}
