import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Import {
  /** As written: a package, or a relative path. */
  specifier: string;
  /** The file of src/ that it means, such as `session/step.ts`; undefined for a package. */
  file: string | undefined;
  /** Gone after compilation: `import type` and `export type`. */
  typeOnly: boolean;
  /** Loaded when that line is reached. */
  later: boolean;
}

export interface Source {
  /** Below src/, with `/`. */
  path: string;
  /** Without comments, which may name what the code may not. */
  code: string;
  imports: Import[];
}

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

const STATEMENT = /(?:^|[\n;])\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\bfrom\s*)?['"]([^'"]+)['"]/g;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g;
// A `//` behind a colon or a quote is an address in a string.
const COMMENT = /\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/.*$/gm;

export function readSources(root = SRC): Source[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted()
    .map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')));
}

export function parseSource(path: string, text: string): Source {
  const code = text.replace(COMMENT, '');
  const found = [
    ...[...code.matchAll(STATEMENT)].map((match) => ({
      specifier: match[2] ?? '',
      typeOnly: !!match[1],
      later: false,
    })),
    ...[...code.matchAll(DYNAMIC)].map((match) => ({
      specifier: match[1] ?? '',
      typeOnly: false,
      later: true,
    })),
  ];
  return { path, code, imports: found.map((one) => ({ ...one, file: fileOf(path, one.specifier) })) };
}

function fileOf(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(dirname(from), specifier) : undefined;
}

/** The layer of a file: its first folder, or for a file directly in src/ its name. */
export function layerOf(path: string): string {
  return path.split('/')[0] ?? path;
}

/** Every package that reaches the given files as a value, over any number of files, with one way that it takes. */
export function packagesReached(
  sources: readonly Source[],
  from: (path: string) => boolean,
): Map<string, string> {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const queue = sources
    .filter(({ path }) => from(path))
    .map((source) => ({ source, way: [source.path] as string[] }));
  const seen = new Set(queue.map(({ source }) => source.path));
  const reached = new Map<string, string>();
  for (const { source, way } of queue) {
    for (const { specifier, file, typeOnly } of source.imports) {
      if (typeOnly) continue;
      if (file === undefined) {
        if (!reached.has(specifier)) reached.set(specifier, [...way, specifier].join(' -> '));
        continue;
      }
      const next = byPath.get(file);
      if (next === undefined || seen.has(file)) continue;
      seen.add(file);
      queue.push({ source: next, way: [...way, file] });
    }
  }
  return reached;
}
