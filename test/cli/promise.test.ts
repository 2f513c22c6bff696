import { describe, expect, test } from 'vitest';
import { omeTraits } from '../../src/recorders/ome/traits.ts';
import { promiseOf, type PromiseSubject } from '../../src/session/promise.ts';
import type { Traits } from '../../src/session/traits.ts';
import { promiseLines } from '../../src/cli/render/promise.ts';
import { specification } from './kit.ts';

const looks = { everyMs: 60_000, doubtMs: 10_000, withCallbacksMs: 300_000 };

/** Restarts cost 10 s, a start needs the source, callbacks name files: a cloud that forgives nothing. */
const strict: Traits = {
  ...omeTraits,
  start: 'source-needed',
  unansweredStart: 'await-callback',
  unansweredMs: 30_000,
  orphanBoundMs: 24 * 3_600_000,
  proof: 'callback',
  survivesDrop: false,
  restartGapMs: 10_000,
  absence: { proofMs: 90_000 },
  refreshEveryMs: 3_600_000,
  maxTakeMs: 12 * 3_600_000,
  files: 'callback',
};

function said(
  about: PromiseSubject,
  traits: Traits,
  change: Parameters<typeof specification>[0] = {},
  callbacks = false,
): string {
  const { sentences } = promiseOf(specification(change), traits, looks, callbacks);
  return sentences
    .filter((one) => one.about === about)
    .map((one) => one.text)
    .join(' | ');
}

describe('a vendor whose start is reserved, and whose looks see no drop', () => {
  const blind: Traits = {
    ...omeTraits,
    unansweredStart: 'repeat-reserved',
    reserves: true,
    seesDrops: false,
    orphanBoundMs: null,
  };

  test('a lost reply is repeated, and then written off with its bound', () => {
    expect(said('lost reply', blind)).toBe(
      "a start whose reply is lost is sent again under its reservation, which makes no second recording; one that cannot be named even so is written off with its bound, and the next take begins: only the vendor's own limits end it",
    );
  });

  test('a drop is not promised to be seen', () => {
    expect(said('source', blind)).toContain('counts as recorded unless a callback tells of it');
  });
});

describe('the loss bound', () => {
  test('a recorder that carries on by itself loses nothing beyond the drop', () => {
    expect(promiseOf(specification(), omeTraits, looks).lossBoundMs).toEqual({
      begin: 3_000,
      sourceBack: 0,
      // A look within 66 s that takes 2, and a start that takes 2.
      recorderLost: 70_000,
    });
  });

  test('a vendor that ends the take at a drop, waits between takes and lies about absence costs all of that', () => {
    expect(promiseOf(specification(), strict, looks).lossBoundMs).toEqual({
      begin: 3_000,
      sourceBack: 68_000 + 10_000 + 2_000,
      recorderLost: 68_000 + 93_000 + 10_000 + 2_000,
    });
  });

  test('follows the pace of the looks, but not below the longest wait between two starts', () => {
    const quick = { ...looks, everyMs: 1_000 };
    expect(promiseOf(specification(), omeTraits, quick).lossBoundMs.recorderLost).toBe(1_100 + 4_000);
    expect(promiseOf(specification(), strict, quick).lossBoundMs.sourceBack).toBe(60_000 + 10_000 + 2_000);
    const armed: Traits = { ...strict, start: 'armed' };
    expect(promiseOf(specification(), armed, quick).lossBoundMs.sourceBack).toBe(3_100 + 12_000);
  });

  test('has no end where nothing can be looked at', () => {
    const blind: Traits = { ...strict, proof: 'none' };
    expect(promiseOf(specification(), blind, looks).lossBoundMs.recorderLost).toBeNull();
    expect(said('bound', blind)).toContain('loss of the recorder without bound');
  });
});

