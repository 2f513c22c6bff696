import type { Dispatcher } from 'undici';
import type { Registry } from '../../src/recorders/registry.ts';

/** A vendor on the clock of a world, and what a session of it is told. */
export interface Side {
  registry: Registry;
  /** As they stand in the configuration. */
  account: Record<string, unknown>;
  destinations: Record<string, unknown>;
  /** Of the specification. */
  asked: Record<string, unknown>;
  key: string;
  dispatcher: Dispatcher;
  /** The source appears. */
  begin(now: number): void;
  /** How often the recorder was looked at. */
  looks(): number;
}

export type SideOn = (now: () => number) => Side;
