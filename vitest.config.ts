import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

/** Pure code, in hundreds of small files: they share their processes, which would else load the same modules each time. */
const PURE = ['emulators', 'recorders', 'schedules', 'session'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

export default defineConfig({
  resolve: {
    // examples/ import the package by its name, as its users do: here they get the sources, not the last build.
    alias: [
      { find: /^keeprolling$/, replacement: fileURLToPath(new URL('src/client/index.ts', import.meta.url)) },
    ],
  },
  test: {
    // The SDK's native core wants processes of its own; two of them are what two cores carry.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...PURE],
          globalSetup: ['test/setup/global.ts'],
        },
      },
    ],
  },
});
