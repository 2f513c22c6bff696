/** What the bench and a process that starts recordings say to each other. */

export interface StartingSetup {
  configuration: Record<string, unknown>;
  folder: string;
  account: string;
  destination: string;
  targets: Record<string, string>[];
  options: Record<string, unknown>;
}

export type ToStarter = { ask: 'start' };

export type FromStarter = { told: 'ready' } | { told: 'started'; failed: Record<string, number> };
