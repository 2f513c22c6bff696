import { noTotals } from './coverage.ts';
import type { Plan } from './plan.ts';
import type { CauseMark, SessionState } from './state.ts';

/** The level of the rules that new runs begin with. Raise it when a change of `src/session` would decide otherwise. */
export const BEHAVIOUR = 1;
/** The lowest level whose rules are still here. Raised when no open session has it, together with its histories' end. */
export const OLDEST_BEHAVIOUR = 1;

export function begin(plan: Plan, at: number, behaviour: number = BEHAVIOUR): SessionState {
  const { specification } = plan;
  const { window } = specification;
  const marks = beginMarks(plan, at);
  const [{ at: firstMark }, { cause, detail }] = [marks[0]!, marks.at(-1)!];
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
    marks,
    stickyCause: { cause: cause!, detail },
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

/** A take-over takes seconds: more than that is our own lateness. */
const PROMPT_MS = 30_000;

/** Why the beginning is missing, if it is: the vendor records a target once, and another session had it. */
function beginMarks({ inherited, specification }: Plan, at: number): CauseMark[] {
  const first = Math.min(at, specification.window.fromMs);
  const late: CauseMark = { at: first, cause: 'late-start', detail: null };
  if (!inherited) return [late];
  const { freedAt, from } = inherited;
  const taken: CauseMark = { at: first, cause: 'vendor-rule', detail: `${from.name} was being recorded` };
  if (at - freedAt <= PROMPT_MS) return [taken];
  return freedAt > first ? [taken, { ...late, at: freedAt }] : [late];
}
