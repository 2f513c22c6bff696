/** Makes schedules and sessions equal to documents: all are judged first, and what is so already is left alone. */
import type { KeepRollingError } from '../../contract/errors.ts';
import type { Context } from '../context.ts';
import { isUnreachable, publicError } from '../errors.ts';
import { judgeAll } from './judge.ts';
import type { Reach } from '../reach.ts';
import { AT_ONCE, planAll, presentState, type Planned } from './plan.ts';
import { several } from '../../contract/several.ts';
import type { Applied, AppliedDocument, ApplyAction, ApplyOptions, ApplyOutcome } from './types.ts';

const PATIENCE_MS = 20_000;

/** @throws KeepRollingError E_SPEC_INVALID with every problem of every document, E_INSTALLATION_MISSING, E_SERVER_UNREACHABLE */
export async function apply(
  context: Context,
  documents: AppliedDocument[],
  options: ApplyOptions = {},
): Promise<Applied> {
  const { plan = false } = options;
  const judged = judgeAll(context, documents, options);
  const present = await presentState(context);
  const planned = await planAll(patient(context), present, judged, options);
  const outcomes = plan
    ? planned.map((one) => outcomeOf(one, { done: false }))
    : await carryOut(patient(context), planned);
  const counts: Partial<Record<ApplyAction, number>> = {};
  for (const { action } of outcomes) counts[action] = (counts[action] ?? 0) + 1;
  return { plan, outcomes, counts, failed: outcomes.filter(({ error }) => error !== null).length };
}

/** Hundreds of changes keep a server busy: whether it is there was asked before, without patience. */
function patient(context: Context): Context {
  const { reach } = context;
  const within: Reach['within'] = async (ms, call, needsWorker) =>
    await reach.within(Math.max(ms, PATIENCE_MS), call, needsWorker);
  return { ...context, reach: { ...reach, within } };
}

/** What is in no document goes first; the others do not wait for each other. */
async function carryOut(context: Context, planned: Planned[]): Promise<ApplyOutcome[]> {
  let away: KeepRollingError | null = null;
  const one = async (step: Planned): Promise<ApplyOutcome> => {
    // A server that is away is not waited for again at each document.
    if (away && step.run) return outcomeOf(step, { done: false, text: 'not tried', error: away });
    try {
      const text = await step.run?.();
      if (text === null) return outcomeOf({ ...step, action: 'unchanged' }, { done: true, text: 'as it is' });
      return outcomeOf(step, { done: step.action !== 'conflict', ...(text !== undefined && { text }) });
    } catch (error) {
      const failure = publicError(error, context.reach);
      if (isUnreachable(failure)) away = failure;
      return outcomeOf(step, { done: false, text: failure.message, error: failure });
    }
  };
  const pruned = await several(
    planned.filter(({ action }) => action === 'prune'),
    AT_ONCE,
    one,
  );
  const kept = await several(
    planned.filter(({ action }) => action !== 'prune'),
    AT_ONCE,
    one,
  );
  return [...pruned, ...kept];
}

function outcomeOf(
  { name, kind, action, document, text }: Planned,
  became: { done: boolean; text?: string | undefined; error?: KeepRollingError },
): ApplyOutcome {
  const { error } = became;
  return {
    name,
    kind,
    action,
    document,
    text: became.text ?? text,
    done: became.done,
    error: error ? { code: error.code, message: error.message, details: error.details } : null,
  };
}
