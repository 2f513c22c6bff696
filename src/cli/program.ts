/** The command line as a whole: every command, and what is the same for all of them. */
import { createRequire } from 'node:module';
import { Command } from 'commander';
import { applyCommand } from './commands/apply.ts';
import { callbacksCommand } from './commands/callbacks.ts';
import { completionCommand } from './commands/completion.ts';
import { controlCommands } from './commands/control.ts';
import { coverageCommand } from './commands/coverage.ts';
import { explainCommand } from './commands/explain.ts';
import { filesCommand } from './commands/files.ts';
import { demoCommand } from './commands/demo.ts';
import { devCommand } from './commands/dev.ts';
import { doctorCommand } from './commands/doctor.ts';
import { emulateCommand } from './commands/emulate.ts';
import { gatewayCommand } from './commands/gateway.ts';
import { initCommand } from './commands/init.ts';
import { listCommand } from './commands/list.ts';
import { maintenanceCommand } from './commands/maintenance.ts';
import { notifyCommand } from './commands/notify.ts';
import { referenceCommand } from './commands/reference.ts';
import { scheduleCommand } from './commands/schedule.ts';
import { setupCommand } from './commands/setup.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { sweepCommand } from './commands/sweep.ts';
import { validateCommand } from './commands/validate.ts';
import { vendorsCommand } from './commands/vendors.ts';
import { watchCommand } from './commands/watch.ts';
import { workerCommand } from './commands/worker.ts';

const EXIT_CODES = `
Exit codes:
  0   done
  1   keeprolling could not run at all (it is not built, or Node ended it)
  2   input: the command line, a specification, a command or keeprolling.yaml is refused
  3   session: unknown, ambiguous, or ended already
  4   busy: the target is being recorded, or the request id was used, by something else
  5   server: no Temporal server answers, or none can be had
  6   unhealthy: the session ended badly, a check failed, or a vendor refused
  7   no worker answers: what is shown is the last that is known
  8   archive: it cannot be read, or a part of it was changed
  9   left over: recordings go on at a vendor and have no session
  70  a bug in keeprolling
With --json a refusal is {"error": {"code", "message", "details"}} on standard output, with the same exit code.`;

export function createProgram(): Command {
  const program = createCommands();
  completionCommand(program, createCommands);
  return program;
}

/** All commands but the one that tells a shell of them. */
export function createCommands(): Command {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  const program = new Command('keeprolling')
    .description('durable live-recording sessions on Temporal')
    .version(version)
    .option('--config <file>', 'the configuration (else KEEPROLLING_CONFIG, else ./keeprolling.yaml)')
    .option('--json', 'answer with one JSON document on standard output')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(keeprolling --help lists the commands)')
    .addHelpText('after', EXIT_CODES);
  validateCommand(program);
  startCommand(program);
  scheduleCommand(program);
  applyCommand(program);
  controlCommands(program);
  statusCommand(program);
  coverageCommand(program);
  explainCommand(program);
  filesCommand(program);
  watchCommand(program);
  listCommand(program);
  maintenanceCommand(program);
  sweepCommand(program);
  notifyCommand(program);
  devCommand(program);
  workerCommand(program);
  gatewayCommand(program);
  callbacksCommand(program);
  initCommand(program);
  setupCommand(program);
  doctorCommand(program);
  vendorsCommand(program);
  referenceCommand(program);
  emulateCommand(program);
  demoCommand(program);
  return program;
}
