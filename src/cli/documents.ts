/**
 * Specifications from a file or standard input: a document is one recording, or stands for many by `each`, and all are checked
 * before any is used.
 */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseAllDocuments } from 'yaml';
import { expandDocument } from '../contract/each.ts';
import { refuseDocuments, type Refused } from '../contract/refused.ts';
import { normalise, type Specification } from '../contract/specification.ts';
import { normalisingContext } from '../config/normalising.ts';
import type { NormalSpecification } from '../session/plan.ts';
import type { Settings } from '../config/settings.ts';
import { usageError } from './failure.ts';

export interface CheckedDocument {
  /** `match.yaml`, or with several documents `match.yaml, document 2`. */
  label: string;
  /** As written. */
  written: Specification;
  specification: NormalSpecification;
  key: string;
  hash: string;
  /** What a person should know of it though it is right. */
  notes: string[];
}

export async function readSpecifications(file: string, stdin: NodeJS.ReadableStream): Promise<string> {
  if (file === '-') return await text(stdin);
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw usageError(`The file ${file} cannot be read.`, { file });
  }
}

/** A document that a file holds, or one of those that it stands for. */
export interface WrittenDocument {
  /** `match.yaml`, `match.yaml, document 2`, `match.yaml, n=7`. */
  label: string;
  value: unknown;
}

/** In their order. What is no YAML, and what `each` makes impossible, is refused here; the rest is not judged. */
export function readDocuments(source: string, file: string): (WrittenDocument | Refused)[] {
  const parsed = parseAllDocuments(source, { prettyErrors: true });
  const name = file === '-' ? 'standard input' : file;
  const written = ('empty' in parsed ? [] : parsed).filter(
    (one) => one.contents !== null || one.errors.length > 0,
  );
  const read: (WrittenDocument | Refused)[] = [];
  for (const [index, document] of written.entries()) {
    const label = written.length === 1 ? name : `${name}, document ${index + 1}`;
    if (document.errors.length > 0) {
      const problems = document.errors.map((error) => ({
        where: '',
        problem: `not YAML: ${error.message.trim()}`,
      }));
      read.push({ label, problems });
      continue;
    }
    const expanded = expandDocument(document.toJS() as unknown);
    if (expanded.problems.length > 0) read.push({ label, problems: expanded.problems });
    for (const { document: value, about } of expanded.documents)
      read.push({ label: about === '' ? label : `${label}, ${about}`, value });
  }
  if (written.length === 0) {
    read.push({ label: name, problems: [{ where: '', problem: 'there is no specification in it' }] });
  }
  return read;
}

/** @throws KeepRollingError E_SPEC_INVALID with every problem of every document */
export function checkDocuments(
  source: string,
  file: string,
  settings: Settings,
  now: number,
  consequence: string,
): CheckedDocument[] {
  const checked: CheckedDocument[] = [];
  const refused: Refused[] = [];
  for (const document of readDocuments(source, file)) {
    const one = 'problems' in document ? document : checkDocument(document, settings, now);
    if ('problems' in one) refused.push(one);
    else checked.push(one);
  }
  if (refused.length > 0) throw refuseDocuments(refused, consequence);
  return checked;
}

export function checkDocument(
  { label, value }: WrittenDocument,
  settings: Settings,
  now: number,
): CheckedDocument | Refused {
  const result = normalise(value, normalisingContext(settings, now));
  if (!result.ok) return { label, problems: result.problems };
  const { specification, key, hash, notes } = result;
  return { label, written: value as Specification, specification, key, hash, notes };
}
