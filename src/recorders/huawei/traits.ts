/** How Huawei Cloud Live behaves. Each figure with its source, pages of support.huaweicloud.com. */
import type { Traits } from '../../session/traits.ts';

export const huaweiTraits: Traits = {
  // "Manual recording can only begin after the livestreams have been successfully pushed" (the page, Constraints).
  start: 'source-needed',
  // Sent again, it is refused with LIVE.100011022 where the first one was applied ("Live, error codes").
  unansweredStart: 'repeat',
  // A start needs nothing before it.
  reserves: false,
  // The same start sent again tells at once: nothing is waited for.
  unansweredMs: 0,
  // A recording goes on until its stream is away for longer than the rule's threshold.
  orphanBoundMs: null,
  // No call shows that a stream is being recorded; RECORD_NEW_FILE_START does ("Live, record callbacks").
  proof: 'callback',
  // The list of streams shows what the start has just seen.
  firstLookMs: 5_000,
  // A file is opened with the first frames; a minute and a half is no delay any more. Ours.
  proofDeadlineMs: 90_000,
  // It goes on only after a drop below the threshold, and else "will not automatically resume" (the page, START).
  survivesDrop: false,
  // LIVE.100011022 tells that it goes on.
  asserts: true,
  // `realtime/streams` shows each push with its begin.
  seesDrops: true,
  // Stream notifications; RECORD_START, NEW_FILE_START, FILE_COMPLETE, OVER and FAILED.
  callbacks: { source: true, recorder: true, files: true },
  // "Requests are valid only when the recording template type is set to COMMAND_RECORD" (the page, Constraints).
  prepares: true,
  // It is a rule or a config of the account, which the same keys may make.
  makes: true,
  // START and STOP are all there is.
  nativePause: false,
  // "At least 10 seconds after the preceding stop command" (the page, action).
  restartGapMs: 10_000,
  // "The record does not exist" (the page, status 404) has the code that is said of everything: one more STOP confirms it.
  absence: { proofMs: 10_000 },
  // A cloud: nobody knows what a refused connection means there.
  refusedConnection: 'unknown',
  // The vendor ends it when its stream goes, and nobody knows when that is; a day is ours.
  stopGiveUpMs: 24 * 3_600_000,
  // Live writes to the bucket by the account's own leave, without keys.
  refreshEveryMs: null,
  maxTakeMs: null,
  // A rule counts for pushes that begin after it: it must be there before the encoder connects.
  leadMs: 300_000,
  // RECORD_FILE_COMPLETE names them; `record/contents` is known of the vendor's client alone.
  // The last file is told once it is uploaded, which follows the stop.
  filesSettleMs: 600_000,
  files: 'callback',
};
