/** What the memo of a workflow says of its session. The workflow upserts the same names that a start gives. */
import type { NormalSpecification } from '../session/plan.ts';
import type { LastKnown } from '../session/views.ts';

export interface SessionMemo {
  sessionId: string;
  key: string;
  name: string;
  specification: NormalSpecification;
  specificationHash: string;
  recordingHash?: string;
  requestId?: string;
  /** Of what the request asked for at first, where its window was moved since. */
  requestHash?: string;
  queues: { workflows: string; account: string };
  lastKnown?: LastKnown;
  /** Of a launcher only: when it starts the session, ISO 8601. */
  startAt?: string;
  /** Of one that a schedule started: which. */
  schedule?: string;
}

/** null for a workflow that is none of ours, and for a bare start before its first task. */
export function memoOf(memo: Record<string, unknown> | undefined): SessionMemo | null {
  const found = memo as Partial<SessionMemo> | undefined;
  const whole =
    typeof found?.sessionId === 'string' &&
    typeof found.key === 'string' &&
    typeof found.name === 'string' &&
    typeof found.specificationHash === 'string' &&
    found.specification !== undefined &&
    found.queues !== undefined;
  return whole ? (found as SessionMemo) : null;
}

/** What is known before the first task. */
export function nothingKnown(specification: NormalSpecification, at: number): LastKnown {
  const { untilMs } = specification.window;
  const since = new Date(at).toISOString();
  return {
    phase: 'waiting',
    since,
    conditions: [],
    take: 0,
    recording: null,
    desired: 'recording',
    until: untilMs === null ? null : new Date(untilMs).toISOString(),
    recordedMs: 0,
    recordingSince: null,
    percent: 0,
    trouble: null,
    outcome: null,
    asOf: since,
  };
}
