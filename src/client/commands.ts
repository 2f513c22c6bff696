/** Commands: as an update where a worker answers, else as a signal with the same id, which the session drops if doubled. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ulid } from 'ulid';
import type { CommandName, CommandPayload } from '../contract/commands.ts';
import { KeepRollingError } from '../contract/errors.ts';
import { parseDuration, parseInstant } from '../contract/time.ts';
import type { LaunchView, ReschedulePayload, UpdateAnswer } from '../workflows/definitions.ts';
import { archivedSession } from './archived.ts';
import { assertFits, changeValues } from './changing.ts';
import type { Context } from './context.ts';
import { failureInside, isUnreachable } from './errors.ts';
import { locate, type Described } from './find.ts';
import { assertLater, movedWindow, type MoveWish } from './moved.ts';
import { ended, endingOf } from './outcome.ts';
import { statusFrom, statusOf, type NamedSession } from './status.ts';
import type {
  ChangeOptions,
  CommandOptions,
  CommandResult,
  RescheduleOptions,
  SessionChange,
  SessionStatus,
  StopOptions,
} from './types.ts';
import { accepted, answered, NOT_APPLIED, NOT_LEARNED, signalled } from './updates.ts';

/** What was stopped and has a worker closes within moments. */
const CLOSING_TRIES = 5;
const CLOSING_AGAIN_MS = 200;

/**
 * @throws KeepRollingError E_COMMAND_INVALID, E_SESSION_ENDED (details: outcome), E_SESSION_UNKNOWN,
 * E_SERVER_UNREACHABLE
 */
export async function command(
  context: Context,
  session: NamedSession,
  name: Exclude<CommandName, 'change' | 'join'>,
  options: CommandOptions & StopOptions = {},
): Promise<CommandResult> {
  return await send(context, session, name, payloadOf(name, options, Date.now()));
}

/**
 * Refused with every problem before anything is sent, as far as this configuration can tell.
 * @throws KeepRollingError as `command`
 */
export async function change(
  context: Context,
  session: NamedSession,
  wanted: SessionChange,
  options: ChangeOptions = {},
): Promise<CommandResult> {
  const values = changeValues(wanted);
  const payload = { ...payloadOf('change', options, Date.now()), ...values };
  return await send(context, session, 'change', payload, ({ specification }) =>
    assertFits(context, specification, values),
  );
}

/** Adds a claim to a session that records. @throws KeepRollingError as `command` */
export async function join(
  context: Context,
  session: NamedSession,
  payload: SentCommand,
): Promise<CommandResult> {
  return await send(context, session, 'join', payload);
}

async function send(
  context: Context,
  session: NamedSession,
  name: CommandName,
  payload: SentCommand,
  check?: (memo: Described['memo']) => void,
): Promise<CommandResult> {
  for (let tries = 1; ; tries += 1) {
    const described = await found(context, session);
    if (described.kind === 'recording') check?.(described.memo);
    try {
      return described.kind === 'launch'
        ? await toLauncher(context, session, described, name, payload)
        : await toSession(context, session, described, name, payload);
    } catch (error) {
      // It closed, or its launcher has just started it: look again.
      if (!(error instanceof WorkflowNotFoundError) || tries >= 2) throw error;
    }
  }
}

export type SentCommand = CommandPayload & { id: string };

/** The wire's shape; `for` becomes an instant. @throws KeepRollingError E_COMMAND_INVALID */
export function payloadOf(
  name: CommandName,
  options: CommandOptions & StopOptions,
  now: number,
): SentCommand {
  const { by, reason, id, all } = options;
  const until = untilOf(name, options, now);
  return {
    id: id ?? ulid(now),
    ...(by !== undefined && { by }),
    ...(reason !== undefined && { reason }),
    ...(until !== null && { until }),
    ...(name === 'stop' && all === true && { all }),
  };
}

