import type { Command } from 'commander';
import { withClient } from '../client.ts';
import { answer } from '../context.ts';
import { statusExit, statusText } from '../render/status.ts';
import { command } from '../run.ts';

export function statusCommand(program: Command): void {
  program
    .command('status <session>')
    .description('how a session stands: by id, name, name@start, key, or a unique part of one')
    .action(
      command(async (context, [session]) => {
        const status = await withClient(context, async (client) => (await client.session(session!)).status());
        answer(context, status, () => statusText(status, { now: context.now(), zone: context.zone }));
        return statusExit(status);
      }),
    );
}
