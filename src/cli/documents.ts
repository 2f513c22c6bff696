/** Specifications from a file or standard input: one document is one recording, and all are checked before any is used. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseAllDocuments } from 'yaml';
import { KeepRollingError } from '../contract/errors.ts';
import { refuse, type Problem } from '../contract/problems.ts';
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
}

export async function readSpecifications(file: string, stdin: NodeJS.ReadableStream): Promise<string> {
  if (file === '-') return await text(stdin);
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw usageError(`The file ${file} cannot be read.`, { file });
  }
}

/** @throws KeepRollingError E_SPEC_INVALID with every problem of every document */
export function checkDocuments(
  source: string,
  file: string,
  settings: Settings,
  now: number,
  consequence: string,
): CheckedDocument[] {
  const documents = parseAllDocuments(source, { prettyErrors: true });
  const name = file === '-' ? 'standard input' : file;
  const written = ('empty' in documents ? [] : documents).filter(
    (one) => one.contents !== null || one.errors.length > 0,
  );
  if (written.length === 0) {
    const problem: Problem = { where: '', problem: 'there is no specification in it' };
    throw refuse('E_SPEC_INVALID', name, [problem], consequence);
  }
  const checked: CheckedDocument[] = [];
  const refused: { label: string; problems: Problem[] }[] = [];
  for (const [index, document] of written.entries()) {
    const label = written.length === 1 ? name : `${name}, document ${index + 1}`;
    if (document.errors.length > 0) {
      const problems = document.errors.map((error) => ({
        where: '',
        problem: `not YAML: ${error.message.trim()}`,
      }));
      refused.push({ label, problems });
      continue;
    }
    const value: unknown = document.toJS();
    const result = normalise(value, normalisingContext(settings, now));
    if (!result.ok) refused.push({ label, problems: result.problems });
    else checked.push({ label, written: value as Specification, ...withoutOk(result) });
  }
  if (refused.length > 0) throw refusal(refused, consequence);
  return checked;
}

function withoutOk({
  specification,
  key,
  hash,
}: {
  specification: NormalSpecification;
  key: string;
  hash: string;
}) {
  return { specification, key, hash };
}

/** One error for all documents; each keeps its own heading. */
function refusal(refused: { label: string; problems: Problem[] }[], consequence: string): KeepRollingError {
  const each = refused.map(({ label, problems }) => refuse('E_SPEC_INVALID', label, problems, consequence));
  const problems = refused.flatMap(({ label, problems: own }) =>
    own.map((one) => ({ document: label, ...one })),
  );
  return new KeepRollingError('E_SPEC_INVALID', each.map((one) => one.message).join('\n\n'), { problems });
}
