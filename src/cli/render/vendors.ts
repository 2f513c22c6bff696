import { columns, wrapped } from './text.ts';

/** A column is never narrower: longer words than that are rare. */
const LEAST = 16;

/** A table whose cells go on below themselves where the terminal has no more room. */
export function vendorsText(rows: string[][], quotas: string[][], width: number): string {
  return [
    tableText(rows, width),
    '',
    'requests that it takes of one account',
    ...quotaLines(quotas, width),
  ].join('\n');
}

function quotaLines(quotas: string[][], width: number): string[] {
  const indent = ' '.repeat(4);
  return quotas.flatMap(([title, text]) => [
    `  ${title}`,
    ...wrapped(text!, width - indent.length).map((line) => `${indent}${line}`),
  ]);
}

function tableText(rows: string[][], width: number): string {
  const [head] = rows;
  const first = Math.max(...rows.map(([what]) => what!.length));
  const room = Math.max(LEAST, Math.floor((width - first) / (head!.length - 1)) - 2);
  return rows
    .flatMap((row) => {
      const cells = row.map((cell, i) =>
        i === 0 ? [cell] : wrapped(cell, room).map((line) => line.padEnd(room)),
      );
      const lines = Math.max(...cells.map((cell) => cell.length));
      return columns(
        Array.from({ length: lines }, (_, line) =>
          cells.map((cell, i) => cell[line] ?? ''.padEnd(i === 0 ? first : room)),
        ).map(([what, ...rest]) => [what!.padEnd(first), ...rest]),
      );
    })
    .join('\n');
}

/** The same for documents. */
export function vendorsMarkdown(rows: string[][]): string {
  const [head, ...rest] = rows;
  const line = (cells: string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head!), line(head!.map(() => '---')), ...rest.map(line)].join('\n');
}
