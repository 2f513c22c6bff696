/** Which lines of a session's log its receivers are handed, and which of its troubles are told for many at once. */
import { describe, expect, it } from 'vitest';
import type { Effect, SharedTrouble } from '../../src/session/events.ts';
import { noFiles } from '../../src/session/filed.ts';
import { filesNotice } from '../../src/session/notices.ts';
import type { LogEntry } from '../../src/session/state.ts';
import { MINUTE, HOUR, SECOND, CHANNEL, START } from '../driver/world.ts';
import { play, SOURCE, type Play } from '../session/play.ts';

interface Heard {
  entries: LogEntry[];
  shared: (SharedTrouble & { at: number })[];
  run: Awaited<ReturnType<typeof play>>;
}

async function heard(options: Play): Promise<Heard> {
  const effects: { at: number; effect: Effect }[] = [];
  const run = await play({
    ...options,
    onStep: (state, _event, found) => effects.push(...found.map((effect) => ({ at: state.at, effect }))),
  });
  return {
    run,
    entries: effects.flatMap(({ effect }) => (effect.kind === 'notify' ? effect.entries : [])),
    shared: effects.flatMap(({ at, effect }) =>
      effect.kind === 'shared-trouble' ? [{ ...effect.trouble, at: at - START }] : [],
    ),
  };
}

const TOLD = { notify: ['ops'] };
const SHARES = { sharesTroubles: true } as const;
const drop: NonNullable<Play['script']> = [
  SOURCE,
  { at: 10 * MINUTE, do: (_d, vendor) => vendor.source(CHANNEL, false, START + 10 * MINUTE) },
  { at: 12 * MINUTE, do: (_d, vendor) => vendor.source(CHANNEL, true, START + 12 * MINUTE) },
];
/** Nobody can be asked for half an hour. */
const silent: NonNullable<Play['script']> = [
  SOURCE,
  {
    at: 5 * MINUTE,
    do: (_d, vendor) => vendor.faults.arm({ op: 'look', kind: 'reset', untilMs: START + 35 * MINUTE }),
  },
];

describe('the receivers of a session', () => {
  it('are handed every line of its log once, in order and without holes', async () => {
    const { run, entries } = await heard({ specification: TOLD, script: drop, renewAfterMs: 20 * MINUTE });
    expect(run.faults).toEqual([]);
    expect(run.runs).toBeGreaterThan(1);
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
    expect(entries).toEqual(run.record.log);
  });

  it('get with each line what a program wants to know of it', async () => {
    const { entries, run } = await heard({ specification: TOLD, script: drop });
    const of = (kind: LogEntry['kind']): unknown[] =>
      entries.filter((one) => one.kind === kind).map((one) => one.data);
    expect(of('phase')).toContainEqual({ phase: 'recording' });
    expect(of('phase').at(-1)).toMatchObject({ phase: 'released', outcome: 'completed', verdict: 'partial' });
    expect(of('gap')).toContainEqual(
      expect.objectContaining({ cause: 'source-absent', from: expect.any(String) }),
    );
    expect(of('take')).toContainEqual({ take: 1, recording: run.record.takes[0]!.recording });
  });

  it('are told last what was recorded', async () => {
    const { entries, run } = await heard({ specification: TOLD, script: drop });
    const { verdict, totals, outcome } = run.result!;
    expect(entries.at(-1)).toMatchObject({
      kind: 'verdict',
      data: { outcome, verdict, recordedMs: totals.recordedMs, gapMs: totals.gapMs },
    });
  });

  it('leave nothing behind in a session that has none', async () => {
    const { entries, shared, run } = await heard({ script: drop });
    expect(entries).toEqual([]);
    expect(shared).toEqual([]);
    expect(run.state.toldTo).toBe(0);
    expect(run.record.log.filter((one) => one.data !== undefined || one.kind === 'verdict')).toEqual([]);
  });
});

