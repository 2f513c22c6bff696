/**
 * The log of what was not done: one JSON line each, without address, headers and body, since those hold secrets. Of the
 * same kind at most ten a minute, then their number: a flood of forged requests must not fill a disk.
 */
import type { Verdict } from './counts.ts';

export interface Refusal {
  /** One of ours, or `NO_ACCOUNT`: what strangers write is not repeated. */
  account: string;
  /** `refused` and `busy`: of an announcement that a rule wants recorded. */
  verdict: Verdict | 'refused' | 'busy';
  /** One phrase without secrets. */
  why: string;
  /** Kind of the event, where one was understood. */
  event?: string;
}

export interface RefusalLog {
  add(refusal: Refusal): void;
  /** Tells the numbers that are still held back. */
  close(): void;
}

export interface Limits {
  perKind: number;
  everyMs: number;
}

interface Kind {
  written: number;
  heldBack: number;
  /** Forgets it, and tells what was held back. */
  end: () => void;
}

export function refusalLog(
  write: (line: string) => void,
  { perKind, everyMs }: Limits = { perKind: 10, everyMs: 60_000 },
): RefusalLog {
  const kinds = new Map<string, Kind>();
  const line = (refusal: Refusal): void =>
    write(JSON.stringify({ time: new Date().toISOString(), level: levelOf(refusal), ...refusal }));

  const begun = (key: string, { account, verdict }: Refusal): Kind => {
    const kind: Kind = {
      written: 0,
      heldBack: 0,
      end() {
        clearTimeout(timer);
        kinds.delete(key);
        const { heldBack } = kind;
        if (heldBack > 0)
          line({ account, verdict, why: `${heldBack} more of these, not written one by one` });
      },
    };
    const timer = setTimeout(kind.end, everyMs).unref();
    kinds.set(key, kind);
    return kind;
  };

  return {
    add(refusal) {
      const key = `${refusal.account} ${refusal.verdict}`;
      const kind = kinds.get(key) ?? begun(key, refusal);
      if (kind.written >= perKind) {
        kind.heldBack += 1;
        return;
      }
      kind.written += 1;
      line(refusal);
    },
    close() {
      for (const kind of kinds.values()) kind.end();
    },
  };
}

/** A target that is being recorded already is in nobody's way. */
function levelOf({ verdict }: Refusal): 'info' | 'warn' {
  return verdict === 'busy' ? 'info' : 'warn';
}
