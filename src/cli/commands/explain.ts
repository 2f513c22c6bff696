import type { Command } from 'commander';
import { ERRORS } from '../../contract/errors.ts';
import { withClient } from '../client.ts';
import { answer } from '../context.ts';
import { explanationText } from '../render/explain.ts';
import { command } from '../run.ts';

export function explainCommand(program: Command): void {
  program
    .command('explain <session>')
    .description('what happened to a session, in sentences, and who must act now')
    .action(
      command(async (context, [session]) => {
        const explanation = await withClient(context, async (client) => await client.explain(session!));
        const reader = { now: context.now(), zone: context.zone };
        answer(context, explanation, () => explanationText(explanation, reader));
        if (explanation.unreachable === 'server') return ERRORS.E_SERVER_UNREACHABLE.exit;
        return explanation.missing.length === 0 ? 0 : ERRORS.E_NO_WORKER.exit;
      }),
    );
}
