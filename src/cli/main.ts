/** Entry point of the executable: parse, run, tell what went wrong, and end with a code that says what. */
import { CommanderError, type Command } from 'commander';
import { complete, completionAsked } from './completion.ts';
import { failureJson, failureOf, failureText, serverHint, usageError } from './failure.ts';
import { findConfiguration } from '../config/settings.ts';
import { environment } from './environment.ts';
import { createCommands, createProgram } from './program.ts';

await main(process.argv);

async function main(argv: string[]): Promise<void> {
  const json = argv.includes('--json');
  // A reader that has seen enough (`| head`) is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const typed = completionAsked(argv);
  if (typed !== null) return await complete(createCommands(), typed);
  const program = createProgram();
  overrideExits(program, json);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = tell(error, json, configured(program));
  }
  // A connection that is still being closed must not keep an answered command waiting.
  process.stdout.write('', () => process.exit());
}

function configured(program: Command): boolean {
  const { config } = program.opts<{ config?: string }>();
  return findConfiguration(config, environment, process.cwd()) !== null;
}

function tell(error: unknown, json: boolean, isConfigured: boolean): number {
  const known = error instanceof CommanderError ? usageOf(error) : error;
  if (known === null) return 0;
  const failure = failureOf(known);
  if (environment.KEEPROLLING_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  if (json) process.stdout.write(`${failureJson(failure)}\n`);
  // Commander has told its own errors on standard error, with a hint.
  else if (!(error instanceof CommanderError))
    process.stderr.write(`${failureText(failure)}${serverHint(failure, isConfigured)}\n`);
  return failure.exit;
}

/** null where help or version were asked for. */
function usageOf(error: CommanderError): Error | null {
  if (error.exitCode === 0) return null;
  return usageError(error.message.replace(/^error: /, ''));
}

function overrideExits(program: Command, json: boolean): void {
  for (const one of [program, ...program.commands]) {
    one.exitOverride();
    if (json) one.configureOutput({ writeErr: () => {} });
  }
}
