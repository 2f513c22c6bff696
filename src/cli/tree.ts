/** All documents of a file or below a folder, in the order of their paths. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { AppliedDocument } from '../client/index.ts';
import { documentsRefused, readDocuments, readSpecifications, type Refused } from './documents.ts';
import { usageError } from './failure.ts';

/**
 * @param configuration keeprolling.yaml may lie among them, and is none of them
 * @throws KeepRollingError E_SPEC_INVALID for what is no YAML, of all files at once
 */
export async function readTree(path: string, configuration: string | null): Promise<AppliedDocument[]> {
  const documents: AppliedDocument[] = [];
  const refused: Refused[] = [];
  for (const file of await filesOf(path, configuration)) {
    const read = readDocuments(await readSpecifications(file, process.stdin), file);
    for (const one of read) {
      if ('problems' in one) refused.push(one);
      else documents.push({ label: one.label, document: one.value });
    }
  }
  if (refused.length > 0) throw documentsRefused(refused, 'nothing was changed');
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
