/** How OvenMediaEngine behaves. Each figure with its source; "tried" means on a running v0.20.0. */
import type { Traits } from '../../session/traits.ts';

export const omeTraits: Traits = {
  // "If the requested stream does not exist on the server, this recording task is reserved" (Start Recording).
  start: 'armed',
  // A known id is refused (400, tried), so the same start sent again finds its own record and makes no second.
  unansweredStart: 'repeat',
  // A start needs nothing before it.
  reserves: false,
  // No callback speaks of records: there is nothing to wait for.
  unansweredMs: 0,
  // A task has no end of its own; only a stop, or a restart of the server, ends it.
  orphanBoundMs: null,
  // `:records` shows the state, and byte counters that grow (tried).
  proof: 'look',
  // The reply already tells the state; bytes show as soon as the first key frame has come, 1 to 4 s with usual encoders.
  firstLookMs: 2_000,
  // A task that missed its stream is started within 5 s (file_stream.cpp); six times that is no delay any more.
  proofDeadlineMs: 30_000,
  // A drop leaves the task armed; the same task records again under the next sequence (tried).
  survivesDrop: true,
  // The same task goes on: there is nothing to ask.
  asserts: false,
  // Its byte counters stand still, and its state changes (tried).
  seesDrops: true,
  // Admission webhooks and alerts speak of streams alone, and never of records.
  callbacks: { source: true, recorder: false, files: false },
  // A record is a call of its own; the server's profile is its operator's.
  prepares: false,
  // Nothing is written to the account.
  makes: false,
  // There is no pause in the API.
  nativePause: false,
  // The id is free and the next start accepted as soon as the stop has been answered (tried).
  restartGapMs: 0,
  // Nothing fails over and nothing is persisted: what `:records` does not list is gone (tried with SIGTERM and SIGKILL).
  absence: { proofMs: 0 },
  // It is one process of one's own.
  refusedConnection: 'recorder-down',
  // The vendor never ends a task, so there is no bound to wait for; a day is ours.
  stopGiveUpMs: 24 * 3_600_000,
  // It writes to its own disk.
  refreshEveryMs: null,
  maxTakeMs: null,
  // One call, answered in milliseconds; what comes earlier would be recorded before the window.
  leadMs: 5_000,
  // They are closed with the stop.
  filesSettleMs: 0,
  // Final names are our own template, and the sequence tells which are closed.
  files: 'look',
};
