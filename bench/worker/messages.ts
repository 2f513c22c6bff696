/** What the bench and its worker process say to each other. */

export interface WorkerSetup {
  /** Sessions, bare workflows, or both in one process so that both have the same one. */
  kinds: ('session' | 'bare')[];
  address: string;
  /** Of the sessions; the archive is below its folder. */
  configuration: Record<string, unknown>;
  folder: string;
  /** Where the bare workflows call, the header that lets them, and accounts of which each has a queue; one if left out. */
  bare: { url: string; authorization: string; accounts?: string[] };
  sessionBundle: string;
  bareBundle: string;
  maxCachedWorkflows: number;
}

/** `remember`: from now on bare watches keep what they saw for their next look, as those of sessions do. */
export type ToWorker = { ask: 'memory' } | { ask: 'looks' } | { ask: 'remember' } | { ask: 'stop' };

export interface Memory {
  /** Live objects, after collection. */
  heapKib: number;
  rssKib: number;
}

export type FromWorker =
  | { told: 'ready' }
  | { told: 'memory'; memory: Memory }
  /** How late each look began since it was last asked. */
  | { told: 'looks'; lateMs: number[] };
