/**
 * Notices to one receiver, in their order. The server retries it while the receiver does not take them: no history and
 * no slot of a worker is spent on waiting.
 */
import type { Dispatcher } from 'undici';
import type { Settings } from '../config/settings.ts';
import { KeepRollingError } from '../contract/errors.ts';
import type { Receiver } from '../contract/receivers.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { eventOf } from '../receivers/event.ts';
import { post, type Posted } from '../receivers/post.ts';
import type { Notice } from '../session/notices.ts';
import type { Delivered, DeliverInput } from './wire.ts';

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** A notice is tried for so long. */
export const KEPT_MS = 24 * 3_600_000;
/** A slot of the worker is not held for longer, however slowly a receiver answers. */
const TURN_MS = 60_000;

export interface DeliverTools {
  settings: Settings;
  dispatcher: Dispatcher;
  now: () => number;
  /** Of the attempt before. */
  memory: Delivered | null;
  first: boolean;
  /** Told what is taken and what is not; absent where nobody watches. */
  metrics?: Pick<Metrics, 'noticeSent' | 'noticeFailed'> | undefined;
  remember: (done: Delivered) => void;
}

/** How far it has come, or how long to wait for the next attempt and why. */
export type Turn = { done: Delivered } | { waitMs: number; sentence: string };

export async function deliverNotices(tools: DeliverTools, input: DeliverInput): Promise<Turn> {
  const { now, memory, remember } = tools;
  const { notices } = input;
  // Something has just been refused: the first attempt is not due yet.
  if (tools.first && input.failures > 0) return wait(input.failures, 'the last one was not taken');
  const { missed, failures } = input;
  const done = { ...(memory ?? { accounted: 0, delivered: 0, givenUp: 0, missed, failures }) };
  const until = now() + TURN_MS;
  while (done.accounted < notices.length && now() < until) {
    const notice = notices[done.accounted]!;
    const posted = await postOne(tools, input, notice, done.missed);
    count(tools, input, notice, posted);
    if (posted === 'gone') return { done: { ...done, gone: true } };
    if (posted === 'delivered' || posted === 'unwanted') {
      done.accounted += 1;
      done.failures = 0;
      if (posted === 'delivered') {
        done.delivered += 1;
        done.missed = 0;
      }
      remember(done);
      continue;
    }
    done.failures += 1;
    giveUpOld(done, notices, now());
    // What was delivered is told at once: it must not be sent again after newer ones, whatever becomes of this.
    if (done.delivered > 0 || done.accounted === notices.length) return { done };
    remember(done);
    return wait(done.failures, posted.failed);
  }
  return { done };
}

function wait(failures: number, why: string): Turn {
  const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20));
  return { waitMs, sentence: `not delivered: ${why}; again in ${waitMs / 1000} s` };
}

function giveUpOld(done: Delivered, notices: Notice[], now: number): void {
  while (done.accounted < notices.length && now - notices[done.accounted]!.at >= KEPT_MS) {
    done.accounted += 1;
    done.givenUp += 1;
    done.missed += 1;
  }
}

function count(
  { metrics }: DeliverTools,
  { receiver, subject }: DeliverInput,
  notice: Notice,
  posted: Posted | 'unwanted',
): void {
  const id = `${subject.id}/${notice.sequence}`;
  if (posted === 'delivered') metrics?.noticeSent(receiver, id);
  else if (posted !== 'unwanted') metrics?.noticeFailed(receiver, id, notice.at);
}

async function postOne(
  { settings, dispatcher, now }: DeliverTools,
  { receiver: name, subject }: DeliverInput,
  notice: Notice,
  missed: number,
): Promise<Posted | 'unwanted'> {
  try {
    const receiver = settings.receiver(name);
    if (!wants(receiver, notice)) return 'unwanted';
    return await post(dispatcher, receiver, eventOf(subject, notice, missed), now());
  } catch (error) {
    // The configuration may be mended. What is not ours is not quoted: it may hold a key.
    if (error instanceof KeepRollingError) return { failed: error.message };
    return { failed: `${name} cannot be told (${error instanceof Error ? error.name : typeof error})` };
  }
}

/** Troubles that many sessions share, and announced work, go to whoever wants warnings. */
function wants({ events }: Receiver, { kind }: Notice): boolean {
  if (events === undefined || kind === 'test') return true;
  return events.includes(kind === 'trouble' || kind === 'maintenance' ? 'warning' : kind);
}
