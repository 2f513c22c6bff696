/** Every document is judged before anything is done, and all problems of all of them are told at once. */
import { KeepRollingError } from '../../contract/errors.ts';
import type { Problem } from '../../contract/problems.ts';
import { refuseDocuments, type Refused } from '../../contract/refused.ts';
import { isScheduleDocument } from '../../contract/schedule.ts';
import { prepare, type Prepared } from '../../planning/prepare.ts';
import type { Context } from '../context.ts';
import { readSchedule, type Defined } from '../schedules/definition.ts';
import type { AppliedDocument, ApplyOptions } from './types.ts';

export type Judged = { label: string; name: string } & (
  | { kind: 'schedule'; defined: Defined; over: boolean }
  | { kind: 'session'; document: unknown; prepared: Prepared; over: boolean }
);

/** @throws KeepRollingError E_SPEC_INVALID, E_INSTALLATION_MISSING */
export function judgeAll(context: Context, documents: AppliedDocument[], { by }: ApplyOptions): Judged[] {
  const judged: Judged[] = [];
  const wrong: Refused[] = [];
  for (const { label, document, problems } of documents) {
    const one = problems ? { label, problems } : judge(context, label, document, by);
    if ('problems' in one) wrong.push(one);
    else judged.push(one);
  }
  wrong.push(...doubles(judged));
  if (wrong.length > 0) throw refuseDocuments(wrong, 'nothing was changed');
  return judged;
}

function judge(context: Context, label: string, document: unknown, by: string | undefined): Judged | Refused {
  const now = judgedAt(context, label, document, by, Date.now());
  if (!('problems' in now)) return now;
  // What was right and is past stays in its file: it is judged as of long ago, and never started.
  const past = judgedAt(context, label, document, by, 0);
  return 'problems' in past ? now : { ...past, over: true };
}

function judgedAt(
  context: Context,
  label: string,
  document: unknown,
  by: string | undefined,
  at: number,
): Judged | Refused {
  if (isScheduleDocument(document)) {
    // Nobody becomes its owner by applying it: it would change with whoever does.
    const read = readSchedule(context, document, at);
    if (!read.ok) return { label, problems: read.problems };
    return { label, name: read.defined.schedule.name, kind: 'schedule', defined: read.defined, over: false };
  }
  try {
    const prepared = prepare(context, document, by === undefined ? {} : { by }, at);
    return { label, name: prepared.specification.name, kind: 'session', document, prepared, over: false };
  } catch (error) {
    if (!(error instanceof KeepRollingError) || error.code !== 'E_SPEC_INVALID') throw error;
    return { label, problems: error.details.problems as Problem[] };
  }
}

/** They are told apart by their names alone. */
function doubles(judged: Judged[]): Refused[] {
  const first = new Map<string, string>();
  return judged.flatMap(({ name, label }): Refused[] => {
    const other = first.get(name);
    if (other === undefined) first.set(name, label);
    if (other === undefined) return [];
    const problem = `${other} has this name, too`;
    return [
      { label, problems: [{ where: 'name', found: JSON.stringify(name), problem, try: 'another name' }] },
    ];
  });
}
