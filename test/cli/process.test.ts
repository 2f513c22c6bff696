/** The command line as a process, with no server and no worker anywhere. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBuilt, run, type Ran } from './kit.ts';

const TOKEN = 'canary-7d1f-token';

let folder: string;
/** Takes connections and never says a word: worse than a port where nobody listens. */
let mute: Server;
let address: string;

/** Nobody listens there: the refusal comes at once. */
const NOBODY = '127.0.0.1:9';

const cli = async (args: string[], input?: string, server = NOBODY): Promise<Ran> =>
  run(args, {
    cwd: folder,
    env: { OME_TOKEN: TOKEN, TEMPORAL_ADDRESS: server },
    ...(input !== undefined && { input }),
  });

const SPEC = `
name: cam1
account: studio
target: { app: app, stream: cam1 }
window: { from: now, length: 8h, padding: { before: 2m } }
`;
const WRONG = `
name: cam2
account: nobody
target: { app: app, stream: cam2 }
window: { from: now }
`;

beforeAll(async () => {
  await ensureBuilt();
  folder = await mkdtemp(join(tmpdir(), 'keeprolling-cli-'));
  mute = createServer(() => {});
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(mute.address() as AddressInfo).port}`;
  await writeFile(
    join(folder, 'keeprolling.yaml'),
    [
      'installation: k3v9x1',
      'accounts:',
      `  studio: { vendor: ome, url: "http://${NOBODY}", accessToken: "\${OME_TOKEN}" }`,
      'archive: { directory: ./archive }',
    ].join('\n'),
  );
  await writeFile(join(folder, 'spec.yaml'), SPEC);
  await writeFile(join(folder, 'wrong.yaml'), `${SPEC}---${WRONG}---\nname: [`);
}, 120_000);
afterAll(async () => {
  mute?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('validate', () => {
  test('ends with the promise when asked to explain', async () => {
    const { code, out } = await cli(['validate', 'spec.yaml', '--explain']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^spec\.yaml: 1 recording, it is right\n\n {2}cam1\n {4}target {3}ome\/studio\/default\/app\/cam1/,
    );
    expect(out).toContain('promise  begin ');
    expect(out).not.toContain('padding');
    expect(out).toContain('lost at most, while recorder and worker answer');
  });

  test('refuses all documents with all their problems at once', async () => {
    const { code, out, err } = await cli(['validate', 'wrong.yaml']);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(
      /^wrong\.yaml, document 2: 2 problems, nothing was called\n\n {2}window\n {4}found {4}/,
    );
    expect(err).toContain(
      '  account\n    found    "nobody"\n    problem  the configuration has no such account\n    try      one of studio',
    );
    expect(err).toContain('wrong.yaml, document 3: ');
    expect(err).toContain('not YAML');
  });

  test('reads standard input, and answers as data', async () => {
    const { code, out } = await cli(['validate', '-', '--json', '--explain'], SPEC);
    expect(code).toBe(0);
    const [document] = (JSON.parse(out) as { documents: Record<string, unknown>[] }).documents;
    expect(document).toMatchObject({
      document: 'standard input',
      key: 'ome/studio/default/app/cam1',
      specification: { name: 'cam1' },
      promise: { lossBoundMs: { sourceBack: 0 } },
    });
  });

  test('says that there is nothing in an empty file', async () => {
    const { code, err } = await cli(['validate', '-'], '# nothing\n');
    expect(code).toBe(2);
    expect(err).toContain('standard input: 1 problem, nothing was called');
  });
});

describe('exit codes', () => {
  test.each([
    ['an unknown command', ['nonsense'], 2],
    ['a missing argument', ['status'], 2],
    ['a file that is not there', ['validate', 'none.yaml'], 2],
    ['a configuration that is not there', ['list', '--config', 'none.yaml'], 2],
    ['an unknown state', ['list', '--state', 'nonsense'], 2],
    ['a label without a value', ['list', '--label', 'xx'], 2],
    ['an unknown account', ['list', '--account', 'nobody'], 2],
    ['an unknown zone', ['coverage', 'cam1', '--zone', 'Mars/Base'], 2],
    ['an unknown instant', ['coverage', 'cam1', '--from', 'someday'], 2],
    ['until and for together', ['pause', 'cam1', '--until', '04:00', '--for', '5m'], 2],
    ['extend without an end', ['extend', 'cam1'], 2],
    ['an unknown emulator', ['emulate', 'nobody'], 2],
  ])('%s', async (_what, args, exit) => {
    const { code, err } = await cli(args);
    expect({ code, said: err !== '' }).toEqual({ code: exit, said: true });
    const json = await cli([...args, '--json']);
    expect(json.code).toBe(exit);
    expect(JSON.parse(json.out)).toMatchObject({
      error: { code: expect.stringMatching(/^E_/), details: {} },
    });
  });

  test('stand in the help, one line each', async () => {
    const { code, out } = await cli(['--help']);
    expect(code).toBe(0);
    for (const exit of [0, 1, 2, 3, 4, 5, 6, 7, 8, 70])
      expect(out).toMatch(new RegExp(`^  ${exit}\\s+\\S`, 'm'));
  });
});

// How long the client waits for it is counted in test/client/deadlines.test.ts, where no machine can be too slow.
describe('with a server that never answers, every command says so', () => {
  test.each([
    ['status', ['status', 'cam1'], 5],
    ['coverage', ['coverage', 'cam1'], 5],
    ['list', ['list', '--problems'], 5],
    ['watch', ['watch', 'cam1'], 5],
    ['start', ['start', 'spec.yaml'], 5],
    ['stop', ['stop', 'cam1'], 5],
    ['setup', ['setup'], 5],
    ['worker', ['worker'], 5],
    ['doctor', ['doctor'], 6],
  ])('%s', async (_name, args, exit) => {
    const { code, out, err } = await cli(args, undefined, address);
    expect(code).toBe(exit);
    expect(`${out}${err}`).toContain(`No Temporal server answers at ${address}`);
    expect(`${out}${err}`).not.toContain(TOKEN);
  });
});

describe('without a server', () => {
  test('doctor still tells the rest, as data too', async () => {
    const { code, out } = await cli(['doctor', '--json']);
    expect(code).toBe(6);
    const { ok, checks } = JSON.parse(out) as { ok: boolean; checks: { what: string; ok: boolean }[] };
    expect(ok).toBe(false);
    const told = Object.fromEntries(checks.map((one) => [one.what, one.ok]));
    expect(told).toMatchObject({
      configuration: true,
      installation: true,
      archive: true,
      behaviour: true,
      server: false,
    });
    expect(checks.some((one) => one.what.startsWith('account studio') && !one.ok)).toBe(true);
    expect(out).not.toContain(TOKEN);
  });

  test('setup prints the steps for somebody who may', async () => {
    const { out } = await cli(['setup']);
    expect(out).toContain(
      'temporal operator search-attribute create --namespace default --name KeeprollingPhase --type Keyword',
    );
    expect(out).toContain('installation: k3v9x1');
  });

  test('setup proposes an installation id, and writes it only when told to', async () => {
    await writeFile(join(folder, 'bare.yaml'), 'accounts: {}');
    const proposed = await cli(['setup', '--config', 'bare.yaml']);
    expect(proposed.out).toMatch(/\n {2}installation: [a-z0-9]{6}\n$/);
    const written = await cli(['setup', '--config', 'bare.yaml', '--write', '--json']);
    const { installation } = JSON.parse(written.out) as { installation: { id: string; written: string } };
    const again = await cli(['setup', '--config', 'bare.yaml', '--write']);
    expect(again.out).toContain(`installation: ${installation.id}\n`);
  });
});
