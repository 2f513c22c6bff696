/**
 * Callbacks on their way out of an emulated vendor, with everything that can happen to them. Plain data and a clock
 * that is passed in: the HTTP shell sends what is due, and the driver of the tests delivers it in the process.
 */
import type { TruthLog } from './truth.ts';

/**
 * What can happen to a callback. `lost`: never sent. `doubled`: sent twice, as by redundant delivery. `late`: sent after
 * `delayMs`. `reordered`: sent after the one that follows it, or after `delayMs`. `forged`: before it a stranger sends
 * the same with a spoiled signature.
 */
export const CALLBACK_FAULTS = ['lost', 'doubled', 'late', 'reordered', 'forged'] as const;
export type CallbackFaultKind = (typeof CALLBACK_FAULTS)[number];

export interface CallbackFault {
  /** The event's name as in the truth log up to its first blank, or `*`. */
  event: string;
  kind: CallbackFaultKind;
  /** How many it hits; 1 when left out. */
  times?: number;
  delayMs?: number;
}

const LATE_MS = 600_000;
const REORDER_MS = 5_000;

/** One attempt to deliver. */
export interface Delivery {
  id: number;
  method: DeliveryMethod;
  /** The address, its query included. */
  url: string;
  headers: Record<string, string>;
  body: string;
  event: string;
  /** How long the vendor waits for an answer, milliseconds. */
  timeoutMs: number;
}

/** Some vendors tell by GET, with everything in the query. */
export type DeliveryMethod = 'POST' | 'GET';

export interface DeliveryAnswer {
  status: number;
  body: string;
}

/** What an emulator with callbacks offers to whoever delivers them. */
export interface EmulatorCallbacks {
  /** When the next one is due, as far as it is known now; undefined for none. */
  nextAt(now: number): number | undefined;
  /** All that are due; each must be answered, with null when no answer came. */
  due(now: number): Delivery[];
  answered(id: number, answer: DeliveryAnswer | null, now: number): void;
  arm(fault: CallbackFault): void;
}

/** A vendor whose state changes by time alone, which may tell something too. */
export interface OnTimeline {
  outbox: Outbox;
  /** Nobody is told. */
  silent: boolean;
  /** Applies what time has done up to `now`. */
  advance: (now: number) => void;
  /** When time does something next. */
  nextInstant: () => number | undefined;
}

/** Whoever delivers on a virtual clock must wake for what time alone does, too. */
export function onTimeline({ outbox, silent, advance, nextInstant }: OnTimeline): EmulatorCallbacks {
  return {
    nextAt(now) {
      if (silent) return undefined;
      advance(now);
      const instants = [outbox.nextAt(), nextInstant()].filter((at) => at !== undefined);
      return instants.length === 0 ? undefined : Math.min(...instants);
    },
    due(now) {
      if (silent) return [];
      advance(now);
      return outbox.due(now);
    },
    answered(id, answer, now) {
      // An answer that comes too late finds things as time has left them.
      advance(now);
      outbox.answered(id, answer, now);
    },
    arm: (fault) => outbox.arm(fault),
  };
}

export interface OutboxOptions {
  truth: TruthLog;
  /** Waits before each further attempt after one that was not answered with 200; none: it is not repeated. */
  retriesMs?: readonly number[];
  timeoutMs?: number;
  /** Probability of each fault, 0 to 1, with `random`. */
  rates?: Partial<Record<CallbackFaultKind, number>>;
  random?: () => number;
}

/** What one attempt carries. `query` is added to the address. */
export interface Sent {
  headers: Record<string, string>;
  body: string;
  query?: Record<string, string>;
}

export interface Outgoing {
  /** First word: its name for faults. */
  event: string;
  url: string;
  /** POST when left out. */
  method?: DeliveryMethod;
  /** Made anew for each attempt: some vendors put the instant of sending into it, or into the query of its address. */
  make: (sentAt: number) => Sent;
  /** What a stranger makes of it, where the signature is no header. */
  forge?: (sentAt: number) => Sent;
  /** Instead of the outbox's own. */
  timeoutMs?: number;
  /** The last answer, or null when there will be none. */
  onAnswer?: (answer: DeliveryAnswer | null, now: number) => void;
}

interface Waiting {
  at: number;
  order: number;
  outgoing: Outgoing;
  attempt: number;
  forged: boolean;
}

export class Outbox implements EmulatorCallbacks {
  readonly #options: OutboxOptions;
  readonly #armed: Required<CallbackFault>[] = [];
  readonly #inFlight = new Map<number, Waiting>();
  #waiting: Waiting[] = [];
  #serial = 0;
  /** How often each fault has hit. */
  readonly fired = new Map<CallbackFaultKind, number>();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  arm({ event, kind, times = 1, delayMs }: CallbackFault): void {
    const usual = kind === 'reordered' ? REORDER_MS : LATE_MS;
    this.#armed.push({ event, kind, times, delayMs: delayMs ?? usual });
  }

