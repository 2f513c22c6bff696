/**
 * Lets the Temporal SDK download one of its servers into a folder: `node sdk-download.js <kind> <version> <folder>`.
 *
 * The SDK's download has no time-out of its own and cannot be cancelled, so src/server/sdk-download.ts runs it in this
 * process of its own, which it may kill at any moment. It is plain JavaScript beside src/ and dist/, so that it
 * runs from both.
 */
import { Runtime } from '@temporalio/worker';

const [kind, version, downloadDir] = process.argv.slice(2);

const exe = {
  type: 'cached-download',
  version,
  downloadDir,
  ttl: 365 * 24 * 3_600_000,
  sdkName: 'sdk-typescript',
  sdkVersion: '1.24.0',
};

// The SDK starts what it has downloaded. With this argument both servers print a line and end at once, so that no
// server is left behind when this process is killed.
const extraArgs = ['--help'];

const config =
  kind === 'temporal-test-server'
    ? { type: 'time-skipping', exe, port: null, extraArgs }
    : {
        type: 'dev-server',
        exe,
        ip: '127.0.0.1',
        port: null,
        ui: false,
        uiPort: null,
        namespace: 'default',
        dbFilename: null,
        log: { format: 'pretty', level: 'error' },
        extraArgs,
      };

try {
  await Runtime.instance().createEphemeralServer(config);
} catch (error) {
  // Expected after a download too: the "server" has ended before it could serve. The caller looks for the file.
  process.stderr.write(`${error.message}\n`);
}
process.exit();
