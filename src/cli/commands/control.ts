/** pause, resume, stop, extend: one shape for all of them; change, which says what; and reschedule, which says when. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { Client, CommandOptions, SessionHandle, StopOptions } from '../../client/types.ts';
import type { CommandName } from '../../session/state.ts';
import { withClient } from '../client.ts';
import { answer, type Context } from '../context.ts';
import { KeepRollingError } from '../../contract/errors.ts';
import { usageError } from '../failure.ts';
import { instantOf } from '../instants.ts';
import { commandExit, commandText } from '../render/results.ts';
import { localised } from '../render/text.ts';
import { command } from '../run.ts';
import { assertWhole } from '../whole.ts';
import { assertZone } from '../zones.ts';
import { changeCommand } from './change.ts';
import { rescheduleCommand } from './reschedule.ts';

type Control = Exclude<CommandName, 'change' | 'join'>;

interface Options {
  by?: string;
  reason?: string;
  until?: string;
  for?: string;
  id?: string;
  zone?: string;
  all?: boolean;
}

const TEXTS: Record<Control, string> = {
  pause: 'record nothing until resumed, or until the given end',
  resume: 'end a pause',
  stop: 'end your claim now, and the recording with the last one; nothing takes it back',
  extend: 'move the end of the window, or of your claim, to later',
};

export function controlCommands(program: Command): void {
  for (const name of Object.keys(TEXTS) as Control[]) controlCommand(program, name);
  changeCommand(program);
  rescheduleCommand(program);
}

function controlCommand(program: Command, name: Control): void {
  const self = withAuthor(program.command(`${name} <session>`)).description(
    `${TEXTS[name]}. <session> is a whole id, name, name@start or key`,
  );
  if (name === 'pause' || name === 'extend') {
    self
      .option('--until <instant>', '04:00, 2026-11-24T04:00, or ISO 8601 with offset')
      .option('--for <duration>', 'instead of --until, from now on: 15m')
      .option('--zone <zone>', 'of --until; else the zone of the session');
  }
  if (name === 'stop') self.option('--all', 'end the recording, whoever else wants it');
  self.action(
    command<Options>(async (context, [session], options) => {
      // What is wrong by itself is told before anybody is asked.
      wishOf(context, name, options, context.zone);
      const result = await withClient(context, async (client) => {
        const handle = await wholeSession(client, session!);
        const local = options.until !== undefined && options.zone === undefined;
        const zone = local ? (await handle.status()).zone : undefined;
        const wish = wishOf(context, name, options, zone ?? context.zone);
        try {
          return name === 'extend' ? await handle.extend(wish) : await handle[name](wish);
        } catch (error) {
          throw await toldInZone(
            error,
            context,
            async () => options.zone ?? zone ?? (await handle.status()).zone,
          );
        }
      });
      answer(context, result, () =>
        commandText(name, result, { now: context.now(), zone: options.zone ?? context.zone }),
      );
      return commandExit(result);
    }),
  );
}

/** Instants in a refusal are UTC, for logs; a person reads them in the zone of the session. */
async function toldInZone(
  error: unknown,
  { zone: own, now }: Pick<Context, 'zone' | 'now'>,
  zoneOfSession: () => Promise<string | undefined>,
): Promise<unknown> {
  if (!(error instanceof KeepRollingError) || error.code !== 'E_COMMAND_INVALID') return error;
  const zone = (await zoneOfSession().catch(() => undefined)) ?? own;
  const text = localised(error.message, zone, now());
  if (text === error.message) return error;
  return new KeepRollingError(error.code, `${text} (times are those of ${zone})`, error.details);
}

/** Who wants a command, why, and what tells a repeat of it: the same for all of them. */
export function withAuthor(self: Command): Command {
  return self
    .option('--by <name>', 'who wants it; else KEEPROLLING_BY, else your login')
    .option('--reason <text>', 'why; it stands in the ledger')
    .option('--id <id>', 'a repeat with the same id is dropped');
}

export function authorOf(
  context: Pick<Context, 'env'>,
  { by, reason, id }: Pick<Options, 'by' | 'reason' | 'id'>,
): Pick<CommandOptions, 'by' | 'reason' | 'id'> {
  return {
    by: by ?? context.env.KEEPROLLING_BY ?? login(),
    ...(reason !== undefined && { reason }),
    ...(id !== undefined && { id }),
  };
}

/** @throws KeepRollingError E_SESSION_UNKNOWN for a part of a name */
export async function wholeSession(client: Client, reference: string): Promise<SessionHandle> {
  const handle = await client.session(reference);
  // The list needs no worker; a status would wait for one first.
  const known = (await client.list({ state: 'all' })).find((one) => one.sessionId === handle.sessionId);
  assertWhole(reference, known ?? (await handle.status()));
  return handle;
}

function wishOf(
  context: Context,
  name: Control,
  options: Options,
  sessionZone: string,
): CommandOptions & StopOptions {
  if (options.until !== undefined && options.for !== undefined) {
    throw usageError('--until and --for both say when; give one of them.');
  }
  if (name === 'extend' && options.until === undefined && options.for === undefined) {
    throw usageError('extend needs the new end: --until or --for.');
  }
  assertZone(options.zone);
  const zone = options.zone ?? sessionZone;
  const until =
    options.until === undefined
      ? undefined
      : instantOf(options.until, '--until', { now: context.now(), zone, side: 'future' });
  return {
    ...authorOf(context, options),
    ...(until !== undefined && { until: new Date(until).toISOString() }),
    ...(options.for !== undefined && { for: options.for }),
    ...(options.all === true && { all: true }),
  };
}

/** A container may have no name for its user. */
function login(): string {
  try {
    return userInfo().username;
  } catch {
    return 'cli';
  }
}
