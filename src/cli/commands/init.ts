import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CONFIGURATION_FILE } from '../../config/settings.ts';
import { answer } from '../context.ts';
import { newInstallationId } from '../dev/data-folder.ts';
import { usageError } from '../failure.ts';
import { command } from '../run.ts';
import { configurationText, dated, templatedVendors } from '../templates.ts';

export function initCommand(program: Command): void {
  program
    .command('init [vendors...]')
    .description(
      'write a keeprolling.yaml with comments, and a specification for each vendor, into this folder',
    )
    .action(
      command(async (context, names) => {
        const vendors = templatedVendors(context.registry, names);
        const files: [string, string][] = [
          [CONFIGURATION_FILE, configurationText(vendors, newInstallationId())],
          ...vendors.map(({ contract, template }): [string, string] => [
            `sample-${contract.vendor}.yaml`,
            dated(template.specification, context.now()),
          ]),
        ];
        const there = files.map(([name]) => name).filter((name) => existsSync(join(context.cwd, name)));
        if (there.length > 0) {
          throw usageError(
            `${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} here already, and nothing was written: go to another folder, or move ${there.length === 1 ? 'it' : 'them'} away.`,
          );
        }
        for (const [name, text] of files) writeFileSync(join(context.cwd, name), text, { flag: 'wx' });
        const written = files.map(([name]) => name);
        answer(context, { written }, () => initText(written));
        return await Promise.resolve(0);
      }),
    );
}

function initText(written: string[]): string {
  const [, sample = ''] = written;
  return [
    `written: ${written.join(', ')}`,
    'next: give the variables that keeprolling.yaml names, then',
    '  keeprolling doctor                       sees whether accounts, destinations and the server are well',
    `  keeprolling validate --explain ${sample.padEnd(20)} tells what a session promises`,
  ].join('\n');
}
