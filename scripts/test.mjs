/**
 * `npm test`: makes this checkout ready and runs every check. The last line is the count: lint, format, types and build
 * are one test each. With arguments (`npm test -- test/session`) only vitest runs, with these arguments.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureDependencies } from './ensure.mjs';
import { run, runQuietly, say, tool } from './lib.mjs';

const filters = process.argv.slice(2);
const count = { passed: 0, failed: 0, skipped: 0 };

await ensureDependencies();
const trouble = await ensureBuilt();
if (filters.length > 0) {
  if (trouble !== undefined) say(`dist/ could not be built and is as it was before:\n${trouble}`);
} else {
  check('build', trouble);
  // One after another: tests beside them measure time, and the machine may have two cores.
  await checkTool('lint', tool('oxlint'), ['--type-aware', '--deny-warnings']);
  await checkTool('format', tool('prettier'), ['--check', '--log-level=warn', '.']);
  await checkTool('types', tool('tsc'), ['--noEmit', '-p', 'tsconfig.json']);
}
await runVitest();

const skipped = count.skipped === 0 ? '' : `, ${count.skipped} skipped`;
console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
process.exitCode = count.failed === 0 ? 0 : 1;

function check(name, complaint) {
  if (complaint === undefined) {
    count.passed += 1;
    console.log(`passed: ${name}`);
    return;
  }
  count.failed += 1;
  console.log(`FAILED: ${name}\n${complaint}`);
}

async function checkTool(name, command, args) {
  const { code, output } = await runQuietly(command, args);
  check(name, code === 0 ? undefined : output);
}

async function runVitest() {
  const folder = await mkdtemp(join(tmpdir(), 'keeprolling-report-'));
  const reportFile = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const code = await run(tool('vitest'), ['run', ...reporters, ...filters], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const report = await readFile(reportFile, 'utf8').then(JSON.parse, () => undefined);
  await rm(folder, { recursive: true, force: true });

  if (report === undefined)
    return check('vitest', `vitest ended with exit code ${code} and without a report.`);
  const failedBefore = count.failed;
  count.passed += report.numPassedTests;
  count.failed += report.numFailedTests;
  count.skipped += report.numPendingTests + report.numTodoTests;
  // A file that cannot be loaded has no tests to fail, and is a failure all the same.
  count.failed += report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'),
  ).length;
  // So is an error outside of every test.
  if (code !== 0 && count.failed === failedBefore) check('vitest', `vitest ended with exit code ${code}.`);
}
