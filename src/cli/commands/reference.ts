import type { Command } from 'commander';
import { answer } from '../context.ts';
import { referenceMarkdown, referenceSections } from '../reference/page.ts';
import { command } from '../run.ts';

export function referenceCommand(program: Command): void {
  program
    .command('reference')
    .description('every field of keeprolling.yaml and of specifications, from the schemas that check them')
    .action(
      command(async (context) => {
        const sections = referenceSections(context.registry);
        answer(context, { sections }, () => referenceMarkdown(sections));
        return await Promise.resolve(0);
      }),
    );
}
