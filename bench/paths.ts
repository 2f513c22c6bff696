/** Places. The bench runs compiled, from below `.keeprolling/`, so the project is looked for upwards. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

export function projectRoot(): string {
  for (let folder = here; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error('There is no package.json above the bench.');
  }
}

/** A module of the bench as it runs now. */
export const compiled = (path: string): string => join(here, path);
