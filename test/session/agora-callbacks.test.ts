/** Sessions on Agora whose project has notifications, and the same ones with all of them lost. */
import { describe, expect, it } from 'vitest';
import { readFiles } from '../../src/archive/files.ts';
import { ledgerFolder } from '../../src/archive/ledger.ts';
import { CHANNEL, runAgora, type AgoraRun, type AgoraScript } from '../driver/agora-world.ts';
import { HOUR, MINUTE, SECOND } from '../driver/world.ts';

const control = (at: number, name: string, input: object = {}): AgoraScript[number] => ({
  at,
  do: (_d, agora) => agora.control(name, { channel: CHANNEL, ...input }),
});
const UP = control(0, 'source.start');
const LOST = { rates: { lost: 1 } };

const startsOf = ({ emulator }: AgoraRun): string[] =>
  emulator.truth.entries.flatMap((entry) =>
    entry.type === 'request' && entry.op === 'start' ? [entry.verdict] : [],
  );

describe('a session on Agora with notifications', () => {
  it('comes to the same as with all of them lost, with a fifth of the looks', async () => {
    const options = { script: [UP], specification: { window: { from: 'now', length: '12h' } } };
    const told = await runAgora({ ...options, notified: {} }, { lookMs: 345_000 });
    const lost = await runAgora({ ...options, notified: LOST });
    expect([...told.faults, ...lost.faults]).toEqual([]);
    expect(told.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
    expect(lost.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
    const [{ span: heard }] = told.record.spans as [AgoraRun['record']['spans'][number]];
    const [{ span: seen }] = lost.record.spans as [AgoraRun['record']['spans'][number]];
    const apart = heard.from.plusMinusMs + seen.from.plusMinusMs;
    expect(Math.abs(heard.from.at - seen.from.at)).toBeLessThanOrEqual(apart);
    expect(told.looks * 4).toBeLessThan(lost.looks);
  });

  it('knows within seconds that media is written, long before a look shows a slice', async () => {
    let recordingAt = 0;
    const run = await runAgora({
      script: [UP],
      notified: {},
      onStep: (state) => {
        if (state.phase === 'recording') recordingAt ||= state.at - state.begunAt;
      },
    });
    expect(run.faults).toEqual([]);
    expect(recordingAt).toBeLessThan(4 * SECOND);
  });

  const drop = [UP, control(20 * MINUTE, 'source.stop'), control(20 * MINUTE + 30 * SECOND, 'source.start')];

  it('tells a drop that no look sees to the second, where Agora told who was there', async () => {
    const run = await runAgora({
      script: drop,
      notified: {},
      emulator: { unknowns: { streamsAtJoin: 'told' } },
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ takes: 1 });
    expect(run.result!.totals.gapMs['source-absent']).toBe(30 * SECOND);
  });

  it('denies nothing where Agora told only who left: others may be there', async () => {
    const run = await runAgora(
      { script: drop, notified: {}, emulator: { unknowns: { streamsAtJoin: 'untold' } } },
      { blind: true },
    );
    expect(run.faults).toEqual([]);
    expect(run.result!.totals.gapMs).not.toHaveProperty('source-absent');
  });

  it('learns the sid of a start that was never answered: no second recording, no write-off', async () => {
    const run = await runAgora({
      script: [UP, control(0, 'faults', { op: 'start', kind: 'reply-lost', times: 3 })],
      notified: {},
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', verdict: 'complete', takes: 1 });
    expect(run.record.takes).toMatchObject([{ status: 'ended' }]);
    expect(startsOf(run).filter((verdict) => verdict !== 'refused')).toHaveLength(1);
    // It is refreshed like any other.
    expect(run.mint.minted.length).toBeGreaterThan(0);
  });

  it('waits 30 s for that, and then writes it off', async () => {
    const run = await runAgora({
      script: [UP, control(0, 'faults', { op: 'start', kind: 'reply-lost', times: 3 })],
      notified: LOST,
    });
    expect(run.faults).toEqual([]);
    expect(run.record.takes).toMatchObject([{ status: 'written-off' }, { status: 'ended' }]);
    expect(run.result!.totals.gapMs['vendor-fault']).toBeLessThan(45 * SECOND);
  });

  it('needs no proof of 95 s for an end that Agora tells', async () => {
    const script = [UP, control(20 * MINUTE, 'worker.crash')];
    const told = await runAgora({ script, notified: {} });
    const lost = await runAgora({ script, notified: LOST });
    expect([...told.faults, ...lost.faults]).toEqual([]);
    expect(told.result!.takes).toBe(2);
    const faultOf = (run: AgoraRun): number => run.result!.totals.gapMs['vendor-fault'] ?? 0;
    expect(faultOf(told)).toBeLessThan(faultOf(lost) - MINUTE);
  });

  it('outlives a failover of which Agora tells, in one take', async () => {
    const run = await runAgora({
      script: [UP, control(20 * MINUTE, 'failover', { forMs: 80_000 })],
      notified: {},
    });
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 1 });
  });

  it('hears of files that Agora has stored only minutes after the stop', async () => {
    const run = await runAgora({
      script: [
        UP,
        {
          at: 20 * MINUTE,
          do: (_d, agora) => {
            agora.control('upload', { takesMs: 5 * MINUTE });
            agora.emulator.callbacks!.arm({ event: '31', kind: 'late', delayMs: 5 * MINUTE });
          },
        },
      ],
      notified: {},
      settleFiles: true,
    });
    expect(run.faults).toEqual([]);
    const { counts } = (await readFiles(run.archive, ledgerFolder(run.header)))!;
    expect(counts.files).toBeGreaterThan(0);
    expect(counts).toMatchObject({ stored: counts.files, named: 0, missing: 0 });
  });

  it('lives through two days of drops, hand-overs and notifications that get lost', async () => {
    const drops = Array.from({ length: 40 }, (_, index) => [
      control((index + 1) * HOUR, 'source.stop'),
      control((index + 1) * HOUR + 40 * SECOND, 'source.start'),
    ]);
    const run = await runAgora(
      {
        script: [UP, ...drops.flat()],
        specification: { window: { from: 'now', length: '2d' } },
        notified: { rates: { lost: 0.02, doubled: 0.1, late: 0.05, reordered: 0.1, forged: 0.05 } },
        emulator: { unknowns: { streamsAtJoin: 'told' } },
        giveUpMs: 4 * 24 * HOUR,
      },
      { blind: true, lossy: true, lookMs: 450_000 },
    );
    expect(run.faults).toEqual([]);
    expect(run.result).toMatchObject({ outcome: 'completed', takes: 3 });
    expect(run.state.callbacks.heard).toBeGreaterThan(100);
  });
});
