/** Where files go: another destination, credentials that are renewed, and those that cannot be. */
import { describe, expect, it } from 'vitest';
import type { ChangeValues, SessionState } from '../../src/session/state.ts';
import { CHANNEL, HOUR, MINUTE, SECOND, START, type Script, type SyntheticRun } from '../driver/world.ts';
import { CREDENTIAL_LIFE_MS } from '../synthetic/vendor.ts';
import { play, SOURCE, type Play } from './play.ts';

const STORED: Play = {
  traits: { refreshEveryMs: HOUR },
  vendor: { destinations: ['alpha', 'beta'] },
  specification: { window: { from: 'now', length: '12h' } },
};
const handedOver = { handOver: true };
const to = (destination: string): ChangeValues => ({ storage: { destination } });
const change = (at: number, value: ChangeValues, id = 'c'): Script[number] => ({
  at,
  do: (d) => d.command('change', { change: value, id, waits: true }),
});
const outage = (at: number, ms: number): Script[number] => ({
  at,
  do: (d, vendor) => void (vendor.mintsFailUntil = d.now() + ms),
});
const refreshes = ({ synthetic }: SyntheticRun): number =>
  synthetic.truth.entries.filter((entry) => entry.type === 'request' && entry.op === 'refresh').length;
const places = ({ synthetic }: SyntheticRun): (string | null)[] =>
  synthetic.recordings().map((one) => one.storage);

/** The least share of life that was ever left to the credentials of an open take. */
function leastLeft(): { onStep: (state: SessionState) => void; share: () => number } {
  let least = 1;
  return {
    onStep: (state) => {
      for (const { status, credentials } of state.takes) {
        if (status !== 'open' || !credentials) continue;
        const { mintedAt, expiresAt } = credentials;
        least = Math.min(least, (expiresAt - state.at) / (expiresAt - mintedAt));
      }
    },
    share: () => least,
  };
}

