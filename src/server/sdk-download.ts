import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BinarySpec } from './binary-table.ts';

/** Until the first byte: where the open internet is closed this is all that the attempt may cost. */
const FIRST_BYTE_MS = 3_000;
/** Between two bytes, once a download is on its way: it is never cut off while it moves. */
const STALL_MS = 15_000;
const POLL_MS = 100;

// bin/ stands beside src/ and beside dist/, so the same relative path holds for both.
const CHILD = fileURLToPath(new URL('../../bin/sdk-download.js', import.meta.url));

/**
 * Has the SDK download the binary into `folder` and answers its path. The SDK bounds neither connecting nor reading and
 * cannot be cancelled, so it works in a child process, watched from here by the growth of its file.
 */
export async function downloadBySdk(spec: BinarySpec, folder: string): Promise<string> {
  const finished = join(folder, `${spec.executable}-v${spec.version}`);
  const child = spawn(process.execPath, [CHILD, spec.executable, `v${spec.version}`, folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2_000)));
  let ended = false;
  child.once('error', (error) => {
    complaint = error.message;
    ended = true;
  });
  child.once('close', () => (ended = true));

  let bytes = 0;
  let movedAt = Date.now();
  try {
    for (;;) {
      // The SDK renames its file when it is whole; before that it carries another name.
      if (existsSync(finished)) return finished;
      if (ended) throw new Error(`the SDK's download failed: ${lastCause(complaint)}`);
      const size = sizeOf(`${finished}.downloading`);
      if (size > bytes) {
        bytes = size;
        movedAt = Date.now();
      }
      if (Date.now() - movedAt > (bytes === 0 ? FIRST_BYTE_MS : STALL_MS)) {
        throw new Error(
          bytes === 0
            ? `the SDK's download gave no byte within ${FIRST_BYTE_MS / 1_000} s`
            : `the SDK's download stood still for ${STALL_MS / 1_000} s`,
        );
      }
      await sleep(POLL_MS);
    }
  } finally {
    if (!ended) child.kill('SIGKILL');
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The native error repeats itself with addresses; its last part is the cause that a person can use. */
function lastCause(complaint: string): string {
  return complaint.trim().split(': ').at(-1)?.split('\n')[0] ?? 'no reason was given';
}
