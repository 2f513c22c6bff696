/** Changes are checked twice: by zod where they are written, and by JSON Schema in the workflow. Both must agree. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { agoraContract, type AgoraMode } from '../../../src/contract/vendors/agora.ts';
import { misfit, type ChangeKind, type Schema } from '../../../src/session/changes.ts';

const publish = { outputs: [{ rtmpUrl: { secret: 'cdn' } }] };
const SUBJECTS: [name: string, mode: AgoraMode, options: Record<string, unknown>][] = [
  ['individual, audio', 'individual', { streamTypes: 0 }],
  ['mix, video', 'mix', { streamTypes: 1 }],
  ['mix, both', 'mix', {}],
  ['web with a push', 'web', { publish }],
];

function schemasOf(mode: AgoraMode, options: Record<string, unknown>) {
  return agoraContract.changes!({ target: { channel: 'a', mode }, options });
}
const jsonOf = (schema: z.ZodType): Schema => z.toJSONSchema(schema, { io: 'input' }) as Schema;

const EACH = SUBJECTS.flatMap(([name, mode, options]) =>
  Object.entries(schemasOf(mode, options)).map(
    ([kind, schema]) => [name, kind as ChangeKind, schema] as const,
  ),
);

/** What `misfit` interprets; anything else it would pass over in silence. */
const INTERPRETED = new Set([
  'merges',
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'enum',
  'const',
  'anyOf',
  'allOf',
  'description',
  '$schema',
]);

function keywordsOf(schema: Schema): string[] {
  const { properties = {}, items, anyOf = [], allOf = [], additionalProperties } = schema;
  const inner = [...Object.values(properties), ...(items ? [items] : []), ...anyOf, ...allOf];
  if (typeof additionalProperties === 'object') inner.push(additionalProperties);
  return [...Object.keys(schema), ...inner.flatMap(keywordsOf)];
}

// ── values near to right ones ──────────────────────────────────────────────────────────────────────────────────

const junk = fc.constantFrom(null, true, 0, -1, 1.5, '', 'x', [], {}, [[]], { secret: 'k' });
const uid = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 4_294_967_295 }).map(String) },
  fc.constantFrom(
    '0',
    '00',
    '4294967295',
    '4294967296',
    '9999999999',
    '42949672950',
    '#allstream#',
    ' 1',
    '1\n',
    7,
  ),
);
const uidList = fc.oneof(
  { weight: 4, arbitrary: fc.array(uid, { maxLength: 4 }) },
  fc.array(fc.constant('5'), { minLength: 30, maxLength: 34 }),
  fc.constantFrom(['#allstream#'], ['#allstream#', '#allstream#'], ['#allstream#', '1']),
  junk,
);
const maybe = (value: fc.Arbitrary<unknown>) => fc.oneof({ weight: 6, arbitrary: value }, junk);
const some = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  maybe(
    fc
      .record({ ...fields, unknown: fc.constant(1) }, { requiredKeys: [] })
      .chain((value) =>
        fc.oneof({ weight: 4, arbitrary: fc.constant(without(value, 'unknown')) }, fc.constant(value)),
      ),
  );

function without(value: Record<string, unknown>, field: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== field));
}

const share = fc.oneof(
  { weight: 5, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  fc.constantFrom(-0.1, 1.1, '0'),
);
const image = fc.constantFrom(
  'https://x/a.jpg',
  'http://x',
  'https://u:p@x/a.jpg',
  'ftp://x',
  'https://',
  'https://x/a b',
  'https://x?sig=1',
);
const region = fc.record(
  {
    uid,
    x_axis: share,
    y_axis: share,
    width: share,
    height: share,
    alpha: share,
    render_mode: fc.constantFrom(0, 1, 2),
  },
  { requiredKeys: ['x_axis', 'y_axis', 'width', 'height'] },
);
const GENERATED: Record<ChangeKind, fc.Arbitrary<unknown>> = {
  subscribe: some({
    audioUidList: some({ subscribeAudioUids: uidList, unsubscribeAudioUids: uidList }),
    videoUidList: some({ subscribeVideoUids: uidList, unsubscribeVideoUids: uidList }),
  }),
  layout: some({
    mixedVideoLayout: fc.constantFrom(0, 1, 2, 3, 4, '1'),
    maxResolutionUid: uid,
    layoutConfig: maybe(
      fc.oneof(fc.array(region, { maxLength: 3 }), fc.array(region, { minLength: 16, maxLength: 19 })),
    ),
    backgroundColor: fc.constantFrom('#000000', '#0a2540', '#00000', 'red', 7),
    backgroundImage: image,
    defaultUserBackgroundImage: image,
    backgroundConfig: maybe(
      fc.array(some({ uid, image_url: image, render_mode: fc.constantFrom(0, 1, 2) }), { maxLength: 2 }),
    ),
  }),
  publish: some({
    outputs: maybe(
      fc.array(
        some({
          rtmpUrl: fc.oneof(
            some({ secret: fc.constantFrom('cdn', '', '.x', 'a'.repeat(41), 7) }),
            fc.constant('rtmp://x'),
          ),
        }),
        { maxLength: 2 },
      ),
    ),
  }),
  storage: some({
    destination: fc.constantFrom('archive', '', 7),
    refresh: fc.constantFrom('now', 'later', true),
  }),
};

const everybody = ['#allstream#'];
const box = { x_axis: 0, y_axis: 0.5, width: 1, height: 0.5 };
const EXAMPLES: Record<ChangeKind, unknown[]> = {
  subscribe: [
    { audioUidList: { subscribeAudioUids: everybody } },
    { videoUidList: { unsubscribeVideoUids: ['444', '555'] } },
    { audioUidList: { unsubscribeAudioUids: ['1'] }, videoUidList: { subscribeVideoUids: ['2', '3'] } },
  ],
  layout: [
    { mixedVideoLayout: 0 },
    { mixedVideoLayout: 2, maxResolutionUid: '7', backgroundColor: '#0A2540' },
    { mixedVideoLayout: 3, layoutConfig: [box, { ...box, uid: '7', alpha: 0.5, render_mode: 1 }] },
    { mixedVideoLayout: 1, backgroundConfig: [{ uid: '7', image_url: 'https://x/a.jpg' }] },
  ],
  publish: [publish],
  storage: [{ destination: 'archive' }, { refresh: 'now' }],
};

type Edit = [at: number, value: unknown];

/** The value with one of its parts replaced, or left out for `undefined`. */
function edited(value: unknown, [at, instead]: Edit): unknown {
  const paths = pathsOf(value);
  return replaced(value, paths[at % paths.length]!, instead);
}

function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  const inner = Object.entries(value).flatMap(([key, one]) => pathsOf(one).map((path) => [key, ...path]));
  return [[], ['added'], ...inner];
}

