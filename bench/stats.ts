/** Medians of interleaved runs, so that what drifts on a shared machine drifts for both sides. */

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) throw new Error('There is no median of nothing.');
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export interface Pair {
  ours: number;
  baseline: number;
}

/** Ours, baseline, baseline, ours, ours, ...: neither is always the first. Answers the medians. */
export async function interleaved(
  rounds: number,
  ours: () => Promise<number>,
  baseline: () => Promise<number>,
): Promise<Pair> {
  const values = { ours: [] as number[], baseline: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const oursFirst = round % 2 === 0;
    if (oursFirst) values.ours.push(await ours());
    values.baseline.push(await baseline());
    if (!oursFirst) values.ours.push(await ours());
  }
  return { ours: median(values.ours), baseline: median(values.baseline) };
}

/** Runs `count` tasks, at most `limit` at a time. */
export async function inFlight(
  count: number,
  limit: number,
  task: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await task(next);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, count) }, lane));
}
