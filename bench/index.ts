/**
 * `npm run bench`: what sessions cost, each figure against a baseline of the same run. Options: `--quick` for few
 * samples, `--sleepers=500` (any count of measures/counts.ts) for others; both leave bench/results/ as it is. Names of
 * sections run only these.
 */
// Only what is imported is compiled here, and nothing imports what declares modules for others.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="../src/recorders/agora/access-token2.d.ts" />
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlesIn } from './bundles.ts';
import { load, loadText, machine, type Load } from './machine.ts';
import { agoraCost } from './measures/agora.ts';
import { agoraDay, type AgoraDay } from './measures/agora-day.ts';
import { bundleSize } from './measures/bundle.ts';
import { callbacks } from './measures/callbacks.ts';
import { countsOf, FULL } from './measures/counts.ts';
import { crowd } from './measures/crowd.ts';
import { driverSpeed } from './measures/driver.ts';
import { history } from './measures/history.ts';
import { cachedMemory } from './measures/memory.ts';
import { quotas } from './measures/quotas.ts';
import { refreshes } from './measures/refresh.ts';
import { signedCalls } from './measures/signed.ts';
import { sleeping } from './measures/sleeping.ts';
import { starts } from './measures/starts.ts';
import { stepCost } from './measures/steps.ts';
import { projectRoot } from './paths.ts';
import { table, verdicts, type Measured } from './report.ts';

const words = process.argv.slice(2);
const counts = countsOf(words);
const chosen = words.filter((word) => !word.startsWith('--'));

const folder = await mkdtemp(join(tmpdir(), 'keeprolling-bench-'));
const before = load();
try {
  const bundles = await bundlesIn(folder);
  let ofADay: Promise<AgoraDay> | undefined;
  /** Two sections speak of the same one. */
  const day = async (): Promise<AgoraDay> => await (ofADay ??= agoraDay(bundles));
  // What needs no server comes first: nothing else runs beside it.
  const sections: Record<string, () => Promise<Measured[]>> = {
    driver: async () => await driverSpeed(counts),
    steps: async () => await stepCost(counts),
    agora: async () => await agoraCost(counts),
    bundle: async () => await bundleSize(bundles),
    signed: async () => await signedCalls(counts),
    callbacks: async () => await callbacks(counts),
    starts: async () => await starts(bundles, counts),
    history: async () => await history(bundles, day, counts),
    refresh: async () => await refreshes(bundles, day, counts),
    quotas: async () => await quotas(bundles, counts),
    memory: async () => await cachedMemory(bundles, counts),
    sleeping: async () => await sleeping(bundles, counts),
    crowd: async () => await crowd(bundles, counts),
  };
  const unknown = chosen.filter((name) => !(name in sections));
  if (unknown.length > 0)
    throw new Error(
      `There is no section ${unknown.join(', ')}; there are ${Object.keys(sections).join(', ')}.`,
    );

  const place = join(projectRoot(), 'bench', 'results');
  await mkdir(place, { recursive: true });
  const results: Measured[] = [];
  let broken = 0;
  for (const [name, measure] of Object.entries(sections)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    const begun = load();
    const begunAt = Date.now();
    try {
      const measures = await measure();
      results.push(...measures);
      if (counts === FULL) await writeFile(join(place, `${name}.txt`), await report(measures, begun));
      console.log(`${name}: measured in ${((Date.now() - begunAt) / 1000).toFixed(0)} s`);
    } catch (error) {
      broken += 1;
      console.error(`${name}: could not be measured:`, error);
    }
  }

  console.log(`\n${await report(results, before)}`);
  if (counts !== FULL) console.log('bench/results/ was left as it is: these were not the full counts.');
  if (broken > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function report(measures: Measured[], since: Load): Promise<string> {
  const lines = [await machine(), loadText(since, load()), '', table(measures), '', verdicts(measures), ''];
  return lines.join('\n');
}
