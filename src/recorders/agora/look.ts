/** One look: what `query` says of each take. */
import type { Failure, Json, Look, Observation } from '../../session/facts.ts';
import { VendorFailure, type TakeInQuestion } from '../recorder.ts';
import { isRefusal } from './api.ts';
import { apiOf, handleOf, naming, QUICK, type AgoraContext, type AgoraSubject } from './handle.ts';
import { endedBy, observe } from './observe.ts';

export async function look(
  context: AgoraContext,
  subject: AgoraSubject,
  takes: TakeInQuestion[],
  memory: Json,
): Promise<{ look: Look; memory: Json }> {
  const sights = await Promise.all(takes.map((take) => see(context, subject, take)));
  const at = context.now();
  const seen = sights.filter((one): one is Observation => 'actual' in one);
  const unreachable = sights.find((one): one is Failure => 'code' in one);
  if (unreachable !== undefined && seen.length === 0) {
    return { look: { at, unreachable, sentence: `no answer: ${unreachable.message}` }, memory };
  }
  // Of two takes one may be answered for: nothing is said of the other, and its deadlines run on.
  return { look: { at, seen, sentence: sentenceOf(takes, sights) }, memory };
}

async function see(
  context: AgoraContext,
  subject: AgoraSubject,
  take: TakeInQuestion,
): Promise<Observation | Failure> {
  const handle = handleOf(take);
  const listen = context.signal && { signal: context.signal };
  try {
    const answer = await apiOf(context, subject).query(naming(subject, handle), { ...QUICK, ...listen });
    return observe(answer, { subject, take, now: context.now() });
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    // "404: the recording has ended, has never begun, or is failing over".
    if (isRefusal(error, 'gone')) return unseen('absent', take.take, error);
    // 501 of the older pages is certain: "the service is exiting".
    if (isRefusal(error, 'exiting')) return unseen('failed', take.take, error);
    return error.failure;
  }
}

function unseen(actual: 'absent' | 'failed', take: number, { failure }: VendorFailure): Observation {
  const { status = '', code = '', requestId } = failure.vendor ?? {};
  const source = `query ${status}/${code}`;
  return {
    take,
    actual,
    source,
    ...(actual === 'failed' && { failure: endedBy(false, source) }),
    ...(requestId !== undefined && { requestId }),
  };
}

function sentenceOf(takes: TakeInQuestion[], sights: (Observation | Failure)[]): string {
  return sights
    .map((sight, index) => {
      const which = takes.length > 1 ? `take ${takes[index]!.take} ` : '';
      if ('code' in sight) return `${which}no answer: ${sight.message}`;
      const { actual, source, fileCount = 0 } = sight;
      const files = fileCount > 0 ? [`${fileCount} file${fileCount === 1 ? '' : 's'}`] : [];
      return `${which}${[actual, source, ...files].join(', ')}`;
    })
    .join('; ');
}
