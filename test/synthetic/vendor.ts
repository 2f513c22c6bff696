/**
 * A recorder that does not exist: its traits are parameters, so that the session can be tried against every behaviour
 * that OvenMediaEngine lacks. The vendor behind it keeps a truth log like any emulator.
 */
import { z } from 'zod';
import { FaultPlan, type FaultKind } from '../../src/emulators/faults.ts';
import { TruthLog } from '../../src/emulators/truth.ts';
import type { VendorContract } from '../../src/contract/vendor.ts';
import {
  VendorFailure,
  type Recorder,
  type RecorderContext,
  type TakeInQuestion,
} from '../../src/recorders/recorder.ts';
import type { Vendor } from '../../src/recorders/registry.ts';
import type { CredentialLife, Failure, Observation, TakeName } from '../../src/session/facts.ts';
import type { Traits } from '../../src/session/traits.ts';

type Data = Record<string, unknown>;

export const SYNTHETIC_TRAITS: Traits = {
  start: 'source-needed',
  unansweredStart: 'repeat',
  unansweredMs: 60_000,
  orphanBoundMs: 3_600_000,
  proof: 'look',
  firstLookMs: 5_000,
  proofDeadlineMs: 90_000,
  survivesDrop: false,
  nativePause: false,
  restartGapMs: 0,
  absence: { proofMs: 0 },
  refusedConnection: 'unknown',
  stopGiveUpMs: 3_600_000,
  refreshEveryMs: null,
  maxTakeMs: null,
  leadMs: 0,
  files: 'look',
};

interface Recording {
  id: string;
  name: TakeName;
  source: string;
  held: boolean;
  live: boolean;
  mediaFrom: number | null;
  credentialsUntil: number;
  startedAt: number;
}

export interface SyntheticVendor {
  vendor: Vendor;
  truth: TruthLog;
  faults: FaultPlan;
  /** Source of a channel appears or goes. */
  source(channel: string, up: boolean, now: number): void;
  /** All recordings end without a word, as after a crash. */
  forget(now: number): void;
  /** Nothing is found for a while although all goes on (a failover). */
  hideUntil: number;
  mintsFailUntil: number;
  settle(now: number): void;
}

const contract: VendorContract = {
  vendor: 'synthetic',
  account: z.strictObject({ vendor: z.literal('synthetic'), secret: z.string() }),
  target: z.strictObject({ channel: z.string().min(1) }),
  options: z.strictObject({}),
  keyParts: (target) => [String(target.channel)],
  identity: () => 'synthetic',
};

/** Life of a minted credential, milliseconds. */
export const CREDENTIAL_LIFE_MS = 4 * 3_600_000;

