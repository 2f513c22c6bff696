import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { SessionHandle, TargetCoverage } from '../../client/types.ts';
import { compare, ourStretches, truthStretches } from '../demo/compare.ts';
import { screen, type Screen } from '../demo/screen.ts';
import { LOOK_MS, setStage, type Ending, type Stage } from '../demo/stage.ts';
import { tell } from '../demo/story.ts';
import type { Context } from '../context.ts';
import { interruptSignal, untilInterrupted } from '../interrupt.ts';
import { comparisonText } from '../render/demo.ts';
import { coverageText } from '../render/coverage.ts';
import { command } from '../run.ts';

/** How long the files of the last take may need to be seen where they belong. */
const FILES_MS = 60_000;

export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description(
      'one session through pause, drop, crash and restart, judged by what the recorder really did; a minute',
    )
    .option('--keep', 'leave everything up afterwards, for the CLI, until Ctrl-C')
    .action(
      command<{ keep?: boolean }>(async (context, _args, options) => {
        const endings: Ending[] = [];
        const interrupt = interruptSignal();
        try {
          return await demo(context, options.keep === true, endings, interrupt.signal);
        } catch (error) {
          if (!interrupt.signal.aborted) throw error;
          context.say('interrupted: ending what was started');
          return 130;
        } finally {
          interrupt.release();
          for (const { what, end } of endings) {
            await end().catch(() => context.say(`the ${what} did not end in order`));
          }
        }
      }),
    );
}

async function demo(
  context: Context,
  keep: boolean,
  endings: Ending[],
  signal: AbortSignal,
): Promise<number> {
  const show = screen(context);
  const stage = await setStage(context, endings);
  show.line(`Temporal server ${stage.server}, database in ${relative(context.cwd, stage.data.path)}`);
  if (stage.uiUrl) show.line(`Temporal UI     ${stage.uiUrl}`);
  show.line(`emulator        ${stage.emulator.url}`);

  const { KeepRolling } = await import('../../client/index.ts');
  const client = await KeepRolling.connect({ config: stage.config });
  endings.unshift({ what: 'client', end: async () => await client.close() });
  const { handle } = await tell(stage, client, show, signal);
  const agree = await account(context, stage, handle, show);
  if (keep) await kept(context, stage, show);
  return agree ? 0 : 1;
}

/** Ends with both accounts side by side. */
async function account(
  context: Context,
  stage: Stage,
  handle: SessionHandle,
  show: Screen,
): Promise<boolean> {
  const coverage = await settledCoverage(handle);
  const { emulator } = stage.emulator;
  emulator.settle(emulator.clock());
  const [from, to] = [Date.parse(coverage.from), Date.parse(coverage.to)];
  const truth = truthStretches(emulator.truth.entries, handle.sessionId, from, to);
  const rows = compare(ourStretches(coverage), truth, LOOK_MS + 1000);
  const agree = rows.length > 0 && rows.every((row) => row.agree);
  show.line('');
  show.line(coverageText(coverage, context.zone));
  show.line('');
  show.line(comparisonText(rows, from));
  show.line('');
  show.line(
    agree
      ? 'Both accounts agree. Nobody saw the crash: its gap is told with its uncertainty (±), and the file it cost is `stored` in neither.'
      : 'The accounts differ (≠): this is a defect.',
  );
  return agree;
}

/** The files workflow may still be looking after the last take. */
async function settledCoverage(handle: SessionHandle): Promise<TargetCoverage> {
  let coverage = await handle.coverage();
  for (let waited = 0; waited < FILES_MS && coverage.spans.at(-1)?.evidence !== 'stored'; waited += 500) {
    await sleep(500);
    coverage = await handle.coverage();
  }
  return coverage;
}

async function kept(context: Context, stage: Stage, show: Screen): Promise<void> {
  show.line(
    `\nEverything stays up until Ctrl-C. Try:  npx keeprolling --config ${relative(context.cwd, stage.config)} status demo-cam1`,
  );
  context.say('waiting for Ctrl-C');
  await untilInterrupted();
}
