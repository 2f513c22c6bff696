/** How Agora Cloud Recording behaves, by mode. Each figure with its source, pages of docs.agora.io. */
import type { AgoraOptions, AgoraTarget } from '../../contract/vendors/agora.ts';
import type { Quota, Subject } from '../recorder.ts';
import type { Traits } from '../../session/traits.ts';

/** Still not 4 or 5 after 90 s: failed ("Best practices", confirm the start). */
const PROOF_MS = 90_000;

export function agoraTraits({ target, options }: Subject<AgoraTarget, AgoraOptions>): Traits {
  // A page that is not ready in time is loaded once more, and only then given up ("Webpage load timeout").
  const readyMs = target.mode === 'web' ? 2 * (options.readyTimeout ?? 0) * 1000 : 0;
  return {
    // The recorder joins the channel and waits there for `maxIdleTime` ("start", recordingConfig).
    start: 'armed',
    // A start that is sent again under the same resource id makes no second recording ("Response status codes", 201).
    unansweredStart: 'repeat-reserved',
    // A resource id from `acquire` lives 5 minutes and serves one start ("acquire").
    reserves: true,
    // With notifications 40 or 70 names it: a worker is up within seconds, and a notification is tried again for as long.
    unansweredMs: 30_000,
    // The RTC token's end, or `maxRecordingHour`: known for each take, see limits.ts.
    orphanBoundMs: null,
    // `query` shows a status; 4 and 5 are healthy ("Best practices", confirm the start).
    proof: 'look',
    // The first query 5 s after the sid ("Best practices").
    firstLookMs: 5_000,
    proofDeadlineMs: PROOF_MS + readyMs,
    // The recorder stays in the channel, and a page stays open.
    survivesDrop: true,
    // The same recorder stays: there is nothing to ask.
    asserts: false,
    // `query` says nothing of who is in the channel; only notifications do (events 43 and 44).
    seesDrops: false,
    // 40 to 42 tell of the recorder, 70 and 71 of a page, 43 and 44 of each user's streams, 31 and 32 of files ("Event types").
    callbacks: { source: true, recorder: true, files: true },
    // Nothing in the project belongs to one recording: storage and format travel with the start.
    prepares: false,
    // Nothing is written to the account.
    makes: false,
    // Web mode alone can be held: `onhold` ("update", webRecordingConfig).
    nativePause: target.mode === 'web',
    // Another take has another uid, which nothing keeps waiting ("acquire", uid).
    restartGapMs: 0,
    // 404 is also the answer while a recording fails over, for up to 90 s ("Best practices", FAQ return_404).
    absence: { proofMs: 95_000 },
    // A cloud: nobody knows what a refused connection means there.
    refusedConnection: 'unknown',
    // A channel ends with its token by then, or when it is empty; a page with `maxRecordingHour`, near the window's end.
    stopGiveUpMs: 24 * 3_600_000,
    // "If the recording task runs longer than 1 hour, reapply a new stsToken every 60 minutes" ("update", stsExpiration).
    refreshEveryMs: 3_600_000,
    // Each take has its own end: see limits.ts.
    maxTakeMs: null,
    leadMs: 0,
    // A stop whose upload takes too long (code 50), or is kept in the backup, does not say that its files are stored. Nothing can
    // be asked then; notification 31 tells ("Event types"), when is in no page.
    filesSettleMs: 600_000,
    // `query` and the reply to `stop` name them.
    files: 'look',
  };
}

/** All operations together. */
export const agoraQuotas: readonly Quota[] = [
  {
    name: 'requests',
    calls: 'all requests',
    limit: 10,
    perMs: 1_000,
    source: '"Best practices", limit on the request rate: 10 a second for each App ID',
  },
];