describe('a trouble of the account', () => {
  it('is told when it comes and when it is over, and is no warning of the session', async () => {
    const { entries, shared } = await heard({ specification: TOLD, plan: SHARES, script: silent });
    expect(shared.map(({ scope, state }) => [scope, state])).toEqual([
      ['account/account', 'on'],
      ['account/account', 'off'],
    ]);
    expect(shared[0]).toMatchObject({ code: 'E_VENDOR_FAULT', deadline: null });
    expect(entries.filter(({ kind }) => kind === 'warning' || kind === 'recovered')).toEqual([]);
  });

  it('is a warning of the session where nobody is told of accounts', async () => {
    const { entries, shared } = await heard({ specification: TOLD, script: silent });
    expect(shared).toEqual([]);
    const warned = entries.filter(({ kind }) => kind === 'warning' || kind === 'recovered');
    expect(warned.map(({ kind, data }) => [kind, data])).toEqual([
      ['warning', { about: 'look', who: expect.any(String), code: 'E_VENDOR_FAULT' }],
      ['recovered', { about: 'look', who: expect.any(String), code: 'E_VENDOR_FAULT' }],
    ]);
  });

  it('is told also by a session that tells nobody else', async () => {
    const { entries, shared } = await heard({ plan: SHARES, script: silent });
    expect(entries).toEqual([]);
    expect(shared).toHaveLength(2);
  });

  it('is told again by a new run, and is over when the session is', async () => {
    const { shared } = await heard({
      plan: SHARES,
      renewAfterMs: 20 * MINUTE,
      specification: { window: { from: 'now', length: '50m' } },
      script: [
        SOURCE,
        {
          at: 5 * MINUTE,
          do: (_d, vendor) => vendor.faults.arm({ op: 'look', kind: 'reset', untilMs: START + 2 * HOUR }),
        },
      ],
    });
    expect(shared.filter(({ state }) => state === 'on').length).toBeGreaterThan(1);
    expect(shared.at(-1)!.state).toBe('off');
    expect(shared.filter(({ state }) => state === 'off')).toHaveLength(1);
  });
});

describe('a trouble of a destination', () => {
  it('says when it begins to hurt: at the end of the credentials', async () => {
    const { shared, entries } = await heard({
      plan: SHARES,
      traits: { refreshEveryMs: HOUR },
      vendor: { destinations: ['bucket'] },
      specification: { ...TOLD, storage: 'bucket', window: { from: 'now', length: '3h' } },
      script: [
        SOURCE,
        {
          at: 30 * MINUTE,
          do: (_d, vendor) => {
            vendor.mintsFailUntil = START + 90 * MINUTE;
          },
        },
      ],
    });
    expect(shared.map(({ scope, state }) => [scope, state])).toEqual([
      ['destination/bucket', 'on'],
      ['destination/bucket', 'off'],
    ]);
    // Four hours of life, from the start on.
    expect(Math.abs(shared[0]!.deadline! - (START + 4 * HOUR))).toBeLessThan(30 * SECOND);
    expect(entries.filter(({ kind }) => kind === 'warning')).toEqual([]);
  });
});

describe('the last notice of a session', () => {
  it('says what became of its files, and names those that are missing', () => {
    const file = (name: string, sequence: number, state: 'open' | 'named' | 'stored' | 'missing') => ({
      name,
      sequence,
      state,
    });
    const takes = [
      {
        files: [file('a.ts', 0, 'stored'), file('b.ts', 1, 'missing')],
        fileCount: 5,
        sums: { ...noFiles(), files: 5, stored: 4, missing: 1 },
      },
      {
        files: [file('c.ts', 0, 'named'), file('d.ts', 1, 'open')],
        fileCount: 2,
        sums: { ...noFiles(), files: 2, named: 1, open: 1 },
      },
    ];
    expect(filesNotice(takes, 8, START)).toEqual({
      sequence: 8,
      at: START,
      kind: 'files',
      text: '7 files: 4 stored, 2 named, 1 missing: b.ts',
      data: { files: 7, stored: 4, named: 2, missing: 1, names: ['b.ts'] },
    });
  });
});
