/**
 * The ends that Agora puts to a recording, each set as near to the end of the window as it goes: so one that nobody
 * can stop ends soon by itself.
 */
import type { AgoraAccount, AgoraOptions, AgoraTarget } from '../../contract/vendors/agora.ts';
import { TOKEN_MAX_MS } from './token.ts';

const HOUR_MS = 3_600_000;
/** Both take 1 to 720 hours ("acquire", resourceExpiredHour; "start", maxRecordingHour). */
const MOST_HOURS = 720;
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
  /** By when the take must be over. */
  endsAt: number;
  /** By when the vendor ends it whatever we can still do; null where only an empty channel does. */
  orphanUntil: number | null;
}

export function limitsOf(
  account: AgoraAccount,
  { target, options }: { target: AgoraTarget; options: AgoraOptions },
  wish: { now: number; endBy: number; patienceMs: number | null },
): Limits {
  const { now, endBy } = wish;
  const hours = Math.min(MOST_HOURS, Math.max(1, Math.ceil((endBy - now) / HOUR_MS)));
  const web = target.mode === 'web';
  // An hour more than the window needs: calls must be taken until its very end.
  const resourceExpiredHour = options.resourceExpiredHour ?? Math.min(MOST_HOURS, hours + 1);
  const maxRecordingHour = web ? (options.maxRecordingHour ?? hours) : null;
  const tokenEndsAt =
    web || account.appCertificate === undefined
      ? null
      : Math.min(endBy, now + Math.min(TOKEN_MAX_MS, account.tokenHours * HOUR_MS));
  const recordingEndsAt = maxRecordingHour === null ? null : now + maxRecordingHour * HOUR_MS;
  const controlUntil = now + resourceExpiredHour * HOUR_MS - CONTROL_MARGIN_MS;
  const orphanUntil = tokenEndsAt ?? recordingEndsAt;
  return {
    resourceExpiredHour,
    maxRecordingHour,
    maxIdleTime: web ? null : idleSeconds(account, options, wish.patienceMs),
    tokenEndsAt,
    endsAt: Math.min(controlUntil, orphanUntil ?? Infinity),
    orphanUntil,
  };
}

/** As long as the session bears a missing source, but no longer than the account's ceiling: an orphan idles so long. */
function idleSeconds(account: AgoraAccount, options: AgoraOptions, patienceMs: number | null): number {
  if (options.maxIdleTime !== undefined) return options.maxIdleTime;
  const ceiling = Math.floor(account.idleCeiling / 1000);
  const borne = patienceMs === null ? ceiling : Math.ceil(patienceMs / 1000);
  return Math.max(LEAST_IDLE_SECONDS, Math.min(ceiling, borne));
}
