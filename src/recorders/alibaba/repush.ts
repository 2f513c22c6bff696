/** Makes the encoder connect anew, so that a config which was made after its push comes into force. */
import type { Done } from '../../session/facts.ts';
import { isRefusal } from './api.ts';
import { afterwards } from './command.ts';
import { sourceAbsent } from './failures.ts';
import { apiOf, QUICK, type AlibabaContext, type AlibabaSubject } from './handle.ts';
import { pushNow } from './online.ts';

/**
 * Cut off with `Oneshot`, a stream is not kept away, so that nothing is left behind where we are interrupted. It is
 * let in again all the same: an API that does not know `Oneshot` keeps it away until then.
 */
export async function repush(context: AlibabaContext, { target }: AlibabaSubject): Promise<Done> {
  const { push } = await pushNow(context, target);
  if (!push) throw sourceAbsent(target, 'ForbidLiveStream');
  const api = apiOf(context);
  // By ingest domain, which the list of streams tells.
  const stream = {
    DomainName: push.publishDomain,
    AppName: target.app,
    StreamName: target.stream,
    LiveStreamType: 'publisher',
  } as const;
  let forbidden: unknown = null;
  let requestId: string | undefined;
  try {
    ({ RequestId: requestId } = await api.call('ForbidLiveStream', { ...stream, Oneshot: 'yes' }, QUICK));
  } catch (error) {
    forbidden = error;
  }
  // Also after an answer that was lost: it may have been applied.
  try {
    await api.call('ResumeLiveStream', stream, QUICK);
  } catch (error) {
    // What was not kept away need not be let in.
    if (!forbidden && !isRefusal(error, 'no-stream', 'bad-parameter')) throw afterwards(error);
  }
  if (forbidden) throw forbidden;
  return { at: context.now(), ...(requestId !== undefined && { requestId }) };
}
