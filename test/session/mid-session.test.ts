/** A change while it records: applied once in every take that goes on, carried into the next, taken back when refused. */
import { describe, expect, it } from 'vitest';
import type { ChangeValues, SessionState } from '../../src/session/state.ts';
import type { CommandAnswer } from '../../src/session/events.ts';
import { HOUR, MINUTE, SECOND, START, type Script, type SyntheticRun } from '../driver/world.ts';
import { FORBIDDEN } from '../synthetic/contract.ts';
import { play, SOURCE, type Play } from './play.ts';

const CHANGING: Play = { vendor: { changes: true } };
const subscribe = (...uids: string[]): ChangeValues => ({ subscribe: { uids } });
const at = (minutes: number, change: ChangeValues, id = `c${minutes}`): Script[number] => ({
  at: minutes * MINUTE,
  do: (d) => d.command('change', { change, id, waits: true, by: 'director' }),
});

const settings = ({ synthetic }: SyntheticRun): ChangeValues[] =>
  synthetic.recordings().map((one) => one.settings);
const calls = ({ synthetic }: SyntheticRun, op: string): number =>
  synthetic.truth.entries.filter((entry) => entry.type === 'request' && entry.op === op).length;
const answer = (run: SyntheticRun, id: string): CommandAnswer | undefined => run.answers.get(id);

