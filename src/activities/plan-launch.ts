/** Works a window out for its launcher: of a schedule that fired, of a bare start, or moved before it began. */
import { findRequest, type RequestRecord } from '../archive/requests.ts';
import type { Archive } from '../archive/archive.ts';
import { refuseBadInput } from './admit.ts';
import { normalisingContext } from '../config/normalising.ts';
import { refuse } from '../contract/problems.ts';
import { launchPlanOf } from '../planning/launch-plan.ts';
import { memoOf } from '../planning/memo.ts';
import { earlyMsOf, windowOfFiring } from '../planning/occasion.ts';
import { prepare, type Prepared, type PrepareOptions, type Preparing } from '../planning/prepare.ts';
import { sessionIdOfRequest } from '../planning/request-id.ts';
import { sessionSubject } from '../session/notices.ts';
import { normaliseSchedule, recordingOf } from '../schedules/index.ts';
import type { PlanLaunchInput, PlannedLaunch } from './wire.ts';

/** @throws KeepRollingError E_SPEC_INVALID, E_INSTALLATION_MISSING, E_WORKFLOW_OPTIONS */
export async function planLaunch(
  preparing: Preparing,
  archive: Archive | null,
  endedAs: EndedAs,
  input: PlanLaunchInput,
): Promise<PlannedLaunch> {
  const { at, moved, searchAttributes } = input;
  const fired = fire(preparing, input);
  if ('nothing' in fired) return fired;
  const { document, requestId, asked } = fired;
  const prepared = (what: unknown, id: string | null): Prepared =>
    prepare(preparing, what, optionsOf(input, id), at);
  const planOf = (one: Prepared): PlannedLaunch => ({ plan: launchPlanOf(one, searchAttributes) });
  const planned = prepared(document, requestId);
  refuseBadInput(planned);
  if (moved) {
    const { requestHash = planned.hash } = input;
    const options = { ...optionsOf(input, requestId), ...(requestId !== null && { requestHash }) };
    return planOf(prepare(preparing, withWindow(document, planned, moved), options, at));
  }
  if (!archive || requestId === null) return planOf(planned);
  const unused = await unusedRequest(archive, requestId, endedAs, asked);
  if (typeof unused !== 'string')
    return { nothing: `session ${unused.sessionId} was started for it before`, outcome: 'own' };
  return planOf(unused === requestId ? planned : prepared(document, unused));
}

/** How the latest session of a target has ended; null while it goes on, and where it is another or cannot be told. */
export type EndedAs = (session: { key: string; sessionId: string }) => Promise<string | null>;

/** What the latest run of its target says of it: a session that begins later in the same lock hides it. */
export function outcomeIn(
  { status, memo }: { status: { name: string }; memo?: Record<string, unknown> | undefined },
  sessionId: string,
): string | null {
  const latest = memoOf(memo);
  const open = status.name === 'RUNNING' || status.name === 'PAUSED';
  if (latest?.sessionId !== sessionId || open) return null;
  // One that was terminated, or whose workflow has failed, has said no last word.
  return latest.lastKnown?.outcome ?? 'failed';
}

const MOST_AGAIN = 50;

/**
 * A window is one session, however often it fires. One that has failed is begun again while its window lasts, and one that
 * was ended is when somebody asks for it.
 */
async function unusedRequest(
  archive: Archive,
  requestId: string,
  endedAs: EndedAs,
  asked: boolean,
): Promise<string | RequestRecord> {
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? requestId : `${requestId}#${n}`;
    const earlier = await findRequest(archive, id).catch(() => undefined);
    if (!earlier) return id;
    const outcome = await endedAs(earlier);
    const again = outcome !== null && (asked || outcome.startsWith('failed'));
    if (!again || n >= MOST_AGAIN) return earlier;
  }
}

function optionsOf({ installation, sessionId }: PlanLaunchInput, requestId: string | null): PrepareOptions {
  return {
    ...(requestId !== null && { requestId }),
    ...(sessionId !== null && { sessionId }),
    ...(installation !== null && { installation }),
  };
}

type Fired = { document: unknown; requestId: string | null; asked: boolean };

/** What is to be recorded: of a schedule its window, which is one session however often it fires for it. */
function fire(
  { settings, registry }: Preparing,
  { specification, installation: given, requestId, schedule, at }: PlanLaunchInput,
): Fired | Extract<PlannedLaunch, { nothing: string }> {
  if (!schedule) return { document: specification, requestId, asked: false };
  const { firedAt } = schedule;
  const read = normaliseSchedule(specification, normalisingContext(settings, firedAt));
  if (!read.ok)
    throw refuse('E_SPEC_INVALID', `schedule ${schedule.id}`, read.problems, 'nothing was started');
  const { occurrence, specification: sample } = read.coming;
  const earlyMs = earlyMsOf(registry, sample);
  const window = windowOfFiring(read.schedule, occurrence, { at: firedAt, earlyMs });
  if (!window) return { nothing: 'no window is due', outcome: 'nothing-due' };
  const from = new Date(window.from).toISOString();
  const request = `schedule/${schedule.id}/${from}`;
  if (window.until + sample.window.afterMs > at)
    return {
      document: recordingOf(read.schedule.recording, window),
      requestId: request,
      asked: window.asked,
    };
  const installation = given ?? settings.installation();
  const sessionId = sessionIdOfRequest(installation, request);
  const subject = sessionSubject({ installation, sessionId, key: read.schedule.key, specification: sample });
  return {
    nothing: `the window of ${from} had ended before it could be started`,
    outcome: 'missed',
    audience: { subject, receivers: sample.notify ?? [] },
  };
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
  const moved = { ...given.window, from: new Date(fromMs).toISOString() };
  if (untilMs === null) return { ...given, window: moved };
  const end =
    written.length === undefined
      ? { until: new Date(untilMs).toISOString() }
      : { length: `${untilMs - fromMs}ms` };
  return { ...given, window: { ...moved, ...end } };
}
