/** What the calls of this process may send: turns on each quota of each account, waited for no longer than a call has time. */
import type { Settings } from '../config/settings.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { DEFAULT_DEADLINE_MS } from '../recorders/http.ts';
import { VendorFailure, type Quota } from '../recorders/recorder.ts';
import type { Failure } from '../session/facts.ts';
import { createTurns, TooLate, type TurnKind, type Turns } from './turns.ts';

/** Besides the exchange itself, for what a call does before and after. */
const SLACK_MS = 1_000;
/** A turn that did not come in time is asked for again after so long at most. */
const AGAIN_MS = 10_000;

/** The turns of one call of a recorder. */
export interface CallTurns {
  /** @throws VendorFailure E_VENDOR_THROTTLED where it does not come in time */
  turn: (quota: string) => Promise<void>;
  /** A request leaves now, on the first turn that no other one has taken; what it gives is called at its answer. */
  sent: () => () => void;
  /** The call is over, with this failure or without one. */
  over: (failure?: Failure) => void;
}

export interface Caller {
  account: string;
  quotas: readonly Quota[];
  kind: TurnKind;
  /** How long the whole call may take. */
  callMs: number;
  signal?: AbortSignal | undefined;
}

export type QuotaTurns = (caller: Caller) => CallTurns;

export function quotaTurns(
  settings: Pick<Settings, 'quotas' | 'workers'>,
  metrics?: Pick<Metrics, 'turnWaited'>,
): QuotaTurns {
  const known = new Map<string, Turns>();
  const turnsOf = (account: string, quota: Quota): Turns => {
    const key = JSON.stringify([account, quota.name]);
    const made = known.get(key) ?? createTurns(shareOf(settings, account, quota));
    known.set(key, made);
    return made;
  };

  return ({ account, quotas, kind, callMs, signal }) => {
    const begun = performance.now();
    const taken: { turns: Turns; answered: () => void; isUsed: boolean }[] = [];
    return {
      async turn(name) {
        const quota = quotas.find((one) => one.name === name);
        if (!quota) throw new Error(`The recorder of account ${account} has no quota "${name}".`);
        const turns = turnsOf(account, quota);
        const asked = performance.now();
        const patienceMs = callMs - (asked - begun) - DEFAULT_DEADLINE_MS - SLACK_MS;
        try {
          taken.push({ turns, answered: await turns.next({ kind, patienceMs, signal }), isUsed: false });
        } catch (error) {
          throw error instanceof TooLate ? new VendorFailure(tooLate(account, quota)) : error;
        } finally {
          metrics?.turnWaited(account, name, performance.now() - asked);
        }
      },
      sent() {
        const free = taken.find(({ isUsed }) => !isUsed);
        if (free) free.isUsed = true;
        return () => free?.answered();
      },
      over(failure) {
        const last = taken.at(-1);
        if (last && failure && isVendorsOwn(failure)) last.turns.rest(failure.retry as number);
        for (const { answered } of taken) answered();
      },
    };
  };
}

/** What one of several worker processes may use of it. */
export function shareOf(
  settings: Pick<Settings, 'quotas' | 'workers'>,
  account: string,
  { name, limit, perMs }: Quota,
): { limit: number; perMs: number } {
  const share = (settings.quotas(account)[name] ?? limit) / settings.workers();
  // Less than one each: one, and seldomer.
  return share < 1 ? { limit: 1, perMs: perMs / share } : { limit: Math.floor(share), perMs };
}

function tooLate(account: string, { name, perMs, calls }: Quota): Failure {
  return {
    code: 'E_VENDOR_THROTTLED',
    message: `${account}: no turn came in time on its quota ${name} (${calls}): others of this account use it up.`,
    who: 'keeprolling',
    applied: 'no',
    retry: Math.min(AGAIN_MS, perMs),
    cause: 'vendor-fault',
  };
}

/** The vendor's own answer: ours names no operation of its. */
function isVendorsOwn({ code, retry, vendor }: Failure): boolean {
  return code === 'E_VENDOR_THROTTLED' && typeof retry === 'number' && vendor !== undefined;
}
