/** How NAVER Live Station behaves. Each figure with its source, pages of api.ncloud-docs.com and guide.ncloud-docs.com. */
import type { Quota } from '../recorder.ts';
import type { Traits } from '../../session/traits.ts';

export const naverTraits: Traits = {
  // "It can be started only for channels with the PUBLISHING status" (start recording).
  start: 'source-needed',
  // One recording a channel at a time, told apart by its number and begin (start recording, recordSeq, recordBeginTime).
  unansweredStart: 'repeat',
  reserves: false,
  unansweredMs: 0,
  // No page tells how long a recording may last that nobody stops.
  orphanBoundMs: null,
  // Channel and files say that it records (channel info, isRecording; recording list, status).
  proof: 'look',
  // A start is answered with its files, already RECORDING; a moment later the list shows them too. Our own choice.
  firstLookMs: 3_000,
  proofDeadlineMs: 60_000,
  // No page says what becomes of a recording when its push ends. Where it goes on looks find it, and no other take begins.
  survivesDrop: false,
  asserts: false,
  // A channel is PUBLISHING, or it is not (channel info, channelStatus).
  seesDrops: true,
  // PUBLISH_START and _END, ONAIR_START and _END; none of them names a file (event list).
  callbacks: { source: true, recorder: true, files: false },
  // Nothing is made; whether the channel can record is asked ahead (channel info, record.type).
  prepares: true,
  // Nothing is written to the account.
  makes: false,
  // There is no such call.
  nativePause: false,
  // No page tells of a wait between a stop and the next start.
  restartGapMs: 0,
  // Lists may lag behind; how long is told nowhere. Our own choice.
  absence: { proofMs: 30_000 },
  refusedConnection: 'unknown',
  // No page tells when a recording ends that nobody stops.
  stopGiveUpMs: 24 * 3_600_000,
  // Live Station writes with rights of its own.
  refreshEveryMs: null,
  // No page tells a limit of one recording.
  maxTakeMs: null,
  leadMs: 5 * 60_000,
  // Processing and transfer follow the stop; how long they take is not known. Files with a deadline are asked for until then.
  filesSettleMs: 600_000,
  // The list of recordings names them; they are ready after their take only (recording list).
  files: 'list',
};

/** No page tells a number for Live Station; a 429 is honoured as it comes. */
export const naverQuotas: readonly Quota[] = [];