describe('the sentences', () => {
  test('say who brings a dropped source back, and what is done while it is missing', () => {
    expect(said('source', omeTraits)).toBe(
      'source back → recording again: at once, by the recorder itself; the session knows it ≤ 13 s later. late: waits until the window ends; gone: waits until the window ends',
    );
    const source = {
      late: { kind: 'fail', afterMs: 600_000 },
      gone: { kind: 'end', afterMs: 90_000 },
    } as const;
    const policy = 'late: fails after 10 min; gone: ends after 90 s';
    expect(said('source', strict, { source })).toBe(`source back → recording again: ≤ 80 s. ${policy}`);
    expect(said('source', strict, { source }, true)).toBe(
      `source back → recording again: ≤ 15 s with callbacks, ≤ 80 s without, ≤ 5 min 44 s where one is lost among others that come. ${policy}`,
    );
  });

  test('say how soon a lost recorder is noticed, with callbacks and without', () => {
    expect(said('recorder', omeTraits)).toContain('noticed ≤ 68 s,');
    expect(said('recorder', omeTraits, {}, true)).toContain(
      'noticed ≤ 5 min 32 s while callbacks come, which tell of the source alone, ≤ 68 s without,',
    );
    const callbacks = { source: true, recorder: true, files: true };
    expect(said('recorder', { ...omeTraits, callbacks }, {}, true)).toContain(
      'noticed ≤ 3 s with callbacks, ≤ 68 s without, ≤ 5 min 32 s where one is lost among others that come,',
    );
    expect(promiseOf(specification(), omeTraits, looks, true).lossBoundMs.recorderLost).toBe(334_000);
  });

  test('say by what a start is proved', () => {
    expect(said('proof', omeTraits)).toContain(
      'proved by a look at the recorder, first 2 s after it; not proved after 30 s',
    );
    expect(said('proof', strict)).toContain("the vendor's callback; without callbacks it stays inferred");
    expect(said('proof', { ...strict, proof: 'none' })).toContain('nothing proves a start');
  });

  test('say what a pause is', () => {
    expect(said('pause', omeTraits)).toBe(
      'the vendor has none → it ends the take, resume at any time; one without an end warns after 15 min',
    );
    expect(said('pause', strict)).toContain('resume ≥ 10 s later');
    const pause = { warnAfterMs: 1, maxMs: 1_800_000 };
    expect(said('pause', { ...strict, nativePause: true }, { pause })).toBe(
      'native, inside the take; it ends in resume after 30 min',
    );
  });

  test('say what becomes of a start whose reply is lost', () => {
    expect(said('lost reply', omeTraits)).toContain('it makes no second recording');
    expect(said('lost reply', strict)).toBe(
      'a start whose reply is lost waits 30 s for its callback, then it is written off: it ends by itself ≤ 24 h after its start',
    );
  });

  test('speak of storage only where there is something to say', () => {
    expect(said('storage', omeTraits)).toBe('');
    expect(said('storage', strict)).toBe(
      'storage credentials are refreshed every 1 h, and before two thirds of their life | no take is longer than 12 h: the next one takes over before that',
    );
  });

  test('tell padding and overrun, and when the padding covers a late begin', () => {
    const { window } = specification();
    const padded = { window: { ...window, beforeMs: 120_000, afterMs: 300_000, overrunMs: 1_800_000 } };
    expect(said('begin', omeTraits, padded)).toContain('which the padding covers');
    expect(said('end', omeTraits, padded)).toContain('and 5 min of padding and up to 30 min of overrun');
    expect(said('end', omeTraits)).toContain('a stop that fails is tried again for 24 h');
  });
});

test('it is printed as one block with its subjects in a column', () => {
  const lines = promiseLines(promiseOf(specification(), omeTraits, looks));
  expect(lines[0]).toBe(
    '    promise  begin       the start is sent ≤ 3 s after the beginning; the recorder is armed and records as soon as the',
  );
  expect(lines[1]).toBe('                         source comes');
  expect(lines.every((line) => line.length <= 125)).toBe(true);
});
