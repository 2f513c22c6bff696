import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fieldsOf } from '../../src/cli/reference/fields.ts';
import { referenceMarkdown, referenceSections } from '../../src/cli/reference/page.ts';
import { oneOrMore, told } from '../../src/contract/told.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

// After a change of a schema: npx vitest run test/docs/reference.test.ts -u
it('docs/reference.md is what the schemas say', async () => {
  const page = referenceMarkdown(referenceSections(VENDORS));
  const pretty = await format(page, { parser: 'markdown', printWidth: 110 });
  await expect(pretty).toMatchFileSnapshot('../../docs/reference.md');
});

it('has account, target and options of every vendor', () => {
  const titles = referenceSections(VENDORS).map(({ title }) => title);
  for (const { template } of VENDORS.values())
    for (const part of ['Account', 'Target', 'Options'])
      expect(titles).toContain(`${part} of ${template!.title}`);
});

describe('a field', () => {
  const only = (schema: z.ZodType) => fieldsOf(z.strictObject({ it: schema }))[0]!;

  it('has its type, its default and its bounds', () => {
    expect(only(z.int().min(1).max(5).default(3))).toEqual({
      path: 'it',
      type: 'whole number',
      default: '`3`',
      rule: '1 to 5',
    });
    expect(only(z.enum(['a', 'b']).optional())).toMatchObject({ type: '`a`, `b`', default: '' });
    expect(only(z.array(z.string()).min(1))).toMatchObject({
      type: 'list of text',
      default: 'required',
      rule: 'not empty',
    });
  });

  it('has the sentence, the page and the example of its refusal', () => {
    const params = { rule: 'the page', try: 'x1', secret: true } as const;
    const rule = 'it must be so; try `x1` (the page) **may be secret**';
    expect(only(told(z.string().regex(/^x/), 'it must be so', params))).toMatchObject({ type: 'text', rule });
    expect(only(oneOrMore(z.string(), 'it must be so', params))).toMatchObject({ rule });
  });

  it('that is refused says why', () => {
    const refused = told(z.undefined(), 'we fill it in', { try: 'leave it out' }).optional();
    expect(only(refused)).toMatchObject({
      type: 'not taken',
      default: '',
      rule: expect.stringContaining('we fill') as string,
    });
  });

  it('is found in mappings, lists and variants', () => {
    const schema = z.strictObject({
      rules: z.array(z.strictObject({ a: z.string() })),
      named: z.record(z.string(), z.strictObject({ b: z.string() })),
      either: z.union([z.strictObject({ c: z.string() }), z.strictObject({ d: z.string() })]),
    });
    expect(fieldsOf(schema).map(({ path }) => path)).toEqual([
      'rules',
      'rules[].a',
      'named',
      'named.<name>.b',
      'either',
      'either.c',
      'either.d',
    ]);
  });

  it('that lasts is told as it is written', () => {
    const duration = z
      .string()
      .transform(() => 0)
      .default(90_000);
    expect(only(duration)).toMatchObject({ type: 'text', default: '`1m30s`' });
  });
});
