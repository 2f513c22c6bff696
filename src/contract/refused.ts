/** Refusals of several documents at once: one error, in which each fault is told once. */
import { KeepRollingError } from './errors.ts';
import { refuse, type Problem } from './problems.ts';

export interface Refused {
  /** `match.yaml, document 2`. */
  label: string;
  problems: Problem[];
}

/** So many documents with the same faults are told by name; of three hundred channels of one page it is their number. */
const NAMED = 3;

export function refuseDocuments(refused: Refused[], consequence: string): KeepRollingError {
  const alike = new Map<string, Refused[]>();
  for (const one of refused) {
    const faults = JSON.stringify(one.problems.map(({ where, problem }) => [where, problem]));
    alike.set(faults, [...(alike.get(faults) ?? []), one]);
  }
  const told = [...alike.values()].map((group) =>
    refuse('E_SPEC_INVALID', titleOf(group), group[0]!.problems, consequence),
  );
  const problems = refused.flatMap(({ label, problems: own }) =>
    own.map((one) => ({ document: label, ...one })),
  );
  return new KeepRollingError('E_SPEC_INVALID', told.map((one) => one.message).join('\n\n'), { problems });
}

function titleOf(group: Refused[]): string {
  const labels = group.map(({ label }) => label);
  return labels.length > NAMED ? `${labels[0]} and ${labels.length - 1} alike` : labels.join(' and ');
}
