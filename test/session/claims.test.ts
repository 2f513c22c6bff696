/** Claims: who wants the recording, who may end it, and when it is over. */
import { describe, expect, it } from 'vitest';
import type { CommandAnswer } from '../../src/session/events.ts';
import type { Claim, CommandName } from '../../src/session/state.ts';
import type { Drive } from '../driver/driver.ts';
import { HOUR, MINUTE, SECOND, START, type Script, type SyntheticRun } from '../driver/world.ts';
import { play, SOURCE, type Play } from './play.ts';

const AT = (minutes: number): number => START + minutes * MINUTE;
const isoAt = (minutes: number): string => new Date(AT(minutes)).toISOString();

/** The session's own claim is ann's, for an hour. */
const ANNS: Play = { specification: { owner: 'ann' } };

interface Said {
  by: string;
  until?: number;
  all?: boolean;
  waits?: boolean;
  hash?: string;
}

function say(minutes: number, command: CommandName, { by, until, hash, ...more }: Said): Script[number] {
  return {
    at: minutes * MINUTE,
    do: (d) =>
      d.command(command, {
        id: `${command} ${by} ${minutes}`,
        by,
        waits: true,
        ...more,
        ...(until !== undefined && { until: AT(until) }),
        ...(command === 'join' && { join: { name: `of ${by}`, recordingHash: hash ?? null } }),
      }),
  };
}

const answer = (run: SyntheticRun, id: string): CommandAnswer | undefined => run.answers.get(id);
const taken = (revision: number): CommandAnswer => ({ accepted: true, applied: true, revision, note: null });
const texts = ({ record }: SyntheticRun): string[] => record.log.map(({ text }) => text);

/** A run, with the claims at some minute of it. */
async function seen(
  minutes: number,
  script: Script,
  options: Play = ANNS,
  judged: Parameters<typeof play>[1] = {},
): Promise<SyntheticRun & { claims: Claim[] }> {
  const claims: Claim[] = [];
  const look = { at: minutes * MINUTE, do: (d: Drive) => void claims.push(...d.state().claims) };
  const all = [SOURCE, ...script, look].toSorted((a, b) => a.at - b.at);
  const run = await play({ ...options, script: all }, judged);
  expect(run.faults).toEqual([]);
  return { ...run, claims };
}

const wanted = ({ claims }: { claims: Claim[] }): [string, number | null][] =>
  claims.map(({ owner, until }) => [owner, until === null ? null : (until - START) / MINUTE]);

/** Outcome, and the minute to which it came within five seconds. */
function ending({ result, endedAt }: SyntheticRun): [string, number] {
  return [result!.outcome, (Math.floor((endedAt - START) / (5 * SECOND)) * 5) / 60];
}

describe('a join', () => {
  it.each([true, false])(
    'is another claim, and the last one ends the recording (waited for: %s)',
    async (waits) => {
      const run = await seen(20, [say(10, 'join', { by: 'bob', until: 90, waits })]);
      expect(wanted(run)).toEqual([
        ['ann', 60],
        ['bob', 90],
      ]);
      expect(ending(run)).toEqual(['completed', 90]);
      expect(run.result).toMatchObject({ verdict: 'complete', takes: 1, windowMs: 90 * MINUTE });
      expect(answer(run, 'join bob 10')).toEqual(waits ? taken(1) : undefined);
      expect(texts(run)).toContain(`join until ${isoAt(90)} by bob`);
    },
  );

  it('of a shorter time leaves the end where it is, and is over at its own', async () => {
    const run = await seen(40, [say(10, 'join', { by: 'bob', until: 30 })]);
    expect(wanted(run)).toEqual([['ann', 60]]);
    expect(ending(run)).toEqual(['completed', 60]);
  });

  it('that comes again moves the first to later, and never to earlier', async () => {
    const run = await seen(40, [
      say(10, 'join', { by: 'bob', until: 90 }),
      say(20, 'join', { by: 'bob', until: 70 }),
      say(25, 'join', { by: 'bob', until: 100 }),
    ]);
    expect(wanted(run)).toEqual([
      ['ann', 60],
      ['bob', 100],
    ]);
    expect(run.claims[1]!.since).toBe(AT(10));
    expect(ending(run)).toEqual(['completed', 100]);
  });

  it('with the id of one before is that one', async () => {
    const twice = say(10, 'join', { by: 'bob', until: 90 });
    const run = await seen(40, [twice, { ...twice, at: 20 * MINUTE }]);
    expect(wanted(run)).toHaveLength(2);
    expect(run.record.commands).toHaveLength(1);
  });

  it('is kept by the runs that follow', async () => {
    const run = await seen(200, [say(10, 'join', { by: 'bob', until: 240 })], {
      ...ANNS,
      specification: { owner: 'ann', window: { from: 'now', length: '230m' } },
      renewAfterMs: HOUR,
    });
    expect(run.runs).toBeGreaterThan(2);
    expect(wanted(run)).toEqual([
      ['ann', 230],
      ['bob', 240],
    ]);
    expect(ending(run)).toEqual(['completed', 240]);
  });
});

