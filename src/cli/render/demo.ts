/** The demo's end: two columns for each session, its files, and whether they agree. */
import type { Files, Stretch, Verdict } from '../demo/compare.ts';
import { columns, count } from './text.ts';

/** @param keeps where the recorder puts its files */
export function comparisonText({ rows, files }: Verdict, from: number, keeps: 'disk' | 'bucket'): string {
  const table = [
    ['', 'keeprolling says', '', '', "the recorder's truth log", ''],
    ...rows.map((row) => [
      row.agree ? ' ' : '≠',
      ...cells(row.ours, from, true),
      '',
      ...cells(row.truth, from, false),
    ]),
  ];
  return [...columns(table, '  '), ...filesLines(files, keeps)].join('\n');
}

function cells(stretch: Stretch | null, from: number, ours: boolean): string[] {
  if (!stretch) return ['–', ''];
  const at = (instant: number): string => ((instant - from) / 1000).toFixed(1);
  const plusMinusMs = Math.max(stretch.fromPlusMinusMs, stretch.toPlusMinusMs);
  const doubt = ours && plusMinusMs >= 500 ? ` ±${(plusMinusMs / 1000).toFixed(1)}` : '';
  const what = stretch.take === null ? `gap     ${stretch.text}` : `take ${stretch.take}  ${stretch.text}`;
  return [`${at(stretch.from).padStart(5)} – ${at(stretch.to).padStart(5)} s${doubt}`, what];
}

function filesLines({ both, oursAlone, truthAlone }: Files, keeps: 'disk' | 'bucket'): string[] {
  const place = keeps === 'disk' ? "on the recorder's disk" : 'in the bucket';
  const told = both.length + oursAlone.length;
  return [
    `     ${count(told, 'file')} told to be stored, of which ${both.length} ${both.length === 1 ? 'is' : 'are'} ${place}`,
    ...oursAlone.map((file) => `  ≠  told, and not ${place}: ${file}`),
    ...truthAlone.map((file) => `  ≠  ${place}, and not told: ${file}`),
  ];
}
