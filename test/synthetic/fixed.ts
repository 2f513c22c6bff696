/**
 * A synthetic vendor that takes no names of ours: it records a channel or it does not, by a rule in its account that counts
 * from the next push on, and tells nobody whether it records but by callbacks and by its answer to another start.
 */
import { z } from 'zod';
import { FaultPlan } from '../../src/emulators/faults.ts';
import { Outbox, type CallbackFaultKind } from '../../src/emulators/outbox.ts';
import { TruthLog } from '../../src/emulators/truth.ts';
import type { Recorder, RecorderContext } from '../../src/recorders/recorder.ts';
import type { Vendor } from '../../src/recorders/registry.ts';
import type { RecorderEvent } from '../../src/session/events.ts';
import type { AccountChange, Json, Observation, TakeName } from '../../src/session/facts.ts';
import type { Traits } from '../../src/session/traits.ts';
import { random, type World } from '../driver/driver.ts';
import { syntheticRequests } from './requests.ts';
import { SYNTHETIC_TRAITS } from './vendor.ts';

type Data = Record<string, unknown>;

export interface FixedOptions {
  /** A recording outlives its source for so long, and goes on if that comes back; Infinity: for ever. */
  threshold: number;
  /** A start so soon after a stop is refused as if the channel were being recorded. */
  restartGapMs?: number;
  nativePause?: boolean;
  /** The rule is there from the beginning. */
  ruled?: boolean;
  callbacks?: { rates?: Partial<Record<CallbackFaultKind, number>>; seed?: number };
}

export const FIXED_TRAITS: Traits = {
  ...SYNTHETIC_TRAITS,
  proof: 'callback',
  asserts: true,
  prepares: true,
  makes: true,
  restartGapMs: 10_000,
  leadMs: 300_000,
};

interface Recording {
  id: string;
  live: boolean;
  held: boolean;
  mediaFrom: number | null;
  endsAt: number;
}

interface Channel {
  /** Since when its source is there; null while it is not. */
  pushedAt: number | null;
  recording: Recording | null;
  stoppedAt: number;
}

export interface FixedVendor {
  vendor: Vendor;
  traits: Traits;
  callbacks?: NonNullable<World['callbacks']>;
  truth: TruthLog;
  faults: FaultPlan;
  source(channel: string, up: boolean, now: number): void;
  /** Somebody else starts or stops a recording. */
  foreign(channel: string, on: boolean, now: number): void;
  /** Somebody makes the rule, or takes it away. */
  rule(there: boolean, now: number): void;
  hasRule(): boolean;
  /** How often the source was cut off. */
  cutOffs: number;
  settle(now: number): void;
}

interface Handle {
  pushedAt: number;
}

const SIGNATURE = 'ours';

