/** A window that is not near yet, as its launcher holds it. */
import { sessionSubject } from '../session/notices.ts';
import { recordingFrom } from '../session/plan.ts';
import type { LaunchPlan } from '../workflows/definitions.ts';
import type { Prepared } from './prepare.ts';
import { searchAttributesOf } from './search-attributes.ts';

export function launchPlanOf(prepared: Prepared, searchAttributes: boolean): LaunchPlan {
  const { specification, sessionId, key, memo, startAt, endAt, recordingHash } = prepared;
  const { name, owner, window, policy, notify: receivers = [] } = specification;
  const { installation } = prepared;
  const subject = sessionSubject({ installation, sessionId, key, specification });
  return {
    recording: { ...prepared.input, searchAttributes },
    key,
    name,
    startAt,
    endAt,
    queue: memo.queues.workflows,
    memo: { ...memo },
    searchAttributes: searchAttributes ? searchAttributesOf(specification, prepared, 'waiting') : {},
    ...(receivers.length > 0 && { audience: { subject, receivers } }),
    neighbour: {
      sessionId,
      name,
      owner,
      fromMs: window.fromMs,
      untilMs: window.untilMs ?? window.limitMs,
      recordingFromMs: recordingFrom(window),
      busy: policy.busy ?? 'queue',
      recordingHash,
    },
  };
}
