/** What a person sees of a schedule before anything is created. */
import { expect, it } from 'vitest';
import { previewOf } from '../../src/cli/commands/schedule/next.ts';
import { comingText } from '../../src/cli/render/schedule.ts';
import { checkSchedules } from '../../src/cli/schedules.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

const NOW = Date.parse('2027-03-20T10:00:00Z');
const account = { vendor: 'ome', url: 'http://127.0.0.1:1', accessToken: 'x' };
const templates = { evening: { schedule: { until: '22:00', zone: 'Europe/Berlin' } } };
const configuration = { installation: 'test01', accounts: { studio: account }, templates };
const settings = settingsOf(configuration, null, '/', VENDORS, {});
const context = { settings: () => settings, registry: VENDORS, now: () => NOW };

function preview(text: string, limit: number, after = NOW): string {
  const checked = checkSchedules(context, text, 'news.yaml', 'nothing is previewed');
  return comingText(
    'news.yaml',
    checked.map((one) => previewOf(one, after, limit)),
  );
}

const RECORDING = 'name: news\naccount: studio\ntarget: { app: app, stream: news }\n';

it('shows windows with their length and the world’s time, and says what a clock change does to them', () => {
  const schedule =
    'schedule: { at: "02:30", until: "04:00", days: fri-mon, except: 2027-03-26, zone: Europe/Berlin }';
  expect(`\n${preview(`${RECORDING}${schedule}`, 5)}\n`).toMatchInlineSnapshot(`
    "
    news.yaml: 1 schedule; nothing was created

      news
        target  ome/studio/default/app/news
        rule    Mon, Fri–Sun 02:30 – 04:00 Europe/Berlin, not on 2027-03-26
        woken   2m before each window

             Europe/Berlin             length  UTC            woken
        Sun  2027-03-21 02:30 → 04:00  1h30m   01:30 → 03:00  02:28
        Mon  2027-03-22 02:30 → 04:00  1h30m   01:30 → 03:00  02:28
        Fri  2027-03-26  no window: it is under except
        Sat  2027-03-27 02:30 → 04:00  1h30m   01:30 → 03:00  02:28
        Sun  2027-03-28 03:30 → 04:00  30m     01:30 → 02:00  03:28
            ! 02:30 does not exist on 2027-03-28 in Europe/Berlin; 03:30 is meant
            ! the clock is changed: it lasts 30m, and not 1h30m
        Mon  2027-03-29 02:30 → 04:00  1h30m   00:30 → 02:00  02:28
    "
  `);
});
