/** What another process uses, as the kernel counts it. Only Linux says it so. */
import { readFile } from 'node:fs/promises';

/** USER_HZ: what /proc counts in, on every architecture that Node runs on. */
const TICK_MS = 10;

/** Since its start, in user and kernel mode. */
export async function cpuMsOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold spaces; of the fields behind it the 12th and 13th are utime and stime.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

export async function residentKibOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1]);
}
