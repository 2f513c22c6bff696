import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { SessionHandle, TargetCoverage } from '../../client/types.ts';
import {
  compare,
  compareFiles,
  judge,
  ourStretches,
  takesOf,
  truthStretches,
  type Verdict,
} from '../demo/compare.ts';
import { screen, type Screen } from '../demo/screen.ts';
import { LOOK_MS, setStage, type Ending, type Stage } from '../demo/stage.ts';
import { tell, type Told } from '../demo/story.ts';
import type { Context } from '../context.ts';
import { interruptSignal, untilInterrupted } from '../interrupt.ts';
import { comparisonText } from '../render/demo.ts';
import { coverageText } from '../render/coverage.ts';
import { columns } from '../render/text.ts';
import { command } from '../run.ts';

/** How long the files of the last take may need to be seen where they belong. */
const FILES_MS = 60_000;

export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description(
      'a session on every emulated vendor, through rules, pause, drops, crash and fresh credentials, judged by what the recorders really did; a minute',
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
          await endAll(context, endings);
        }
      }),
    );
}

/** The last one first; whoever interrupts that ends all of it at once. */
async function endAll(context: Context, endings: Ending[]): Promise<void> {
  const hurry = (): void => {
    for (const { force } of endings) force?.();
    process.exit(130);
  };
  process.on('SIGINT', hurry);
  process.on('SIGTERM', hurry);
  for (const { what, end } of endings) {
    await end().catch(() => context.say(`the ${what} did not end in order`));
  }
  process.off('SIGINT', hurry);
  process.off('SIGTERM', hurry);
}

async function demo(
  context: Context,
  keep: boolean,
  endings: Ending[],
  signal: AbortSignal,
): Promise<number> {
  const show = screen(context);
  const stage = await setStage(context, endings, signal);
  const { own, service, others } = stage;
  const players = [own, service, ...others];
  const places = [
    ['Temporal server', `${stage.server}, database in ${relative(context.cwd, stage.data.path)}`],
    ...(stage.uiUrl ? [['Temporal UI', stage.uiUrl]] : []),
    ...players.map(({ url, account }) => ['emulator', `${url}   account ${account}`]),
    ['gateway', `${stage.gatewayUrl}   the emulated vendors call it`],
    ['emulated cloud', `${stage.cloudUrl}   destination ${service.specification.storage}`],
  ];
  for (const line of columns(places)) show.line(line);

  const { KeepRolling } = await import('../../client/index.ts');
  const client = await KeepRolling.connect({ config: stage.config });
  endings.unshift({ what: 'client', end: async () => await client.close() });
  signal.throwIfAborted();
  const told = await tell(stage, client, show, context.zone, signal);
  const verdicts: Verdict[] = [];
  for (const one of told) verdicts.push(await compared(context, one, show, signal));
  const agree = verdicts.every((one) => one.agree);
  show.line('');
  show.line(
    agree
      ? `Both accounts agree, for ${told.length} sessions and their files. Nobody saw the crash: its gap is told with its uncertainty (±), and the file it cost is "stored" in neither.`
      : 'The accounts differ (≠): this is a defect.',
  );
  if (keep) await kept(context, stage, show);
  return agree ? 0 : 1;
}

/** Both accounts of a session side by side. */
async function compared(
  context: Context,
  { player, handle }: Told,
  show: Screen,
  signal: AbortSignal,
): Promise<Verdict> {
  const coverage = await settledCoverage(handle, signal);
  const { sessionId } = handle;
  const truth = player.truth();
  const holds = (file: string): boolean => player.holds(file);
  const [from, to] = [Date.parse(coverage.from), Date.parse(coverage.to)];
  const ours = ourStretches(coverage);
  const takes = takesOf(truth, sessionId, player.namesNothing ? ours : null);
  const really = truthStretches(truth, takes, [from, to], holds);
  const verdict = judge(compare(ours, really, LOOK_MS + 1000), compareFiles(coverage, truth, takes, holds));
  show.line('');
  show.line(`${player.specification.name}   ${coverage.key}`);
  show.line(coverageText(coverage, context.zone));
  show.line('');
  show.line(comparisonText(verdict, from, player.keeps));
  return verdict;
}

/** The files workflow may still be looking after the last take. */
async function settledCoverage(handle: SessionHandle, signal: AbortSignal): Promise<TargetCoverage> {
  let coverage = await handle.coverage();
  for (let waited = 0; waited < FILES_MS && coverage.spans.at(-1)?.evidence !== 'stored'; waited += 500) {
    await sleep(500, undefined, { signal });
    coverage = await handle.coverage();
  }
  return coverage;
}

async function kept(context: Context, stage: Stage, show: Screen): Promise<void> {
  show.line(
    `\nEverything stays up until Ctrl-C. Try:  npx keeprolling --config ${relative(context.cwd, stage.config)} status ${stage.own.specification.name}`,
  );
  context.say('waiting for Ctrl-C');
  await untilInterrupted();
}
