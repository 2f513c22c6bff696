/** STOP, and what its refusal means: no recording, or one that waits for its stream. */
import { COMMAND_RECORD, thresholdOf } from '../../contract/vendors/huawei.ts';
import type { Stopped } from '../../session/facts.ts';
import { VendorFailure, type TakeInQuestion } from '../recorder.ts';
import { isRefusal, type HuaweiRefusal } from './errors.ts';
import { iso, unready } from './failures.ts';
import { apiOf, QUICK, triple, whole, WRITE, type HuaweiContext, type HuaweiSubject } from './handle.ts';
import { rulesOf, servingRule } from './rules.ts';
import { pushOf } from './streams.ts';
import { huaweiInstant } from './wire.ts';

export async function stop(
  context: HuaweiContext,
  subject: HuaweiSubject,
  _take: TakeInQuestion,
): Promise<Stopped> {
  try {
    const { requestId } = await apiOf(context).control({ action: 'STOP', ...triple(subject) }, WRITE);
    return { at: context.now(), how: 'stopped', ...(requestId !== undefined && { requestId }) };
  } catch (error) {
    // "The record does not exist" (the page, status 404).
    if (isRefusal(error, 'missing')) return absent(context, error);
    if (!isRefusal(error, 'illegal')) throw error;
    await refuseUncertain(context, subject, error);
    return absent(context, error);
  }
}

function absent(context: HuaweiContext, { failure }: HuaweiRefusal): Stopped {
  const { requestId } = failure.vendor ?? {};
  return { at: context.now(), how: 'absent', ...(requestId !== undefined && { requestId }) };
}

/** @throws VendorFailure unless "Request Illegal" can only mean that nothing is recorded */
async function refuseUncertain(
  context: HuaweiContext,
  subject: HuaweiSubject,
  { failure }: HuaweiRefusal,
): Promise<void> {
  const { target } = subject;
  const { push } = await pushOf(context, subject);
  if (push) {
    // A running recording knows nothing of a change of its rule, and commands are refused all the same.
    const { rules } = await rulesOf(context, subject);
    if (servingRule(rules, target)?.record_type === COMMAND_RECORD) return;
    throw unready(
      `STOP of ${whole(target)} is refused, since it has no rule of type ${COMMAND_RECORD} any more: it records until its encoder disconnects, or until the rule is there again.`,
      failure.vendor ?? { operation: 'record/control STOP' },
    );
  }
  const left = await waitsFor(context, subject);
  if (left === 0) return;
  throw new VendorFailure({
    ...failure,
    message: `STOP of ${whole(target)} is refused while its stream is away: the recording may wait for it${left === null ? '' : ` until ${iso(context.now() + left)}`}, so it is asked again.`,
    who: 'vendor',
    retry: 'later',
  });
}

/** Clocks and the edges of seconds. */
const MARGIN_MS = 15_000;
/**
 * What 0 does to a recording no page tells: most likely it ends with its push. Should it go on, it records nothing while
 * its stream is away, and to ask for a day would end no other way.
 */
const UNTOLD_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;

/** How long the recording may still wait for its stream, milliseconds; null where nobody can say. */
async function waitsFor(context: HuaweiContext, subject: HuaweiSubject): Promise<number | null> {
  const seconds = thresholdOf(subject.options);
  // -1 is 30 days.
  if (seconds < 0) return null;
  const goneAt = await lastPushEnd(context, subject);
  const waitMs = seconds === 0 ? UNTOLD_MS : seconds * 1000;
  return goneAt === null ? null : Math.max(0, goneAt + waitMs + MARGIN_MS - context.now());
}

/** The end of its last finished push; null where Huawei does not show one. */
async function lastPushEnd(context: HuaweiContext, { target }: HuaweiSubject): Promise<number | null> {
  const now = context.now();
  const { publishDomain: domain, app, stream } = target;
  // Whole seconds, and never a bit more than the day that may be asked for.
  const instant = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
  const span = { start_time: instant(now - DAY_MS + 1_000), end_time: instant(now) };
  try {
    const { history_stream_list: pushes } = await apiOf(context).listHistory(
      { domain, app, stream, ...span, limit: 100 },
      QUICK,
    );
    const ends = pushes
      .filter((one) => one.app === app && one.stream === stream)
      .flatMap(({ end_time: end }) => huaweiInstant(end) ?? []);
    return ends.length === 0 ? null : Math.max(...ends);
  } catch (error) {
    if (error instanceof VendorFailure) return null;
    throw error;
  }
}
