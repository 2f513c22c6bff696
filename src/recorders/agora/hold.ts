/** Pause and its end in web mode: `onhold`, which only a query shows ("update", webRecordingConfig). */
import type { Held } from '../../session/facts.ts';
import { VendorFailure, type TakeInQuestion } from '../recorder.ts';
import { apiOf, handleOf, naming, QUICK, type AgoraContext, type AgoraSubject } from './handle.ts';

/** The answer to `update` shows nothing of the new state: it is in force once a query says so. */
export async function hold(
  context: AgoraContext,
  subject: AgoraSubject,
  take: TakeInQuestion,
  onhold: boolean,
): Promise<Held> {
  const api = apiOf(context, subject);
  const name = naming(subject, handleOf(take));
  const { requestId } = await api.update(
    { ...name, clientRequest: { webRecordingConfig: { onhold } } },
    QUICK,
  );
  const { page } = await api.query(name, QUICK);
  if (page?.onhold === onhold) return { at: context.now(), ...(requestId !== undefined && { requestId }) };
  throw new VendorFailure({
    code: 'E_NOT_PROVED',
    message: `update: Agora accepted onhold ${onhold}, and its query does not show it yet.`,
    who: 'vendor',
    applied: 'unknown',
    retry: 2_000,
    cause: 'vendor-fault',
    vendor: { operation: 'update', ...(requestId !== undefined && { requestId }) },
  });
}
