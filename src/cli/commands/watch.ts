import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { SessionHandle, SessionStatus } from '../../client/types.ts';
import { withClient } from '../client.ts';
import type { Context } from '../context.ts';
import { interruptSignal } from '../interrupt.ts';
import { statusExit, statusText } from '../render/status.ts';
import { redraw, watchLine } from '../render/watch.ts';
import { command } from '../run.ts';

/** As the shell has it for a program that Ctrl-C ended. */
const INTERRUPTED = 130;
const REDRAWN_EVERY_MS = 1_000;

export function watchCommand(program: Command): void {
  program
    .command('watch <session>')
    .description(
      'follow a session until it ends; the exit code tells how. With --json a line for each change',
    )
    .action(
      command(async (context, [session]) => {
        const { signal, release } = interruptSignal();
        try {
          const last = await withClient(context, async (client) => {
            const handle = await client.session(session!);
            return context.columns !== undefined && !context.json
              ? await drawn(context, context.columns, handle, signal)
              : await told(context, handle, signal);
          });
          return signal.aborted || last === undefined ? INTERRUPTED : statusExit(last);
        } catch (error) {
          if (signal.aborted) return INTERRUPTED;
          throw error;
        } finally {
          release();
        }
      }),
    );
}

/** Asked anew each second, not at changes only: the ages in the block go on. */
async function drawn(
  context: Context,
  width: number,
  handle: SessionHandle,
  signal: AbortSignal,
): Promise<SessionStatus | undefined> {
  let lines = 0;
  let status: SessionStatus | undefined;
  while (!signal.aborted) {
    status = await handle.status();
    const drawing = redraw(statusText(status, reader(context)), lines, width);
    lines = drawing.lines;
    process.stdout.write(drawing.output);
    if (status.ended) break;
    await sleep(REDRAWN_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return status;
}

/** A line at each change, and the whole block at the end. */
async function told(
  context: Context,
  handle: SessionHandle,
  signal: AbortSignal,
): Promise<SessionStatus | undefined> {
  let before = '';
  let last: SessionStatus | undefined;
  for await (const status of handle.watch({ signal })) {
    last = status;
    const { key, line } = watchLine(status, reader(context));
    if (context.json) {
      process.stdout.write(`${JSON.stringify(status)}\n`);
    } else if (key !== before) {
      before = key;
      context.print(status.ended ? `${line}\n${statusText(status, reader(context))}` : line);
    }
  }
  return last;
}

function reader({ now, zone }: Context): { now: number; zone: string } {
  return { now: now(), zone };
}
