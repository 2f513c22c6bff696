/**
 * The ends that Agora puts to a recording, each set as near to the end of the window as it goes: so one that nobody
 * can stop ends soon by itself.
 */
import type { AgoraAccount, AgoraOptions, AgoraTarget } from '../../contract/vendors/agora.ts';
import { TOKEN_MAX_MS } from './token.ts';

const HOUR_MS = 3_600_000;
/** Both take 1 to 720 hours ("acquire", resourceExpiredHour; "start", maxRecordingHour). */
const MOST_HOURS = 720;
/** "The resource ID is valid for 5 minutes" ("acquire"): as late may a start come. */
export const RESOURCE_MS = 5 * 60_000;
/** After `resourceExpiredHour` no call is taken any more: the take must be stopped well before. */
const CONTROL_MARGIN_MS = 5 * 60_000;
/** `maxIdleTime`: 5 s to 30 days ("start", recordingConfig). */
const LEAST_IDLE_SECONDS = 5;

export interface Limits {
  /** `resourceExpiredHour`: afterwards no call is taken, and the recording goes on. */
  resourceExpiredHour: number;
  /** `maxRecordingHour`, web mode: the recorder ends then. */
  maxRecordingHour: number | null;
  /** `maxIdleTime` in seconds, individual and mix mode: the recorder leaves an empty channel after so long. */
  maxIdleTime: number | null;
  /** End of the RTC token, epoch milliseconds; null where the app has no certificate, or in web mode. */
  tokenEndsAt: number | null;
  /** By when the take must be over: at the earliest instant at which one of its ends can come. */
  endsAt: number;
  /** By when the vendor ends it whatever we can still do, at the latest; null where only an empty channel does. */
  orphanUntil: number | null;
}

export function limitsOf(
  account: AgoraAccount,
  { target, options }: { target: AgoraTarget; options: AgoraOptions },
  wish: { now: number; endBy: number; patienceMs: number | null },
): Limits {
  const { now, endBy } = wish;
  const web = target.mode === 'web';
  const hours = Math.min(MOST_HOURS, Math.max(1, Math.ceil((endBy - now) / HOUR_MS)));
  // An hour more than it may record: calls must be taken until its very end, and 720 is Agora's own end of both.
  const needed = (web ? options.maxRecordingHour : undefined) ?? hours;
  const resourceExpiredHour = options.resourceExpiredHour ?? Math.min(MOST_HOURS, needed + 1);
  // Never longer than calls are taken: nobody could stop it then, and it would be billed on.
  const maxRecordingHour = web ? (options.maxRecordingHour ?? Math.min(hours, resourceExpiredHour)) : null;
  const tokenEndsAt = web ? null : tokenEnd(account, now, endBy);
  // Agora counts both from the start, which comes later: what is counted from now is too early, never too late.
  const ends = [
    now + resourceExpiredHour * HOUR_MS - CONTROL_MARGIN_MS,
    ...(maxRecordingHour === null ? [] : [now + maxRecordingHour * HOUR_MS]),
    ...(tokenEndsAt === null ? [] : [tokenEndsAt]),
  ];
  return {
    resourceExpiredHour,
    maxRecordingHour,
    maxIdleTime: web ? null : idleSeconds(account, options, wish.patienceMs),
    tokenEndsAt,
    endsAt: Math.min(...ends),
    orphanUntil: maxRecordingHour === null ? tokenEndsAt : now + RESOURCE_MS + maxRecordingHour * HOUR_MS,
  };
}

/** In whole seconds, as a token has it. An app without certificate takes any recorder, and for as long as it likes. */
function tokenEnd({ appCertificate, tokenHours }: AgoraAccount, now: number, endBy: number): number | null {
  if (appCertificate === undefined) return null;
  const latest = now + Math.min(TOKEN_MAX_MS, tokenHours * HOUR_MS);
  return Math.floor(Math.min(endBy, latest) / 1000) * 1000;
}

/**
 * As long as the session bears a missing source, but never longer than the account's ceiling, whatever the options
 * say: so long an orphan idles in an empty channel.
 */
function idleSeconds(account: AgoraAccount, options: AgoraOptions, patienceMs: number | null): number {
  const ceiling = Math.floor(account.idleCeiling / 1000);
  const borne = patienceMs === null ? ceiling : Math.ceil(patienceMs / 1000);
  return Math.max(LEAST_IDLE_SECONDS, Math.min(ceiling, options.maxIdleTime ?? borne));
}
