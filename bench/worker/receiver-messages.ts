/** What the bench and a process that takes callbacks say to each other. */
import type { RecorderEvent } from '../../src/session/events.ts';

export interface ReceiverSetup {
  /** `bare`: Fastify that sends the signal that the request names, and nothing else. */
  kind: 'gateway' | 'bare';
  address: string;
  configuration: Record<string, unknown>;
  folder: string;
}

/** Sends this signal by itself. */
export interface ToReceiver {
  workflowId: string;
  event: RecorderEvent;
}

export type FromReceiver =
  | { told: 'listening'; url: string }
  /** From a callback's arrival until its answer is made, and from a signal's call to its return: one clock for both. */
  | { told: 'accepted' | 'signalled'; ms: number };
