import { describe, expect, test } from 'vitest';
import { layerOf, packagesReached, parseSource, readSources, type Import, type Source } from './imports.ts';
import { LAYERS, mayName, VENDOR_NAMES, type Layer } from './layers.ts';

const sources = readSources();

describe('layers', () => {
  test('every folder of src/ has a row in the table of layers', () => {
    const unknown = new Set(sources.map(({ path }) => layerOf(path)).filter((name) => !(name in LAYERS)));
    expect([...unknown]).toEqual([]);
  });

  test('each layer imports only what the table allows it', () => {
    expect(sources.flatMap((source) => violations(source))).toEqual([]);
  });

  test('nothing of the outside world reaches workflow code, over any number of files', () => {
    const allowed = new Set(['@temporalio/workflow', '@temporalio/common']);
    const reached = packagesReached(sources, (path) => path.startsWith('workflows/'));
    expect([...reached].filter(([name]) => !allowed.has(name)).map(([, way]) => way)).toEqual([]);
  });

  test('nothing at all reaches the session', () => {
    const reached = packagesReached(sources, (path) => path.startsWith('session/'));
    expect([...reached.values()]).toEqual([]);
  });
});

test('the command line loads no emulator and no client before a command wants one', () => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const loaded = new Set(['cli/main.ts']);
  for (const path of loaded)
    for (const { file, typeOnly, later } of byPath.get(path)?.imports ?? [])
      if (file !== undefined && !typeOnly && !later) loaded.add(file);
  expect(loaded).toContain('recorders/registry.ts');
  const heavy = ['emulators/registry.ts', 'client/index.ts', 'worker.ts', 'server/index.ts'];
  expect(heavy.filter((path) => loaded.has(path))).toEqual([]);
});

describe('words', () => {
  test("a vendor's name appears in its own folders, its schema and the registries only", () => {
    const found = sources.flatMap(({ path, code }) =>
      Object.entries(VENDOR_NAMES)
        .filter(([vendor, name]) => !mayName(path, vendor) && name.test(code))
        .map(([vendor, name]) => `${path} names ${vendor}: ${lineWith(code, name)}`),
    );
    expect(found).toEqual([]);
  });

  test('the environment is read in src/config, src/server and files called environment.ts only', () => {
    const elsewhere = (path: string) => !/^(config|server)\/|\/environment\.ts$/.test(path);
    expect(using(/\bprocess\.env\b/, elsewhere)).toEqual([]);
  });

  test('the session has no clock and no randomness', () => {
    const clock = /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.|\bcrypto\./;
    expect(using(clock, (path) => path.startsWith('session/'))).toEqual([]);
  });
});

describe('the guards catch what they are for', () => {
  const breaches: [path: string, code: string][] = [
    ['session/a.ts', `import { z } from 'zod';`],
    ['session/a.ts', `import type { WorkflowInfo } from '@temporalio/workflow';`],
    ['session/a.ts', `import { ERRORS } from '../contract/errors.ts';`],
    ['workflows/a.ts', `export { start } from '../client/start.ts';`],
    ['workflows/a.ts', `import { readFile } from 'node:fs/promises';`],
    ['workflows/a.ts', `import {\n  one,\n  two,\n} from '../activities/look.ts';`],
    ['emulators/ome/a.ts', `import { parse } from '../../recorders/ome/api.ts';`],
    ['recorders/ome/a.ts', `const late = await import('@temporalio/client');`],
  ];
  test.each(breaches)('%s: %s', (path, code) => {
    expect(violations(parseSource(path, code))).toHaveLength(1);
  });

  test('and let pass what is allowed', () => {
    const allowed = `import type { Spec } from '../contract/spec.ts'; import { step } from '../session/step.ts';
      import { proxyActivities } from '@temporalio/workflow'; // import { z } from 'zod';`;
    expect(violations(parseSource('workflows/a.ts', allowed))).toEqual([]);
  });

  test.each(['omeRecorder', 'OmeApi', 'OME', "'ome'", 'ome/api.ts'])('a vendor is seen in %s', (word) => {
    expect(VENDOR_NAMES['ome']?.test(word)).toBe(true);
  });
  test.each(['some', 'welcome', 'chrome', 'HOME', 'Some', 'omen', 'outcome'])('and not in %s', (word) => {
    expect(VENDOR_NAMES['ome']?.test(word)).toBe(false);
  });
});

function violations(source: Source): string[] {
  const name = layerOf(source.path);
  const layer = LAYERS[name];
  if (layer === undefined) return [];
  return source.imports
    .filter((one) => !isAllowed(name, layer, one))
    .map((one) => `${source.path} imports ${one.typeOnly ? 'types of' : 'values of'} ${one.specifier}`);
}

function isAllowed(name: string, layer: Layer, one: Import): boolean {
  if (one.file === undefined) {
    if (matches(layer.never ?? [], one.specifier)) return false;
    return one.typeOnly || layer.packages === 'any' || matches(layer.packages, one.specifier);
  }
  const target = layerOf(one.file);
  if (target === name || layer.values.includes(target)) return true;
  return one.typeOnly && (layer.types ?? []).includes(target);
}

function matches(patterns: readonly string[], specifier: string): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*')
      ? specifier.startsWith(pattern.slice(0, -1))
      : specifier === pattern || specifier.startsWith(`${pattern}/`),
  );
}

function using(pattern: RegExp, where: (path: string) => boolean): string[] {
  return sources
    .filter(({ path, code }) => where(path) && pattern.test(code))
    .map(({ path, code }) => `${path}: ${lineWith(code, pattern)}`);
}

function lineWith(code: string, pattern: RegExp): string {
  return (
    code
      .split('\n')
      .find((line) => pattern.test(line))
      ?.trim() ?? ''
  );
}