export function syntheticVendor(changes: Partial<Traits> = {}): SyntheticVendor {
  const traits: Traits = { ...SYNTHETIC_TRAITS, ...changes };
  const truth = new TruthLog();
  const faults = new FaultPlan();
  const recordings = new Map<string, Recording>();
  const sources = new Map<string, boolean>();
  const stopped = new Map<string, number>();
  let requests = 0;

  const up = (channel: string): boolean => sources.get(channel) === true;

  /** Media is written while the source is up, nothing holds it, and its credentials are valid. */
  function flow(recording: Recording, now: number): void {
    const writes =
      recording.live && !recording.held && up(recording.source) && now < recording.credentialsUntil;
    if (writes && recording.mediaFrom === null) recording.mediaFrom = now;
    if (writes || recording.mediaFrom === null) return;
    const to = Math.min(now, recording.credentialsUntil);
    truth.add({
      type: 'media',
      recording: recording.id,
      from: recording.mediaFrom,
      to,
      file: recording.id,
      bytes: to - recording.mediaFrom,
    });
    recording.mediaFrom = null;
  }

  function end(recording: Recording, now: number, reason: string): void {
    flow(recording, now);
    if (!recording.live) return;
    recording.live = false;
    flow(recording, now);
    stopped.set(recording.source, now);
    truth.add({ type: 'recording', at: now, recording: recording.id, event: 'ended', reason });
  }

  function failure(op: string, code: string, message: string, more: Partial<Failure>): VendorFailure {
    const requestId = `r${requests}`;
    return new VendorFailure({
      code,
      message,
      who: 'vendor',
      applied: 'no',
      retry: 'later',
      cause: 'vendor-fault',
      vendor: { operation: op, requestId },
      ...more,
    });
  }

  const APPLIED: FaultKind[] = ['reply-lost', 'error-applied', 'malformed', 'late'];

  /** Applies the request and its fault, and writes both into the truth log. */
  function request<T>(op: string, context: RecorderContext<Data>, apply: () => T): T {
    const now = context.now();
    requests += 1;
    const id = `r${requests}`;
    const fault = faults.take(op, now);
    const log = (verdict: 'refused' | 'applied' | 'applied-reply-lost', status: number): void =>
      truth.add({ type: 'request', at: now, op, id, verdict, status });
    if (fault && !APPLIED.includes(fault.kind)) {
      log('refused', 503);
      const unknown = fault.kind === 'error-unapplied' || fault.kind === 'reset';
      throw failure(op, 'E_VENDOR_FAULT', `The vendor failed (${fault.kind}).`, {
        applied: unknown ? 'unknown' : 'no',
        ...(fault.kind === 'throttled' && { code: 'E_VENDOR_THROTTLED', retry: 2000 }),
      });
    }
    let done: T;
    try {
      done = apply();
    } catch (error) {
      log('refused', 409);
      throw error;
    }
    if (!fault) {
      log('applied', 200);
      return done;
    }
    log('applied-reply-lost', 200);
    throw failure(op, 'E_VENDOR_UNANSWERED', `No answer came (${fault.kind}).`, { applied: 'unknown' });
  }

  const live = (channel: string): Recording | undefined =>
    [...recordings.values()].find((one) => one.live && one.source === channel);
  const idOf = (name: TakeName): string =>
    `${name.installation}-${name.sessionId}-t${name.take}-${name.nonce}`;

  function mint(now: number): CredentialLife | undefined {
    if (traits.refreshEveryMs === null) return undefined;
    return { mintedAt: now, expiresAt: now + CREDENTIAL_LIFE_MS, fingerprint: `f${now}` };
  }

  function observation(take: TakeInQuestion, context: RecorderContext<Data>): Observation {
    const now = context.now();
    const id = idOf(take.name);
    const recording = recordings.get(id);
    const source = 'synthetic status';
    if (!recording?.live || now < self.hideUntil) return { take: take.take, actual: 'absent', source };
    flow(recording, now);
    if (recording.held) return { take: take.take, actual: 'paused', source };
    if (!up(recording.source)) return { take: take.take, actual: 'armed', source };
    if (now >= recording.credentialsUntil) {
      return {
        take: take.take,
        actual: 'failed',
        source: 'storage refused',
        endedAt: { at: recording.credentialsUntil, plusMinusMs: 0 },
      };
    }
    return { take: take.take, actual: 'recording', lastGoodAt: now, source };
  }

  const recorder: Recorder<Data, Data, Data> = {
    vendor: 'synthetic',
    traits,
    async start(context, { target, name }) {
      return await Promise.resolve(
        request('start', context, () => {
          const now = context.now();
          const channel = String(target.channel);
          const id = idOf(name);
          const known = recordings.get(id);
          const credentials = mint(now);
          const answer = {
            at: now,
            handle: { id },
            recording: id,
            requestId: `r${requests}`,
            ...(credentials && { credentials }),
          };
          if (known?.live) return { ...answer, wasOurs: true };
          if (known)
            throw failure('start', 'E_VENDOR_REFUSED', 'This name was used before.', {
              retry: 'never',
              who: 'keeprolling',
            });
          if (!up(channel) && traits.start === 'source-needed') {
            throw failure('start', 'E_VENDOR_REFUSED', 'There is no such stream now.', {
              who: 'source',
              cause: 'source-absent',
              retry: 5000,
            });
          }
          const running = live(channel);
          if (running && traits.maxTakeMs === null) {
            throw failure('start', 'E_FOREIGN_RECORDING', 'The channel is being recorded.', {
              who: 'you',
              retry: 'never',
            });
          }
          const lastStop = stopped.get(channel) ?? -Infinity;
          if (now - lastStop < traits.restartGapMs) {
            throw failure('start', 'E_VENDOR_REFUSED', 'Too soon after the stop.', {
              cause: 'vendor-rule',
              retry: 1000,
            });
          }
          const recording: Recording = {
            id,
            name,
            source: channel,
            held: false,
            live: true,
            mediaFrom: null,
            credentialsUntil: credentials?.expiresAt ?? Infinity,
            startedAt: now,
          };
          recordings.set(id, recording);
          truth.add({
            type: 'recording',
            at: now,
            recording: id,
            event: 'began',
            metadata: JSON.stringify({ session: name.sessionId, take: name.take }),
          });
          flow(recording, now);
          return answer;
        }),
      );
    },
    async look(context, _subject, takes, memory) {
      const at = context.now();
      try {
        const seen = await Promise.resolve(
          request('look', context, () => takes.map((take) => observation(take, context))),
        );
        return { look: { at, seen, sentence: seen.map((one) => one.actual).join(', ') }, memory };
      } catch (error) {
        if (!(error instanceof VendorFailure)) throw error;
        return { look: { at, unreachable: error.failure, sentence: error.message }, memory };
      }
    },
    async stop(context, _subject, take) {
      return await Promise.resolve(
        request('stop', context, () => {
          const recording = recordings.get(idOf(take.name));
          if (!recording?.live) return { at: context.now(), how: 'absent' as const };
          end(recording, context.now(), 'stop');
          return { at: context.now(), how: 'stopped' as const };
        }),
      );
    },
    async pause(context, _subject, take) {
      return await hold(context, take, true);
    },
    async resume(context, _subject, take) {
      return await hold(context, take, false);
    },
    async refresh(context, _subject, take) {
      return await Promise.resolve(
        request('refresh', context, () => {
          const now = context.now();
          if (now < self.mintsFailUntil) {
            throw failure('refresh', 'E_VENDOR_FAULT', 'The mint is down.', {
              who: 'destination',
              cause: 'credentials',
            });
          }
          const credentials = mint(now)!;
          const recording = recordings.get(idOf(take.name));
          if (recording) recording.credentialsUntil = credentials.expiresAt;
          return { at: now, credentials };
        }),
      );
    },
    async check() {
      return await Promise.resolve([{ what: 'synthetic', ok: true, detail: 'always well' }]);
    },
  };

  async function hold(
    context: RecorderContext<Data>,
    take: TakeInQuestion,
    held: boolean,
  ): Promise<{ at: number }> {
    return await Promise.resolve(
      request(held ? 'pause' : 'resume', context, () => {
        const recording = recordings.get(idOf(take.name));
        if (recording) {
          recording.held = held;
          flow(recording, context.now());
        }
        return { at: context.now() };
      }),
    );
  }

  const self: SyntheticVendor = {
    vendor: { contract, recorder },
    truth,
    faults,
    hideUntil: 0,
    mintsFailUntil: 0,
    source(channel, isUp, now) {
      if (up(channel) === isUp) return;
      sources.set(channel, isUp);
      truth.add({ type: 'source', at: now, source: channel, event: isUp ? 'up' : 'down' });
      for (const recording of recordings.values()) {
        if (!recording.live || recording.source !== channel) continue;
        if (!isUp && !traits.survivesDrop) end(recording, now, 'source gone');
        else flow(recording, now);
      }
    },
    forget(now) {
      for (const recording of recordings.values()) if (recording.live) end(recording, now, 'crash');
    },
    settle(now) {
      for (const recording of recordings.values()) {
        flow(recording, now);
        if (recording.mediaFrom === null) continue;
        const to = Math.min(now, recording.credentialsUntil);
        truth.add({
          type: 'media',
          recording: recording.id,
          from: recording.mediaFrom,
          to,
          file: recording.id,
          bytes: to - recording.mediaFrom,
        });
        recording.mediaFrom = to;
      }
    },
  };
  return self;
}
