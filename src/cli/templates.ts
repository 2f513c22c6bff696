/** What `keeprolling init` writes, and what stands in examples/: made of the vendors' templates. */
import type { Registry, Vendor } from '../recorders/registry.ts';
import type { VendorTemplate } from '../recorders/template.ts';
import { usageError } from './failure.ts';

type Templated = Vendor & { template: VendorTemplate };

/** Of all vendors when none is named. @throws KeepRollingError E_USAGE for one that is not known */
export function templatedVendors(registry: Registry, names: string[]): Templated[] {
  const wanted = names.length === 0 ? [...registry.keys()] : [...new Set(names)];
  return wanted.map((name) => {
    const vendor = registry.get(name);
    if (vendor?.template) return { ...vendor, template: vendor.template };
    throw usageError(
      `There is no template for "${name}"; there is one for ${[...registry.keys()].join(', ')}.`,
    );
  });
}

/** keeprolling.yaml with an account and, where the vendor takes one, a destination of each. */
export function configurationText(vendors: Templated[], installation: string): string {
  const destinations = vendors.flatMap(({ template }) => template.destination ?? []);
  return [
    '# Every field: `keeprolling reference`. Values may be ${NAME} from the environment or file:PATH.',
    `installation: ${installation} # 4 to 8 of a-z and 0-9; it is in every name that is given to a vendor. Never change it`,
    '',
    '# temporal: { address: localhost:7233, namespace: default } # or the TEMPORAL_* variables',
    '',
    'accounts:',
    ...vendors.map(({ template: { title, account } }) => indented(`# ${title}\n${account}`)),
    ...(destinations.length === 0 ? [] : ['', 'destinations:', ...destinations.map(indented)]),
    '',
    'archive: # ledgers: what was recorded and what was not, with the evidence',
    '  directory: archive # beside this file; on a mount that every machine sees, where there are several',
    '',
  ].join('\n');
}

/** Dates in a template are examples: those that are written are ahead. */
export function dated(specification: string, now: number): string {
  const tomorrow = new Date(now + 86_400_000).toISOString().slice(0, 10);
  return specification.replaceAll(/\b\d{4}-\d{2}-\d{2}(?=T\d{2}:\d{2})/g, tomorrow);
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? line : `  ${line}`))
    .join('\n');
}
