/** A rule as people say it. */
import { expect, it } from 'vitest';
import { scheduleSchema } from '../../src/contract/schedule.ts';
import { ruleOf } from '../../src/schedules/rule.ts';
import { ruleWords } from '../../src/schedules/words.ts';

const words = (schedule: Record<string, unknown>): string =>
  ruleWords(ruleOf(scheduleSchema.parse(schedule), 'Europe/Berlin'));

it.each([
  [{ at: '20:00', until: '22:00', days: 'mon-fri' }, 'Mon–Fri 20:00 – 22:00 Europe/Berlin'],
  [{ at: ['08:00', '20:00:30'], length: '90m' }, 'daily 08:00, 20:00:30 for 1h30m Europe/Berlin'],
  [{ at: '23:00', until: '04:00', days: ['sun', 'tue'] }, 'Tue, Sun 23:00 – 04:00 Europe/Berlin'],
  [
    { at: '00:00', until: '24:00', daysOfMonth: [1, 'last'], months: 'jun-aug' },
    'on 1 and the last day in Jun–Aug 00:00 – 24:00 Europe/Berlin',
  ],
  [{ cron: ['0 20 * * mon', '30 8 * * sat'], length: '1h' }, 'Mon 20:00 and Sat 08:30 for 1h Europe/Berlin'],
  [{ cron: '* * * * *', length: '30s' }, 'daily 1440 times from 00:00 to 23:59 for 30s Europe/Berlin'],
  [
    {
      at: '20:00',
      length: '1h',
      starts: '2026-12-01',
      ends: '2027-03-01',
      except: ['2026-12-24..2026-12-26', '2027-01-01', '2027-01-02', '2027-01-03'],
    },
    'daily 20:00 for 1h Europe/Berlin, from 2026-12-01, to 2027-03-01, not on 2026-12-24 – 2026-12-26, 2027-01-01, 2027-01-02 and 1 more',
  ],
])('%j is %s', (schedule, text) => {
  expect(words(schedule)).toBe(text);
});
