/**
 * A recorder that does not exist: its traits are parameters, so that the session can be tried against every behaviour
 * that OvenMediaEngine lacks. The vendor behind it keeps a truth log like any emulator.
 */
import { FaultPlan } from '../../src/emulators/faults.ts';
import { TruthLog } from '../../src/emulators/truth.ts';
import { StorageFailure, type StorageAccess } from '../../src/credentials/minted.ts';
import {
  VendorFailure,
  type Recorder,
  type RecorderContext,
  type TakeInQuestion,
} from '../../src/recorders/recorder.ts';
import type { Vendor } from '../../src/recorders/registry.ts';
import { Outbox, type Delivery } from '../../src/emulators/outbox.ts';
import type { RecorderEvent } from '../../src/session/events.ts';
import type {
  CredentialLife,
  Failure,
  FileSeen,
  Json,
  Observation,
  Started,
  TakeName,
} from '../../src/session/facts.ts';
import type { ChangeValues } from '../../src/session/state.ts';
import type { Traits } from '../../src/session/traits.ts';
import { random, type World } from '../driver/driver.ts';
import { syntheticRequests } from './requests.ts';
import { FORBIDDEN, placeNamed, syntheticContract, type SyntheticOptions } from './contract.ts';

type Data = Record<string, unknown>;

export const SYNTHETIC_TRAITS: Traits = {
  start: 'source-needed',
  unansweredStart: 'repeat',
  reserves: false,
  unansweredMs: 60_000,
  orphanBoundMs: 3_600_000,
  proof: 'look',
  firstLookMs: 5_000,
  proofDeadlineMs: 90_000,
  survivesDrop: false,
  asserts: false,
  prepares: false,
  makes: false,
  seesDrops: true,
  callbacks: { source: true, recorder: true, files: true },
  nativePause: false,
  restartGapMs: 0,
  absence: { proofMs: 0 },
  refusedConnection: 'unknown',
  stopGiveUpMs: 3_600_000,
  refreshEveryMs: null,
  maxTakeMs: null,
  leadMs: 0,
  filesSettleMs: 0,
  files: 'look',
};

export interface Recording {
  id: string;
  name: TakeName;
  source: string;
  held: boolean;
  live: boolean;
  mediaFrom: number | null;
  /** Something was written at least once. */
  written: boolean;
  credentialsUntil: number;
  startedAt: number;
  /** The vendor ends it then. */
  endsAt: number;
  /** It waits for its source, unseen, until then. */
  waitsUntil: number;
  reservation: Json;
  settings: ChangeValues;
  storage: string | null;
  /** Callbacks about it return this. */
  mark: string;
  /** So many were closed, and since when the present one is written. */
  files: number;
  fileFrom: number;
}

/** Of a callback: a stranger cannot make it. */
const SIGNATURE = 'ours';

function outboxOf(
  truth: TruthLog,
  { rates = {}, seed = 1 }: NonNullable<SyntheticOptions['callbacks']>,
): Outbox {
  return new Outbox({ truth, rates, random: random(seed) });
}

/** As a gateway does: forged ones are none. */
function readCallback({ headers, body }: Delivery): ReturnType<NonNullable<World['callbacks']>['read']> {
  const events = headers['x-signature'] === SIGNATURE ? [JSON.parse(body) as RecorderEvent] : [];
  return { events, answer: { status: 200, body: '' } };
}

interface Reservation {
  expiresAt: number;
  /** What was started with it: one recording, and no second one. */
  recording: string | null;
}

export interface SyntheticVendor {
  vendor: Vendor;
  /** Absent where it does not call back. */
  callbacks?: NonNullable<World['callbacks']>;
  traits: Traits;
  truth: TruthLog;
  faults: FaultPlan;
  /** Source of a channel appears or goes. */
  source(channel: string, up: boolean, now: number): void;
  /** All recordings end without a word, as after a crash. */
  forget(now: number): void;
  /** Nothing is found for a while although all goes on (a failover). */
  hideUntil: number;
  mintsFailUntil: number;
  /** Destinations that take nothing, and whether it makes sense to try them again. */
  unusable: Map<string, Failure['retry']>;
  /** How a session reaches a destination of this world. */
  storage(name: string, now: () => number): StorageAccess;
  /** All recordings that there ever were, in their order. */
  recordings(): readonly Recording[];
  /** Calls that no session may make, as sentences. */
  misuses: string[];
  settle(now: number): void;
}