function wishOf({ from, until, length, for: lasting }: RescheduleOptions, now: number): MoveWish {
  const ends = { until, length, for: lasting };
  const given = Object.entries(ends).filter(([, value]) => value !== undefined);
  if (given.length > 1)
    throw invalid(`${given.map(([field]) => field).join(' and ')} say when it ends; give one of them.`);
  if (given.length === 0 && from === undefined)
    throw invalid('reschedule needs the new window: from, or one of until, length and for.');
  const lengthMs = length === undefined ? undefined : durationOf(length);
  const end = until === undefined && lasting === undefined ? null : endOf({ until, for: lasting }, now);
  return {
    ...(from !== undefined && { from: instantOf('from', from) }),
    ...(end !== null && { until: new Date(end).toISOString() }),
    ...(lengthMs !== undefined && { lengthMs }),
  };
}

function untilOf(name: CommandName, options: CommandOptions, now: number): string | null {
  if (options.until === undefined && options.for === undefined) {
    if (name === 'extend') throw invalid('extend needs the new end: until or for.');
    return null;
  }
  if (name !== 'pause' && name !== 'extend')
    throw invalid(`Only pause and extend take an end; ${name} does not.`);
  return new Date(endOf(options, now)).toISOString();
}

/** The instant that `until` or `for` means. @throws KeepRollingError E_COMMAND_INVALID */
export function endOf(
  { until, for: length }: { until?: string | Date | undefined; for?: string | undefined },
  now: number,
): number {
  if (until !== undefined && length !== undefined)
    throw invalid('until and for both say an end; give one of them.');
  if (length !== undefined) return now + durationOf(length);
  return Date.parse(instantOf('until', until ?? ''));
}

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) throw invalid(`"${text}" is no duration; try 15m or 1h30m.`);
  return ms;
}

/** ISO 8601. */
function instantOf(field: string, value: string | Date): string {
  const at = value instanceof Date ? value.getTime() : parseInstant(value);
  if (at === undefined || Number.isNaN(at))
    throw invalid(`${field} must be ISO 8601 with offset, such as 2026-11-24T17:00:00+01:00.`);
  return new Date(at).toISOString();
}

function invalid(why: string): KeepRollingError {
  return new KeepRollingError('E_COMMAND_INVALID', why);
}

/** The workflow that takes commands for this session now. */
async function found(context: Context, session: NamedSession): Promise<Described> {
  let described: Described | null;
  try {
    described = await locate(context, session);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    const outcome = await archivedOutcome(context, session).catch(() => null);
    throw outcome === null ? error : ended(session, outcome);
  }
  if (described?.open) return described;
  if (!described) {
    const outcome = await archivedOutcome(context, session);
    if (outcome !== null) throw ended(session, outcome);
    throw new KeepRollingError('E_SESSION_UNKNOWN', `Temporal knows no session ${session.name}.`, {
      sessionId: session.sessionId,
    });
  }
  const { result, failure } = await endingOf(context, described);
  const outcome = result?.outcome ?? (failure ? 'failed' : null);
  throw ended(session, outcome ?? (await archivedOutcome(context, session)));
}

async function archivedOutcome(context: Context, session: NamedSession): Promise<string | null> {
  return (await archivedSession(context.archive, session))?.result?.outcome ?? null;
}

async function toSession(
  context: Context,
  session: NamedSession,
  described: Described,
  name: CommandName,
  payload: SentCommand,
): Promise<CommandResult> {
  try {
    const update = await accepted<UpdateAnswer>(context, described, name, payload);
    if (update === null) return await asSignal(context, described, name, payload);
    const answer = await answered(context, update);
    if (answer === null) return await notLearned(context, session);
    const { status, ...rest } = answer;
    const released = status.outcome !== null;
    if (released) return { ...rest, status: await closing(context, session) };
    // Described again: the command has changed the memo, and what is being looked at.
    const now = (await locate(context, session)) ?? described;
    return { ...rest, status: await statusFrom(context, now, status) };
  } catch (error) {
    throw refusedAs(session, error);
  }
}

