/** Reads our own Markdown: fenced blocks, tables, headings and links. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const DOCUMENTS = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

export function read(file: string): string {
  return readFileSync(file, 'utf8');
}

/** The contents of the fenced blocks of a language, in their order. */
export function blocks(text: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...text.matchAll(fence)].map(([, content]) => content ?? '');
}

/** What stands under a heading, up to the next one of the same or a higher level. */
export function section(text: string, title: string): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === title);
  if (first < 0) throw new Error(`There is no heading "${title}".`);
  const level = lines[first]!.indexOf(' ');
  let fenced = false;
  const length = lines.slice(first + 1).findIndex((line) => {
    if (line.startsWith('```')) fenced = !fenced;
    return !fenced && /^#+ /.test(line) && line.indexOf(' ') <= level;
  });
  return lines.slice(first, length < 0 ? undefined : first + 1 + length).join('\n');
}

/** Cells of all tables of a text, without their heads. */
export function rows(text: string): string[][] {
  const lines = text.split('\n');
  return lines
    .filter((line, i) => line.startsWith('|') && !isRule(line) && !isRule(lines[i + 1] ?? ''))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    );
}

function isRule(line: string): boolean {
  return /^\|[\s|:-]+$/.test(line);
}

/** The first piece of code in a cell. */
export function code(cell: string | undefined): string {
  const found = /`([^`]+)`/.exec(cell ?? '')?.[1];
  if (found === undefined) throw new Error(`There is no code in "${cell}".`);
  return found;
}

/** The first column's code of the tables under a heading. */
export function named(text: string, title: string): string[] {
  return rows(section(text, title)).map(([cell]) => code(cell));
}

/** Anchors as the usual renderers make them, and those that are written out. */
export function anchors(text: string): string[] {
  const written = [...text.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id]) => id ?? '');
  const headings = text
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    );
  return [...headings, ...written];
}
