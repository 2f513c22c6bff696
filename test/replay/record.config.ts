/** `npx vitest run --config test/replay/record.config.ts` records test/histories/ anew. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/replay/record.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    globalSetup: ['test/setup/global.ts'],
  },
});
