import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { configurationText, templatedVendors } from '../../src/cli/templates.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { read } from './markdown.ts';

const vendors = templatedVendors(VENDORS, []);
const examples = readdirSync('examples').filter((name) => name.endsWith('.yaml'));

it.each(vendors.map((vendor) => [vendor.contract.vendor, vendor.template] as const))(
  'the specification that init writes for %s stands in examples/',
  (_name, { specification }) => {
    expect(examples.filter((name) => read(`examples/${name}`) === specification)).toHaveLength(1);
  },
);

// After a change of a template: npx vitest run test/docs/examples.test.ts -u
it('examples/keeprolling-all.yaml is what init writes for all vendors', async () => {
  await expect(configurationText(vendors, 'demo01')).toMatchFileSnapshot(
    '../../examples/keeprolling-all.yaml',
  );
});

it('a template names the account and the destination that it brings', () => {
  for (const { template } of vendors) {
    const { account, storage } = parse(template.specification) as { account: string; storage?: string };
    expect(Object.keys(parse(template.account) as object)).toEqual([account]);
    const places =
      template.destination === undefined ? [] : Object.keys(parse(template.destination) as object);
    expect(places).toEqual(storage === undefined ? [] : [storage]);
  }
});

it('another vendor is refused, with the names that there are', () => {
  expect(() => templatedVendors(VENDORS, ['nobody'])).toThrow(/no template for "nobody"; .*ome/);
});