  /** Without an address nobody is told, which the truth log says. */
  send(at: number, outgoing: Outgoing): void {
    if (outgoing.url === '') {
      this.#note(at, outgoing, false);
      outgoing.onAnswer?.(null, at);
      return;
    }
    const fault = this.#faultFor(outgoing.event);
    if (fault) this.fired.set(fault.kind, (this.fired.get(fault.kind) ?? 0) + 1);
    switch (fault?.kind) {
      case 'lost':
        this.#note(at, outgoing, false);
        outgoing.onAnswer?.(null, at);
        return;
      case 'doubled':
        this.#wait(at, unanswered(outgoing));
        break;
      case 'forged':
        this.#wait(at, forgedOf(outgoing), true);
        break;
      case 'late':
      case 'reordered':
        this.#wait(at + fault.delayMs, outgoing);
        return;
      case undefined:
        break;
    }
    this.#wait(at, outgoing);
  }

  nextAt(): number | undefined {
    return this.#waiting[0]?.at;
  }

  due(now: number): Delivery[] {
    const ready = this.#waiting.filter((one) => one.at <= now);
    this.#waiting = this.#waiting.filter((one) => one.at > now);
    return ready.map((one) => {
      this.#serial += 1;
      this.#inFlight.set(this.#serial, one);
      const { event, url, method = 'POST', timeoutMs = this.#options.timeoutMs ?? 10_000 } = one.outgoing;
      const { headers, body, query } = one.outgoing.make(now);
      return {
        id: this.#serial,
        method,
        url: query === undefined ? url : withQuery(url, query),
        event,
        headers,
        body,
        timeoutMs,
      };
    });
  }

  answered(id: number, answer: DeliveryAnswer | null, now: number): void {
    const one = this.#inFlight.get(id);
    if (!one) return;
    this.#inFlight.delete(id);
    if (one.forged) return;
    const delivered = answer?.status === 200;
    const wait = this.#options.retriesMs?.[one.attempt - 1];
    if (!delivered && wait !== undefined) {
      this.#queue({ ...one, at: now + wait, attempt: one.attempt + 1 });
      return;
    }
    this.#note(now, one.outgoing, delivered);
    one.outgoing.onAnswer?.(answer, now);
  }

  #wait(at: number, outgoing: Outgoing, forged = false): void {
    this.#queue({ at, order: 0, outgoing, attempt: 1, forged });
  }

  #queue(one: Waiting): void {
    this.#serial += 1;
    this.#waiting.push({ ...one, order: this.#serial });
    this.#waiting.sort((a, b) => a.at - b.at || a.order - b.order);
  }

  #faultFor(event: string): Required<CallbackFault> | undefined {
    const name = event.split(' ', 1)[0]!;
    const index = this.#armed.findIndex((fault) => fault.event === '*' || fault.event === name);
    const armed = this.#armed[index];
    if (armed) {
      armed.times -= 1;
      if (armed.times <= 0) this.#armed.splice(index, 1);
      return armed;
    }
    const { rates = {}, random } = this.#options;
    if (!random) return undefined;
    let dice = random();
    for (const kind of CALLBACK_FAULTS) {
      dice -= rates[kind] ?? 0;
      if (dice < 0) return { event, kind, times: 1, delayMs: kind === 'reordered' ? REORDER_MS : LATE_MS };
    }
    return undefined;
  }

  #note(at: number, { url, event }: Outgoing, delivered: boolean): void {
    this.#options.truth.add({ type: 'callback', at, url: withoutLast(url), event, delivered });
  }
}

/** Who knows the last part of an address may call there: the truth log shows what is before it. */
function withoutLast(url: string): string {
  if (!URL.canParse(url)) return url === '' ? '' : '…';
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.slice(0, pathname.lastIndexOf('/') + 1)}…`;
}

function forgedOf(outgoing: Outgoing): Outgoing {
  const { make, forge } = outgoing;
  const spoil = (sentAt: number): Sent => {
    const { headers, ...rest } = make(sentAt);
    return { headers: spoiled(headers), ...rest };
  };
  return { ...unanswered(outgoing), make: forge ?? spoil };
}

/** Another that nobody waits for: its answer decides nothing. */
function unanswered({ onAnswer: _onAnswer, ...outgoing }: Outgoing): Outgoing {
  return outgoing;
}

function withQuery(url: string, query: Record<string, string>): string {
  const address = new URL(url);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return address.href;
}

/** Every signature of the headers is that of somebody who does not know the key. */
function spoiled(headers: Record<string, string>): Record<string, string> {
  const turned = (text: string): string => (text.startsWith('0') ? `1${text.slice(1)}` : `0${text.slice(1)}`);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, /signature/i.test(name) ? turned(value) : value]),
  );
}