describe('a join is refused', () => {
  it.each<[string, Said, string]>([
    [
      'without an end',
      { by: 'bob' },
      'join needs "until": the end of what is joined, as ISO 8601 with offset.',
    ],
    ['for a time that has passed', { by: 'bob', until: 5 }, `"until" (${isoAt(5)}) has passed.`],
    [
      'past maxDuration',
      { by: 'bob', until: 121 },
      `maxDuration ends this session at ${isoAt(120)}; it cannot be joined for longer.`,
    ],
    [
      'for something else of the target',
      { by: 'bob', until: 90, hash: 'another' },
      'This session records something else of the target, or to another place; only equal recordings can be joined.',
    ],
  ])('%s', async (_what, said, why) => {
    const window = { from: 'now', length: '1h', maxDuration: '2h' };
    const run = await seen(20, [say(10, 'join', said)], { specification: { owner: 'ann', window } });
    expect(answer(run, 'join bob 10')).toEqual({ accepted: false, applied: false, revision: 0, note: why });
    expect(wanted(run)).toEqual([['ann', 60]]);
    expect(texts(run)).toContain(`join by bob was refused: ${why}`);
    expect(ending(run)).toEqual(['completed', 60]);
  });

  it('by nobody for the same of the target', async () => {
    const run = await seen(20, [
      {
        at: 10 * MINUTE,
        do: (d) => {
          const recordingHash = d.state().plan.recordingHash ?? null;
          expect(recordingHash).not.toBeNull();
          d.command('join', { by: 'bob', until: AT(90), join: { name: 'bobs', recordingHash } });
        },
      },
    ]);
    expect(run.claims[1]).toMatchObject({ owner: 'bob', name: 'bobs', sessionId: null });
  });

  it('for what a change has made another recording', async () => {
    const run = await seen(
      30,
      [
        {
          at: 10 * MINUTE,
          do: (d) => d.command('change', { change: { storage: { destination: 'beta' } } }),
        },
        {
          at: 20 * MINUTE,
          do: (d) => {
            const { recordingHash = null } = d.state().plan;
            const wish = { by: 'bob', until: AT(90), waits: true };
            d.command('join', { ...wish, id: 'changed', join: { name: 'bobs', recordingHash } });
          },
        },
      ],
      { ...ANNS, vendor: { destinations: ['alpha', 'beta'] } },
      { handOver: true },
    );
    expect(answer(run, 'changed')).toMatchObject({
      accepted: false,
      note: 'This session was changed since it began (storage); only equal recordings can be joined.',
    });
    expect(wanted(run)).toEqual([['ann', 60]]);
  });

  it('while the session stops', async () => {
    const run = await play({
      ...ANNS,
      script: [
        SOURCE,
        {
          at: 10 * MINUTE,
          do: (_d, vendor) => vendor.faults.arm({ op: 'stop', kind: 'error-unapplied', times: 3 }),
        },
        say(10, 'stop', { by: 'ann', waits: false }),
        { ...say(10, 'join', { by: 'bob', until: 90 }), at: 10 * MINUTE + 500 },
      ],
    });
    expect(answer(run, 'join bob 10')).toMatchObject({
      accepted: false,
      note: `The session is stopping since ${isoAt(10)} (ann); a stop wins over everything.`,
    });
    expect(run.endedAt).toBeLessThan(AT(30));
  });

  it('as the 51st, unless it moves one of the fifty', async () => {
    const others = Array.from({ length: 50 }, (_, n) => say(10, 'join', { by: `team-${n}`, until: 70 }));
    const run = await seen(20, [...others, say(11, 'join', { by: 'team-3', until: 80 })]);
    expect(run.claims).toHaveLength(50);
    expect(answer(run, 'join team-48 10')).toEqual(taken(49));
    expect(answer(run, 'join team-49 10')).toMatchObject({
      accepted: false,
      note: 'There are 50 claims already.',
    });
    expect(wanted(run)).toContainEqual(['team-3', 80]);
    expect(ending(run)).toEqual(['completed', 80]);
  });
});

