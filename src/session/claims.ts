/** Who wants the target recorded. A session ends with the last of its claims. */
import type { ChangeKind } from './changes.ts';
import type { Command } from './events.ts';
import { iso, note } from './ledger.ts';
import type { Claim, SessionState } from './state.ts';

const MOST = 50;

/** A second one of the same owner moves the first; windows of their own are claims of their own. */
export function addClaim(state: SessionState, claim: Claim): void {
  const mine = state.claims.find(
    ({ owner, sessionId }) => owner === claim.owner && sessionId === claim.sessionId,
  );
  const until = mine ? later(mine.until, claim.until) : claim.until;
  const others = state.claims.filter((one) => one !== mine);
  state.claims = [...others, { ...(mine ?? claim), ...claim, until, since: mine?.since ?? claim.since }];
  moveEnd(state);
}

export function joinRefusal(
  state: SessionState,
  { by, until, join: wanted }: Command,
  now: number,
): string | null {
  const { recordingHash, specification } = state.plan;
  const { limitMs } = specification.window;
  if (until === null) return 'join needs "until": the end of what is joined, as ISO 8601 with offset.';
  if (until <= now) return `"until" (${iso(until)}) has passed.`;
  if (limitMs !== null && until > limitMs)
    return `maxDuration ends this session at ${iso(limitMs)}; it cannot be joined for longer.`;
  if (wanted?.recordingHash != null && wanted.recordingHash !== recordingHash)
    return 'This session records something else of the target, or to another place; only equal recordings can be joined.';
  const changed = wanted?.recordingHash == null ? [] : changedKinds(state);
  if (changed.length > 0)
    return `This session was changed since it began (${changed.join(', ')}); only equal recordings can be joined.`;
  if (state.claims.length >= MOST && !state.claims.some(({ owner }) => owner === by))
    return `There are ${MOST} claims already.`;
  return null;
}

/** What is not as its specification says any more, and so not what others with the same one want. */
export function changedKinds({ plan, settings, storage }: SessionState): ChangeKind[] {
  const changed = (Object.keys(settings) as ChangeKind[]).filter((kind) => kind !== 'storage');
  return storage.destination === plan.specification.storage ? changed : [...changed, 'storage'];
}

export function join(state: SessionState, { by, until, join: wanted }: Command): void {
  const name = wanted?.name ?? state.plan.specification.name;
  addClaim(state, { owner: by, until, since: state.at, name, sessionId: null });
}

/** With one claim anybody may end the recording; with several each ends his own. */
export function stopRefusal({ claims, desired }: SessionState, { by, all }: Command): string | null {
  if (desired.state === 'stopped' || all || claims.length <= 1) return null;
  if (claims.some(({ owner }) => owner === by)) return null;
  const held = claims.map(({ owner, until }) => `${owner}${until === null ? '' : ` until ${iso(until)}`}`);
  return `${by} has no claim on this recording; it is wanted by ${held.join(', ')}. End one of these by its owner, or the whole recording: stop --all.`;
}

/** Ends the sender's claims, or all. Whether the recording goes on for others. */
export function endClaim(state: SessionState, { by, all }: Command): boolean {
  if (all || state.claims.length <= 1) return keepClaims(state, []);
  const left = state.claims.filter(({ owner }) => owner !== by);
  if (!keepClaims(state, left)) return false;
  note(
    state,
    'command',
    `ends the claim of ${by} alone; it goes on for ${left.map(({ owner }) => owner).join(', ')}`,
  );
  return true;
}

/** Ends the claim of a window that does not come after all. Whether the recording goes on for others. */
export function withdrawClaim(state: SessionState, window: string): boolean {
  return keepClaims(
    state,
    state.claims.filter(({ sessionId }) => sessionId !== window),
  );
}

function keepClaims(state: SessionState, left: Claim[]): boolean {
  state.claims = left;
  moveEnd(state);
  return left.length > 0;
}

/** Moves the end of the sender's claim; where he has none, of the one that lasts longest. */
export function extendClaim(state: SessionState, by: string, until: number | null): void {
  const mine = claimToExtend(state, by);
  if (mine) mine.until = until;
  moveEnd(state);
  if (!mine) state.untilMs = until;
}

export function claimToExtend({ claims }: SessionState, by: string): Claim | undefined {
  const lasts = claims.toSorted((a, b) => (b.until ?? Infinity) - (a.until ?? Infinity));
  return lasts.find(({ owner }) => owner === by) ?? lasts[0];
}

/** Those whose end has passed are over, as long as others go on. */
export function lapseClaims(state: SessionState): void {
  if (state.claims.length <= 1 || state.desired.state === 'stopped') return;
  const left = state.claims.filter(({ until }) => until === null || until > state.at);
  if (left.length === 0 || left.length === state.claims.length) return;
  const over = state.claims.filter((one) => !left.includes(one));
  state.lapsed = over.toSorted((a, b) => a.until! - b.until!).at(-1)!;
  state.claims = left;
}

/** When the next of them is over while others go on. */
export function nextLapse({ claims, untilMs, at }: SessionState): number | null {
  const ends = claims.flatMap(({ until }) =>
    until !== null && until > at && until !== untilMs ? [until] : [],
  );
  return ends.length === 0 ? null : Math.min(...ends);
}

function moveEnd(state: SessionState): void {
  if (state.claims.length === 0) return;
  state.untilMs = state.claims.map(({ until }) => until).reduce(later);
}

function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}