function replaced(value: unknown, [key, ...rest]: string[], instead: unknown): unknown {
  if (key === undefined) return instead ?? null;
  if (Array.isArray(value))
    return value.map((one, i) => (String(i) === key ? replaced(one, rest, instead) : one));
  const fields = value as Record<string, unknown>;
  const inner = rest.length === 0 ? instead : replaced(fields[key], rest, instead);
  return inner === undefined ? without(fields, key) : { ...fields, [key]: inner };
}

const nearly = (kind: ChangeKind) =>
  fc
    .tuple(
      fc.constantFrom(...EXAMPLES[kind]),
      fc.array(fc.tuple(fc.nat(), fc.oneof(junk, fc.constant(undefined), uid, uidList, share)), {
        maxLength: 2,
      }),
    )
    .map(([example, edits]) => (edits as Edit[]).reduce(edited, example));

describe('changes of an Agora recording', () => {
  it('are those of the mode and of what was there at the start', () => {
    const kinds = (mode: AgoraMode, options: Record<string, unknown>) =>
      Object.keys(schemasOf(mode, options));
    expect(kinds('individual', {})).toEqual(['subscribe', 'storage']);
    expect(kinds('mix', {})).toEqual(['subscribe', 'layout', 'storage']);
    expect(kinds('mix', { streamTypes: 0 })).toEqual(['subscribe', 'storage']);
    expect(kinds('web', {})).toEqual(['storage']);
    expect(kinds('web', { publish })).toEqual(['publish', 'storage']);
  });

  it.each(EACH)('of %s, kind %s, use only what the workflow interprets', (_name, _kind, schema) => {
    expect(keywordsOf(jsonOf(schema)).filter((keyword) => !INTERPRETED.has(keyword))).toEqual([]);
  });

  it.each(EACH)('of %s, kind %s, are judged alike here and there', (_name, kind, schema) => {
    const json = jsonOf(schema);
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(GENERATED[kind], nearly(kind)), (value) => {
        const { success } = schema.safeParse(value);
        if (success) taken += 1;
        expect(misfit(json, value, kind) === null).toBe(success);
      }),
      { numRuns: 2_000 },
    );
    // Without right ones among them the property would prove little.
    expect(taken).toBeGreaterThan(20);
  });

  const refusal = (mode: AgoraMode, options: Record<string, unknown>, kind: ChangeKind, value: unknown) =>
    misfit(jsonOf(schemasOf(mode, options)[kind]!), value, kind);

  it('take what the vendor page shows', () => {
    const shown = {
      audioUidList: { subscribeAudioUids: ['#allstream#'] },
      videoUidList: { unsubscribeVideoUids: ['444', '555', '666'] },
    };
    expect(refusal('mix', {}, 'subscribe', shown)).toBeNull();
    expect(refusal('mix', {}, 'layout', { mixedVideoLayout: 1, backgroundColor: '#FF0000' })).toBeNull();
    expect(refusal('web', { publish }, 'publish', publish)).toBeNull();
    expect(refusal('web', {}, 'storage', { destination: 'archive' })).toBeNull();
    expect(refusal('web', {}, 'storage', { refresh: 'now' })).toBeNull();
  });

  it('are refused in words that say what would be right', () => {
    const video = { videoUidList: { subscribeVideoUids: ['1'] } };
    expect(refusal('mix', { streamTypes: 0 }, 'subscribe', video)).toBe('subscribe.audioUidList is missing');
    expect(refusal('mix', {}, 'subscribe', {})).toContain('must hold audioUidList, videoUidList or both');
    expect(refusal('mix', { streamTypes: 0 }, 'subscribe', { audioUidList: {} })).toContain(
      'subscribe.audioUidList must hold subscribeAudioUids',
    );
    expect(refusal('mix', {}, 'layout', {})).toContain('goes back to its default');
    expect(refusal('web', {}, 'storage', {})).toBe('storage must be {destination: name} or {refresh: now}');
    expect(refusal('web', { publish }, 'publish', { outputs: [] })).toContain(
      'publish.outputs must have at least 1',
    );
  });
});