describe('another destination', () => {
  it('is a hand-over: the next take writes there before the former stops', async () => {
    const run = await play({ ...STORED, script: [SOURCE, change(HOUR / 2, to('beta'))] }, handedOver);
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ verdict: 'complete', takes: 2 });
    expect(run.result!.totals.gapMs['vendor-fault']).toBeUndefined();
    expect(places(run)).toEqual(['alpha', 'beta']);
    expect(run.answers.get('c')).toMatchObject({ applied: true, note: null });
  });

  it('that is the present one changes nothing', async () => {
    const run = await play({ ...STORED, script: [SOURCE, change(HOUR / 2, to('alpha'))] });
    expect(run.faults).toEqual([]);
    expect(run.answers.get('c')).toMatchObject({ applied: true });
    expect(places(run)).toEqual(['alpha']);
  });

  it('while nothing records is where the next take writes', async () => {
    const run = await play({
      ...STORED,
      script: [
        SOURCE,
        { at: 10 * MINUTE, do: (d) => d.command('pause') },
        change(12 * MINUTE, to('beta')),
        { at: 15 * MINUTE, do: (d) => d.command('resume') },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(places(run)).toEqual(['alpha', 'beta']);
  });

  it('that can never be used is given up, and the former take goes on', async () => {
    const run = await play({
      ...STORED,
      script: [
        { at: 0, do: (_d, vendor) => void vendor.unusable.set('beta', 'never') },
        SOURCE,
        change(HOUR / 2, to('beta')),
        { at: HOUR, do: (d, vendor) => vendor.forget(d.now()) },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.answers.get('c')).toMatchObject({ applied: false, note: 'beta: it takes nothing.' });
    expect(run.record.log.map((entry) => entry.text)).toContain(
      'the destination stays alpha: beta: it takes nothing.',
    );
    expect(places(run)).toEqual(['alpha', 'alpha']);
    expect(run.state.troubles.start).toBeUndefined();
  });

  it('that cannot be used now is tried until it can, and nothing is missing meanwhile', async () => {
    const run = await play(
      {
        ...STORED,
        script: [
          { at: 0, do: (_d, vendor) => void vendor.unusable.set('beta', 'later') },
          SOURCE,
          change(HOUR / 2, to('beta')),
          { at: HOUR, do: (_d, vendor) => void vendor.unusable.delete('beta') },
        ],
      },
      handedOver,
    );
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ verdict: 'complete', takes: 2 });
    expect(run.answers.get('c')).toMatchObject({ accepted: true, applied: false });
    expect(places(run)).toEqual(['alpha', 'beta']);
    const [, second] = run.synthetic.recordings();
    expect(second!.startedAt - START).toBeLessThan(HOUR + 61 * SECOND);
  });

  it('and back again before it was used leave the take alone', async () => {
    const run = await play({
      ...STORED,
      script: [
        { at: 0, do: (_d, vendor) => void vendor.unusable.set('beta', 'later') },
        SOURCE,
        change(HOUR / 2, to('beta'), 'there'),
        change(HOUR / 2 + 30 * SECOND, to('alpha'), 'back'),
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ takes: 1 });
    expect(run.answers.get('back')).toMatchObject({ applied: true });
    expect(run.state.troubles.start).toBeUndefined();
  });
});

describe('credentials', () => {
  it('are renewed on demand, and then at their own pace again', async () => {
    const run = await play({
      ...STORED,
      specification: { window: { from: 'now', length: '90m' } },
      script: [SOURCE, change(HOUR / 2, { storage: { refresh: 'now' } })],
    });
    expect(run.faults).toEqual([]);
    expect(run.answers.get('c')).toMatchObject({ applied: true });
    expect(refreshes(run)).toBe(1);
    expect(run.result).toMatchObject({ takes: 1 });
  });

  it('are renewed on demand although a refresh was being put off', async () => {
    const run = await play({
      ...STORED,
      script: [
        outage(HOUR, 20 * MINUTE),
        SOURCE,
        change(HOUR + 20 * MINUTE + SECOND, { storage: { refresh: 'now' } }),
      ],
    });
    expect(run.answers.get('c')).toMatchObject({ applied: true });
  });

  it('outlive an outage of 40 min, and are never older than two thirds of their life', async () => {
    for (let from = 0; from < 240; from += 20) {
      const least = leastLeft();
      const run = await play({
        ...STORED,
        script: [SOURCE, outage(from * MINUTE + SECOND, 40 * MINUTE)],
        onStep: least.onStep,
      });
      expect(run.faults).toEqual([]);
      expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
      expect(least.share()).toBeGreaterThan(1 / 3);
    }
  });

  it('that cannot be renewed end the take with them, and another begins when they can be had', async () => {
    const codes = new Set<string>();
    const run = await play({
      ...STORED,
      script: [SOURCE, outage(HOUR / 2, 5 * HOUR)],
      onStep: (state) => {
        if (state.troubles.refresh) codes.add(state.troubles.refresh.code);
      },
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 2 });
    expect([...codes]).toContain('E_CREDENTIALS_EXPIRED');
    const [first, second] = run.synthetic.recordings();
    const end = run.record.spans.find((one) => one.take === 1)!.span.to!;
    // Before their end, so that no upload meets it.
    expect(first!.startedAt + CREDENTIAL_LIFE_MS - end.at).toBeGreaterThan(50 * SECOND);
    expect(first!.startedAt + CREDENTIAL_LIFE_MS - end.at).toBeLessThan(61 * SECOND);
    expect(second!.startedAt - START).toBeGreaterThan(5.5 * HOUR);
    expect(second!.startedAt - START).toBeLessThan(5.5 * HOUR + 61 * SECOND);
    expect(run.result!.totals.gapMs.credentials).toBeGreaterThan(1.5 * HOUR);
    expect(run.state.troubles.refresh).toBeUndefined();
  });

  it('tell when they end to a refresh that follows a failed one, and to no other', async () => {
    const told: [number, number | null][] = [];
    const run = await play({
      ...STORED,
      script: [SOURCE, outage(HOUR + MINUTE, HOUR)],
      onStep: (state, _event, effects) => {
        for (const one of effects)
          if (one.kind === 'call' && one.call.op === 'refresh')
            told.push([state.retry.refresh?.failures ?? 0, one.call.endsAt ?? null]);
      },
    });
    expect(run.faults).toEqual([]);
    expect(told.filter(([failures]) => failures === 0).every(([, endsAt]) => endsAt === null)).toBe(true);
    const after = told.filter(([failures]) => failures > 0);
    expect(after.length).toBeGreaterThan(0);
    // What they refresh was minted an hour after the start.
    const [first] = run.synthetic.recordings();
    for (const [, endsAt] of after) {
      expect(endsAt! - first!.startedAt - CREDENTIAL_LIFE_MS - HOUR).toBeGreaterThan(-SECOND);
      expect(endsAt! - first!.startedAt - CREDENTIAL_LIFE_MS - HOUR).toBeLessThan(SECOND);
    }
  });

  it('that cannot be renewed keep no stop waiting', async () => {
    for (const at of [HOUR + 3 * MINUTE, HOUR + 30 * MINUTE, 3.9 * HOUR]) {
      const run = await play({
        ...STORED,
        script: [SOURCE, outage(HOUR / 2, 11 * HOUR), { at, do: (d) => d.command('stop') }],
      });
      expect(run.faults).toEqual([]);
      expect(run.endedAt - START - at).toBeLessThan(SECOND);
    }
  });

  it('are renewed in both takes of a hand-over', async () => {
    const least = leastLeft();
    const run = await play(
      {
        ...STORED,
        vendor: { destinations: ['alpha', 'beta'], takeLifeMs: 5 * HOUR },
        script: [SOURCE, change(2 * HOUR, to('beta'))],
        onStep: least.onStep,
      },
      handedOver,
    );
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ verdict: 'complete' });
    expect(least.share()).toBeGreaterThan(1 / 3);
  });
});

describe('a take in which nothing was recorded', () => {
  it('is withdrawn when the vendor says so', async () => {
    const run = await play({
      vendor: { acceptsSourceless: true, tellsEmpty: true, startingMs: 12 * HOUR },
      traits: { survivesDrop: true, proof: 'none' },
      script: [],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ verdict: 'nothing' });
    expect(run.result!.totals.recordedMs).toBe(0);
    expect(run.result!.totals.gapMs['source-absent']).toBeGreaterThan(59 * MINUTE);
  });

  it('is withdrawn also in the part of the ledger that was written before', async () => {
    const run = await play({
      vendor: { acceptsSourceless: true, tellsEmpty: true },
      traits: { nativePause: true },
      script: [{ at: 0, do: (d) => d.command('pause', { until: START + MINUTE }) }],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ verdict: 'nothing' });
  });

  it('is one that the vendor says nothing of where media came', async () => {
    const run = await play({
      vendor: { acceptsSourceless: true, tellsEmpty: true },
      traits: { survivesDrop: true },
      script: [{ at: 20 * MINUTE, do: (d, vendor) => vendor.source(CHANNEL, true, d.now()) }],
    });
    expect(run.faults).toEqual([]);
    expect(run.result!.totals.recordedMs).toBeGreaterThan(38 * MINUTE);
  });
});
