/** Commands say what is wanted and never toggle; the same command twice is harmless. */
import { claimToExtend, endClaim, extendClaim, join, joinRefusal, stopRefusal } from './claims.ts';
import { CHANGE_KINDS, misfit, type ChangeKind } from './changes.ts';
import type { Command, CommandAnswer } from './events.ts';
import type { Json } from './facts.ts';
import { iso, note } from './ledger.ts';
import type { ChangeValues, Desired, Outcome, SessionState, Setting, Take, Waiter } from './state.ts';
import { liveTakes, unwanted } from './takes.ts';

/** An update is answered after this, applied or not. */
export const WAIT_MS = 20_000;
const IDS_KEPT = 200;
const COMMANDS_KEPT = 50;

/** Why a command cannot be taken, as a sentence; null when it can. Also the validator of the updates. */
export function refusal(state: SessionState, command: Command, now: number): string | null {
  if (state.released) return `The session has ended (${state.outcome}).`;
  if (state.desired.state === 'stopped' && command.command !== 'stop') {
    return `The session is stopping since ${iso(state.desired.since)} (${state.desired.by}); a stop wins over everything.`;
  }
  if (command.command === 'extend') return extendRefusal(state, command, now);
  if (command.command === 'join') return joinRefusal(state, command, now);
  if (command.command === 'change') return changeRefusal(state, command.change ?? {});
  if (command.until !== null && command.command !== 'pause')
    return `Only pause, extend and join take "until"; ${command.command} does not.`;
  if (command.command === 'stop') return stopRefusal(state, command);
  if (command.until === null) return null;
  if (command.until <= now)
    return `"until" (${iso(command.until)}) has passed; a pause can only end in the future.`;
  return null;
}

function extendRefusal(state: SessionState, { until, by }: Command, now: number): string | null {
  const { limitMs } = state.plan.specification.window;
  if (until === null) return 'extend needs "until": the new end, as ISO 8601 with offset.';
  if (until <= now) return `"until" (${iso(until)}) has passed; use stop to end the session now.`;
  if (limitMs !== null && until > limitMs)
    return `maxDuration ends this session at ${iso(limitMs)}; it cannot be extended past that.`;
  const present = claimToExtend(state, by)?.until ?? state.untilMs ?? limitMs;
  if (present !== null && until < present) {
    return `The session already goes on until ${iso(present)}; extend moves the end only later.`;
  }
  return null;
}

/** By the rules that came with the plan: no vendor is known here. */
function changeRefusal({ plan }: SessionState, change: ChangeValues): string | null {
  const kinds = Object.keys(change) as ChangeKind[];
  if (kinds.length === 0) return `change needs one of ${CHANGE_KINDS.join(', ')}.`;
  for (const kind of kinds) {
    if (!CHANGE_KINDS.includes(kind)) return `"${kind}" is no change; there are ${CHANGE_KINDS.join(', ')}.`;
    const schema = plan.changes[kind];
    if (!schema) {
      const known = Object.keys(plan.changes).join(', ') || 'nothing';
      return `${kind} cannot be changed in this session (${plan.key}); ${known} can.`;
    }
    const wrong = misfit(schema, change[kind], kind);
    if (wrong) return `${wrong}.`;
  }
  return null;
}

export function takeCommand(state: SessionState, command: Command): CommandAnswer | null {
  if (state.seenIds.includes(command.id)) {
    return command.waits ? wait(state, command) : null;
  }
  const refused = refusal(state, command, state.at);
  if (refused) {
    note(state, 'warning', `${command.command} by ${command.by} was refused: ${refused}`);
    return { accepted: false, applied: false, revision: state.revision, note: refused };
  }
  state.seenIds = [...state.seenIds, command.id].slice(-IDS_KEPT);
  state.revision += 1;
  const { id, by, reason, until } = command;
  state.commands.push({
    id,
    at: state.at,
    command: command.command,
    by,
    reason,
    until,
    revision: state.revision,
    ...(command.change && { change: command.change }),
  });
  state.commands = state.commands.slice(-COMMANDS_KEPT);
  note(state, 'command', sentence(command), { command: command.command, by, reason });
  apply(state, command);
  return command.waits ? wait(state, command) : null;
}

function sentence({ command, by, reason, until, change, all }: Command): string {
  const what = change ? ` ${Object.keys(change).join(', ')}` : command === 'stop' && all ? ' --all' : '';
  return `${command}${what}${until === null ? '' : ` until ${iso(until)}`} by ${by}${reason ? `: ${reason}` : ''}`;
}

function apply(state: SessionState, command: Command): void {
  const { by, reason } = command;
  switch (command.command) {
    case 'pause':
      pause(state, command);
      break;
    case 'resume':
      if (state.desired.state !== 'recording') wantRecording(state, by, 'command', reason);
      break;
    case 'stop':
      if (state.desired.state === 'stopped' || endClaim(state, command)) break;
      stopFor(state, 'completed', by, 'command', reason);
      break;
    case 'extend':
      extendClaim(state, by, command.until);
      break;
    case 'join':
      join(state, command);
      break;
    case 'change':
      takeChange(state, command.change ?? {});
      break;
  }
}

function takeChange(state: SessionState, values: ChangeValues): void {
  const { revision } = state;
  for (const [kind, value] of Object.entries(values) as [ChangeKind, Json][]) {
    const destination = kind === 'storage' ? destinationIn(value) : undefined;
    if (destination !== undefined) moveTo(state, destination);
    else
      state.settings[kind] = {
        value: wholeValue(state, kind, value),
        revision,
        taken: false,
        former: formerOf(state.settings[kind] ?? null),
      };
  }
  delete state.retry.change;
  delete state.retry.refresh;
}