/** Life of a minted credential, milliseconds. */
export const CREDENTIAL_LIFE_MS = 4 * 3_600_000;

/** A reservation lives as long as that of the vendor that has them. */
const RESERVATION_MS = 5 * 60_000;

export function syntheticVendor(
  changes: Partial<Traits> = {},
  options: SyntheticOptions = {},
): SyntheticVendor {
  const traits: Traits = { ...SYNTHETIC_TRAITS, ...changes };
  const { takeLifeMs = Infinity, reservationMs = RESERVATION_MS, blindMs = 0, startingMs = 0 } = options;
  /** Several recordings of one channel at once. */
  const parallel =
    traits.maxTakeMs !== null ||
    traits.unansweredStart !== 'repeat' ||
    options.takeLifeMs !== undefined ||
    options.destinations !== undefined;
  const truth = new TruthLog();
  const faults = new FaultPlan();
  const recordings = new Map<string, Recording>();
  const reservations = new Map<string, Reservation>();
  const sources = new Map<string, boolean>();
  const stopped = new Map<string, number>();

  const untold = { source: false, recorder: false, files: false };
  const told = options.callbacks ? (traits.callbacks ?? untold) : untold;
  const outbox = options.callbacks && outboxOf(truth, options.callbacks);
  let callbackIds = 0;

  const up = (channel: string): boolean => sources.get(channel) === true;

  /** Media is written while the source is up, nothing holds it, and its credentials are valid. */
  function flow(recording: Recording, now: number): void {
    const writes =
      recording.live && !recording.held && up(recording.source) && now < recording.credentialsUntil;
    if (writes && recording.mediaFrom === null) {
      recording.mediaFrom = now;
      recording.fileFrom = now;
      tellOf(recording, { kind: 'recorder-recording', at: now, since: now }, told.recorder);
    }
    recording.written ||= writes;
    if (writes || recording.mediaFrom === null) return;
    const { id, files, mediaFrom, fileFrom } = recording;
    const to = Math.min(now, recording.credentialsUntil);
    truth.add({ type: 'media', recording: id, from: mediaFrom, to, file: id, bytes: to - mediaFrom });
    recording.mediaFrom = null;
    recording.files += 1;
    const file: FileSeen = { name: `${id}-${files}`, sequence: files, state: 'named', from: fileFrom, to };
    tellOf(recording, { kind: 'file-ready', at: to, files: [file] }, told.files);
  }

  function tell(event: Omit<RecorderEvent, 'id'>, isTold: boolean): void {
    if (!isTold) return;
    callbackIds += 1;
    const body = JSON.stringify({ id: `callback ${callbackIds}`, ...event });
    const make = (): { headers: Record<string, string>; body: string } => ({
      headers: { 'x-signature': SIGNATURE },
      body,
    });
    outbox?.send(event.at, { event: event.kind, url: 'https://gateway.example.com/', make });
  }

  function tellOf({ id, mark }: Recording, event: Omit<RecorderEvent, 'id'>, isTold: boolean): void {
    tell({ ...event, recording: id, mark }, isTold);
  }

  function end(recording: Recording, now: number, reason: string): void {
    flow(recording, now);
    if (!recording.live) return;
    recording.live = false;
    flow(recording, now);
    stopped.set(recording.source, now);
    truth.add({ type: 'recording', at: now, recording: recording.id, event: 'ended', reason });
    const word = { kind: 'recorder-ended', at: now, final: true } as const;
    tellOf(recording, word, told.recorder && reason !== 'crash');
  }

  /** What the vendor does by itself, up to now. */
  function expire(now: number): void {
    for (const recording of recordings.values()) {
      const at = Math.min(recording.endsAt, recording.waitsUntil);
      if (recording.live && at <= now)
        end(recording, at, at === recording.endsAt ? 'its life' : 'source gone');
    }
  }

  const { request, failure, count } = syntheticRequests(truth, faults, expire);

  const live = (channel: string): Recording | undefined =>
    [...recordings.values()].find((one) => one.live && one.source === channel);
  const idOf = (name: TakeName): string =>
    `${name.installation}-${name.sessionId}-t${name.take}-${name.nonce}`;

  function mint(now: number): CredentialLife | undefined {
    if (traits.refreshEveryMs === null) return undefined;
    return { mintedAt: now, expiresAt: now + CREDENTIAL_LIFE_MS, fingerprint: `f${now}` };
  }

  /** Of the destination, where the session names one; a vendor that refreshes and has none mints its own. */
  async function minted({ now, storage }: RecorderContext<Data>): Promise<CredentialLife | undefined> {
    if (!storage) return mint(now());
    return (await storage.mint({ minLifeMs: 0, folder: 'test' })).life ?? undefined;
  }

  /** Without a handle nobody can name a recording whose start was not answered, unless the vendor knows our names. */
  function unnameable(op: string, { handle }: TakeInQuestion): void {
    if (traits.unansweredStart === 'repeat' || handle !== null) return;
    self.misuses.push(`${op} of a recording that nobody can name`);
    throw failure(op, 'E_INTERNAL', 'Nobody can name it.', { who: 'keeprolling', retry: 'never' });
  }

  function refuseForbidden(op: string, settings: ChangeValues): void {
    if (!JSON.stringify(settings).includes(`"${FORBIDDEN}"`)) return;
    throw failure(op, 'E_VENDOR_REFUSED', 'This user cannot be subscribed to.', {
      who: 'you',
      retry: 'never',
    });
  }

  /** One start for a reservation: a second one meets the first, and cannot tell which it was. */
  function redeem(reservation: Json, attempt: number, now: number): Reservation | null {
    if (!traits.reserves) return null;
    const known = reservations.get(JSON.stringify(reservation));
    if (!known) {
      self.misuses.push('start without a reservation');
      throw failure('start', 'E_VENDOR_REFUSED', 'There is no such reservation.', {});
    }
    const running = recordings.get(known.recording ?? '');
    if (running?.live) {
      throw failure('start', 'E_VENDOR_REFUSED', 'It already runs under this reservation.', {
        applied: 'unnamed',
      });
    }
    if (running || now >= known.expiresAt) {
      // A first start can be reserved for anew; of a repeated one nothing more can be learned.
      throw failure('start', 'E_VENDOR_REFUSED', 'The reservation is over.', {
        retry: attempt > 1 ? 'never' : 'later',
      });
    }
    return known;
  }

  function observation(take: TakeInQuestion, context: RecorderContext<Data>): Observation {
    const now = context.now();
    const id = idOf(take.name);
    const recording = recordings.get(id);
    const source = 'synthetic status';
    if (!recording?.live || now < self.hideUntil) return { take: take.take, actual: 'absent', source };
    flow(recording, now);
    if (recording.held) return { take: take.take, actual: 'paused', source };
    if (now < recording.startedAt + startingMs) return { take: take.take, actual: 'starting', source };
    if (!up(recording.source) && blindMs > 0 && recording.written)
      return { take: take.take, actual: 'recording', source };
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
    traits: () => traits,
    quotas: [],
    lists: 'none',
    unattended: 'nothing',
    async reserve(context) {
      return await Promise.resolve(
        request('reserve', context, () => {
          const at = context.now();
          const reservation = `reservation-${count()}`;
          const expiresAt = at + reservationMs;
          reservations.set(JSON.stringify(reservation), { expiresAt, recording: null });
          // The last start with it comes before its end.
          const orphanUntil = expiresAt + takeLifeMs;
          return {
            at,
            reservation,
            expiresAt,
            mark: reservation,
            requestId: `r${count()}`,
            ...(orphanUntil < Infinity && { orphanUntil }),
          };
        }),
      );
    },
    async start(context, { target, name, reservation, attempt, settings, named }) {
      if (named !== undefined) return startedAs(recordings.get(named), named, context.now());
      const credentials = await minted(context);
      return request('start', context, () => {
        const now = context.now();
        const channel = String(target.channel);
        const id = idOf(name);
        const known = recordings.get(id);
        const endsAt = now + takeLifeMs;
        const answer = {
          at: now,
          handle: { id },
          recording: id,
          requestId: `r${count()}`,
          ...(credentials && { credentials }),
          ...(endsAt < Infinity && { endsAt }),
          ...(blindMs > 0 && { blindMs }),
        };
        // Only a vendor that knows our names recognises its own; another one knows the reservation at most.
        const redeemed =
          known?.live && traits.unansweredStart === 'repeat' ? null : redeem(reservation, attempt, now);
        if (known?.live) {
          flow(known, now);
          if (credentials) known.credentialsUntil = credentials.expiresAt;
          return { ...answer, wasOurs: true, ...(endsAt < Infinity && { endsAt: known.endsAt }) };
        }
        if (known)
          throw failure('start', 'E_VENDOR_REFUSED', 'This name was used before.', {
            retry: 'never',
            who: 'keeprolling',
          });
        refuseForbidden('start', settings);
        if (!up(channel) && traits.start === 'source-needed' && !options.acceptsSourceless) {
          throw failure('start', 'E_VENDOR_REFUSED', 'There is no such stream now.', {
            who: 'source',
            cause: 'source-absent',
            retry: 5000,
          });
        }
        if (live(channel) && !parallel) {
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
          written: false,
          credentialsUntil: credentials?.expiresAt ?? Infinity,
          startedAt: now,
          endsAt,
          waitsUntil: !up(channel) && blindMs > 0 ? now + blindMs : Infinity,
          reservation,
          settings: { ...settings },
          storage: context.storage?.place.name ?? null,
          mark: typeof reservation === 'string' ? reservation : name.nonce,
          files: 0,
          fileFrom: now,
        };
        recordings.set(id, recording);
        if (redeemed) redeemed.recording = id;
        truth.add({
          type: 'recording',
          at: now,
          recording: id,
          event: 'began',
          metadata: JSON.stringify({ session: name.sessionId, take: name.take }),
        });
        tellOf(recording, { kind: 'recorder-started', at: now }, told.recorder);
        // Where looks see the source it is told of that; else each recorder tells what it gets.
        if (up(channel)) tellOf(recording, { kind: 'source-up', at: now }, told.source && !traits.seesDrops);
        flow(recording, now);
        return answer;
      });
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
          unnameable('stop', take);
          const at = context.now();
          const recording = recordings.get(idOf(take.name));
          // While it fails over the vendor denies what goes on all the same.
          if (!recording?.live || at < self.hideUntil) return { at, how: 'absent' as const };
          end(recording, at, 'stop');
          if (!options.tellsEmpty || recording.written) return { at, how: 'stopped' as const };
          const source = 'synthetic stop';
          const nothing = { take: take.take, actual: 'armed' as const, empty: true, source };
          return { at, how: 'stopped' as const, observation: nothing };
        }),
      );
    },
    async change(context, _subject, take, { kind, value }) {
      return await Promise.resolve(
        request('change', context, () => {
          const at = context.now();
          const recording = recordings.get(idOf(take.name));
          if (!recording?.live || at < self.hideUntil)
            throw failure('change', 'E_VENDOR_REFUSED', 'There is no such recording.', {});
          refuseForbidden('change', { [kind]: value });
          recording.settings = { ...recording.settings, [kind]: value };
          return { at, requestId: `r${count()}` };
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
      const own = await minted(context);
      return request('refresh', context, () => {
        const now = context.now();
        if (now < self.mintsFailUntil) {
          throw failure('refresh', 'E_VENDOR_FAULT', 'The mint is down.', {
            who: 'destination',
            cause: 'credentials',
          });
        }
        const recording = recordings.get(idOf(take.name));
        if (recording && own) {
          flow(recording, now);
          recording.credentialsUntil = own.expiresAt;
          flow(recording, now);
        }
        return { at: now, credentials: own ?? null };
      });
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

  /** Nothing is sent: what its reservation and its callback told makes a handle. */
  function startedAs(recording: Recording | undefined, id: string, at: number): Started {
    const credentials = recording && traits.refreshEveryMs !== null ? lifeOf(recording) : undefined;
    return {
      at,
      handle: { id },
      recording: id,
      wasOurs: true,
      ...(credentials && { credentials }),
      ...(recording && takeLifeMs < Infinity && { endsAt: recording.endsAt }),
      ...(blindMs > 0 && { blindMs }),
    };
  }

  function lifeOf({ credentialsUntil, startedAt }: Recording): CredentialLife | undefined {
    if (credentialsUntil === Infinity) return undefined;
    return { mintedAt: startedAt, expiresAt: credentialsUntil, fingerprint: 'known' };
  }

  /** Ends that time brings are told in time. */
  function nextCallback(): number | undefined {
    const ends = [...recordings.values()].flatMap((one) =>
      one.live ? [one.endsAt, one.waitsUntil].filter((at) => at < Infinity) : [],
    );
    const waiting = outbox?.nextAt();
    const known = waiting === undefined ? ends : [...ends, waiting];
    return known.length === 0 ? undefined : Math.min(...known);
  }

  const self: SyntheticVendor = {
    vendor: { contract: syntheticContract(options), recorder },
    ...(outbox && {
      callbacks: {
        read: readCallback,
        callbacks: {
          nextAt: nextCallback,
          due: (now) => {
            expire(now);
            return outbox.due(now);
          },
          answered: (id, answer, now) => outbox.answered(id, answer, now),
          arm: (fault) => outbox.arm(fault),
        },
      },
    }),
    traits,
    truth,
    faults,
    hideUntil: 0,
    mintsFailUntil: 0,
    unusable: new Map(),
    misuses: [],
    recordings: () => [...recordings.values()],
    storage: (name, now) => ({
      place: placeNamed(name),
      async mint() {
        const retry = self.unusable.get(name);
        const down = now() < self.mintsFailUntil;
        if (retry === undefined && !down) {
          const life = mint(now()) ?? null;
          return await Promise.resolve({ accessKey: 'key', secretKey: 'CANARY-secret', life });
        }
        throw new StorageFailure({
          code: 'E_DESTINATION',
          message: `${name}: ${down ? 'the mint is down' : 'it takes nothing'}.`,
          who: 'destination',
          applied: 'no',
          retry: retry ?? 'later',
          cause: 'credentials',
        });
      },
    }),
    source(channel, isUp, now) {
      if (up(channel) === isUp) return;
      expire(now);
      sources.set(channel, isUp);
      truth.add({ type: 'source', at: now, source: channel, event: isUp ? 'up' : 'down' });
      const word = { kind: isUp ? 'source-up' : 'source-down', at: now } as const;
      tell(word, told.source && traits.seesDrops);
      for (const recording of recordings.values()) {
        if (!recording.live || recording.source !== channel) continue;
        tellOf(recording, word, told.source && !traits.seesDrops);
        recording.waitsUntil = !isUp && blindMs > 0 ? now + blindMs : Infinity;
        if (!isUp && !traits.survivesDrop && blindMs === 0) end(recording, now, 'source gone');
        else flow(recording, now);
      }
    },
    forget(now) {
      expire(now);
      for (const recording of recordings.values()) if (recording.live) end(recording, now, 'crash');
    },
    settle(now) {
      expire(now);
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
