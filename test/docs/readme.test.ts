import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { findConfiguration, loadSettings } from '../../src/config/settings.ts';
import { createOmeEmulator, emulatorDispatcher, systemClock } from '../../src/emulators/index.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { installRuntime } from '../../src/runtime.ts';
import { startWorkers } from '../../src/worker.ts';
import { temporalAddress, workflowBundlePath } from '../setup/servers.ts';
import { anchors, blocks, DOCUMENTS, read } from './markdown.ts';

const readme = read('README.md');

describe('README.md', () => {
  it('shows examples/record.ts and three examples of documents as they are', () => {
    expect(blocks(readme, 'ts')).toEqual([read('examples/record.ts')]);
    const shown = ['keeprolling.yaml', 'cam1.yaml', 'webinar.yaml'];
    expect(blocks(readme, 'yaml')).toEqual(shown.map((name) => read(`examples/${name}`)));
  });

  it('has a sample of 20 lines', () => {
    expect(read('examples/record.ts').trimEnd().split('\n')).toHaveLength(20);
  });

  it('has a place for the output of the demo', () => {
    expect(readme.match(/<!-- demo -->/g)).toHaveLength(2);
  });
});

describe('the sample', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keeprolling-readme-'));

  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('compiles as strictly as our own code, and so does every other one in the documents', async () => {
    // Inside the project, so that the packages are found.
    const project = join('.keeprolling', `readme-${process.pid}`);
    mkdirSync(project, { recursive: true });
    try {
      const others = DOCUMENTS.flatMap((file) => blocks(read(file), 'ts')).filter((text) =>
        /from 'keeprolling/.test(text),
      );
      for (const [n, text] of others.entries()) writeFileSync(join(project, `sample-${n}.ts`), text);
      const source = (path: string): string[] => [`../../src/${path}`];
      const paths = {
        keeprolling: source('client/index.ts'),
        'keeprolling/ome': source('recorders/ome/api.ts'),
        'keeprolling/agora': source('recorders/agora/api.ts'),
        'keeprolling/huawei': source('recorders/huawei/api.ts'),
        'keeprolling/naver': source('recorders/naver/api.ts'),
        'keeprolling/emulators': source('emulators/index.ts'),
      };
      const tsconfig = {
        extends: '../../tsconfig.json',
        compilerOptions: { paths },
        include: ['*.ts', '../../examples/record.ts', '../../src/**/*.d.ts'],
      };
      writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(tsconfig));
      const compiled = await promisify(execFile)('node_modules/.bin/tsc', ['--noEmit', '-p', project]).catch(
        (error: unknown) => error as { stdout: string },
      );
      expect(compiled.stdout).toBe('');
      expect(others.length).toBeGreaterThan(2);
    } finally {
      rmSync(project, { recursive: true, force: true });
    }
  });

  it('runs', { timeout: 60_000 }, async () => {
    const token = 'CANARY-readme-token';
    const config = join(folder, 'keeprolling.yaml');
    copyFileSync('examples/keeprolling.yaml', config);
    vi.stubEnv('KEEPROLLING_CONFIG', config);
    vi.stubEnv('OME_ACCESS_TOKEN', token);
    vi.stubEnv('TEMPORAL_ADDRESS', await temporalAddress());
    const printed: unknown[][] = [];
    vi.spyOn(console, 'log').mockImplementation((...line) => void printed.push(line));

    const emulator = createOmeEmulator({ clock: systemClock, accessToken: token });
    emulator.controls['source.start']!({ stream: 'cam1' }, Date.now());
    installRuntime('ERROR');
    const env = { ...process.env };
    const settings = loadSettings(findConfiguration(undefined, env, folder), VENDORS, env, folder);
    const workers = await startWorkers({
      settings,
      env,
      workflowBundle: { codePath: await workflowBundlePath() },
      dispatcher: emulatorDispatcher(emulator),
    });
    const running = workers.run();
    try {
      await import('../../examples/record.ts');
    } finally {
      workers.shutdown();
      await running;
    }
    // Of a session of a second the few milliseconds of its start are more than a hundredth.
    const verdict: unknown = expect.stringMatching(/^(complete|partial)$/);
    expect(printed).toEqual([['completed', verdict, '2 takes,', expect.stringMatching(/^gaps: .*paused/)]]);
  });
});

describe('links', () => {
  const links = DOCUMENTS.flatMap((file) =>
    [...read(file).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => ({ file, target: target ?? '' }))
      .filter(({ target }) => !/^[a-z]+:/.test(target)),
  );

  it('lead to files and headings that exist', () => {
    const dead = links.filter(({ file, target }) => {
      const [path = '', anchor] = target.split('#');
      const found = path === '' ? file : join(dirname(file), path);
      if (!existsSync(resolve(found))) return true;
      return anchor !== undefined && !anchors(read(found)).includes(anchor);
    });
    expect(dead).toEqual([]);
  });

  it('reach every page of docs/ from the README', () => {
    const reached = links.filter(({ file }) => file === 'README.md').map(({ target }) => target);
    expect(DOCUMENTS.filter((file) => file.startsWith('docs/') && !reached.includes(file))).toEqual([]);
  });
});
