import type { Command } from 'commander';
import type { CoverageOptions } from '../../client/types.ts';
import { ERRORS } from '../../contract/errors.ts';
import { isZone } from '../../contract/time.ts';
import { withClient } from '../client.ts';
import { answer } from '../context.ts';
import { usageError } from '../failure.ts';
import { instantOf } from '../instants.ts';
import { coverageText } from '../render/coverage.ts';
import { command } from '../run.ts';

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
    .option('--zone <zone>', 'of what is given and shown; else the zone of this machine')
    .action(
      command<Options>(async (context, [reference], options) => {
        const zone = options.zone ?? context.zone;
        if (!isZone(zone))
          throw usageError(`--zone: "${zone}" is not an IANA time zone, such as Europe/Berlin.`);
        const stretch = stretchOf(options, context.now(), zone);
        const coverage = await withClient(context, async (client) => client.coverage(reference!, stretch));
        answer(context, coverage, () => coverageText(coverage, zone));
        return coverage.missing.length === 0 ? 0 : ERRORS.E_NO_WORKER.exit;
      }),
    );
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
