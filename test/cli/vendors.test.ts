import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { quotaRows, vendorRows, vendorSheets } from '../../src/cli/vendors/table.ts';
import { vendorsText } from '../../src/cli/render/vendors.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { syntheticVendor } from '../synthetic/vendor.ts';

const rowOf = (rows: string[][], what: string): string[] => rows.find(([name]) => name === what)!.slice(1);

it('says of each vendor what its traits say', () => {
  const { vendor } = syntheticVendor({
    survivesDrop: true,
    asserts: true,
    restartGapMs: 10_000,
    prepares: true,
  });
  const rows = vendorRows(vendorSheets(new Map([['synthetic', vendor]])));
  expect(rowOf(rows, 'survives a drop')).toEqual(['asked after each']);
  expect(rowOf(rows, 'stop to next start')).toEqual(['10s']);
  expect(rowOf(rows, 'prepares an account')).toEqual(['checks it']);
});

it('names the mode where a vendor behaves differently in one', () => {
  const rows = vendorRows(vendorSheets(VENDORS));
  expect(rowOf(rows, 'native pause')[[...VENDORS.keys()].indexOf('agora')]).toBe('no; web: yes');
});

it('has a template of every vendor, whose modes its schemas take', () => {
  expect([...VENDORS.values()].filter(({ template }) => template === undefined)).toEqual([]);
  for (const { modes, quotas } of vendorSheets(VENDORS)) {
    expect(modes.length).toBeGreaterThan(0);
    for (const { limit, perMs } of quotas) expect(limit / perMs).toBeGreaterThan(0);
  }
});

it('tells quotas of one rate together', () => {
  const { vendor } = syntheticVendor();
  const quota = { name: 'a', limit: 30, perMs: 1_000, source: 'the page' };
  const quotas = [
    { ...quota, calls: 'start' },
    { ...quota, calls: 'stop' },
    { ...quota, calls: 'list', perMs: 60_000 },
  ];
  const registry = new Map([['synthetic', { ...vendor, recorder: { ...vendor.recorder, quotas } }]]);
  expect(quotaRows(vendorSheets(registry))).toEqual([
    ['synthetic', '30 a second: start, stop; 30 a minute: list'],
  ]);
});

it('keeps every word of the table in a narrow terminal', () => {
  const rows = vendorRows(vendorSheets(VENDORS));
  const words = (text: string): Set<string> => new Set(text.split(/\s+/));
  const shown = words(vendorsText(rows, [], 80));
  for (const cell of rows.flat()) for (const word of cell.split(' ')) expect(shown).toContain(word);
});

it('tells of a shared list where, and only where, a recorder shares its readings', () => {
  for (const { vendor, sharedList } of vendorSheets(VENDORS)) {
    const folder = `src/recorders/${vendor}`;
    const shares = readdirSync(folder).some((file) =>
      /context\.share\b|\{[^}]*\bshare\b[^}]*\} = context/.test(readFileSync(`${folder}/${file}`, 'utf8')),
    );
    expect([vendor, sharedList !== null]).toEqual([vendor, shares]);
  }
});
