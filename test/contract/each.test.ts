/** One document that stands for many. */
import { describe, expect, it } from 'vitest';
import { expandDocument } from '../../src/contract/each.ts';
import { normalise } from '../../src/contract/specification.ts';

const PATTERN = {
  name: 'ch-{n:3}',
  target: { stream: 'channel{n}' },
  labels: { channel: '{n}' },
  storage: '{AppName}/{n}',
  notify: ['desk-{n}'],
};

function names(each: unknown, pattern: Record<string, unknown> = { name: '{channel}' }): unknown[] {
  return expandDocument({ ...pattern, each }).documents.map(
    ({ document }) => (document as { name: string }).name,
  );
}

function problems(each: unknown, pattern: Record<string, unknown> = { name: '{n}' }): unknown[] {
  return expandDocument({ ...pattern, each }).problems.map(({ where, problem }) => `${where}: ${problem}`);
}

describe('a document with each', () => {
  it('stands for one document of every value, with the value in any text of it', () => {
    const { documents } = expandDocument({ ...PATTERN, each: { n: '1..300' } });
    expect(documents).toHaveLength(300);
    expect(documents[6]).toEqual({
      about: 'n=7',
      document: {
        name: 'ch-007',
        target: { stream: 'channel7' },
        labels: { channel: '7' },
        storage: '{AppName}/7',
        notify: ['desk-7'],
      },
    });
  });

  it('takes a list, several names each with every one of the others, and a list of sets', () => {
    expect(names({ channel: ['news', 'sport'] })).toEqual(['news', 'sport']);
    expect(names({ channel: ['a', 'b'], n: '1..2' }, { name: '{channel}{n}' })).toEqual([
      'a1',
      'a2',
      'b1',
      'b2',
    ]);
    const sets = [
      { channel: 'a', host: 'x' },
      { channel: 'b', host: 'y' },
    ];
    expect(names(sets, { name: '{channel}@{host}' })).toEqual(['a@x', 'b@y']);
  });

  it('fills numbers up with zeros, and cuts nothing off', () => {
    expect(names({ n: [7, 1234] }, { name: '{n:3}' })).toEqual(['007', '1234']);
  });

  it('leaves what it does not declare', () => {
    expect(names({ channel: ['a'] }, { name: '{channel}-{Channel}-{StreamName}-{n:3}' })).toEqual([
      'a-{Channel}-{StreamName}-{n:3}',
    ]);
  });

  it('stands for itself without it', () => {
    const document = { name: '{n}' };
    expect(expandDocument(document)).toEqual({ documents: [{ document, about: '' }], problems: [] });
    expect(expandDocument(null).documents).toEqual([{ document: null, about: '' }]);
  });

  it('is refused where its values mean nothing, or nothing says its names', () => {
    expect(problems({ n: '3..1' })).toEqual(['each.n: neither a range nor a list of texts or numbers']);
    expect(problems({ n: [] })).toEqual(['each.n: neither a range nor a list of texts or numbers']);
    expect(problems({ n: '1..6000' })).toEqual([
      'each: it stands for 6000 documents; at most 5000 are meant',
    ]);
    expect(problems({ n: '1..2', other: ['a'] })).toEqual([
      'each.other: nothing in the document says {other}',
    ]);
    expect(problems('1..3')).toEqual(['each: not names with their values']);
    expect(problems({})).toEqual(['each: it declares no name']);
    expect(problems([{ n: 1 }, { m: 2 }])).toEqual(['each[1]: it has other names than the first']);
    expect(problems({ 'a b': [1] })).toHaveLength(1);
  });
});

it('is told apart from a document of one recording', () => {
  const document = {
    name: 'cam{n}',
    each: { n: '1..3' },
    account: 'studio',
    target: {},
    window: { length: '1h' },
  };
  const read = normalise(document, { now: 0, accounts: ['studio'], vendorOf: () => undefined });
  expect(read).toMatchObject({ ok: false, problems: [{ where: 'each' }] });
});
