/** A session by itself, step by step: no driver, and no vendor but in what a test says of it. Instants are in seconds. */
import { begin } from '../../src/session/begin.ts';
import type {
  Answer,
  Effect,
  RecorderEvent,
  RecorderEventKind,
  SessionEvent,
  Watch,
} from '../../src/session/events.ts';
import type { Failure, Observation } from '../../src/session/facts.ts';
import type { Plan } from '../../src/session/plan.ts';
import { sessionCoverage } from '../../src/session/release.ts';
import type { SessionState, Take } from '../../src/session/state.ts';
import { step } from '../../src/session/step.ts';
import type { Traits } from '../../src/session/traits.ts';
import { planFor } from '../driver/driver.ts';
import { SECOND, START } from '../driver/world.ts';
import { syntheticVendor } from '../synthetic/vendor.ts';

type News = SessionEvent extends infer E ? (E extends unknown ? Omit<E, 'at' | 'nonce'> : never) : never;

export const SID = 'sid-1';
/** What its reservation gave it, which callbacks return. */
export const MARK = 'mark-1';

export const UNANSWERED: Failure = {
  code: 'E_VENDOR_UNANSWERED',
  message: 'No answer came.',
  who: 'vendor',
  applied: 'unknown',
  retry: 'later',
  cause: 'vendor-fault',
};

export class Told {
  state: SessionState;
  watch: Watch | null = null;
  #ids = 0;

  constructor(traits: Partial<Traits> = {}, more: Partial<Plan> = {}, specification: object = {}) {
    const { vendor } = syntheticVendor({ start: 'armed', survivesDrop: true, ...traits });
    const world = { vendor, account: {}, clock: { now: START } };
    const window = { from: 'now', length: '2h' };
    const own = { name: 'test', account: 'account', target: { channel: 'news' }, window, ...specification };
    const plan = planFor(world, { specification: own, plan: { callbacks: true, ...more } }, new Map());
    this.state = begin(plan, START);
    this.feed(0, { kind: 'begin' });
  }

  feed(at: number, news: News): Effect[] {
    this.#ids += 1;
    const nonce = `nonce${String(this.#ids).padStart(3, '0')}`;
    const turn = step(this.state, { ...news, at: START + at * SECOND, nonce });
    this.state = turn.state;
    for (const effect of turn.effects) if (effect.kind === 'watch') this.watch = effect.watch;
    return turn.effects;
  }

  /** `told`: what happened at `at`, and is told now. */
  hear(now: number, kind: RecorderEventKind, at: number, told: Partial<RecorderEvent> = {}): Effect[] {
    this.#ids += 1;
    const event = { id: `event ${this.#ids}`, at: START + at * SECOND, kind, ...told };
    return this.feed(now, { kind: 'recorder', event });
  }

  answer(at: number, answer: Answer): Effect[] {
    return this.feed(at, { kind: 'answer', call: this.state.lane!.id, answer });
  }

  /** The start is on its way; of a vendor that reserves its reservation has come. */
  starting(): this {
    if (this.state.lane?.op !== 'reserve') return this;
    const expiresAt = START + 300 * SECOND;
    this.answer(0, { op: 'reserve', ok: { at: START, reservation: 'r', expiresAt, mark: MARK } });
    return this;
  }

  /** The start was accepted at 1 s. */
  open(): this {
    this.starting();
    const ok = { at: START + SECOND, handle: { id: SID }, recording: SID };
    this.answer(1, { op: 'start', ok });
    return this;
  }

  look(at: number, actual: Observation['actual'], more: Partial<Observation> = {}): Effect[] {
    const seen = [{ take: this.take.number, actual, source: 'a look', ...more }];
    const look = { at: START + at * SECOND, seen, sentence: actual };
    const { version } = this.watch!;
    return this.feed(at, { kind: 'report', version, look, lastGood: {}, lastLookAt: null, memory: null });
  }

  get take(): Take {
    return this.state.takes.at(-1)!;
  }

  /** Such as `5–20, 30–`, in seconds; a stretch without any media is left out. */
  spans(take: Take = this.take): string {
    const seconds = (at: number): string => String((at - START) / SECOND);
    return take.spans
      .filter(({ from, to }) => to === null || to.at > from.at)
      .map(({ from, to }) => `${seconds(from.at)}–${to ? seconds(to.at) : ''}`)
      .join(', ');
  }

  /** Causes of the gaps up to now, with their lengths in seconds. */
  gaps(): Record<string, number> {
    const { gapMs } = sessionCoverage(this.state).totals;
    return Object.fromEntries(Object.entries(gapMs).map(([cause, ms]) => [cause, ms / SECOND]));
  }
}
