/** The reference of everything that is written: keeprolling.yaml, specifications, and each vendor's own part of both. */
import type { z } from 'zod';
import { accountBaseSchema, configurationSchema } from '../../contract/configuration.ts';
import { destinationSchema } from '../../contract/destinations.ts';
import { receiverSchema } from '../../contract/receivers.ts';
import { scheduleSchema } from '../../contract/schedule.ts';
import { specificationSchema } from '../../contract/specification.ts';
import type { Registry } from '../../recorders/registry.ts';
import { fieldsOf, type Field } from './fields.ts';

export interface Section {
  level: 2 | 3;
  title: string;
  text: string;
  fields: Field[];
}

export function referenceSections(registry: Registry): Section[] {
  const group = (title: string, text: string): Section => ({ level: 2, title, text, fields: [] });
  const part = (title: string, text: string, schema: z.ZodType): Section => ({
    level: 3,
    title,
    text,
    fields: fieldsOf(schema),
  });
  return [
    group('keeprolling.yaml', 'Values may be `${NAME}` from the environment or `file:PATH`.'),
    part('The file', 'All sections.', configurationSchema),
    part('Every account', "Below `accounts.<name>`, beside its vendor's own fields.", accountBaseSchema),
    part(
      'A destination',
      'Below `destinations.<name>`. Fields of `credentials` go by their `provider`.',
      destinationSchema,
    ),
    part('A receiver', 'Below `receivers.<name>`.', receiverSchema),
    group(
      'Specifications',
      'One document is one recording, or one that comes round again; with `each` it stands for [many](schedules.md#one-page-for-many-channels).',
    ),
    part('Every specification', "`target` and `options` are the vendor's.", specificationSchema),
    part(
      'A schedule',
      'Below `schedule`, see [schedules](schedules.md). `window` then has no `from`, `until` and `length`.',
      scheduleSchema,
    ),
    ...[...registry.values()].flatMap(({ contract, template }) => {
      const title = template?.title ?? contract.vendor;
      const { account, target, options, policies = [] } = contract;
      const known = policies.length === 0 ? 'foreign' : `foreign, ${policies.join(', ')}`;
      return [
        group(title, `\`vendor: ${contract.vendor}\`. Policies: ${known}.`),
        part(`Account of ${title}`, 'Below `accounts.<name>` of keeprolling.yaml.', account),
        part(`Target of ${title}`, 'Below `target` of a specification.', target),
        part(`Options of ${title}`, "Below `options` of a specification, in the vendor's words.", options),
      ];
    }),
  ];
}

const HEAD = `# Reference

Made from the schemas that check what you write: \`keeprolling reference\` prints it, with \`--json\` as data. What the fields
mean stands in [configuration](configuration.md) and on the pages of the vendors. \`<name>\` is a name of your own, \`[]\` each
entry of a list.`;

export function referenceMarkdown(sections: Section[]): string {
  return `${[HEAD, ...sections.map(sectionMarkdown)].join('\n\n')}\n`;
}

function sectionMarkdown({ level, title, text, fields }: Section): string {
  const head = `${'#'.repeat(level)} ${title}\n\n${text}`;
  if (fields.length === 0) return head;
  const rows = fields.map(({ path, type, default: fallback, rule }) => [`\`${path}\``, type, fallback, rule]);
  const lines = [['Field', 'Type', 'Default', 'Rule'], ['---', '---', '---', '---'], ...rows].map(
    (cells) => `| ${cells.map(cellText).join(' | ')} |`,
  );
  return `${head}\n\n${lines.join('\n')}`;
}

function cellText(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ')
    .replaceAll('<', '\\<')
    .replaceAll(/`[^`]*`/g, (code) => code.replaceAll('\\<', '<'));
}