export function fixedVendor(options: FixedOptions): FixedVendor {
  const { threshold, restartGapMs = 10_000, nativePause = false } = options;
  const traits: Traits = { ...FIXED_TRAITS, restartGapMs, nativePause };
  const truth = new TruthLog();
  const faults = new FaultPlan();
  const channels = new Map<string, Channel>();
  const account: { ruleSince: number | null } = { ruleSince: options.ruled ? 0 : null };
  const { request, failure, count } = syntheticRequests(truth, faults, expire);
  const outbox =
    options.callbacks &&
    new Outbox({
      truth,
      rates: options.callbacks.rates ?? {},
      random: random(options.callbacks.seed ?? 1),
    });
  let told = 0;
  let begun = 0;

  const of = (name: string): Channel => {
    const known = channels.get(name) ?? { pushedAt: null, recording: null, stoppedAt: -Infinity };
    channels.set(name, known);
    return known;
  };

  function tell(event: Omit<RecorderEvent, 'id'>): void {
    told += 1;
    const body = JSON.stringify({ id: `callback ${told}`, ...event });
    outbox?.send(event.at, {
      event: event.kind,
      url: 'https://gateway.example.com/',
      make: () => ({ headers: { 'x-signature': SIGNATURE }, body }),
    });
  }

  /** Media is written while the source is there and nothing holds the recording. */
  function flow({ pushedAt, recording }: Channel, now: number): void {
    if (!recording) return;
    const writes = recording.live && !recording.held && pushedAt !== null;
    if (writes && recording.mediaFrom === null) {
      recording.mediaFrom = now;
      tell({ kind: 'recorder-recording', at: now, since: now });
    }
    if (writes || recording.mediaFrom === null) return;
    const { id, mediaFrom: from } = recording;
    truth.add({ type: 'media', recording: id, from, to: now, file: id, bytes: now - from });
    const file = { name: `${id}-${from}`, sequence: from, state: 'named' as const, from, to: now };
    tell({ kind: 'file-ready', at: now, files: [file] });
    recording.mediaFrom = null;
  }

  function end(channel: Channel, now: number, reason: string): void {
    const { recording } = channel;
    if (!recording?.live) return;
    recording.live = false;
    flow(channel, now);
    truth.add({ type: 'recording', at: now, recording: recording.id, event: 'ended', reason });
    tell({ kind: 'recorder-ended', at: now });
    channel.recording = null;
  }

  function begin(channel: Channel, now: number, name: TakeName | null): void {
    begun += 1;
    const id = `r${begun}`;
    channel.recording = { id, live: true, held: false, mediaFrom: null, endsAt: Infinity };
    const metadata = name && JSON.stringify({ session: name.sessionId, take: name.take });
    truth.add({
      type: 'recording',
      at: now,
      recording: id,
      event: 'began',
      ...(metadata !== null && { metadata }),
    });
    flow(channel, now);
  }

  function expire(now: number): void {
    for (const channel of channels.values()) {
      const { recording } = channel;
      if (recording?.live && recording.endsAt <= now) end(channel, recording.endsAt, 'source gone');
    }
  }

  const inForce = ({ pushedAt }: Channel): boolean =>
    account.ruleSince !== null && pushedAt !== null && account.ruleSince <= pushedAt;

  /** What every start finds first. */
  function ready(op: string, channel: Channel): number {
    if (channel.pushedAt === null) {
      throw failure(op, 'E_VENDOR_REFUSED', 'There is no such stream now.', {
        who: 'source',
        cause: 'source-absent',
      });
    }
    if (account.ruleSince === null)
      throw failure(op, 'E_ACCOUNT_UNREADY', 'There is no rule.', { who: 'you', cause: 'vendor-rule' });
    if (!inForce(channel)) {
      throw failure(op, 'E_NOT_IN_FORCE', 'The rule is younger than the push.', {
        who: 'you',
        cause: 'vendor-rule',
      });
    }
    return channel.pushedAt;
  }

  function presumed(take: number, pushedAt: number): Observation {
    const since = { at: pushedAt, plusMinusMs: 1_000 };
    return { take, actual: 'presumed', since, source: 'synthetic streams' };
  }

  function observe(
    take: number,
    { pushedAt: startedFor }: Handle,
    { pushedAt }: Channel,
    now: number,
    onlineAt: number,
  ): Observation {
    const source = 'synthetic streams';
    const edge = (to: number) => ({ at: (onlineAt + to) / 2, plusMinusMs: (to - onlineAt) / 2 });
    if (pushedAt === null) return { take, actual: 'armed', endedAt: edge(now), source };
    if (pushedAt === startedFor) return { take, actual: 'presumed', source };
    const since = { at: pushedAt, plusMinusMs: 1_000 };
    return { take, actual: 'unsure', since, endedAt: edge(Math.max(onlineAt, pushedAt)), source };
  }

  const channelOf = ({ target }: { target: Data }): Channel => of(String(target.channel));

  const recorder: Recorder<Data, Data, Data> = {
    vendor: 'synthetic',
    traits: () => traits,
    quotas: [],
    lists: 'none',
    unattended: 'nothing',
    async plan() {
      return await Promise.resolve(account.ruleSince === null ? [change()] : []);
    },
    async prepare(context, { policy, unknownSince }) {
      return await Promise.resolve(
        request('prepare', context, () => {
          const at = context.now();
          const { ruleSince } = account;
          const ours = ruleSince !== null && unknownSince !== undefined && ruleSince >= unknownSince;
          if (ruleSince !== null) return { at, made: ours ? [change()] : [], found: 'the rule' };
          if (policy.account === 'require') {
            throw failure('prepare', 'E_ACCOUNT_UNREADY', 'There is no rule, and none may be made.', {
              who: 'you',
              cause: 'vendor-rule',
            });
          }
          account.ruleSince = at;
          return { at, made: [change()], found: 'nothing' };
        }),
      );
    },
    async repush(context, subject) {
      return await Promise.resolve(
        request('repush', context, () => {
          const channel = channelOf(subject);
          const at = context.now();
          self.cutOffs += 1;
          if (channel.pushedAt !== null) {
            flowTo(channel, null, at);
            flowTo(channel, at + 1, at + 1);
          }
          return { at };
        }),
      );
    },
    async release(context) {
      return await Promise.resolve(
        request('release', context, () => {
          account.ruleSince = null;
          return { at: context.now() };
        }),
      );
    },
    async start(context, { target, name, attempt, adoptForeign, foreignSince }) {
      return await Promise.resolve(
        request('start', context, () => {
          const at = context.now();
          const channel = of(String(target.channel));
          const pushedAt = ready('start', channel);
          const answer = { at, handle: { pushedAt } as unknown as Json, recording: String(target.channel) };
          const soon = at - channel.stoppedAt < restartGapMs;
          if (!channel.recording && !soon) {
            begin(channel, at, name);
            return { ...answer, requestId: `r${count()}` };
          }
          if (channel.recording && attempt > 1) return { ...answer, wasOurs: true };
          if (foreignSince === undefined || at - foreignSince < restartGapMs) {
            throw failure('start', 'E_FOREIGN_RECORDING', 'It is being recorded, or was until just now.', {
              cause: 'vendor-rule',
              retry: restartGapMs + 500,
            });
          }
          if (adoptForeign) return answer;
          throw failure('start', 'E_FOREIGN_RECORDING', 'Somebody else records it.', {
            who: 'you',
            retry: 'never',
          });
        }),
      );
    },
    async assert(context, subject, { take, name }) {
      return await Promise.resolve(
        request('assert', context, () => {
          const at = context.now();
          const channel = channelOf(subject);
          const pushedAt = ready('assert', channel);
          const goesOn = channel.recording !== null;
          if (!goesOn) begin(channel, at, name);
          const observation = presumed(take, pushedAt);
          const since = { at, plusMinusMs: 1_000 };
          return {
            at,
            goesOn,
            handle: { pushedAt },
            recording: String(subject.target.channel),
            observation: goesOn ? observation : { ...observation, since },
          };
        }),
      );
    },
    async look(context, subject, takes, memory) {
      const at = context.now();
      const channel = channelOf(subject);
      const { onlineAt } = (memory ?? { onlineAt: at }) as { onlineAt: number };
      try {
        const seen = request('look', context, () =>
          takes.map(({ take, handle, belief }) =>
            belief === 'paused'
              ? { take, actual: 'paused' as const, source: 'our own pause' }
              : observe(take, handle as unknown as Handle, channel, at, onlineAt),
          ),
        );
        const remembered = { onlineAt: channel.pushedAt === null ? onlineAt : at };
        const sentence = seen.map((one) => one.actual).join(', ');
        return await Promise.resolve({ look: { at, seen, sentence }, memory: remembered });
      } catch (error) {
        const unreachable = (error as ReturnType<typeof failure>).failure;
        return { look: { at, unreachable, sentence: unreachable.message }, memory };
      }
    },
    async stop(context, subject) {
      return await Promise.resolve(
        request('stop', context, () => {
          const at = context.now();
          const channel = channelOf(subject);
          if (!channel.recording) return { at, how: 'absent' as const };
          channel.stoppedAt = at;
          end(channel, at, 'stop');
          return { at, how: 'stopped' as const };
        }),
      );
    },
    pause: async (context, subject, { name }) => await hold(context, subject, name, true),
    resume: async (context, subject, { name }) => await hold(context, subject, name, false),
    async check() {
      return await Promise.resolve([]);
    },
  };

  async function hold(
    context: RecorderContext<Data>,
    subject: { target: Data },
    name: TakeName,
    held: boolean,
  ): Promise<{ at: number; handle?: Json }> {
    return await Promise.resolve(
      request(held ? 'pause' : 'resume', context, () => {
        const at = context.now();
        const channel = channelOf(subject);
        // Held or not, a recording that has ended is begun anew by what ends a pause.
        const pushedAt = held ? null : ready('resume', channel);
        if (!channel.recording && !held) begin(channel, at, name);
        if (channel.recording) {
          channel.recording.held = held;
          flow(channel, at);
        }
        return { at, ...(pushedAt !== null && { handle: { pushedAt } }) };
      }),
    );
  }

  function change(): AccountChange {
    return { action: 'create', what: 'rule', where: 'the channel', before: null, after: {}, overrides: [] };
  }

  function flowTo(channel: Channel, pushedAt: number | null, now: number): void {
    expire(now);
    channel.pushedAt = pushedAt;
    tell({ kind: pushedAt === null ? 'source-down' : 'source-up', at: now });
    const { recording } = channel;
    if (!recording) return;
    recording.endsAt = pushedAt === null ? now + threshold : Infinity;
    flow(channel, now);
    if (pushedAt === null && threshold === 0) end(channel, now, 'source gone');
  }

  function nextEnd(): number | undefined {
    const ends = [...channels.values()].flatMap(({ recording }) =>
      recording?.live && recording.endsAt < Infinity ? [recording.endsAt] : [],
    );
    const all = [...ends, ...[outbox?.nextAt()].filter((at) => at !== undefined)];
    return all.length === 0 ? undefined : Math.min(...all);
  }

  const self: FixedVendor = {
    vendor: {
      recorder,
      contract: {
        vendor: 'synthetic',
        account: z.strictObject({ vendor: z.literal('synthetic'), secret: z.string() }),
        target: z.strictObject({ channel: z.string().min(1) }),
        options: z.strictObject({}),
        policies: ['rule', 'repush', 'made'],
        keyParts: (target) => [String(target.channel)],
        identity: () => 'synthetic',
      },
    },
    traits,
    ...(outbox && {
      callbacks: {
        read: ({ headers, body }) => ({
          events: headers['x-signature'] === SIGNATURE ? [JSON.parse(body) as RecorderEvent] : [],
          answer: { status: 200, body: '' },
        }),
        callbacks: {
          nextAt: nextEnd,
          due: (now) => {
            expire(now);
            return outbox.due(now);
          },
          answered: (id, answer, now) => outbox.answered(id, answer, now),
          arm: (fault) => outbox.arm(fault),
        },
      },
    }),
    truth,
    faults,
    cutOffs: 0,
    hasRule: () => account.ruleSince !== null,
    rule: (there, now) => {
      account.ruleSince = there ? now : null;
    },
    source(name, up, now) {
      const channel = of(name);
      if ((channel.pushedAt !== null) === up) return;
      truth.add({ type: 'source', at: now, source: name, event: up ? 'up' : 'down' });
      flowTo(channel, up ? now : null, now);
    },
    foreign(name, on, now) {
      expire(now);
      const channel = of(name);
      if (!on) {
        channel.stoppedAt = channel.recording ? now : channel.stoppedAt;
        end(channel, now, 'stopped by its owner');
      } else if (!channel.recording && channel.pushedAt !== null) begin(channel, now, null);
    },
    settle(now) {
      expire(now);
      for (const { recording } of channels.values()) {
        if (!recording || recording.mediaFrom === null) continue;
        const { id, mediaFrom: from } = recording;
        truth.add({ type: 'media', recording: id, from, to: now, file: id, bytes: now - from });
        recording.mediaFrom = now;
      }
    },
  };
  return self;
}
