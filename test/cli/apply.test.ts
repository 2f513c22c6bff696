/** What `apply` reads from a folder, and how it tells what it did. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Applied, ApplyOutcome } from '../../src/client/index.ts';
import { createProgram } from '../../src/cli/program.ts';
import { appliedExit, appliedText } from '../../src/cli/render/applied.ts';
import { readTree } from '../../src/cli/tree.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keeprolling-tree-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe('a folder', () => {
  it('is read with all below it, in order, and without the configuration', async () => {
    const configuration = put('keeprolling.yaml', 'installation: test01');
    put('b.yaml', 'name: b1\n---\nname: b2');
    put('a/page.yml', 'each: { n: 1..2 }\nname: ch-{n}');
    put('notes.txt', 'name: no');
    const documents = await readTree(folder, configuration);
    expect(documents.map(({ document }) => (document as { name: string }).name)).toEqual([
      'ch-1',
      'ch-2',
      'b1',
      'b2',
    ]);
    expect(documents.map(({ label }) => label.slice(folder.length + 1))).toEqual([
      'a/page.yml, n=1',
      'a/page.yml, n=2',
      'b.yaml, document 1',
      'b.yaml, document 2',
    ]);
  });

  it('is refused for all that is wrong in all of its files at once, whether it is YAML or not', async () => {
    put('a.yaml', 'a: [');
    put('b.yaml', 'each: { n: 3 }\nname: x{n}');
    put('c.yaml', 'name: c\naccount: nobody');
    const config = put('keeprolling.yaml', 'installation: test01\ntemporal: { address: "127.0.0.1:1" }');
    const refused = createProgram().parseAsync(['node', 'keeprolling', '--config', config, 'apply', folder]);
    await expect(refused).rejects.toMatchObject({
      code: 'E_SPEC_INVALID',
      details: {
        problems: expect.arrayContaining([
          expect.objectContaining({ document: join(folder, 'a.yaml'), where: '' }),
          expect.objectContaining({ document: join(folder, 'b.yaml'), where: 'each.n' }),
          expect.objectContaining({ document: join(folder, 'c.yaml'), where: 'account' }),
        ]),
      },
    });
    await expect(readTree(join(folder, 'none'), null)).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});

const outcome = (change: Partial<ApplyOutcome>): ApplyOutcome => ({
  name: 'ch-1',
  kind: 'schedule',
  action: 'create',
  document: 'a.yaml',
  text: 'a new schedule',
  done: true,
  error: null,
  ...change,
});

function applied(outcomes: ApplyOutcome[], plan = false): Applied {
  const counts: Applied['counts'] = {};
  for (const { action } of outcomes) counts[action] = (counts[action] ?? 0) + 1;
  return { plan, outcomes, counts, failed: outcomes.filter(({ error }) => error).length };
}

describe('what was applied', () => {
  it('has a line for each document and sums at the end', () => {
    const pruned = outcome({
      name: 'cam1',
      kind: 'session',
      action: 'prune',
      text: 'IT RUNS, AND IS STOPPED',
    });
    expect(appliedText(applied([pruned, outcome({})], true))).toBe(
      [
        'prune   session   cam1  IT RUNS, AND IS STOPPED',
        'create  schedule  ch-1  a new schedule',
        '',
        '2 documents: 1 prune, 1 create',
        'nothing was changed',
      ].join('\n'),
    );
  });

  it('names no document of hundreds that are as they are', () => {
    const same = Array.from({ length: 300 }, (_, i) => outcome({ name: `ch-${i}`, action: 'unchanged' }));
    expect(appliedText(applied(same))).toBe('300 documents: 300 unchanged');
  });

  it('ends with 4 for a conflict, and with the code of a failure', () => {
    const conflict = outcome({ action: 'conflict', done: false });
    const failed = outcome({
      done: false,
      error: { code: 'E_SERVER_UNREACHABLE', message: 'No Temporal server answers', details: {} },
    });
    expect(appliedExit(applied([outcome({})]))).toBe(0);
    expect(appliedExit(applied([outcome({}), conflict]))).toBe(4);
    expect(appliedExit(applied([conflict, failed]))).toBe(5);
    expect(appliedText(applied([failed]))).toContain('create FAILED  schedule  ch-1  E_SERVER_UNREACHABLE');
  });
});
