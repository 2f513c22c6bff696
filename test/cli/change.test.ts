import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeOf } from '../../src/cli/commands/change.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'keeprolling-change-'));
  writeFileSync(join(cwd, 'layout.yaml'), 'mixedVideoLayout: 3\nregions:\n  - { uid: "1" }\n');
  writeFileSync(join(cwd, 'broken.yaml'), 'rtmp: [rtmp://live.example.com/app/CANARY\n');
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('what a change is told to be', () => {
  test('is YAML or JSON, on the command line or in a file', async () => {
    const change = await changeOf(
      { cwd },
      {
        subscribe: '{subscribeAudioUids: ["123"]}',
        publish: '{"urls": [{"secret": "youtube"}]}',
        layout: '@layout.yaml',
      },
    );
    expect(change).toEqual({
      subscribe: { subscribeAudioUids: ['123'] },
      publish: { urls: [{ secret: 'youtube' }] },
      layout: { mixedVideoLayout: 3, regions: [{ uid: '1' }] },
    });
  });

  test('moves the files, or renews their credentials', async () => {
    expect(await changeOf({ cwd }, { storage: 's3-archive' })).toEqual({
      storage: { destination: 's3-archive' },
    });
    expect(await changeOf({ cwd }, { refreshStorage: true })).toEqual({ storage: { refresh: 'now' } });
  });

  test.each([
    [{}, /^change needs --subscribe/],
    [{ by: 'me' }, /^change needs --subscribe/],
    [{ storage: 'a', refreshStorage: true }, /leave out --refresh-storage/],
    [{ layout: '@nowhere.yaml' }, /^--layout: the file nowhere.yaml cannot be read/],
    [{ publish: '@broken.yaml' }, /^--publish: the file broken.yaml is neither YAML nor JSON \(line 2/],
    [{ subscribe: '{a: [1' }, /^--subscribe: the value is neither YAML nor JSON \(line 1/],
  ])('%j is refused', async (options, message) => {
    const refusal: unknown = await changeOf({ cwd }, options).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'E_USAGE', message: expect.stringMatching(message) });
    expect(String(refusal)).not.toContain('CANARY');
  });
});
