/**
 * One document that stands for many: `each` declares names and their values, and `{name}` in any text of the document is
 * replaced by them. Names that it does not declare stay as they are: vendors have variables of that form, too.
 */
import { isObject } from './objects.ts';
import type { Problem } from './problems.ts';

/** As a user writes it: names with a range or a list of values, or a list of sets of values. */
export type Each = Record<string, string | (string | number)[]> | Record<string, string | number>[];

/** More are a mistake: a page of channels is meant. */
const MOST = 5_000;

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
const RANGE = /^(\d{1,6})\.\.(\d{1,6})$/;
const EXAMPLE = '{n: 1..300}, {channel: [news1, news2]}, or a list of {channel: news1, host: a}';

export interface Expanded {
  document: unknown;
  /** `channel=news1`; empty for a document that stands for itself. */
  about: string;
}

type Values = Record<string, string | number>;

/** The documents that one stands for, in order; itself where it has no `each`. */
export function expandDocument(document: unknown): { documents: Expanded[]; problems: Problem[] } {
  if (!isObject(document) || !Object.hasOwn(document, 'each'))
    return { documents: [{ document, about: '' }], problems: [] };
  const { each, ...pattern } = document;
  const { sets, problems } = Array.isArray(each) ? setsOfList(each) : setsOfNames(each);
  if (problems.length === 0) problems.push(...unusedProblems(pattern, Object.keys(sets[0] ?? {})));
  if (problems.length > 0) return { documents: [], problems };
  const documents = sets.map((set) => ({
    document: replaced(pattern, set),
    about: Object.entries(set)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  }));
  return { documents, problems: [] };
}

interface Sets {
  sets: Values[];
  problems: Problem[];
}

function setsOfList(each: unknown[]): Sets {
  const first = Object.keys(isObject(each[0]) ? each[0] : {}).toSorted();
  if (first.length === 0) return refused('each', 'it declares no name');
  const problems = each.flatMap((one, i): Problem[] => {
    const where = `each[${i}]`;
    if (!isObject(one)) return refused(where, 'not a set of names with their values').problems;
    if (Object.keys(one).toSorted().join() !== first.join())
      return [{ where, problem: 'it has other names than the first', try: first.join(', ') }];
    const wrong = Object.entries(one).filter(([, value]) => !isValue(value));
    return wrong.map(([name]) => ({ where: `${where}.${name}`, problem: 'neither a text nor a number' }));
  });
  return { sets: each as Values[], problems: [...nameProblems(first), ...problems, ...tooMany(each.length)] };
}

/** Every value of each name with every one of the others. */
function setsOfNames(each: unknown): Sets {
  if (!isObject(each)) return refused('each', 'not names with their values');
  const names = Object.keys(each);
  if (names.length === 0) return refused('each', 'it declares no name');
  const problems = nameProblems(names);
  let sets: Values[] = [{}];
  for (const name of names) {
    const values = valuesOf(each[name]);
    if (values === undefined)
      problems.push(...refused(`each.${name}`, 'neither a range nor a list of texts or numbers').problems);
    const known = values ?? [];
    const count = sets.length * known.length;
    if (count > MOST) return { sets: [], problems: [...problems, ...tooMany(count)] };
    sets = sets.flatMap((set) => known.map((value) => ({ ...set, [name]: value })));
  }
  return { sets, problems };
}

function valuesOf(written: unknown): (string | number)[] | undefined {
  if (Array.isArray(written)) return written.length > 0 && written.every(isValue) ? written : undefined;
  const range = typeof written === 'string' ? RANGE.exec(written) : null;
  if (!range) return undefined;
  const [first, last] = [Number(range[1]), Number(range[2])];
  return last < first ? undefined : Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function isValue(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function refused(where: string, problem: string): Sets {
  return { sets: [], problems: [{ where, problem, try: EXAMPLE }] };
}

function nameProblems(names: string[]): Problem[] {
  return names
    .filter((name) => !NAME.test(name))
    .map((name) => ({
      where: `each.${name}`,
      problem: 'a name is letters, digits and underscores, and begins with a letter',
    }));
}

function tooMany(count: number): Problem[] {
  if (count <= MOST) return [];
  return [{ where: 'each', problem: `it stands for ${count} documents; at most ${MOST} are meant` }];
}

/** All of them would be called the same. */
function unusedProblems(pattern: unknown, names: string[]): Problem[] {
  const text = JSON.stringify(pattern);
  return names
    .filter((one) => !new RegExp(`\\{${one}(:\\d)?\\}`).test(text))
    .map((one) => ({
      where: `each.${one}`,
      problem: `nothing in the document says {${one}}`,
      try: `name: ch-{${one}}`,
    }));
}

function replaced(part: unknown, values: Values): unknown {
  if (typeof part === 'string') return filled(part, values);
  if (Array.isArray(part)) return part.map((one) => replaced(one, values));
  if (!isObject(part)) return part;
  return Object.fromEntries(Object.entries(part).map(([field, one]) => [field, replaced(one, values)]));
}

/** `{n:3}` is filled up with zeros to three digits. */
function filled(text: string, values: Values): string {
  return text.replace(/\{([A-Za-z][A-Za-z0-9_]*)(?::(\d))?\}/g, (whole, field: string, digits?: string) => {
    if (!Object.hasOwn(values, field)) return whole;
    return String(values[field]).padStart(Number(digits ?? 0), '0');
  });
}
