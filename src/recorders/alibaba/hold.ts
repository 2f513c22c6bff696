/** The vendor's own pause: `stop`, whose file waits for DelayTime. What is begun again within it may go on in that file. */
import type { Held } from '../../session/facts.ts';
import type { StandingTake } from '../recorder.ts';
import { beginUnlessWritten, command } from './command.ts';
import { sourceAbsent } from './failures.ts';
import { asJson, type AlibabaContext, type AlibabaSubject } from './handle.ts';
import { pushInForce } from './start.ts';

/** Repeatable: what does not record is held already. What waits for its source may go on with it, and cannot be told to wait. */
export async function pause(
  context: AlibabaContext,
  { target }: AlibabaSubject,
  _take: StandingTake,
): Promise<Held> {
  const { how, requestId } = await command(context, target, 'stop');
  if (how === 'no-stream') throw sourceAbsent(target, 'RealTimeRecordCommand');
  return { at: context.now(), ...(requestId !== undefined && { requestId }) };
}

/**
 * Begins with `start`, which can be repeated. Only where neither that nor an end of the delay helps is it `restart`, once:
 * should its answer be lost, the next attempt begins with `start` again.
 */
export async function resume(
  context: AlibabaContext,
  subject: AlibabaSubject,
  _take: StandingTake,
): Promise<Held> {
  const { target } = subject;
  const push = await pushInForce(context, subject, true);
  const started = await command(context, target, 'start');
  if (started.how === 'no-stream') throw sourceAbsent(target, 'RealTimeRecordCommand');
  if (started.how !== 'done') {
    const anew = await beginUnlessWritten(context, target);
    if (!anew && started.how === 'not-so') await command(context, target, 'restart');
  }
  const at = context.now();
  const { requestId } = started;
  return {
    at,
    handle: asJson({ push: push.publishedAt, since: at }),
    ...(requestId !== undefined && { requestId }),
  };
}
