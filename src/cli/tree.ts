/** All documents of a file or below a folder, in the order of their paths. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { AppliedDocument } from '../client/index.ts';
import { readDocuments, readSpecifications } from './documents.ts';
import { usageError } from './failure.ts';

/**
 * What is no YAML is among them, with its problems: it is refused together with what else is wrong.
 * @param configuration keeprolling.yaml may lie among them, and is none of them
 */
export async function readTree(path: string, configuration: string | null): Promise<AppliedDocument[]> {
  const documents: AppliedDocument[] = [];
  for (const file of await filesOf(path, configuration)) {
    const source = await readSpecifications(file, process.stdin);
    for (const one of readDocuments(source, file)) {
      const { label } = one;
      if ('problems' in one) documents.push({ label, document: null, problems: one.problems });
      else documents.push({ label, document: one.value });
    }
  }
  return documents;
}

async function filesOf(path: string, configuration: string | null): Promise<string[]> {
  if (path === '-') return [path];
  const found = await stat(path).catch(() => null);
  if (!found) throw usageError(`There is no file or folder ${path}.`, { path });
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true });
  const own = configuration === null ? null : resolve(configuration);
  return entries
    .filter((name) => /\.ya?ml$/i.test(name))
    .map((name) => join(path, name))
    .filter((file) => resolve(file) !== own)
    .toSorted();
}
