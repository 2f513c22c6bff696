/** Budgets and guards of the workflow bundle: what is in it is paid for by every cached session. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { workflowBundlePath } from '../setup/servers.ts';

let code: string;
let map: { sources: string[] };

beforeAll(async () => {
  const whole = await readFile(await workflowBundlePath(), 'utf8');
  const [, encoded] = /\n\/\/# sourceMappingURL=data:[^,]*,(\S+)\s*$/.exec(whole)!;
  map = JSON.parse(Buffer.from(encoded!, 'base64').toString('utf8')) as typeof map;
  code = whole.replace(/\n\/\/# sourceMappingURL=data:[^\n]*\s*$/, '\n');
});

describe('the workflow bundle', () => {
  it('is at most 600 KiB without its source map', () => {
    expect(code).not.toContain('sourceMappingURL=data:');
    const bytes = Buffer.byteLength(code);
    expect(bytes).toBeGreaterThan(100 * 1024);
    expect(bytes).toBeLessThanOrEqual(600 * 1024);
  });

  it.each([
    ['zod', /node_modules\/zod\//],
    ['undici', /node_modules\/undici\//],
    ['protobufjs', /node_modules\/protobufjs\//],
    ['anything of Node', /(?:require|import)\(["']node:|external ["']node:/],
    ['the Temporal client', /node_modules\/@temporalio\/(?:client|worker|activity)\//],
    ['our activities, recorders and client', /\.\/src\/(?:activities|recorders|client|archive|config|cli)\//],
  ])('holds nothing of %s', (_what, trace) => {
    expect(trace.exec(code)?.[0]).toBeUndefined();
  });

  it('is evaluated once for a worker, and not again for each of its workflows', () => {
    expect(code).toMatch(/function preloadModules\(\)\s*\{\s*__webpack_require__\([^)]*workflows\/index\.ts/);
  });

  it('names its sources from the top of the package, and not where it was built', () => {
    expect(map.sources).toContain('src/session/step.ts');
    expect(map.sources).toContain('@temporalio/workflow/src/workflow.ts');
    expect(map.sources.filter((name) => /^(?:\/|\.\.|\w:|file:)/.test(name))).toEqual([]);
  });

  it('holds the session and the workflows, so that these guards look at the right thing', () => {
    expect(code).toMatch(/\.\/src\/session\/step\.ts/);
    expect(code).toMatch(/\.\/src\/workflows\/recording\/index\.ts/);
  });
});
