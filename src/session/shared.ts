/**
 * Troubles that are not one session's own: the account's or the destination's, which every session of it has at the same
 * time. Where the configuration names receivers for such (`plan.sharesTroubles`) they are told once for all of them, and
 * not as a warning of each session.
 */
import type { SharedTrouble } from './events.ts';
import { recordingFrom } from './plan.ts';
import type { LogEntry, SessionState, Trouble } from './state.ts';
import { liveTakes } from './takes.ts';

/** What these say is said of the account as a whole; refusals of one call and failures of one recording are not here. */
const OF_ACCOUNT: ReadonlySet<string> = new Set([
  'E_VENDOR_AUTH',
  'E_VENDOR_UNREACHABLE',
  'E_VENDOR_UNANSWERED',
  'E_VENDOR_FAULT',
  'E_VENDOR_THROTTLED',
  'E_NO_WORKER',
  'E_ACCOUNT_UNKNOWN',
  'E_CONFIG_INVALID',
]);

/** `account/<name>`, `destination/<name>` or `archive`; null for what is the session's own. */
export function sharedScope(
  { plan, storage }: SessionState,
  { code, who }: Pick<Trouble, 'code' | 'who'>,
): string | null {
  if (!plan.sharesTroubles) return null;
  if (code === 'E_ARCHIVE_UNWRITABLE') return 'archive';
  // Without a name it is a disk of the recorder's own, which no other session need share.
  if (code === 'E_DESTINATION' || who === 'destination')
    return storage.destination === null ? null : `destination/${storage.destination}`;
  return OF_ACCOUNT.has(code) ? `account/${plan.specification.account}` : null;
}

/** Of announced work, which is told once for all sessions of the account too. */
export function maintenanceData({ plan }: SessionState): LogEntry['data'] {
  const { account } = plan.specification;
  return { about: 'maintenance', ...(plan.sharesTroubles && { scope: `account/${account}` }) };
}

/** What begins, gets worse or is over with this step. `anew`: all that lasts, for whoever may have forgotten it. */
export function sharedNews(before: SessionState, state: SessionState, anew: boolean): SharedTrouble[] {
  if (!state.plan.sharesTroubles) return [];
  const had = sharedOf(before);
  const has = sharedOf(state);
  const news = [...has.values()].filter((now) => {
    const was = had.get(now.scope);
    return anew || was === undefined || was.code !== now.code || sooner(now.deadline, was.deadline);
  });
  const over = [...had.values()].filter(({ scope }) => !has.has(scope));
  return [...news, ...over.map((was): SharedTrouble => ({ ...was, state: 'off' }))];
}

function sooner(now: number | null, was: number | null): boolean {
  return now !== null && (was === null || now < was);
}

/** One for each scope: the trouble that lasts longest. A session that is over has none. */
function sharedOf(state: SessionState): Map<string, SharedTrouble> {
  const found = new Map<string, SharedTrouble>();
  if (state.released) return found;
  const oldestFirst = Object.values(state.troubles).toSorted((a, b) => a.since - b.since);
  for (const trouble of oldestFirst) {
    const scope = sharedScope(state, trouble);
    if (scope !== null && !found.has(scope)) found.set(scope, told(state, scope, trouble));
  }
  return found;
}

function told(state: SessionState, scope: string, { code, who, text, since }: Trouble): SharedTrouble {
  return { scope, state: 'on', code, who, text, since, deadline: deadlineOf(state) };
}

/** Until then this session loses nothing by it: what records goes on, and what is to come has not begun. */
function deadlineOf(state: SessionState): number | null {
  const ends = liveTakes(state).flatMap(({ credentials, endsAt }) => [credentials?.expiresAt, endsAt]);
  const begin = recordingFrom(state.plan.specification.window);
  const ahead = [...ends, begin].filter((at) => typeof at === 'number' && at > state.at) as number[];
  return ahead.length === 0 ? null : Math.min(...ahead);
}
