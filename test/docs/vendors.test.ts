import { format } from 'prettier';
import { expect, it } from 'vitest';
import { quotaRows, vendorRows, vendorSheets } from '../../src/cli/vendors/table.ts';
import { vendorsMarkdown } from '../../src/cli/render/vendors.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { read, rows } from './markdown.ts';

const page = read('docs/vendors.md');
const sheets = vendorSheets(VENDORS);
const table = vendorRows(sheets);
const quotas = [['Vendor', 'Requests that it takes of one account'], ...quotaRows(sheets)];

// After a change of the code: npx vitest run test/docs/vendors.test.ts -u
it('docs/vendors.md has the table that the code makes', async () => {
  const [before, after] = page.split(/(?<=<!-- vendors -->)[\s\S]*(?=<!-- \/vendors -->)/);
  const whole = `${before}\n\n${vendorsMarkdown(table)}\n\n${vendorsMarkdown(quotas)}\n\n${after}`;
  const pretty = await format(whole, { parser: 'markdown', printWidth: 120 });
  await expect(pretty).toMatchFileSnapshot('../../docs/vendors.md');
});

it('docs/vendors.md explains every row, and no other', () => {
  const explained = rows(page.split('<!-- /vendors -->')[1]!).map(([what]) => what);
  expect(explained).toEqual(table.slice(1).map(([what]) => what));
});
