import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

export const say = (line) => process.stderr.write(`${line}\n`);

/** An executable of a development dependency, run by its own entry point: no shell, no npx. */
export const tool = (name) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));

/**
 * Runs a program in the project's folder and answers its exit code (128 + n when signal n ended it). Ctrl-C reaches
 * the child by itself, since it is in our process group; we only wait for it to end. A signal sent to us alone is
 * passed on.
 */
export async function run(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
  const waitForChild = () => {};
  const passOn = () => child.kill('SIGTERM');
  process.on('SIGINT', waitForChild);
  process.on('SIGTERM', passOn);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
    });
  } finally {
    process.off('SIGINT', waitForChild);
    process.off('SIGTERM', passOn);
  }
}

/** The same, keeping what is printed, for steps that are silent when all is well. */
export async function runQuietly(command, args, options = {}) {
  const output = [];
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output.push(Buffer.from(error.message));
      resolve(1);
    });
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  return { code, output: Buffer.concat(output).toString().trim() };
}
