/** Windows against those of an independent calendar: Python's zoneinfo, over years. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scheduleSchema } from '../../src/contract/schedule.ts';
import { occurrences } from '../../src/schedules/index.ts';
import { ruleOf } from '../../src/schedules/rule.ts';

const SCRIPT = fileURLToPath(new URL('zoneinfo_windows.py', import.meta.url));
const [FIRST, LAST] = ['2026-11-22', '2031-12-31'];

/** As the script reads it; `minutes` is our `length`. */
interface Written {
  at?: string[];
  until?: string;
  minutes?: number;
  days?: string[];
  daysOfMonth?: (number | 'last')[];
  months?: number[];
  cron?: string[];
  except?: string[];
  starts?: string;
  ends?: string;
}

const RULES: Record<string, Written> = {
  'daily, in the odd hour': { at: ['02:30'], until: '03:15' },
  'twice a day around it': { at: ['01:30', '02:00'], minutes: 90 },
  'at the very minutes of a change': { at: ['00:00', '01:00', '02:00', '03:00'], minutes: 60 },
  'half an hour that Lord Howe leaves out and repeats': { at: ['01:45', '02:15'], until: '02:20' },
  'over midnight into the change': { at: ['23:30:15'], until: '02:30', days: ['sat', 'sun'] },
  'the whole day': { at: ['00:00'], until: '00:00' },
  'weekdays, but not on some': {
    at: ['20:00'],
    until: '04:00',
    days: ['mon', 'tue', 'wed', 'thu', 'fri'],
    except: ['2026-12-24..2027-01-03', '2028-02-29'],
  },
  'from a date to a date': { at: ['23:59'], minutes: 2, starts: '2027-03-28', ends: '2028-03-26' },
  'the last day of a month': { at: ['12:00'], minutes: 60, daysOfMonth: ['last'] },
  'days that not every month has': { at: ['06:00'], minutes: 60, daysOfMonth: [29, 30, 31] },
  'the first Sunday of April and October': {
    at: ['02:00'],
    minutes: 60,
    days: ['sun'],
    daysOfMonth: [1, 2, 3, 4, 5, 6, 7],
    months: [4, 10],
  },
  'cron: every twenty minutes of the night': { cron: ['*/20 0-4 * * *'], minutes: 20 },
  'cron: two lines': { cron: ['30 1,2 * 3-4,10-11 sun', '0 12 1-31/10 * *'], minutes: 45 },
};

const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Asia/Seoul'];

function missing(): string | null {
  try {
    execFileSync('python3', ['-c', 'import zoneinfo; zoneinfo.ZoneInfo("Australia/Lord_Howe")'], {
      stdio: 'ignore',
    });
    return null;
  } catch {
    return 'python3 with zoneinfo and its zones is not installed';
  }
}

function written({ minutes, ...section }: Written): unknown {
  return minutes === undefined ? section : { ...section, length: `${minutes}m` };
}

const lacking = missing();
const tried = lacking === null ? 'over five years' : `not tried: ${lacking}`;

describe.skipIf(lacking !== null)(`windows, ${tried}`, () => {
  const all = ZONES.flatMap((zone) => Object.entries(RULES).map(([name, rule]) => ({ zone, name, rule })));
  const input = JSON.stringify(all.map((one) => ({ ...one, first: FIRST, last: LAST })));
  const theirs =
    lacking === null
      ? (JSON.parse(execFileSync('python3', [SCRIPT], { input, encoding: 'utf8', maxBuffer: 2 ** 28 })) as [
          number,
          number,
        ][][])
      : [];

  it.each(all.map((one, i) => ({ ...one, i })))(
    '$zone, $name: are those of zoneinfo',
    ({ zone, rule, i }) => {
      const after = Date.parse(`${FIRST}T12:00Z`);
      const before = Date.parse(`${LAST}T00:00Z`) - 86_400_000;
      const parsed = scheduleSchema.parse(written(rule));
      const ours = occurrences(ruleOf(parsed, zone), { after, before, limit: Infinity });
      const expected = theirs[i]!.map(([from, until]) => [from * 1000, until * 1000] as const).filter(
        ([from]) => from >= after && from < before,
      );
      expect(expected.length).toBeGreaterThan(5);
      expect(ours.map(({ from, until }) => [from, until])).toEqual(expected);
    },
  );
});
