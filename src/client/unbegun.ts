/** A window that ended without a session of its own, and that no other session has covered: how, when, and by whom. */
import type { LaunchResult } from '../workflows/launch/index.ts';
import { resultOf } from './closed.ts';
import type { Context } from './context.ts';
import { locate, type Described, type SessionName } from './find.ts';
import type { Unbegun } from './types.ts';

/** What a launcher that has closed answered; null where it failed, or cannot be asked. */
export async function launchResult(
  context: Pick<Context, 'reach'>,
  launcher: Pick<Described, 'workflowId' | 'runId'>,
): Promise<LaunchResult | null> {
  return await resultOf<LaunchResult>(context, launcher).catch(() => null);
}

/** null for a window that was recorded. */
export function unbegunOf({ memo, closedAt }: Described, result: LaunchResult): Unbegun | null {
  const { outcome, started, text, by = null, reason = null } = result;
  if (started || !isNothing(outcome)) return null;
  const { fromMs, untilMs, limitMs } = memo.specification.window;
  const until = untilMs ?? limitMs;
  const window = { from: iso(fromMs), until: until === null ? null : iso(until) };
  return { outcome, text, at: iso(closedAt ?? Date.now()), by, reason, window };
}

export async function unbegunWindow(context: Context, session: SessionName): Promise<Unbegun | null> {
  const described = await locate(context, session);
  if (described?.kind !== 'launch' || described.open) return null;
  const result = await launchResult(context, described);
  return result && unbegunOf(described, result);
}

function isNothing(outcome: LaunchResult['outcome']): outcome is Unbegun['outcome'] {
  return ['cancelled', 'skipped', 'busy', 'missed'].includes(outcome);
}

const iso = (at: number): string => new Date(at).toISOString();
