/** `npm run demo`: makes this checkout ready, then runs the demo; its arguments, signals and exit code pass through. */
import { ensure } from './ensure.mjs';
import { run } from './lib.mjs';

await ensure();
process.exitCode = await run(process.execPath, ['bin/keeprolling.js', 'demo', ...process.argv.slice(2)]);
