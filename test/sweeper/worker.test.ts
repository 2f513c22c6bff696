/** By what a sweep knows the server of its sessions: by a worker there that has the same installation and archive. */
import { expect, it } from 'vitest';
import { NO_ARCHIVE, toldIn } from '../../src/archive/marker.ts';
import { whyNotOurs } from '../../src/client/sweep.ts';

const why = (identities: string[], mark: string | null = '9f3e0a11'): string | null =>
  whyNotOurs(
    identities.map((one) => toldIn(one)),
    'prod1',
    mark,
  );

it('takes a server for its own where a worker has the same installation and the same archive, or neither has one', () => {
  expect(why(['1@a 9f3e0a11 prod1'])).toBeNull();
  expect(why(['1@a 00c0ffee prod1', '2@b 9f3e0a11 prod1'])).toBeNull();
  expect(why([`1@a ${NO_ARCHIVE} prod1`], null)).toBeNull();
});

it('says what is missing else', () => {
  expect(why([])).toBe('no worker takes work');
  // One of another installation may share the archive, or have none either; and one that tells none is nobody's.
  for (const other of ['1@a 9f3e0a11 stage1', '1@a 9f3e0a11', '1@a'])
    expect(why([other, '2@b none stage1'])).toBe('no worker has installation prod1 in its configuration');
  expect(why([`1@a ${NO_ARCHIVE} stage1`], null)).toContain('no worker has installation prod1');
  for (const mark of ['00c0ffee', 'none', 'unreadable'])
    expect(why([`1@a ${mark} prod1`, '2@b 9f3e0a11 stage1'])).toContain('do not have the archive');
});
