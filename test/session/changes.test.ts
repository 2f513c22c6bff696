/** What a schema that came with the plan refuses, keyword by keyword, and in which words. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { changesOf } from '../../src/contract/changes.ts';
import { misfit, type Schema } from '../../src/session/changes.ts';

const text: Schema = { type: 'string' };

describe('what does not fit', () => {
  const cases: [string, Schema, unknown, string][] = [
    ['const', { const: 'now' }, 'later', 'x must be "now"'],
    ['enum', { enum: ['a', 2] }, 'b', 'x must be one of "a", 2'],
    ['type object', { type: 'object' }, [], 'x must be an object'],
    ['type object', { type: 'object' }, null, 'x must be an object'],
    ['type array', { type: 'array' }, {}, 'x must be a list'],
    ['type string', text, 7, 'x must be a text'],
    ['type number', { type: 'number' }, '7', 'x must be a number'],
    ['type integer', { type: 'integer' }, true, 'x must be a number'],
    ['type integer', { type: 'integer' }, 1.5, 'x must be a whole number'],
    ['type boolean', { type: 'boolean' }, 0, 'x must be true or false'],
    ['required', { type: 'object', required: ['a'] }, {}, 'x.a is missing'],
    ['properties', { type: 'object', properties: { a: text } }, { a: 1 }, 'x.a must be a text'],
    [
      'additionalProperties false',
      { type: 'object', properties: { a: text }, additionalProperties: false },
      { b: 1 },
      'x.b does not fit this session',
    ],
    [
      'additionalProperties false, for a name that every object inherits',
      { type: 'object', properties: { a: text }, additionalProperties: false },
      { constructor: 1 },
      'x.constructor does not fit this session',
    ],
    [
      'additionalProperties with a schema',
      { type: 'object', additionalProperties: text },
      { b: 1 },
      'x.b must be a text',
    ],
    ['items', { type: 'array', items: text }, ['a', 1], 'x[1] must be a text'],
    ['minItems', { type: 'array', minItems: 1 }, [], 'x must have at least 1 item'],
    ['minItems', { type: 'array', minItems: 2 }, [1], 'x must have at least 2 items'],
    ['maxItems', { type: 'array', maxItems: 1 }, [1, 2], 'x must have at most 1 item'],
    ['minLength', { type: 'string', minLength: 1 }, '', 'x must not be empty'],
    ['minLength', { type: 'string', minLength: 3 }, 'ab', 'x must have at least 3 characters'],
    ['maxLength', { type: 'string', maxLength: 2 }, 'abc', 'x must have at most 2 characters'],
    ['pattern', { type: 'string', pattern: '^[0-9]+$' }, 'a', 'x must match ^[0-9]+$'],
    ['minimum', { type: 'number', minimum: 1, maximum: 5 }, 0, 'x must be from 1 to 5'],
    ['maximum', { type: 'integer', minimum: 1, maximum: 5 }, 6, 'x must be from 1 to 5'],
    ['minimum alone', { type: 'integer', minimum: 1 }, 0, 'x must be at least 1'],
    ['maximum alone', { type: 'integer', maximum: 5 }, 6, 'x must be at most 5'],
    ['anyOf', { anyOf: [text, { type: 'number' }] }, true, 'x must be a text'],
    ['anyOf in words', { anyOf: [text], description: 'must be a name' }, true, 'x must be a name'],
    ['allOf', { allOf: [text, { type: 'string', maxLength: 1 }] }, 'ab', 'x must have at most 1 character'],
    ['a description', { type: 'string', description: 'must be a uid' }, 7, 'x must be a uid'],
    [
      'a description of a part',
      { type: 'object', properties: { a: { type: 'integer', description: 'must be a layout, 0 to 3' } } },
      { a: 'b' },
      'x.a must be a layout, 0 to 3',
    ],
  ];

  it.each(cases)('%s: %j refuses %j', (_keyword, schema, value, sentence) => {
    expect(misfit(schema, value, 'x')).toBe(sentence);
  });
});

describe('what fits', () => {
  const cases: [Schema, unknown][] = [
    [{}, 'anything'],
    [{ const: 'now' }, 'now'],
    [{ enum: ['a', 2] }, 2],
    [
      { type: 'object', properties: { a: text } },
      { a: 'b', more: 1 },
    ],
    [{ type: 'object', properties: { a: text }, additionalProperties: false }, { a: 'b' }],
    [{ type: 'array', items: text, minItems: 1, maxItems: 2 }, ['a', 'b']],
    [{ type: 'string', minLength: 1, maxLength: 2, pattern: '^\\p{L}+$' }, 'ä'],
    [{ type: 'number', minimum: 0.5 }, 0.5],
    [{ type: 'integer', maximum: 5 }, -3],
    [{ type: 'boolean' }, false],
    [{ type: 'null' }, null],
    [{ anyOf: [text, { type: 'null' }] }, null],
    [{ allOf: [text, { type: 'string', maxLength: 2 }] }, 'ab'],
  ];

  it.each(cases)('%j takes %j', (schema, value) => {
    expect(misfit(schema, value, 'x')).toBeNull();
  });

  it('and null is nothing else', () => {
    expect(misfit({ type: 'null' }, 0, 'x')).toBe('x must be null');
  });
});

describe("a vendor's own schema, as it travels", () => {
  const subscribe = z
    .strictObject({
      uids: z.array(z.string().regex(/^\d+$/)).min(1).max(32),
      mode: z.enum(['audio', 'video']).optional(),
      region: z.record(z.string(), z.number().int().min(0).max(1000)).optional(),
    })
    .describe('must be {uids}');
  const plain = z.strictObject({ uids: z.array(z.string().regex(/^\d+$/)).min(1).max(32) });

  it('refuses what zod refuses, without zod', () => {
    const { subscribe: schema } = changesOf({ subscribe: plain }, []);
    for (const value of [{ uids: ['1'] }, { uids: [] }, { uids: ['a'] }, { uids: ['1'], more: 1 }, {}, null])
      expect(misfit(schema!, value, 'subscribe') === null).toBe(plain.safeParse(value).success);
  });

  it('says its own description where the whole does not fit, and what is wrong where a part does not', () => {
    const { subscribe: schema } = changesOf({ subscribe }, []);
    expect(misfit(schema!, 7, 'subscribe')).toBe('subscribe must be {uids}');
    expect(misfit(schema!, { uids: ['1'], region: { x: 1001 } }, 'subscribe')).toBe(
      'subscribe.region.x must be from 0 to 1000',
    );
  });

  it('of storage is the destinations that suit, or a refresh', () => {
    const { storage } = changesOf({ storage: z.unknown() }, ['alpha', 'beta']);
    expect(misfit(storage!, { destination: 'beta' }, 'storage')).toBeNull();
    expect(misfit(storage!, { refresh: 'now' }, 'storage')).toBeNull();
    expect(misfit(storage!, { destination: 'gamma' }, 'storage')).toBe(
      'storage.destination must be one of "alpha", "beta"',
    );
    expect(misfit(storage!, { refresh: 'later' }, 'storage')).toBe('storage.refresh must be "now"');
    for (const wrong of [{}, 'alpha', { other: 1 }])
      expect(misfit(storage!, wrong, 'storage')).toBe(
        'storage must be {destination: one of alpha, beta} or {refresh: now}',
      );
  });
});