describe('a stop where several want the recording', () => {
  const joined = say(10, 'join', { by: 'bob', until: 90 });

  it('ends the claim of who asks; the recording goes on for the other', async () => {
    const run = await seen(30, [joined, say(20, 'stop', { by: 'bob' })]);
    expect(wanted(run)).toEqual([['ann', 60]]);
    // Its effect is there at once, whatever becomes of the recording.
    expect(answer(run, 'stop bob 20')).toEqual(taken(2));
    expect(texts(run)).toContain('ends the claim of bob alone; it goes on for ann');
    expect(ending(run)).toEqual(['completed', 60]);
    expect(run.result!.takes).toBe(1);
  });

  it('of the owner leaves the recording to who has joined it', async () => {
    const run = await seen(30, [joined, say(20, 'stop', { by: 'ann' })]);
    expect(wanted(run)).toEqual([['bob', 90]]);
    expect(ending(run)).toEqual(['completed', 90]);
  });

  it('of one after the other ends the recording with the last', async () => {
    const run = await seen(25, [joined, say(20, 'stop', { by: 'bob' }), say(30, 'stop', { by: 'ann' })]);
    expect(ending(run)).toEqual(['completed', 30]);
    expect(answer(run, 'stop ann 30')).toEqual(taken(3));
  });

  it('of a stranger is refused, and says who wants it and until when', async () => {
    const run = await seen(30, [joined, say(20, 'stop', { by: 'cleo' })]);
    const why = `cleo has no claim on this recording; it is wanted by ann until ${isoAt(60)}, bob until ${isoAt(90)}. End one of these by its owner, or the whole recording: stop --all.`;
    expect(answer(run, 'stop cleo 20')).toEqual({ accepted: false, applied: false, revision: 1, note: why });
    expect(texts(run)).toContain(`stop by cleo was refused: ${why}`);
    expect(wanted(run)).toHaveLength(2);
    expect(ending(run)).toEqual(['completed', 90]);
  });

  it('with "all" ends the recording, whoever asks', async () => {
    const run = await seen(15, [joined, say(20, 'stop', { by: 'cleo', all: true })]);
    expect(ending(run)).toEqual(['completed', 20]);
    expect(texts(run)).toContain('stop --all by cleo');
    expect(answer(run, 'stop cleo 20')).toEqual(taken(2));
  });

  it('of a stranger ends it where one claim alone is left', async () => {
    const run = await seen(15, [joined, say(20, 'stop', { by: 'ann' }), say(30, 'stop', { by: 'cleo' })]);
    expect(ending(run)).toEqual(['completed', 30]);
  });

  it('of a stranger ends it where the other claim is over', async () => {
    const run = await seen(15, [say(10, 'join', { by: 'bob', until: 20 }), say(30, 'stop', { by: 'cleo' })]);
    expect(ending(run)).toEqual(['completed', 30]);
  });

  it('holds back nothing of a pause, which is for all', async () => {
    const run = await seen(30, [joined, say(20, 'pause', { by: 'cleo' }), say(25, 'resume', { by: 'bob' })]);
    expect(run.result!.totals.gapMs.paused).toBeGreaterThan(4.9 * MINUTE);
    expect(ending(run)).toEqual(['completed', 90]);
  });
});

describe('an extend where several want the recording', () => {
  const joined = say(10, 'join', { by: 'bob', until: 90 });

  it('moves the claim of who asks', async () => {
    const run = await seen(30, [joined, say(20, 'extend', { by: 'ann', until: 75 })]);
    expect(wanted(run)).toEqual([
      ['ann', 75],
      ['bob', 90],
    ]);
    expect(answer(run, 'extend ann 20')).toEqual(taken(2));
    expect(ending(run)).toEqual(['completed', 90]);
  });

  it('of a stranger moves the one that lasts longest', async () => {
    const run = await seen(30, [joined, say(20, 'extend', { by: 'cleo', until: 100 })]);
    expect(wanted(run)).toEqual([
      ['ann', 60],
      ['bob', 100],
    ]);
    expect(ending(run)).toEqual(['completed', 100]);
  });

  it('is refused where it would make a window shorter that only maxDuration ends', async () => {
    const window = { from: 'now', maxDuration: '2h' };
    const run = await seen(30, [say(20, 'extend', { by: 'ann', until: 80 })], {
      specification: { owner: 'ann', window },
    });
    expect(answer(run, 'extend ann 20')).toMatchObject({
      accepted: false,
      note: `The session already goes on until ${isoAt(120)}; extend moves the end only later.`,
    });
    expect(ending(run)).toEqual(['limit-reached', 120]);
  });

  it('is refused where it would make a claim shorter', async () => {
    const run = await seen(30, [joined, say(20, 'extend', { by: 'bob', until: 80 })]);
    expect(answer(run, 'extend bob 20')).toMatchObject({ accepted: false });
    expect(ending(run)).toEqual(['completed', 90]);
  });
});
