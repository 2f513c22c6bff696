/** What the bench and its worker process say to each other. */

export interface WorkerSetup {
  /** Sessions, bare workflows, or both in one process so that both have the same one. */
  kinds: ('session' | 'bare')[];
  address: string;
  emulatorUrl: string;
  accessToken: string;
  /** The configuration's folder; the archive is below it. */
  folder: string;
  sessionBundle: string;
  bareBundle: string;
  maxCachedWorkflows: number;
}

export type ToWorker = { ask: 'memory' } | { ask: 'stop' };

export interface Memory {
  /** Live objects, after collection. */
  heapKib: number;
  rssKib: number;
}

export type FromWorker = { told: 'ready' } | { told: 'memory'; memory: Memory };
