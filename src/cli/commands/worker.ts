import type { Command } from 'commander';
import { answer } from '../context.ts';
import { untilInterrupted } from '../interrupt.ts';
import { command } from '../run.ts';
import { runWorkers } from '../workers.ts';

export function workerCommand(program: Command): void {
  program
    .command('worker')
    .description('run the sessions of this configuration until Ctrl-C; calls in flight are finished first')
    .action(
      command(async (context) => {
        const settings = context.settings();
        const workers = await runWorkers(settings, context.env);
        answer(
          context,
          { queues: workers.queues },
          () => `worker runs on ${workers.queues.join(', ')}; Ctrl-C drains it`,
        );
        const signal = await Promise.race([untilInterrupted(), workers.ended]);
        if (signal === undefined) return 0;
        context.say(`${signal}: finishing the calls in flight`);
        await workers.drain();
        return 0;
      }),
    );
}
