/** The demo's end: two columns, and whether they agree. */
import type { Row, Stretch } from '../demo/compare.ts';
import { columns } from './text.ts';

export function comparisonText(rows: Row[], from: number): string {
  const table = [
    ['', 'keeprolling says', '', '', "the recorder's truth log", ''],
    ...rows.map((row) => [
      row.agree ? ' ' : '≠',
      ...cells(row.ours, from, true),
      '',
      ...cells(row.truth, from, false),
    ]),
  ];
  return columns(table, '  ').join('\n');
}

function cells(stretch: Stretch | null, from: number, ours: boolean): string[] {
  if (!stretch) return ['–', ''];
  const at = (instant: number): string => ((instant - from) / 1000).toFixed(1);
  const doubt = ours && stretch.plusMinusMs >= 500 ? ` ±${(stretch.plusMinusMs / 1000).toFixed(1)}` : '';
  const what = stretch.take === null ? `gap     ${stretch.text}` : `take ${stretch.take}  ${stretch.text}`;
  return [`${at(stretch.from).padStart(5)} – ${at(stretch.to).padStart(5)} s${doubt}`, what];
}
