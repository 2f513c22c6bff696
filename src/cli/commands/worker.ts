import type { Command } from 'commander';
import { answer } from '../context.ts';
import { untilInterrupted } from '../interrupt.ts';
import { command } from '../run.ts';
import { runWorkers } from '../workers.ts';

export function workerCommand(program: Command): void {
  program
    .command('worker')
    .description('run the sessions of this configuration until Ctrl-C; calls in flight are finished first')
    .option(
      '--metrics <address>',
      'serve /metrics, /healthz and /readyz there: 127.0.0.1:9464, or a port of this host',
    )
    .action(
      command<{ metrics?: string }>(async (context, _args, { metrics: address }) => {
        const settings = context.settings();
        const workers = await runWorkers(settings, context.env, { metrics: address, say: context.say });
        answer(
          context,
          { queues: workers.queues, metrics: workers.metrics },
          () => `worker runs on ${workers.queues.join(', ')}; ${servedText(workers.metrics)}Ctrl-C drains it`,
        );
        const signal = await Promise.race([untilInterrupted(), workers.ended]);
        if (signal === undefined) return 0;
        context.say(`${signal}: finishing the calls in flight`);
        await workers.drain();
        return 0;
      }),
    );
}

function servedText(address: string | null): string {
  return address === null ? '' : `metrics at http://${address}/metrics; `;
}
