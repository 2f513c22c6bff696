import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { omeKit } from './ome-kit.ts';

describe('files of the emulated OvenMediaEngine', () => {
  let recordsDir: string;
  beforeEach(() => {
    recordsDir = mkdtempSync(join(tmpdir(), 'ome-emulator-'));
  });
  afterEach(() => rmSync(recordsDir, { recursive: true, force: true }));

  const record = { filePath: 'd/${Id}_${Sequence}.ts', infoPath: 'd/${Id}.xml' };

  it('writes under a temporary name and renames at the end', () => {
    const kit = omeKit({ recordsDir });
    kit.push();
    kit.start('a', record);
    kit.wait(1000);
    expect(readdirSync(join(recordsDir, 'd'))).toEqual([expect.stringMatching(/^tmp_\w{32}$/)]);
    kit.stop('a');
    expect(readdirSync(join(recordsDir, 'd')).toSorted()).toEqual(['a.xml', 'a_0.ts']);
    expect(statSync(join(recordsDir, 'd/a_0.ts')).size).toBeGreaterThan(0);
  });

  it('adds each file to the info file, and marks the one that a stop ended', () => {
    const kit = omeKit({ recordsDir });
    kit.push();
    kit.start('a', { ...record, interval: 2000, metadata: '<m>' });
    kit.wait(3000);
    kit.stop('a');
    const info = readFileSync(join(recordsDir, 'd/a.xml'), 'utf8');
    expect([...info.matchAll(/CDATA\[(.*?)\]/g)].map((match) => match[1])).toEqual(['d/a_0.ts', 'd/a_1.ts']);
    expect([...info.matchAll(/<lastSequence>(\w+)</g)].map((match) => match[1])).toEqual(['false', 'true']);
    expect(info).toContain('<metadata>&lt;m&gt;</metadata>');
    expect(info.trimEnd().endsWith('</files>')).toBe(true);
  });

  it('leaves a file of no bytes when it is stopped at once', () => {
    const kit = omeKit({ recordsDir });
    kit.push();
    kit.start('a', record);
    kit.stop('a');
    expect(statSync(join(recordsDir, 'd/a_0.ts')).size).toBe(0);
  });

  it('leaves the temporary file behind after a kill', () => {
    const kit = omeKit({ recordsDir });
    kit.push();
    kit.start('a', record);
    kit.wait(1000);
    kit.control('restart', { kill: true });
    expect(readdirSync(join(recordsDir, 'd'))).toEqual([expect.stringMatching(/^tmp_\w{32}$/)]);
  });

  it('loses a file whose directory somebody removed', () => {
    const kit = omeKit({ recordsDir });
    kit.push();
    kit.start('a', record);
    kit.wait(1000);
    rmSync(join(recordsDir, 'd'), { recursive: true });
    expect(kit.stop('a').status).toBe(200);
    expect(existsSync(join(recordsDir, 'd/a_0.ts'))).toBe(false);
    expect(kit.truth('file')).toMatchObject([{ event: 'lost' }]);
  });

  it('writes nothing outside of its folder', () => {
    const kit = omeKit({ recordsDir });
    kit.push();
    expect(kit.start('a', { filePath: '../../x.ts' }).json.response.state).toBe('error');
  });

  it('takes a directory with or without the root path', () => {
    const kit = omeKit({ rootPath: '/mnt/records' });
    kit.control('directory', { path: '/mnt/records/d', usable: false });
    kit.push();
    expect(kit.start('a', record).json.response.state).toBe('error');
    expect(kit.start('b', { filePath: '/e/x.ts' }).json.response.state).toBe('recording');
  });
});