describe('a change', () => {
  it('is applied in the take that is open, once, and answered then', async () => {
    const run = await play({ ...CHANGING, script: [SOURCE, at(10, subscribe('a'))] });
    expect(run.faults).toEqual([]);
    expect(answer(run, 'c10')).toEqual({ accepted: true, applied: true, revision: 1, note: null });
    expect(settings(run)).toEqual([subscribe('a')]);
    expect(calls(run, 'change')).toBe(1);
    expect(run.record.commands).toMatchObject([
      { command: 'change', by: 'director', change: subscribe('a') },
    ]);
  });

  it('is carried into the takes that follow, in their start', async () => {
    const run = await play({
      ...CHANGING,
      script: [
        SOURCE,
        at(10, subscribe('a')),
        { at: 20 * MINUTE, do: (d, vendor) => vendor.forget(d.now()) },
        { at: 30 * MINUTE, do: (d) => d.command('pause') },
        { at: 35 * MINUTE, do: (d) => d.command('resume') },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(settings(run)).toEqual([subscribe('a'), subscribe('a'), subscribe('a')]);
    expect(calls(run, 'change')).toBe(1);
  });

  it('while nothing records is in effect from the next take on', async () => {
    const run = await play({
      ...CHANGING,
      script: [
        SOURCE,
        { at: 10 * MINUTE, do: (d) => d.command('pause') },
        at(12, subscribe('a')),
        { at: 15 * MINUTE, do: (d) => d.command('resume') },
      ],
    });
    expect(answer(run, 'c12')).toMatchObject({
      accepted: true,
      applied: false,
      note: expect.stringContaining('from the next take on') as string,
    });
    expect(settings(run)).toEqual([{}, subscribe('a')]);
    expect(calls(run, 'change')).toBe(0);
  });

  it('during a hand-over is applied in both takes', async () => {
    const midst = 2 * HOUR - 10 * MINUTE + 2 * SECOND;
    const run = await play(
      {
        vendor: { changes: true, takeLifeMs: 2 * HOUR },
        specification: { window: { from: 'now', length: '3h' } },
        script: [SOURCE, { ...at(0, subscribe('a')), at: midst }],
      },
      { handOver: true },
    );
    expect(run.faults).toEqual([]);
    expect(settings(run)).toEqual([subscribe('a'), subscribe('a')]);
    expect(answer(run, 'c0')).toMatchObject({ applied: true });
  });

  it('that fails is tried again, and the last word of several wins', async () => {
    const run = await play({
      ...CHANGING,
      script: [
        SOURCE,
        {
          at: 9 * MINUTE,
          do: (_d, vendor) => vendor.faults.arm({ op: 'change', kind: 'refused', times: 4 }),
        },
        at(10, subscribe('a')),
        { at: 10 * MINUTE + 2 * SECOND, do: (d) => d.command('change', { change: subscribe('b') }) },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(settings(run)).toEqual([subscribe('b')]);
    expect(run.state.troubles.change).toBeUndefined();
  });

  it('never keeps a stop waiting', async () => {
    const run = await play({
      ...CHANGING,
      script: [
        SOURCE,
        {
          at: 9 * MINUTE,
          do: (_d, vendor) => vendor.faults.arm({ op: 'change', kind: 'refused', times: 99 }),
        },
        at(10, subscribe('a')),
        { at: 11 * MINUTE, do: (d) => d.command('stop') },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.endedAt - START).toBeLessThan(11 * MINUTE + SECOND);
    expect(answer(run, 'c10')).toMatchObject({ accepted: true, applied: false });
  });

  it.each<[ChangeValues, RegExp]>([
    [{ subscribe: { uids: [] } }, /^subscribe\.uids must have at least 1 item\.$/],
    [{ subscribe: { uids: ['a'], more: 1 } }, /^subscribe\.more does not fit this session\.$/],
    [{ layout: {} }, /^layout cannot be changed in this session .*; subscribe can\.$/],
    [{}, /^change needs one of/],
  ])('%j is refused by what came with the plan', async (change, note) => {
    const run = await play({ ...CHANGING, script: [SOURCE, at(10, change)] });
    expect(answer(run, 'c10')).toMatchObject({
      accepted: false,
      applied: false,
      note: expect.stringMatching(note) as string,
    });
    expect(run.record.commands).toEqual([]);
    expect(calls(run, 'change')).toBe(0);
  });
});

describe('a change that the vendor refuses for good', () => {
  it('is taken back, and who waits is told so', async () => {
    const run = await play({ ...CHANGING, script: [SOURCE, at(10, subscribe(FORBIDDEN))] });
    expect(run.faults).toEqual([]);
    expect(answer(run, 'c10')).toMatchObject({ applied: false, note: 'This user cannot be subscribed to.' });
    expect(run.state.settings).toEqual({});
    expect(calls(run, 'change')).toBe(1);
    expect(run.record.log.map((entry) => entry.text)).toContain(
      'change of subscribe is taken back: This user cannot be subscribed to.',
    );
  });

  it('leaves what was in effect before, also for the next take', async () => {
    const run = await play({
      ...CHANGING,
      script: [
        SOURCE,
        at(10, subscribe('a')),
        at(20, subscribe(FORBIDDEN)),
        { at: 30 * MINUTE, do: (d, vendor) => vendor.forget(d.now()) },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ takes: 2 });
    expect(settings(run)).toEqual([subscribe('a'), subscribe('a')]);
  });

  it('leaves one that was accepted before and is not in effect yet', async () => {
    const run = await play({
      ...CHANGING,
      script: [
        SOURCE,
        {
          at: 9 * MINUTE,
          do: (_d, vendor) => vendor.faults.arm({ op: 'change', kind: 'refused', times: 2 }),
        },
        at(10, subscribe('a')),
        {
          at: 10 * MINUTE + SECOND / 2,
          do: (d) => d.command('change', { change: subscribe(FORBIDDEN) }),
        },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(settings(run)).toEqual([subscribe('a')]);
  });

  it('at the start of the next take does not keep the session from recording', async () => {
    const run = await play({
      ...CHANGING,
      script: [
        SOURCE,
        { at: 10 * MINUTE, do: (d) => d.command('pause') },
        at(12, subscribe(FORBIDDEN)),
        { at: 15 * MINUTE, do: (d) => d.command('resume') },
      ],
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ takes: 2 });
    expect(settings(run)).toEqual([{}, {}]);
  });
});

describe('a change and a start whose reply was lost', () => {
  it('are put together: the take that the first start made gets the change', async () => {
    let state: SessionState | undefined;
    const run = await play({
      ...CHANGING,
      script: [
        { at: 0, do: (_d, vendor) => vendor.faults.arm({ op: 'start', kind: 'reply-lost', times: 2 }) },
        SOURCE,
        { at: 500, do: (d) => d.command('change', { change: subscribe('a') }) },
      ],
      onStep: (now) => void (state = now),
    });
    expect(run.faults).toEqual([]);
    expect(settings(run)).toEqual([subscribe('a')]);
    expect(state?.takes.at(-1)?.changed).toEqual({ subscribe: 1 });
  });
});
