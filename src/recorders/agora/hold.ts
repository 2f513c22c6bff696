/** Pause and its end in web mode: `onhold`, which only a query shows ("update", webRecordingConfig). */
import type { Held } from '../../session/facts.ts';
import { VendorFailure, type StandingTake } from '../recorder.ts';
import { apiOf, handleOf, naming, QUICK, type AgoraContext, type AgoraSubject } from './handle.ts';
import { isEnding } from './observe.ts';
import { standingParts } from './standing.ts';
import type { AgoraUpdated } from './wire.ts';

/**
 * The answer to `update` shows nothing of the new state: it is in force once a query says so, and then it is so
 * whatever became of the answer.
 */
export async function hold(
  context: AgoraContext,
  subject: AgoraSubject,
  take: StandingTake,
  onhold: boolean,
): Promise<Held> {
  const api = apiOf(context, subject);
  const name = naming(subject, handleOf(take));
  const answer = await api
    .update({ ...name, clientRequest: standingParts(context, subject, { ...take, held: onhold }) }, QUICK)
    .catch(unanswered);
  const shown = await api.query(name, QUICK).catch(failed);
  const { requestId } = answer instanceof VendorFailure ? (answer.failure.vendor ?? {}) : answer;
  const request = requestId === undefined ? {} : { requestId };
  if (!(shown instanceof VendorFailure) && !isEnding(shown) && shown.page?.onhold === onhold)
    return { at: context.now(), ...request };
  if (answer instanceof VendorFailure) throw answer;
  const why = shown instanceof VendorFailure ? ` (${shown.message})` : '';
  throw new VendorFailure({
    code: 'E_NOT_PROVED',
    message: `update: Agora accepted onhold ${onhold}, and no query shows it yet${why}.`,
    who: 'vendor',
    applied: 'unknown',
    retry: 2_000,
    cause: 'vendor-fault',
    vendor: { operation: 'update', ...request },
  });
}

function failed(error: unknown): VendorFailure {
  if (error instanceof VendorFailure) return error;
  throw error;
}

/** What was certainly not applied needs no proof. */
function unanswered(error: unknown): AgoraUpdated | VendorFailure {
  const failure = failed(error);
  if (failure.failure.applied === 'no') throw failure;
  return failure;
}