/** With what the change before said of other members, where the vendor's rules have it so. */
function wholeValue(state: SessionState, kind: ChangeKind, value: Json): Json {
  const before = state.settings[kind]?.value;
  if (!state.plan.changes[kind]?.merges || !isMembers(before) || !isMembers(value)) return value;
  return { ...before, ...value };
}

function isMembers(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function moveTo(state: SessionState, destination: string): void {
  state.storage = { destination, revision: state.revision };
  if (!goingOn(state).some((take) => take.status === 'open')) return;
  // Whatever kept files from where they were to go is past: they go elsewhere, or stay.
  delete state.retry.start;
  delete state.troubles.start;
}

function formerOf(current: Setting | null): Setting | null {
  if (!current) return null;
  const { former, taken } = current;
  return { ...current, former: taken || !former?.taken ? null : former };
}

/** `{destination}` moves the files; `{refresh: 'now'}` renews the credentials of the place they go to. */
function destinationIn(value: Json): string | undefined {
  const { destination } = value as { destination?: string };
  return destination;
}

function pause(state: SessionState, { by, reason, until }: Command): void {
  const { maxMs } = state.plan.specification.pause;
  const since = state.desired.state === 'paused' ? state.desired.since : state.at;
  const latest = maxMs === null ? null : since + maxMs;
  const end = until === null ? latest : Math.min(until, latest ?? until);
  state.desired = { state: 'paused', since, by, via: 'command', reason, until: end, outcome: null };
  state.pauseWarned = false;
}

export function wantRecording(
  state: SessionState,
  by: string,
  via: Desired['via'],
  reason: string | null,
): void {
  if (state.desired.state === 'paused' && state.stickyCause.cause === 'paused') {
    // Until media flows again the reason is still the pause, in its last author's words.
    const { by: pausedBy, reason: why } = state.desired;
    state.stickyCause = { cause: 'paused', detail: [pausedBy, why].filter(Boolean).join(', ') };
  }
  state.desired = { state: 'recording', since: state.at, by, via, reason, until: null, outcome: null };
  delete state.troubles.pause;
}

export function stopFor(
  state: SessionState,
  outcome: Outcome,
  by: string,
  via: Desired['via'],
  reason: string | null,
): void {
  state.desired = { state: 'stopped', since: state.at, by, via, reason, until: null, outcome };
  delete state.troubles.pause;
}

/** Keeps the sender waiting, or answers at once when there is nothing to wait for. */
function wait(state: SessionState, command: Command): CommandAnswer | null {
  const waiter: Waiter = {
    id: command.id,
    command: command.command,
    revision: state.revision,
    deadline: state.at + WAIT_MS,
    ...(command.command === 'stop' && state.desired.state !== 'stopped' && { claimOf: command.by }),
    ...(command.change && { kinds: Object.keys(command.change) as ChangeKind[] }),
  };
  state.waiters = [...state.waiters.filter((one) => one.id !== command.id), waiter];
  return null;
}

/** The answers that are due: the effect is there, or it was overtaken, or the time is up. */
export function answersDue(state: SessionState): { id: string; answer: CommandAnswer }[] {
  const due: { id: string; answer: CommandAnswer }[] = [];
  const waiting: Waiter[] = [];
  for (const waiter of state.waiters) {
    const answer = answerOf(state, waiter);
    if (answer) due.push({ id: waiter.id, answer });
    else waiting.push(waiter);
  }
  state.waiters = waiting;
  return due;
}

function answerOf(state: SessionState, waiter: Waiter): CommandAnswer | null {
  const answer = { accepted: true, revision: waiter.revision };
  if (waiter.refused !== undefined)
    return { ...answer, accepted: false, applied: false, note: waiter.refused };
  if (waiter.command === 'change' && goingOn(state).length === 0)
    return { ...answer, applied: false, note: 'Nothing records now; it is in effect from the next take on.' };
  if (inEffect(state, waiter)) return { ...answer, applied: true, note: null };
  if (overtaken(state, waiter.command)) {
    return { ...answer, applied: false, note: `A later command wants the session ${state.desired.state}.` };
  }
  if (state.at < waiter.deadline) return null;
  return { ...answer, applied: false, note: 'Not in effect after 20 s; the session goes on trying.' };
}

function goingOn(state: SessionState): Take[] {
  return liveTakes(state).filter((take) => !unwanted(state, take));
}

function inEffect(state: SessionState, { command, kinds = [], revision, claimOf }: Waiter): boolean {
  const live = liveTakes(state);
  switch (command) {
    case 'extend':
    case 'join':
      return true;
    case 'change':
      return goingOn(state).every(
        (take) =>
          take.status === 'open' &&
          kinds.every((kind) =>
            kind === 'storage' && state.storage.revision === revision
              ? take.storage === state.storage.destination
              : (take.changed[kind] ?? 0) >= revision,
          ),
      );
    case 'stop':
      return state.released || claimOf !== undefined;
    case 'pause':
      return state.desired.state === 'paused' && live.every((take) => take.actual === 'paused');
    case 'resume':
      return (
        state.desired.state === 'recording' &&
        live.some((take) => take.status === 'open' && take.actual !== 'paused' && !take.retire)
      );
  }
}

function overtaken(state: SessionState, command: Waiter['command']): boolean {
  if (command === 'pause') return state.desired.state !== 'paused';
  if (command === 'resume') return state.desired.state !== 'recording';
  return false;
}
