import type { Command } from 'commander';
import { answer } from '../context.ts';
import { runGateway } from '../gateway.ts';
import { untilInterrupted } from '../interrupt.ts';
import { portOf } from '../ports.ts';
import { gatewayText } from '../render/gateway.ts';
import { command } from '../run.ts';

export function gatewayCommand(program: Command): void {
  program
    .command('gateway')
    .description(
      'take what vendors call back and tell it to the sessions, until Ctrl-C; what came in is finished first',
    )
    .option('--host <address>', 'to listen on; else 127.0.0.1, for a proxy with TLS before it')
    .option('--port <number>', 'to listen on; else 8080', portOf)
    .action(
      command<{ host?: string; port?: number }>(async (context, _args, options) => {
        // Waited for from now on: an interrupt while it begins ends it too.
        const interrupted = untilInterrupted();
        const gateway = await runGateway(context.settings(), context.env, { ...options, say: context.say });
        const { url, addresses } = gateway;
        answer(context, { url, accounts: addresses }, () => gatewayText({ url, accounts: addresses }));
        context.say(`${await interrupted}: finishing what came in`);
        await gateway.close();
        return 0;
      }),
    );
}
