/** Another window for a session that has not begun. */
import type { Command } from 'commander';
import type { RescheduleOptions } from '../../client/types.ts';
import { withClient } from '../client.ts';
import { answer, type Context } from '../context.ts';
import { usageError } from '../failure.ts';
import { instantOf } from '../instants.ts';
import { commandExit, commandText } from '../render/results.ts';
import { command } from '../run.ts';
import { assertZone } from '../zones.ts';
import { authorOf, wholeSession, withAuthor } from './control.ts';

interface Options {
  from?: string;
  until?: string;
  length?: string;
  for?: string;
  zone?: string;
  by?: string;
  reason?: string;
  id?: string;
}

export function rescheduleCommand(program: Command): void {
  withAuthor(program.command('reschedule <session>'))
    .description(
      'move the window of a session that has not begun. <session> is a whole id, name, name@start or key',
    )
    .option('--from <instant>', 'its new begin: 21:00, 2026-11-24T21:00, or ISO 8601 with offset')
    .option('--until <instant>', 'its new end')
    .option('--length <duration>', 'instead of --until, from its begin on: 1h30m')
    .option('--for <duration>', 'instead of --until, from now on')
    .option('--zone <zone>', 'of --from and --until; else the zone of the session')
    .action(
      command<Options>(async (context, [session], options) => {
        // What is wrong by itself is told before anybody is asked.
        moveOf(context, options, context.zone);
        const result = await withClient(context, async (client) => {
          const handle = await wholeSession(client, session!);
          const zone = options.zone ?? (await handle.status()).zone ?? context.zone;
          return await handle.reschedule(moveOf(context, options, zone));
        });
        answer(context, result, () =>
          commandText('reschedule', result, { now: context.now(), zone: options.zone ?? context.zone }),
        );
        return commandExit(result);
      }),
    );
}

/** @param zone where the options name none */
export function moveOf(
  context: Pick<Context, 'env' | 'now'>,
  options: Options,
  zone: string,
): RescheduleOptions {
  const { from, until, length, for: lasting } = options;
  const ends = { '--until': until, '--length': length, '--for': lasting };
  const given = Object.entries(ends).filter(([, value]) => value !== undefined);
  if (given.length > 1)
    throw usageError(`${given.map(([name]) => name).join(' and ')} say when it ends; give one of them.`);
  if (given.length === 0 && from === undefined)
    throw usageError('reschedule needs the new window: --from, or one of --until, --length and --for.');
  assertZone(options.zone);
  const clocked = { now: context.now(), zone: options.zone ?? zone, side: 'future' } as const;
  const begin = from === undefined ? undefined : instantOf(from, '--from', clocked);
  // An end by the clock alone is the first after the begin.
  const after = begin === undefined ? {} : { notBefore: begin };
  const end = until === undefined ? undefined : instantOf(until, '--until', { ...clocked, ...after });
  return {
    ...authorOf(context, options),
    ...(begin !== undefined && { from: new Date(begin).toISOString() }),
    ...(end !== undefined && { until: new Date(end).toISOString() }),
    ...(length !== undefined && { length }),
    ...(lasting !== undefined && { for: lasting }),
  };
}
