/** How ApsaraVideo Live behaves. Each figure with its source. */
import type { AlibabaOptions, AlibabaTarget } from '../../contract/vendors/alibaba.ts';
import type { Traits } from '../../session/traits.ts';
import type { Subject } from '../recorder.ts';

/** A file is made, named and listed within so long of the end of its delay. */
export const MAKING_MS = 120_000;

export function alibabaTraits({ options }: Subject<AlibabaTarget, AlibabaOptions>): Traits {
  return {
    // RealTimeRecordCommand, preconditions: the stream is being ingested (2026-07).
    start: 'source-needed',
    // The same start again is refused with TaskAlreadyStarted: it has been applied (RealTimeRecordCommand).
    unansweredStart: 'repeat',
    // Nothing is had before it.
    reserves: false,
    unansweredMs: 0,
    // A recording ends when the push ends (RealTimeRecordCommand), and no page bounds a push.
    orphanBoundMs: null,
    // No operation says whether something is recorded; record_started does, by callback or from the list of callbacks.
    proof: 'callback',
    // A callback is there within seconds; the list of online streams at once.
    firstLookMs: 5_000,
    // Where status events are not configured none ever comes: the take is presumed, and does not fail for that.
    proofDeadlineMs: 120_000,
    // "Manual recording ends when the stream breaks, and does not return" (RealTimeRecordCommand); another page says
    // that a return within DelayTime goes on in the same file. The start after the new push tells.
    survivesDrop: false,
    asserts: true,
    // DescribeLiveStreamsOnlineList shows each push with its PublishTime.
    seesDrops: true,
    // Push callbacks tell of the source, record callbacks of the recorder and its files.
    callbacks: { source: true, recorder: true, files: true },
    // A record config must be there before the stream is pushed (AddLiveAppRecordConfig).
    prepares: true,
    // It is a rule or a config of the account, which the same keys may make.
    makes: true,
    // `stop` is a pause whose file waits for DelayTime (RealTimeRecordCommand).
    nativePause: true,
    // No page asks for a wait between two commands.
    restartGapMs: 0,
    // StreamNotFound and TaskNotStarted are states and no failover: no page tells of any.
    absence: { proofMs: 0 },
    refusedConnection: 'unknown',
    // As long as the stream is pushed it may go on: a day is what people notice.
    stopGiveUpMs: 24 * 3_600_000,
    // It writes by its own service role, with nobody's credentials.
    refreshEveryMs: null,
    // No page bounds a manual recording.
    maxTakeMs: null,
    // A config is in force for pushes that begin after it: it is made well before the encoder comes.
    leadMs: 300_000,
    // A recording that ends with its push gets its file once DelayTime is over (AddLiveAppRecordConfig, CycleDuration).
    filesSettleMs: options.DelayTime * 1_000 + MAKING_MS,
    // DescribeLiveStreamRecordIndexFiles, kept for 3 to 6 months.
    files: 'list',
  };
}
