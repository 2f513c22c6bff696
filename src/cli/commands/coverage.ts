import type { Command } from 'commander';
import type { Client, CoverageOptions } from '../../client/types.ts';
import { ERRORS } from '../../contract/errors.ts';
import { withClient } from '../client.ts';
import { answer } from '../context.ts';
import { usageError } from '../failure.ts';
import { instantOf } from '../instants.ts';
import { coverageText } from '../render/coverage.ts';
import { command } from '../run.ts';
import { assertZone, zoneOf } from '../zones.ts';

interface Options {
  from?: string;
  to?: string;
  zone?: string;
}

export function coverageCommand(program: Command): void {
  program
    .command('coverage <reference>')
    .description('what was recorded of a target or session, and why the rest was not')
    .option('--from <instant>', '20:00, 2026-11-24T20:00, ISO 8601 with offset, now or -90m')
    .option('--to <instant>', 'likewise')
    .option('--zone <zone>', 'of what is given and shown; else the zone of the session')
    .action(
      command<Options>(async (context, [reference], options) => {
        assertZone(options.zone);
        const now = context.now();
        // What is wrong by itself is told before anybody is asked.
        for (const name of ['from', 'to'] as const) {
          const typed = options[name];
          if (typed !== undefined) instantOf(typed, `--${name}`, { now, zone: context.zone, side: 'past' });
        }
        const { coverage, zone } = await withClient(context, async (client) => {
          const asked = zoneAsked(options, client, reference!);
          const inZone = async (): Promise<string> => (await asked) ?? context.zone;
          const stretch =
            options.from === undefined && options.to === undefined
              ? {}
              : stretchOf(options, now, await inZone());
          const found = await client.coverage(reference!, stretch);
          return { coverage: found, zone: await inZone() };
        });
        answer(context, coverage, () => coverageText(coverage, zone));
        if (coverage.unreachable === 'server') return ERRORS.E_SERVER_UNREACHABLE.exit;
        return coverage.missing.length === 0 ? 0 : ERRORS.E_NO_WORKER.exit;
      }),
    );
}

async function zoneAsked(options: Options, client: Client, reference: string): Promise<string | undefined> {
  return options.zone ?? (await zoneOf(client, reference));
}

function stretchOf({ from, to }: Options, now: number, zone: string): CoverageOptions {
  const fromMs = from === undefined ? undefined : instantOf(from, '--from', { now, zone, side: 'past' });
  const after = fromMs === undefined ? {} : { notBefore: fromMs };
  const toMs = to === undefined ? undefined : instantOf(to, '--to', { now, zone, side: 'past', ...after });
  if (fromMs !== undefined && toMs !== undefined && toMs <= fromMs) {
    throw usageError('--to must be later than --from.');
  }
  return {
    ...(fromMs !== undefined && { from: new Date(fromMs).toISOString() }),
    ...(toMs !== undefined && { to: new Date(toMs).toISOString() }),
  };
}
