import { noTotals } from './coverage.ts';
import type { Plan } from './plan.ts';
import type { SessionState } from './state.ts';

/** The level of the rules that new runs begin with. Raise it when a change of `src/session` would decide otherwise. */
export const BEHAVIOUR = 1;
/** The lowest level whose rules are still here. Raised when no open session has it, together with its histories' end. */
export const OLDEST_BEHAVIOUR = 1;

export function begin(plan: Plan, at: number, behaviour: number = BEHAVIOUR): SessionState {
  const { specification } = plan;
  const { window } = specification;
  const firstMark = Math.min(at, window.fromMs);
  const late = lateness(plan);
  return {
    stateVersion: 1,
    behaviour,
    plan,
    at,
    begunAt: at,
    runBegunAt: at,
    phase: 'waiting',
    phaseSince: at,
    desired: {
      state: 'recording',
      since: at,
      by: specification.owner ?? 'owner',
      via: 'plan',
      reason: null,
      until: null,
      outcome: null,
    },
    untilMs: window.untilMs,
    claims: [
      {
        owner: specification.owner ?? 'owner',
        until: window.untilMs,
        since: at,
        name: specification.name,
        sessionId: plan.sessionId,
      },
    ],
    neighbours: [],
    revision: 0,
    settings: {},
    storage: { destination: specification.storage, revision: 0 },
    takes: [],
    nextTake: 1,
    nextCall: 1,
    lane: null,
    retry: {},
    restart: { count: 0, notBefore: 0 },
    lastEndAt: plan.inherited?.lastEndAt ?? null,
    account: {
      preparedAt: null,
      unknownSince: null,
      made: plan.inherited?.made ?? [],
      repushedAt: null,
      released: false,
    },
    source: {
      state: 'unknown',
      since: null,
      drops: 0,
      longestMs: 0,
      droppedAt: null,
      toldBy: null,
      announcedAt: null,
    },
    callbacks: { healthy: false, lastAt: null, heard: 0, ignored: 0 },
    doubtUntil: null,
    maintenance: null,
    everRecorded: false,
    everAccepted: false,
    pauseWarned: false,
    watch: null,
    lookMemory: null,
    marks: [{ at: firstMark, ...late }],
    stickyCause: late,
    commands: [],
    seenIds: [],
    heardIds: [],
    waiters: [],
    log: [],
    nextLog: 1,
    troubles: {},
    settledTo: firstMark,
    settled: noTotals(),
    toldTo: 0,
    part: { next: 1, spans: [], marksTo: 0, logTo: 0, commandsTo: 0 },
    renewal: 'no',
    outcome: null,
    released: false,
    dueAt: null,
  };
}

/** Why the beginning is missing, if it is: the vendor records a target once, and another session had it. */
function lateness({ inherited }: Plan): SessionState['stickyCause'] {
  if (!inherited) return { cause: 'late-start', detail: null };
  return { cause: 'vendor-rule', detail: `the target was being recorded by ${inherited.from.name}` };
}
