import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PREFIX_ROOM } from '../../../src/contract/vendors/agora.ts';
import { folderOf, uidOf } from '../../../src/recorders/agora/names.ts';
import type { TakeName } from '../../../src/session/facts.ts';
import { kit } from './kit.ts';

const text = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet.split('')), minLength, maxLength });
const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const names: fc.Arbitrary<TakeName> = fc.record({
  installation: text(LOWER, 4, 8),
  sessionId: text('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 26, 26),
  take: fc.integer({ min: 1, max: 99_999 }),
  nonce: text(LOWER, 8, 8),
  at: fc.integer({ min: 0, max: 4_102_444_800_000 }),
});
const MAX_UID = 2 ** 32 - 1;
const ranges = fc
  .record({
    from: fc.integer({ min: 1, max: MAX_UID - 1000 }),
    count: fc.integer({ min: 1000, max: MAX_UID }),
  })
  .map(({ from, count }) => ({ from, count: Math.min(count, MAX_UID - from + 1) }));

describe('uids', () => {
  it('lie in the reserved range, its ends among them, as decimal text', () => {
    fc.assert(
      fc.property(names, ranges, (name, range) => {
        const uid = uidOf(name, range);
        expect(uid).toMatch(/^[1-9][0-9]{0,9}$/);
        expect(Number(uid)).toBeGreaterThanOrEqual(range.from);
        expect(Number(uid)).toBeLessThan(range.from + range.count);
      }),
    );
  });

  it('reach the whole of the smallest range but a rest of less than 16', () => {
    const range = { from: 1, count: 1007 };
    const used = new Set<string>();
    for (let take = 1; take <= 20_000; take += 1) {
      used.add(uidOf({ installation: 'prod1', sessionId: 's', take, nonce: String(take), at: 0 }, range));
    }
    expect(used.size).toBe(992);
    expect(used.has('1')).toBe(true);
    expect(used.has('992')).toBe(true);
  });

  it('differ between takes of a session that follow each other, whatever their nonces', () => {
    fc.assert(
      fc.property(names, ranges, fc.integer({ min: 1, max: 15 }), (name, range, later) => {
        const next = { ...name, take: name.take + later };
        expect(uidOf(next, range)).not.toBe(uidOf(name, range));
      }),
    );
  });

  it('are the same for the same take, so that a reservation can be made again', () => {
    fc.assert(
      fc.property(names, ranges, (name, range) => {
        expect(uidOf({ ...name }, range)).toBe(uidOf(name, range));
      }),
    );
  });
});

describe('folders', () => {
  it('hold installation, session, take and nonce, in letters and digits', () => {
    fc.assert(
      fc.property(names, (name) => {
        const folder = folderOf(name, null);
        expect(folder).toEqual([name.installation, name.sessionId, `t${name.take}x${name.nonce}`]);
        for (const part of folder) expect(part).toMatch(/^[A-Za-z0-9]+$/);
      }),
    );
  });

  it('fit into the 128 characters of fileNamePrefix beside the longest prefix that is taken', () => {
    fc.assert(
      fc.property(names, (name) => {
        const folder = folderOf(name, 'p'.repeat(PREFIX_ROOM));
        expect(`${folder.join('/')}/`.length).toBeLessThanOrEqual(128);
      }),
    );
  });

  it('are told apart by any part of the name', () => {
    fc.assert(
      fc.property(names, names, (a, b) => {
        const same = (['installation', 'sessionId', 'take', 'nonce'] as const).every(
          (key) => a[key] === b[key],
        );
        expect(folderOf(a, null).join('/') === folderOf(b, null).join('/')).toBe(same);
      }),
    );
  });

  it('are sent as a list, the folders of the destination first', async () => {
    const k = kit({ prefix: 'live/rec' });
    const { handle } = await k.begin();
    const folder = ['live', 'rec', 'prod1', '01KAH3VZX0Q5Y7T9C2N4M6B8D0', 't1xnonce001'];
    expect(k.lastSent('start')['storageConfig']).toMatchObject({ fileNamePrefix: folder });
    expect(handle.folder).toEqual(folder);
  });

  it('take the longest prefix on the wire', async () => {
    const k = kit({ prefix: 'p'.repeat(PREFIX_ROOM) });
    await expect(
      k.begin(k.name(99_999, { installation: 'prod1234', nonce: 'nonce001' })),
    ).resolves.toBeDefined();
  });
});
