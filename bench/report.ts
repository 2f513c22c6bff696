/** Rows of the report, the goals beside them, and the two forms in which they are written down. */

/** One line of a table. */
export interface Row {
  name: string;
  value: number;
  unit: string;
  /** Measured in the same run; null where there is none. */
  baseline: number | null;
  /** value / baseline. */
  ratio: number | null;
}

export interface Goal {
  met: boolean;
  /** What was wanted: `≤ 1.15`. */
  wanted: string;
  /** Which figure it speaks of. */
  of: 'ratio' | 'value';
}

export interface Measured {
  row: Row;
  goal: Goal | null;
  /** How often, and against what. */
  note: string;
}

type Bound = { ratioAtMost: number } | { ratioAtLeast: number } | { atMost: number };

export function measured(
  row: { name: string; value: number; unit: string; baseline: number | null },
  note: string,
  bound?: Bound,
): Measured {
  const { name, unit } = row;
  const value = rounded(row.value);
  const baseline = row.baseline === null ? null : rounded(row.baseline);
  // Of the unrounded values: it is the figure that goals speak of.
  const ratio = row.baseline === null ? null : rounded(row.value / row.baseline);
  return {
    row: { name, value, unit, baseline, ratio },
    goal: bound ? goalOf(bound, value, ratio ?? Number.NaN) : null,
    note,
  };
}

function goalOf(bound: Bound, value: number, ratio: number): Goal {
  if ('ratioAtMost' in bound)
    return { met: ratio <= bound.ratioAtMost, wanted: `≤ ${bound.ratioAtMost}`, of: 'ratio' };
  if ('ratioAtLeast' in bound)
    return { met: ratio >= bound.ratioAtLeast, wanted: `≥ ${bound.ratioAtLeast}`, of: 'ratio' };
  return { met: value <= bound.atMost, wanted: `≤ ${bound.atMost}`, of: 'value' };
}

/** Three significant digits, and no fewer than all before the point: more would be noise. */
function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

export function table(results: readonly Measured[]): string {
  const lines = results.map(({ row }) => [
    row.name,
    String(row.value),
    row.unit,
    row.baseline === null ? '-' : String(row.baseline),
    row.ratio === null ? '-' : `${row.ratio} ×`,
  ]);
  const all = [['', 'value', 'unit', 'baseline', 'ratio'], ...lines];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((line) => line[column]!.length)));
  return all
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 || column === 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function verdicts(results: readonly Measured[]): string {
  return results
    .map(({ row, goal, note }) => {
      const judged = goal?.of === 'ratio' ? `${row.ratio} × the baseline` : `${row.value} ${row.unit}`;
      if (!goal) return `no goal      ${row.name}\n             ${note}`;
      const verdict = goal.met ? 'goal met    ' : 'goal missed:';
      return `${verdict} ${row.name}: ${judged}, wanted ${goal.wanted}\n             ${note}`;
    })
    .join('\n');
}
