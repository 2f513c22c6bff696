import type { Command } from 'commander';
import { answer } from '../context.ts';
import { vendorsText } from '../render/vendors.ts';
import { command } from '../run.ts';
import { quotaRows, vendorRows, vendorSheets } from '../vendors/table.ts';

/** Where the output is no terminal, as wide as the table likes to be. */
const WIDE = 160;

export function vendorsCommand(program: Command): void {
  program
    .command('vendors')
    .description('what each vendor can do: pause, changes, proof, drops, files, callbacks, quotas')
    .action(
      command(async (context) => {
        const sheets = vendorSheets(context.registry);
        answer(context, { vendors: sheets }, () =>
          vendorsText(vendorRows(sheets), quotaRows(sheets), context.columns ?? WIDE),
        );
        return await Promise.resolve(0);
      }),
    );
}
