/** Works a window out for its launcher: of a schedule that fired, of a bare start, or moved before it began. */
import { findRequest } from '../archive/requests.ts';
import type { Archive } from '../archive/archive.ts';
import { launchPlanOf } from '../planning/launch-plan.ts';
import { prepare, type Prepared, type Preparing } from '../planning/prepare.ts';
import type { PlanLaunchInput, PlannedLaunch } from './wire.ts';

/** @throws KeepRollingError E_SPEC_INVALID, E_INSTALLATION_MISSING */
export async function planLaunch(
  preparing: Preparing,
  archive: Archive | null,
  input: PlanLaunchInput,
): Promise<PlannedLaunch> {
  const { at, moved, requestId, sessionId, searchAttributes } = input;
  const options = { ...(requestId !== null && { requestId }), ...(sessionId !== null && { sessionId }) };
  const planned = prepare(preparing, input.specification, options, at);
  if (moved) {
    const document = withWindow(input.specification, planned, moved);
    return { plan: launchPlanOf(prepare(preparing, document, options, at), searchAttributes) };
  }
  if (archive && requestId !== null) {
    const earlier = await findRequest(archive, requestId).catch(() => undefined);
    if (earlier) return { nothing: `session ${earlier.sessionId} was started for it already` };
  }
  return { plan: launchPlanOf(planned, searchAttributes) };
}

/** What is left out stays. The end is said as it was before, since a template may say it too. */
function withWindow(
  document: unknown,
  { specification }: Prepared,
  { from, until }: NonNullable<PlanLaunchInput['moved']>,
): unknown {
  const given = document as { window?: Record<string, unknown> };
  const { window, written } = specification;
  const fromMs = from === undefined ? window.fromMs : Date.parse(from);
  const untilMs = until === undefined ? window.untilMs : Date.parse(until);
  const end =
    untilMs === null
      ? {}
      : written.length === undefined
        ? { until: new Date(untilMs).toISOString() }
        : { length: `${untilMs - fromMs}ms` };
  return { ...given, window: { ...given.window, from: new Date(fromMs).toISOString(), ...end } };
}
