/** `npm run test:cluster`: scripts/cluster.mjs provides what this stands on, so it is no part of `npm test`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/cluster/failover.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 60_000,
    // All that happens to the cluster happens in one hook; the tests look at what was left.
    hookTimeout: 15 * 60_000,
    bail: 1,
  },
});