async function notLearned(context: Context, session: NamedSession): Promise<CommandResult> {
  const status = await statusOf(context, session);
  return { accepted: true, applied: false, revision: null, note: NOT_LEARNED, status };
}

function refusedAs({ sessionId, key, name }: NamedSession, error: unknown): unknown {
  if (!(error instanceof WorkflowUpdateFailedError)) return error;
  const failure = failureInside(error)!;
  return isOver(failure)
    ? new KeepRollingError('E_SESSION_ENDED', failure.message, { sessionId, key, name, ...failure.details })
    : failure;
}

/** The workflow has closed with the update in its hands. */
function isOver({ code, message }: KeepRollingError): boolean {
  return code === 'E_SESSION_ENDED' || /completed before|already completed/i.test(message);
}

async function asSignal(
  context: Context,
  described: Described,
  name: string,
  payload: object,
): Promise<CommandResult> {
  await signalled(context, described, name, payload);
  const status = await statusFrom(context, described, null);
  return { accepted: true, applied: false, revision: null, note: NOT_APPLIED, status };
}

/** A window that has not begun can be moved and cancelled. */
async function toLauncher(
  context: Context,
  session: NamedSession,
  described: Described,
  name: CommandName,
  payload: SentCommand,
): Promise<CommandResult> {
  const { memo } = described;
  if (name === 'extend') {
    const move = movedWindow(memo, { until: payload.until! }, Date.now());
    assertLater(memo, move);
    return await moveWindow(context, session, described, 'extend', { ...payload, ...move });
  }
  if (name !== 'stop') {
    throw new KeepRollingError(
      'E_COMMAND_INVALID',
      `Session ${session.name} has not begun (it starts ${memo.startAt}); it can only be rescheduled, extended or stopped.`,
      { startAt: memo.startAt },
    );
  }
  await signalled(context, described, name, payload);
  const status = await closing(context, session);
  const note = status.ended ? null : NOT_APPLIED;
  return { accepted: true, applied: status.ended, revision: null, note, status };
}

/**
 * Moves the window of a session that has not begun.
 * @throws KeepRollingError as `command`; E_COMMAND_INVALID with every problem of the new window, before anything is sent
 */
export async function reschedule(
  context: Context,
  session: NamedSession,
  options: RescheduleOptions,
): Promise<CommandResult> {
  const now = Date.now();
  const wish = wishOf(options, now);
  const described = await found(context, session);
  if (described.kind !== 'launch') throw begun(session);
  const { by, reason, id = ulid(now) } = options;
  const author = { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) };
  const payload = { id, ...author, ...movedWindow(described.memo, wish, now) };
  return await moveWindow(context, session, described, 'reschedule', payload);
}

async function moveWindow(
  context: Context,
  session: NamedSession,
  described: Described,
  name: 'extend' | 'reschedule',
  payload: ReschedulePayload & { id: string },
): Promise<CommandResult> {
  try {
    const update = await accepted<LaunchView>(context, described, name, payload);
    if (update === null) return await asSignal(context, described, name, payload);
    if ((await answered(context, update)) === null) return await notLearned(context, session);
    const status = await statusOf(context, session);
    return { accepted: true, applied: true, revision: null, note: null, status };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw begun(session);
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    const failure = failureInside(error)!;
    throw isOver(failure) ? begun(session) : failure;
  }
}

function begun({ name }: NamedSession): KeepRollingError {
  return invalid(`Session ${name} has begun: its window cannot be moved any more. extend moves its end.`);
}

/** The status of what is about to close: as ended, if that does not take long. */
async function closing(context: Context, session: NamedSession): Promise<SessionStatus> {
  for (let tries = 1; ; tries += 1) {
    const status = await statusOf(context, session);
    if (status.ended || status.silent !== null || tries >= CLOSING_TRIES) return status;
    await sleep(CLOSING_AGAIN_MS);
  }
}
