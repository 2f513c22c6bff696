import type { Command } from 'commander';
import { isoIn } from '../../../contract/time.ts';
import { exceptedDates, occurrenceAt, occurrences, wholeMinutes } from '../../../schedules/index.ts';
import { answer } from '../../context.ts';
import { readSpecifications } from '../../documents.ts';
import { usageError } from '../../failure.ts';
import { instantOf } from '../../instants.ts';
import { comingText, type Preview } from '../../render/schedule.ts';
import { command } from '../../run.ts';
import { checkSchedules, type CheckedSchedule } from '../../schedules.ts';

interface Options {
  count: string;
  from: string;
}

const MOST = 1000;

export function nextCommand(schedule: Command): void {
  schedule
    .command('next <file>')
    .description('the coming windows of every schedule of a file (- is standard input); creates nothing')
    .option('--count <number>', 'so many windows of each', '10')
    .option('--from <instant>', "windows from then on, in the schedule's zone", 'now')
    .action(
      command<Options>(async (context, [file], { count, from }) => {
        const limit = Number(count);
        if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
          throw usageError(`--count: "${count}" is not a whole number from 1 to ${MOST}.`);
        const source = await readSpecifications(file!, process.stdin);
        const checked = checkSchedules(context, source, file!, 'nothing is previewed');
        const previews = checked.map((one) => {
          const { zone } = one.schedule;
          const after = instantOf(from, '--from', { now: context.now(), zone, side: 'future' });
          return previewOf(one, after, limit);
        });
        answer(context, { documents: previews.map(asData) }, () => comingText(file!, previews));
        return 0;
      }),
    );
}

/** The window that is open then, and those that begin later. */
export function previewOf(checked: CheckedSchedule, after: number, limit: number): Preview {
  const { rule } = checked.schedule;
  const open = occurrenceAt(rule, { at: after, earlyMs: 0 });
  const coming = occurrences(rule, { after, limit }).filter(({ from }) => from !== open?.from);
  const windows = [...(open ? [open] : []), ...coming].slice(0, limit);
  const last = windows.at(-1);
  // Where the windows end, what is excepted after the last of them is not near.
  return { ...checked, windows, excepted: last ? exceptedDates(rule, after, last.from) : [] };
}

function asData({ label, schedule, earlyMs, windows, excepted, notes }: Preview): Record<string, unknown> {
  const { name, key, zone, rule, hash } = schedule;
  const utc = (at: number): string => isoIn(at, 'UTC').replace('+00:00', 'Z');
  return {
    document: label,
    name,
    key,
    zone,
    hash,
    rule,
    earlyMs: wholeMinutes(earlyMs),
    windows: windows.map(({ from, until, date, dst }) => ({
      from: isoIn(from, zone),
      until: isoIn(until, zone),
      fromUtc: utc(from),
      untilUtc: utc(until),
      lengthMs: until - from,
      wokenAt: utc(from - wholeMinutes(earlyMs)),
      date,
      dst,
    })),
    excepted,
    notes,
  };
}
