import { spawnSync } from 'node:child_process';

/** Whether a program is on this machine and answers. */
export function have(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
