import { describe, expect, it } from 'vitest';
import type { FileSeen } from '../../src/session/facts.ts';
import { withFiles } from '../../src/session/filed.ts';

const file = (change: Partial<FileSeen>): FileSeen => ({
  name: 'a.ts',
  sequence: 0,
  state: 'named',
  ...change,
});

describe('what is told of a file', () => {
  it('counts when it is the later word, and keeps what it does not say', () => {
    const known = [file({ state: 'open', from: 1 })];
    expect(withFiles(known, [file({ sequence: 7, to: 2 })])).toEqual([file({ from: 1, to: 2 })]);
    expect(withFiles(known, [file({ state: 'stored' })])).toEqual([file({ state: 'stored', from: 1 })]);
  });

  it('does not take back that it is stored, when an older word comes late', () => {
    const known = [file({ state: 'stored', place: 's3://b/a.ts' })];
    const late = [file({ state: 'named', trouble: 'it is being uploaded', durationMs: 5 })];
    expect(withFiles(known, late)).toEqual([file({ state: 'stored', place: 's3://b/a.ts', durationMs: 5 })]);
    expect(withFiles(known, [file({ state: 'open' })])).toMatchObject([{ state: 'stored' }]);
  });

  it('takes it back when the file is missing', () => {
    const missing = file({ state: 'missing', trouble: 'it is not there' });
    expect(withFiles([file({ state: 'stored' })], [missing])).toMatchObject([missing]);
  });
});
