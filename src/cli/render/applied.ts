/** What `apply` did or would do: a line for each document, and sums. */
import type { Applied, ApplyOutcome } from '../../client/index.ts';
import { ERRORS } from '../../contract/errors.ts';
import { columns, count } from './text.ts';

/** More documents that are as they are get no line of their own. */
const MOST_UNCHANGED = 20;

export function appliedText(applied: Applied): string {
  const { outcomes, plan } = applied;
  const same = outcomes.filter(isSame);
  const shown = same.length > MOST_UNCHANGED ? outcomes.filter((one) => !isSame(one)) : outcomes;
  const rows = shown.map((one) => [verb(one), one.kind, one.name, textOf(one)]);
  return [
    ...columns(rows),
    ...(rows.length > 0 ? [''] : []),
    sums(applied),
    ...(plan ? ['nothing was changed'] : []),
  ].join('\n');
}

function isSame({ action }: ApplyOutcome): boolean {
  return action === 'unchanged';
}

function verb({ action, error }: ApplyOutcome): string {
  return error ? `${action} FAILED` : action;
}

function textOf({ text, error }: ApplyOutcome): string {
  return error ? `${error.code}  ${text.split('\n')[0]}` : text;
}

function sums({ outcomes, counts, failed }: Applied): string {
  const parts = Object.entries(counts).map(([action, number]) => `${number} ${action}`);
  const trouble = failed > 0 ? [`${failed} failed`] : [];
  return [
    `${count(outcomes.length, 'document')}: ${[...parts, ...trouble].join(', ') || 'nothing to do'}`,
  ].join('');
}

export function appliedExit({ outcomes, counts }: Applied): number {
  const failed = outcomes.find(({ error }) => error !== null);
  if (failed?.error) return ERRORS[failed.error.code].exit;
  return (counts.conflict ?? 0) > 0 ? ERRORS.E_TARGET_BUSY.exit : 0;
}
