import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeTime,
  encodeTime,
  fileName,
  isRecordOf,
  metadataText,
  parseMetadata,
  parseRecordId,
  pathTemplates,
  recordId,
} from '../../../src/recorders/ome/names.ts';
import type { TakeName } from '../../../src/session/facts.ts';

const text = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet.split('')), minLength, maxLength });
const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const names: fc.Arbitrary<TakeName> = fc.record({
  installation: text(LOWER, 4, 8),
  sessionId: text('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 26, 26),
  take: fc.nat(100_000),
  nonce: text(LOWER, 8, 8),
  at: fc.integer({ min: 0, max: 4_102_444_800_000 }),
});

describe('names at OvenMediaEngine', () => {
  it('gives ids that sort in order of creation, across sessions and installations', () => {
    fc.assert(
      fc.property(names, names, (a, b) => {
        fc.pre(a.at !== b.at);
        expect(recordId(a) < recordId(b)).toBe(a.at < b.at);
      }),
    );
  });

  it('tells from an id whose record it is', () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(parseRecordId(recordId(name))).toEqual(name);
      }),
    );
    for (const id of ['', 'cam1', 'zz', '01kah3w2pq-prod1-x-t1-nonce001', '${Id}'])
      expect(parseRecordId(id)).toBeNull();
  });

  it('gives different takes different ids and different files', () => {
    fc.assert(
      fc.property(names, names, fc.nat(9), fc.nat(9), (a, b, m, n) => {
        const { filePath } = pathTemplates('keeprolling', 'ts');
        const same = recordId(a) === recordId(b);
        expect(fileName(filePath, recordId(a), m) === fileName(filePath, recordId(b), n)).toBe(
          same && m === n,
        );
      }),
    );
  });

  it('keeps time in ten digits', () => {
    expect(encodeTime(0)).toBe('0000000000');
    expect(decodeTime(encodeTime(1_795_262_400_123))).toBe(1_795_262_400_123);
  });

  it('names files so that they are known in advance', () => {
    expect(pathTemplates('studio/a', 'mp4')).toEqual({
      filePath: '/studio/a/${Id}_${Sequence}.mp4',
      infoPath: '/studio/a/${Id}.xml',
    });
    expect(fileName('/studio/a/${Id}_${Sequence}.mp4', 'x', 12)).toBe('/studio/a/x_12.mp4');
  });

  it('takes a record for ours only if id and metadata say so', () => {
    const name: TakeName = {
      installation: 'prod1',
      sessionId: '0'.repeat(26),
      take: 2,
      nonce: 'abcdefgh',
      at: 5,
    };
    const id = recordId(name);
    const metadata = metadataText(name, 'webinar', 'cam1');
    expect(parseMetadata(metadata)).toEqual({
      installation: 'prod1',
      sessionId: name.sessionId,
      take: 2,
      stream: 'cam1',
    });
    expect(isRecordOf({ id, metadata }, name)).toBe(true);
    expect(isRecordOf({ id }, name)).toBe(false);
    expect(isRecordOf({ id, metadata: '{' }, name)).toBe(false);
    expect(isRecordOf({ id, metadata: '"x"' }, name)).toBe(false);
    expect(isRecordOf({ id, metadata: metadataText({ ...name, take: 3 }, '', 'cam1') }, name)).toBe(false);
    expect(isRecordOf({ id: recordId({ ...name, nonce: 'other000' }), metadata }, name)).toBe(false);
  });
});
