/** One look: what `query` says of each take. */
import type { Json, Look, Observation } from '../../session/facts.ts';
import { VendorFailure, type TakeInQuestion } from '../recorder.ts';
import { isRefusal } from './api.ts';
import { apiOf, handleOf, naming, QUICK, type AgoraContext, type AgoraSubject } from './handle.ts';
import { observe } from './observe.ts';

export async function look(
  context: AgoraContext,
  subject: AgoraSubject,
  takes: TakeInQuestion[],
  memory: Json,
): Promise<{ look: Look; memory: Json }> {
  try {
    const seen: Observation[] = [];
    for (const take of takes) seen.push(await see(context, subject, take));
    return { look: { at: context.now(), seen, sentence: sentenceOf(seen) }, memory };
  } catch (error) {
    if (!(error instanceof VendorFailure)) throw error;
    const { failure } = error;
    return {
      look: { at: context.now(), unreachable: failure, sentence: `no answer: ${failure.message}` },
      memory,
    };
  }
}

export async function see(
  context: AgoraContext,
  subject: AgoraSubject,
  take: TakeInQuestion,
): Promise<Observation> {
  const handle = handleOf(take);
  const listen = context.signal && { signal: context.signal };
  try {
    const answer = await apiOf(context, subject).query(naming(subject, handle), { ...QUICK, ...listen });
    return observe(answer, handle, take.take, context.now());
  } catch (error) {
    // "404: the recording has ended, has never begun, or is failing over"; 501 of the older pages: it is exiting.
    if (!isRefusal(error, 'gone') && !isRefusal(error, 'exiting')) throw error;
    const { code, status, requestId } = error.failure.vendor ?? {};
    return {
      take: take.take,
      actual: 'absent',
      source: `query ${status ?? ''}/${code ?? ''}`,
      ...(requestId !== undefined && { requestId }),
    };
  }
}

function sentenceOf(seen: Observation[]): string {
  return seen
    .map((one) => {
      const what = seen.length > 1 ? `take ${one.take} ${one.actual}` : one.actual;
      const files = one.fileCount ?? 0;
      return [what, one.source, ...(files > 0 ? [`${files} file${files === 1 ? '' : 's'}`] : [])].join(', ');
    })
    .join('; ');
}
