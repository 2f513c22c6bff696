import type { Command } from 'commander';
import { ulid } from 'ulid';
import { KeepRollingError } from '../../contract/errors.ts';
import { eventOf } from '../../receivers/event.ts';
import { post } from '../../receivers/post.ts';
import { answer } from '../context.ts';
import { command } from '../run.ts';

export function notifyCommand(program: Command): void {
  program
    .command('notify')
    .description('receivers of notifications')
    .command('test <receiver>')
    .description('send one signed notification to a receiver of keeprolling.yaml, and say what it answers')
    .action(
      command(async (context, [name]) => {
        const settings = context.settings();
        const receiver = settings.receiver(name!);
        const { createHttpAgent } = await import('../../recorders/http.ts');
        const dispatcher = createHttpAgent();
        const at = context.now();
        const installation = settings.hasInstallation() ? settings.installation() : 'none';
        const subject = {
          id: `test-${ulid(at)}`,
          type: 'receiver' as const,
          source: `/keeprolling/${installation}/receiver/${name}`,
          about: { receiver: name! },
        };
        const text = `a test: ${name} can be told what happens`;
        const event = eventOf(subject, { sequence: 1, at, kind: 'test', text });
        try {
          const posted = await post(dispatcher, receiver, event, at);
          if (posted !== 'delivered') throw refusal(name!, posted);
        } finally {
          await dispatcher.close();
        }
        answer(context, { receiver: name, event }, () => `${name}  took the notification ${event.id}`);
        return 0;
      }),
    );
}

function refusal(name: string, posted: 'gone' | { failed: string }): KeepRollingError {
  const why = posted === 'gone' ? 'it says that it wants none any more (410)' : posted.failed;
  return new KeepRollingError('E_UNHEALTHY', `The receiver ${name} did not take the notification: ${why}.`, {
    receiver: name,
  });
}
