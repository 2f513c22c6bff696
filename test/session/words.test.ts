import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nothingTold, toldAt, turnsOf, withWord, type Told, type Word } from '../../src/session/words.ts';

const NOW = 1_000_000;

const heard = (words: Word[], now = NOW): Told =>
  words.reduce((told, word) => withWord(told, word, now) ?? told, nothingTold());

const turns = (words: Word[]): string =>
  turnsOf(heard(words))
    .map(({ at, up }) => `${up ? 'up' : 'down'} ${at - NOW}`)
    .join(', ');

const up = (at: number, part = ''): Word => ({ at: NOW + at, part, up: true });
const down = (at: number, part = ''): Word => ({ at: NOW + at, part, up: false });

describe('what is told of a source', () => {
  it.each([
    ['nothing', [], ''],
    ['that it goes', [down(1)], 'down 1'],
    ['that it goes and comes', [down(1), up(2)], 'down 1, up 2'],
    ['the same twice', [up(1), up(2), up(2)], 'up 1'],
    ['in another order', [up(2), down(1), up(4), down(3)], 'down 1, up 2, down 3, up 4'],
  ])('as a whole: %s', (_what, words, expected) => expect(turns(words)).toBe(expected));

  it.each([
    ['it is there while one of its streams is', [up(1, 'a'), up(2, 'b'), down(3, 'a')], 'up 1'],
    [
      'it is gone when all are',
      [up(1, 'a'), up(2, 'b'), down(3, 'a'), down(4, 'b'), up(5, 'b')],
      'up 1, down 4, up 5',
    ],
    ['whoever goes without having come shows that others may be there', [down(1, 'a')], ''],
    ['and keeps it there', [up(1, 'a'), down(2, 'b'), down(3, 'a')], 'up 1'],
    ['until the source as a whole is told to be gone', [up(1, 'a'), down(2, 'b'), down(3)], 'up 1, down 3'],
    [
      'media shows that it is there, and a stream that goes ends that',
      [up(1), up(1, 'a'), down(2, 'a')],
      'up 1, down 2',
    ],
  ])('stream by stream: %s', (_what, words, expected) => expect(turns(words)).toBe(expected));

  const word: fc.Arbitrary<Word> = fc.record({
    at: fc.integer({ min: NOW - 60_000, max: NOW }),
    part: fc.constantFrom('', 'a', 'b', 'c'),
    up: fc.boolean(),
  });

  it('comes to the same in any order and however often', () => {
    fc.assert(
      fc.property(
        fc
          .array(word, { maxLength: 25 })
          .chain((words) =>
            fc.tuple(
              fc.constant(words),
              fc.shuffledSubarray([...words, ...words], { minLength: words.length * 2 }),
            ),
          ),
        ([words, shuffled]) => {
          expect(turnsOf(heard(shuffled))).toEqual(turnsOf(heard(words)));
        },
      ),
    );
  });

  it('is bounded: older words and many streams are folded, and what they came to stays', () => {
    let told = nothingTold();
    for (let at = 0; at < 5_000; at += 1) {
      told = withWord(told, { at, part: `user ${at % 700}`, up: at % 3 > 0 }, at)!;
    }
    expect(JSON.stringify(told).length).toBeLessThan(8_000);
    expect(toldAt(turnsOf(told), 5_000)).toBe(true);
    expect(withWord(told, { at: 1, part: '', up: false }, 5_000)).toBeNull();
  });
});
