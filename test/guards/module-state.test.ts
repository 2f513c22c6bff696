/**
 * Workflow code is evaluated once for all workflows of a worker (scripts/workflow-bundle.mjs). What a module kept of one
 * would be seen by the others, and a replay would decide otherwise: modules hold constants, and nothing changes them.
 */
import { expect, test } from 'vitest';
import { parseSource, readSources, type Source } from './imports.ts';

const CONSTANT = /^(?:export )?const (\w+)/gm;
const VARIABLE = /^(?:export )?(?:let|var) .*/gm;

const shared = readSources().filter(({ path }) => /^(session|workflows)\//.test(path));

test('no module of the workflow code keeps anything between two calls', () => {
  expect(shared.length).toBeGreaterThan(40);
  expect(shared.flatMap(keeps)).toEqual([]);
});

test.each([
  'let count = 0;',
  'export let count = 0;',
  'const seen = new Map<string, string>();\nfunction see(): void {\n  seen.set("a", "b");\n}',
  'const seen: string[] = [];\nexport const see = (): void => void seen.push("a");',
  'const seen = { last: 0 };\nfunction see(): void {\n  seen.last = 1;\n}',
  'const seen: Record<string, number> = {};\nfunction see(id: string): void {\n  seen[id] = 1;\n}',
  'const seen: Record<string, number> = {};\nfunction see(id: string): void {\n  delete seen[id];\n}',
  'const seen = { last: 0 };\nfunction see(): void {\n  Object.assign(seen, { last: 1 });\n}',
])('%s is caught', (code) => {
  expect(keeps(parseSource('workflows/a.ts', code))).toHaveLength(1);
});

test('a table that is only read is let pass', () => {
  const table =
    'const SECONDS: number[] = [1, 2];\nexport const of = (n: number) => SECONDS[n] === 1 ? 2 : SECONDS.at(n);';
  expect(keeps(parseSource('session/a.ts', table))).toEqual([]);
});

function keeps({ path, code }: Source): string[] {
  const variables = [...code.matchAll(VARIABLE)].map(([line]) => line);
  const constants = [...code.matchAll(CONSTANT)].map(([, name]) => name!);
  const changed = constants.flatMap((name) => changing(name).exec(code)?.[0] ?? []);
  return [...variables, ...changed].map((what) => `${path}: ${what}`);
}

/** A method that changes, an assignment to a member, `delete`, or `Object.assign`. */
function changing(name: string): RegExp {
  const methods = 'set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill';
  return new RegExp(
    [
      `\\b${name}(?:\\.\\w+|\\[[^\\]]+\\])*\\.(?:${methods})\\(`,
      `\\b${name}(?:\\.\\w+|\\[[^\\]]+\\])+ (?:[-+*/|&?]+)?=(?!=|>) `,
      `\\bdelete ${name}\\b`,
      `\\bObject\\.assign\\(${name}\\b`,
    ].join('|'),
  );
}
