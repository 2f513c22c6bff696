/** Commands: as an update where a worker answers, else as a signal with the same id, which the session drops if doubled. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowUpdateHandle,
} from '@temporalio/client';
import { ulid } from 'ulid';
import type { CommandName, CommandPayload } from '../contract/commands.ts';
import { KeepRollingError } from '../contract/errors.ts';
import { parseDuration, parseInstant } from '../contract/time.ts';
import type { UpdateAnswer } from '../workflows/definitions.ts';
import { archivedSession } from './archived.ts';
import { assertFits, changeValues } from './changing.ts';
import { DEADLINES, type Context } from './context.ts';
import { failureInside, isUnreachable } from './errors.ts';
import { locate, type Described } from './find.ts';
import { ended, endingOf } from './outcome.ts';
import { statusFrom, statusOf, type NamedSession } from './status.ts';
import type { ChangeOptions, CommandOptions, CommandResult, SessionChange, SessionStatus } from './types.ts';

/** The session answers after 20 s at the latest. */
const ANSWER_MS = 25_000;
/** What is signalled where nobody takes it waits for a worker. */
export const NOT_APPLIED = 'accepted, not applied: no worker';
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
  name: Exclude<CommandName, 'change'>,
  options: CommandOptions = {},
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

type SentCommand = CommandPayload & { id: string };

/** The wire's shape; `for` becomes an instant. @throws KeepRollingError E_COMMAND_INVALID */
export function payloadOf(name: CommandName, options: CommandOptions, now: number): SentCommand {
  const { by, reason, id } = options;
  const until = untilOf(name, options, now);
  return {
    id: id ?? ulid(now),
    ...(by !== undefined && { by }),
    ...(reason !== undefined && { reason }),
    ...(until !== null && { until }),
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
export function endOf(options: Pick<CommandOptions, 'until' | 'for'>, now: number): number {
  const { until, for: length } = options;
  if (until !== undefined && length !== undefined)
    throw invalid('until and for both say an end; give one of them.');
  if (length !== undefined) {
    const ms = parseDuration(length);
    if (ms === undefined || ms <= 0) throw invalid(`"${length}" is no duration; try 15m or 1h30m.`);
    return now + ms;
  }
  const at = until instanceof Date ? until.getTime() : parseInstant(until ?? '');
  if (at === undefined || Number.isNaN(at)) {
    throw invalid(`until must be ISO 8601 with offset, such as 2026-11-24T17:00:00+01:00.`);
  }
  return at;
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
  const { workflowId, firstRunId } = described;
  let accepted: WorkflowUpdateHandle<UpdateAnswer>;
  try {
    accepted = await context.reach.within(
      DEADLINES.accept,
      async ({ workflow }) =>
        await workflow
          // Never to a neighbour that has got the lock meanwhile.
          .getHandle(workflowId, undefined, firstRunId === null ? {} : { firstExecutionRunId: firstRunId })
          .startUpdate<UpdateAnswer, [CommandPayload]>(name, {
            updateId: payload.id,
            args: [payload],
            waitForStage: 'ACCEPTED',
          }),
      'needs-worker',
    );
  } catch (error) {
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw refusedAs(session, error);
    return await asSignal(context, described, name, payload);
  }
  try {
    const answer = await context.reach.within(ANSWER_MS, async () => await accepted.result(), 'needs-worker');
    const { status, ...rest } = answer;
    const released = status.outcome !== null;
    if (released) return { ...rest, status: await closing(context, session) };
    // Described again: the command has changed the memo, and what is being looked at.
    const now = (await locate(context, session)) ?? described;
    return { ...rest, status: await statusFrom(context, now, status) };
  } catch (error) {
    // Accepted, and its worker went away before the answer.
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isUnreachable(error)) {
      const note = 'accepted; whether it is in effect could not be learned';
      return {
        accepted: true,
        applied: false,
        revision: null,
        note,
        status: await statusOf(context, session),
      };
    }
    throw refusedAs(session, error);
  }
}

function refusedAs(session: NamedSession, error: unknown): unknown {
  if (!(error instanceof WorkflowUpdateFailedError)) return error;
  const failure = failureInside(error)!;
  const over = /completed before|already completed/i.test(failure.message);
  return over || failure.code === 'E_SESSION_ENDED'
    ? new KeepRollingError('E_SESSION_ENDED', failure.message, { ...session, ...failure.details })
    : failure;
}

async function asSignal(
  context: Context,
  described: Described,
  name: CommandName,
  payload: CommandPayload,
): Promise<CommandResult> {
  await context.reach.within(
    DEADLINES.signal,
    async ({ workflow }) => await workflow.getHandle(described.workflowId).signal(name, payload),
  );
  return {
    accepted: true,
    applied: false,
    revision: null,
    note: NOT_APPLIED,
    status: await statusFrom(context, described, null),
  };
}

async function toLauncher(
  context: Context,
  session: NamedSession,
  described: Described,
  name: CommandName,
  payload: CommandPayload,
): Promise<CommandResult> {
  if (name !== 'stop') {
    throw new KeepRollingError(
      'E_COMMAND_INVALID',
      `Session ${session.name} has not begun (it starts ${described.memo.startAt}); it can only be stopped.`,
      { startAt: described.memo.startAt },
    );
  }
  await context.reach.within(
    DEADLINES.signal,
    async ({ workflow }) => await workflow.getHandle(described.workflowId).signal(name, payload),
  );
  const status = await closing(context, session);
  const note = status.ended ? null : NOT_APPLIED;
  return { accepted: true, applied: status.ended, revision: null, note, status };
}

/** The status of what is about to close: as ended, if that does not take long. */
async function closing(context: Context, session: NamedSession): Promise<SessionStatus> {
  for (let tries = 1; ; tries += 1) {
    const status = await statusOf(context, session);
    if (status.ended || status.silent !== null || tries >= CLOSING_TRIES) return status;
    await sleep(CLOSING_AGAIN_MS);
  }
}
