/** Lines about gaps in a session's log, which receivers are sent: each gap, and nothing that is none. */
import { describe, expect, it } from 'vitest';
import { CHANNEL, MINUTE, runSynthetic, SECOND } from '../driver/world.ts';

const gapsIn = (log: { kind: string; text: string }[]): string[] =>
  log.flatMap(({ kind, text }) => (kind === 'gap' && text.startsWith('gap') ? [text] : []));

const window = { from: 'now', length: '10m' };

describe('the log of a session', () => {
  it('has no gap where nothing is missing, also at its end', async () => {
    const run = await runSynthetic({}, { specification: { window } });
    expect(run.faults).toEqual([]);
    expect(gapsIn(run.record.log)).toEqual([]);
  });

  it('tells of the gap at its beginning, from when to when and why', async () => {
    const run = await runSynthetic(
      {},
      {
        specification: { window },
        script: [{ at: 30 * SECOND, do: (d, vendor) => vendor.source(CHANNEL, true, d.now()) }],
      },
    );
    const [line, ...others] = gapsIn(run.record.log);
    expect(line).toMatch(
      /^gap from 2026-03-01T12:00:00\.000Z to 2026-03-01T12:00:[34]\d\.\d+Z: .*source-absent$/,
    );
    expect(others).toEqual([]);
  });

  it('tells of a drop in the middle once', async () => {
    const run = await runSynthetic(
      { survivesDrop: true, start: 'armed' },
      {
        specification: { window },
        script: [
          { at: 0, do: (d, vendor) => vendor.source(CHANNEL, true, d.now()) },
          { at: 3 * MINUTE, do: (d, vendor) => vendor.source(CHANNEL, false, d.now()) },
          { at: 5 * MINUTE, do: (d, vendor) => vendor.source(CHANNEL, true, d.now()) },
        ],
      },
    );
    expect(run.faults).toEqual([]);
    expect(gapsIn(run.record.log)).toEqual([expect.stringMatching(/^gap since .*: source-absent/)]);
  });
});

it('what is lost between two looks, of which the later one finds announced work, is lost for that', async () => {
  const run = await runSynthetic(
    {},
    {
      specification: { window },
      script: [
        { at: 0, do: (d, vendor) => vendor.source(CHANNEL, true, d.now()) },
        {
          at: 3 * MINUTE,
          do: (d, vendor) => {
            const until = d.now() + 5 * MINUTE;
            const event = { id: 'm', at: d.now(), kind: 'maintenance', until, by: 'ann' } as const;
            d.event({ kind: 'recorder', event });
            vendor.forget(d.now() + SECOND);
          },
        },
      ],
    },
  );
  expect(run.faults).toEqual([]);
  expect(run.result!.totals.gapMs.maintenance).toBeGreaterThan(SECOND);
  expect(run.result!.totals.gapMs['vendor-fault'] ?? 0).toBe(0);
});
