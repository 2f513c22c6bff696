import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** How a child ended: its exit code, or the signal that ended it. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ServerChild {
  readonly pid: number;
  readonly ended: Promise<Ending>;
  readonly hasEnded: boolean;
  /** Sends one signal to this process and no other; nothing happens once it has ended. */
  signal(signal: NodeJS.Signals): void;
}

/**
 * `sh` waits on a pipe that only its parent holds, and becomes the server by `exec`: the pid stays the same. When the
 * parent dies in any way, SIGKILL included, the pipe closes and the watcher ends the server. A line on the pipe says
 * that the server has ended before, so that its pid, by then perhaps somebody else's, is left alone.
 */
export const DIES_WITH_PARENT =
  'exec 3<&0; (read -r _ <&3 || kill -TERM "$$") >/dev/null 2>&1 & exec 3<&-; exec "$@" </dev/null';

/**
 * Starts a server as a child that does not outlive this process: it is ended on our 'exit', and where there is a `sh`
 * also when we are killed. It has a process group of its own, so that Ctrl-C in a terminal reaches us alone and we end
 * it when nothing needs it any more: a worker cannot finish its calls without its server. Not covered: a server on
 * Windows whose parent is killed, and one that ignores SIGTERM for longer than its parent lives.
 */
export function startChild(command: string, args: readonly string[], logFile: string): ServerChild {
  const log = openSync(logFile, 'a');
  let child: ChildProcess;
  try {
    child =
      process.platform === 'win32'
        ? spawn(command, args, { stdio: ['ignore', log, log] })
        : spawn('sh', ['-c', DIES_WITH_PARENT, 'sh', command, ...args], {
            stdio: ['pipe', log, log],
            detached: true,
          });
  } finally {
    closeSync(log);
  }
  // A pipe whose reader has gone is no news: the ending is told by 'exit'.
  child.stdin?.on('error', () => {});
  // The pipe stands open for the child's whole life; it must not keep this process alive on its own.
  (child.stdin as unknown as { unref?: () => void } | null)?.unref?.();

  const killWithUs = () => child.kill('SIGTERM');
  process.once('exit', killWithUs);
  let hasEnded = false;
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      hasEnded = true;
      process.off('exit', killWithUs);
      child.stdin?.end('ended\n');
      resolve({ code, signal });
    });
  });
  // Whoever waits gets the error; that nobody waits yet is no crash.
  ended.catch(() => {});

  return {
    pid: child.pid ?? -1,
    ended,
    get hasEnded() {
      return hasEnded;
    },
    signal: (signal) => {
      if (!hasEnded) child.kill(signal);
    },
  };
}

/** The last lines of a log, for a message that has to explain why a server is gone. */
export function tailOf(logFile: string, lines = 12): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}
