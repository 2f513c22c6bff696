#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);

// A checkout has no dist/ before its first build; an installed package always has one.
if (!existsSync(main)) {
  process.stderr.write(
    'keeprolling is not built yet: run `npm ci` (or `npm run build`) in its folder once.\n',
  );
  process.exit(1);
}

await import(main.href);
