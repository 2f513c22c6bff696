/** What becomes of one callback whose address is right: it is verified and read, and the sessions are told. */
import { KeepRollingError } from '../contract/errors.ts';
import { REFUSED_STATUS } from '../recorders/callbacks.ts';
import type { CallbackReading, CallbackRequest, News } from '../recorders/callbacks.ts';
import type { Json } from '../session/facts.ts';
import type { Background } from './background.ts';
import type { CallbackCounts, Verdict } from './counts.ts';
import type { Door } from './doors.ts';
import type { LookNow } from './look-now.ts';
import type { RefusalLog } from './refusals.ts';
import { workflowsOf, type Sessions } from './sessions.ts';
import type { Starts } from './starts.ts';

export interface Answer {
  status: number;
  body: Json;
}

export interface ReceiverParts {
  sessions: Sessions;
  starts: Starts;
  looks: LookNow;
  background: Background;
  counts: CallbackCounts;
  refusals: RefusalLog;
}

export type Receive = (door: Door, request: CallbackRequest) => Promise<Answer>;

/** A vendor that waits longer than this for its answer is answered: it sends the same again. */
const ANSWER_MS = 5_000;
const TROUBLE_MS = 60_000;

export function receiver(parts: ReceiverParts): Receive {
  const { counts, refusals, background } = parts;

  const refused = (account: string, verdict: Verdict, why: string, news: News[] = []): void => {
    counts.count(account, verdict);
    const events = news.map(({ event }) => event.kind).join(', ');
    refusals.add({ account, verdict, why, ...(events !== '' && { event: events }) });
  };

  /** Each account's trouble once a minute: it is the same for every request. */
  const toldAt = new Map<string, number>();
  const whyUnreadable = ({ account, trouble }: Door): string => {
    const why = 'the secrets of the account cannot be read';
    if (trouble === undefined || Date.now() - (toldAt.get(account) ?? -Infinity) < TROUBLE_MS) return why;
    toldAt.set(account, Date.now());
    return `${why}: ${trouble}`;
  };

  return async (door, request) => {
    const { account } = door;
    const reading = readingOf(door, request);
    if (door.fields === null) {
      refused(account, 'unavailable', whyUnreadable(door));
      return insistentReply(reading) ?? { status: 503, body: { error: 'unavailable' } };
    }
    if (reading.verdict !== 'genuine') {
      const { verdict, why, reply } = reading;
      refused(account, verdict, why);
      return reply ?? { status: REFUSED_STATUS[verdict], body: { error: verdict } };
    }
    const { news, reply, replyFirst } = reading;
    if (news.length === 0) {
      counts.count(account, 'ignored');
      return reply;
    }
    const tell = async (): Promise<Verdict> => await tellAll(parts, door, news);
    if (replyFirst) {
      const attempt = async (): Promise<void> => counts.count(account, await tell());
      const lost = (error: unknown): void => refused(account, 'dropped', reasonOf(error), news);
      if (!background.add({ attempt, lost })) lost(new TooMuch());
      return reply;
    }
    try {
      counts.count(account, await inTime(tell()));
      return reply;
    } catch (error) {
      refused(account, 'unavailable', reasonOf(error), news);
      return { status: 503, body: { error: 'unavailable' } };
    }
  };
}

/** Without secrets no signature holds, but what must be answered in a way of its own is still recognised. */
function readingOf({ scheme, fields }: Door, request: CallbackRequest): CallbackReading {
  return scheme.read(fields ?? { callbacks: { path: [], keys: [] } }, request);
}

/** The reply that the vendor must get whatever we think of its request. */
function insistentReply(reading: CallbackReading): Answer | undefined {
  if (reading.verdict !== 'genuine') return reading.reply;
  return reading.replyFirst && reading.reply;
}

/** Repeatable: sessions drop events that they have had, and an announcement is one session. */
async function tellAll(
  { sessions, starts, looks }: ReceiverParts,
  door: Door,
  all: News[],
): Promise<Verdict> {
  const heard = await Promise.all(
    all.map(async (news) => {
      const told = await Promise.all(
        workflowsOf(door, news).map(async (workflowId) => {
          const open = await sessions.tell(workflowId, news.event);
          if (open && news.look) looks.ask(workflowId);
          return open;
        }),
      );
      if (news.announced) await starts.announced(door.account, news.announced);
      return told.includes(true);
    }),
  );
  return heard.includes(true) ? 'delivered' : 'no-session';
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Late()), ANSWER_MS);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

class Late extends Error {
  override readonly message = 'Temporal took too long';
}

class TooMuch extends Error {
  override readonly message = 'too much waits to be told already';
}

/** What is not ours is not quoted: it might hold a secret. */
function reasonOf(error: unknown): string {
  const ours = error instanceof KeepRollingError || error instanceof Late || error instanceof TooMuch;
  if (ours) return error.message;
  return `an unexpected ${error instanceof Error ? error.name : typeof error}`;
}
