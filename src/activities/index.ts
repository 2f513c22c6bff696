/** A recorder's calls as activities: look up the account, call, and turn what the vendor says into facts. */
import { ApplicationFailureCategory } from '@temporalio/common';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Dispatcher } from 'undici';
import type { Archive } from '../archive/archive.ts';
import { closeLedger, writePart } from '../archive/ledger.ts';
import type { Settings } from '../config/settings.ts';
import { KeepRollingError } from '../contract/errors.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { storageAccess } from '../credentials/access.ts';
import { StorageFailure } from '../credentials/minted.ts';
import { VendorFailure, type Recorder, type RecorderContext } from '../recorders/recorder.ts';
import type { Registry } from '../recorders/registry.ts';
import type { Failure } from '../session/facts.ts';
import { sessionWorkflowId } from '../session/names.ts';
import { admit } from './admit.ts';
import { delivering, tellTrouble } from './notify.ts';
import { aroundCalls } from './around.ts';
import { collectTake } from './collect.ts';
import { confirmFiles } from './confirm.ts';
import { measured, measuredRecorder, unreachableIn } from './measured.ts';
import { outcomeIn, planLaunch, type EndedAs } from './plan-launch.ts';
import { noticing } from './noticing.ts';
import { quotaTurns, type CallTurns } from './quotas.ts';
import { recallForLook, recallForStop, recallWatch } from './recall.ts';
import { sharedReadings } from './shared-readings.ts';
import type { TurnKind } from './turns.ts';
import { watchOnce, type Looking } from './watch.ts';
import type { Activities, SubjectRef, WatchMemory } from './wire.ts';

type Data = Record<string, unknown>;

export interface ActivityDependencies {
  settings: Settings;
  registry: Registry;
  archive: Archive | null;
  dispatcher: Dispatcher;
  /** Told what is done; absent where nobody watches. */
  metrics?: Metrics | undefined;
  now?: () => number;
  random?: () => number;
}

interface Ready {
  recorder: Recorder<Data, Data, Data>;
  context: RecorderContext<Data>;
}

interface Need {
  signal?: AbortSignal | undefined;
  /** The destination that the call needs. */
  storage?: string | null;
  kind?: TurnKind;
  /** What others have just read is not good enough: the look clears up what a call has done. */
  looksAnew?: boolean;
}

/** By describe, which does not lag. */
const endedAs: EndedAs = async ({ key, sessionId }) => {
  const { client } = Context.current();
  return outcomeIn(await client.workflow.getHandle(sessionWorkflowId(key)).describe(), sessionId);
};

/** Where no server says how long a call may take. */
const CALL_MS = 30_000;

export function createActivities(dependencies: ActivityDependencies): Activities {
  const { settings, registry, archive, dispatcher, metrics } = dependencies;
  const now = dependencies.now ?? Date.now;
  const random = dependencies.random ?? Math.random;

  // Quotas and the age of readings are of real time: where time is skipped they would mean nothing.
  const ownPace = dependencies.now !== undefined;
  const turnsOf = quotaTurns(settings, metrics);
  const readings = sharedReadings();

  /** Secrets are looked up here, for one call, and nowhere else. */
  const ready = (subject: SubjectRef, need: Need = {}): Ready => {
    const { signal, storage = null, kind = 'write', looksAnew = false } = need;
    const { vendor, fields } = settings.account(subject.account);
    const recorder = registry.get(vendor)?.recorder;
    if (!recorder)
      throw new KeepRollingError('E_ACCOUNT_UNKNOWN', `No recorder is registered for ${vendor}.`);
    const access =
      storage === null
        ? undefined
        : storageAccess({ name: storage, destination: settings.destination(storage), dispatcher, now });
    const { account } = subject;
    const turns = turnsOf({ account, quotas: recorder.quotas, kind, callMs: callMs(), signal });
    const counted = withTurns(recorder, turns);
    return {
      recorder: metrics
        ? measuredRecorder(counted, account, metrics, (error) => failureOf(error).code)
        : counted,
      context: {
        account: fields,
        dispatcher: recorder.quotas.length > 0 ? noticing(dispatcher, turns.sent) : dispatcher,
        now,
        secret: ({ secret }) => settings.secret(secret),
        ...(!ownPace && { turn: turns.turn }),
        ...(!looksAnew &&
          !ownPace && {
            share: async <T>(key: string, maxAgeMs: number, read: () => Promise<T>): Promise<T> =>
              await readings.share({
                key: JSON.stringify([account, key]),
                maxAgeMs,
                read,
                signal,
                spared: () => metrics?.readingShared(account),
              }),
          }),
        ...(access && { storage: access }),
        ...(signal && { signal }),
      },
    };
  };
  /** For looks that come by themselves: what keeps us from looking is what a look finds, and the next one comes in time. */
  const looking =
    (subject: SubjectRef, signal: AbortSignal): Looking =>
    async (takes, memory) => {
      try {
        const { recorder, context } = ready(subject, { signal, kind: 'look' });
        return await recorder.look(context, subject, takes, memory);
      } catch (error) {
        if (signal.aborted) throw error;
        const unreachable = failureOf(error);
        return { look: { at: now(), unreachable, sentence: `no look: ${unreachable.message}` }, memory };
      }
    };
  const missing = (operation: string): never => {
    throw new KeepRollingError(
      'E_INTERNAL',
      `This recorder has no ${operation}, although its traits say so.`,
    );
  };

  const activities = guarded({
    admit: async (input) => await admit(settings, registry, archive, input),
    planLaunch: async (input) => await planLaunch({ settings, registry }, archive, endedAs, input),
    pauseSchedule: async ({ id, note }) => await Context.current().client.schedule.getHandle(id).pause(note),

    prepareAccount: async ({ subject, call }) => {
      const { recorder, context } = ready(subject, call);
      return (await recorder.prepare?.(context, { ...subject, ...call })) ?? missing('prepare');
    },
    repushSource: async ({ subject }) => {
      const { recorder, context } = ready(subject);
      return (await recorder.repush?.(context, subject)) ?? missing('repush');
    },
    releaseAccount: async ({ subject, call }) => {
      const { recorder, context } = ready(subject);
      return (await recorder.release?.(context, subject, call.made)) ?? missing('release');
    },
    reserveTake: async ({ subject, call }) => {
      const { recorder, context } = ready(subject, call);
      return (await recorder.reserve?.(context, { ...subject, ...call })) ?? missing('reserve');
    },
    startTake: async ({ subject, call }) => {
      const { recorder, context } = ready(subject, call);
      return await recorder.start(context, { ...subject, ...call });
    },
    assertTake: async ({ subject, call }) => {
      const { recorder, context } = ready(subject);
      return (await recorder.assert?.(context, subject, call)) ?? missing('assert');
    },
    stopTake: async ({ subject, call }) => {
      const { recorder, context } = ready(subject, { kind: 'stop' });
      return await recallForStop(await recorder.stop(context, subject, call), call.take, recallWatch);
    },
    pauseTake: async ({ subject, call }) => {
      const { recorder, context } = ready(subject);
      return (await recorder.pause?.(context, subject, call)) ?? missing('pause');
    },
    resumeTake: async ({ subject, call }) => {
      const { recorder, context } = ready(subject);
      return (await recorder.resume?.(context, subject, call)) ?? missing('resume');
    },
    changeTake: async ({ subject, call }) => {
      const { recorder, context } = ready(subject);
      return (await recorder.change?.(context, subject, call, call)) ?? missing('change');
    },
    refreshCredentials: async ({ subject, call }) => {
      const { recorder, context } = ready(subject, call);
      return (await recorder.refresh?.(context, subject, call)) ?? missing('refresh');
    },
    lookAtTakes: async ({ subject, call }) => {
      const { recorder, context } = ready(subject, {
        signal: signalOf(),
        kind: 'look',
        looksAnew: true,
      });
      const { look, memory } = await recorder.look(context, subject, call.takes, call.memory);
      return { look: await recallForLook(look, recallWatch), memory };
    },

    watchTakes: async (input) => {
      const activity = Context.current();
      const look = looking(input.subject, activity.cancellationSignal);
      const noted = activity.info.heartbeatDetails as WatchMemory | null | undefined;
      const memory = noted ?? null;
      const pace = settings.looks(input.subject.account);
      // One that was reset while it waited for its first look is to look: null was noted then, and nothing before.
      const first = activity.info.attempt === 1 && noted === undefined;
      const turn = await watchOnce(look, now, input, pace, memory, first, random);
      if ('report' in turn) return turn.report;
      activity.heartbeat(turn.memory);
      // The server waits for us: no history, no slot of a worker. Benign keeps it out of logs and metrics.
      throw ApplicationFailure.create({
        message: turn.sentence,
        type: 'AsBelieved',
        category: ApplicationFailureCategory.BENIGN,
        nextRetryDelay: turn.waitMs,
      });
    },

    writePart: async (input) => await writePart(archiveOr(archive), input),
    collectFiles: async (input) => {
      const { subject } = input;
      const signal = signalOf();
      return await collectTake(
        {
          archive,
          now,
          ask: async (take, known) => {
            const { recorder, context } = ready(subject, { signal, kind: 'look' });
            return (await recorder.files?.(context, subject, take, known)) ?? known;
          },
          confirm: async ({ storage }, files) => {
            if (storage == null) return { files, trouble: null };
            const destination = settings.destination(storage);
            const reading = { name: storage, destination, dispatcher, now };
            return await confirmFiles(reading, files, (error) => failureOf(error).message);
          },
          told: (error) => failureOf(error).message,
        },
        input,
      );
    },
    closeLedger: async (input) => await closeLedger(archiveOr(archive), input),

    deliverNotices: async (input) => await delivering({ settings, dispatcher, now, metrics }, input),
    noticeReceivers: async () => await Promise.resolve(settings.notify()),
    tellTrouble,
  });
  return metrics ? measured(activities, metrics, registry, now) : activities;
}

/** The same recorder, whose calls give back their turns at their end. */
function withTurns(recorder: Recorder<Data, Data, Data>, turns: CallTurns): Recorder<Data, Data, Data> {
  return aroundCalls(recorder, async (_operation, call) => {
    try {
      const answer = await call();
      turns.over(unreachableIn(answer));
      return answer;
    } catch (error) {
      turns.over(failureOf(error));
      throw error;
    }
  });
}

function callMs(): number {
  try {
    return Context.current().info.startToCloseTimeoutMs;
  } catch {
    return CALL_MS;
  }
}

function signalOf(): AbortSignal | undefined {
  try {
    return Context.current().cancellationSignal;
  } catch {
    return undefined;
  }
}

function archiveOr(archive: Archive | null): Archive {
  if (archive) return archive;
  throw new KeepRollingError('E_CONFIG_INVALID', 'The configuration of this worker names no archive.');
}

/** What the server may repeat by itself; everything else goes back to the session, which knows what is still wanted. */
const RETRIED = new Set(['writePart', 'closeLedger', 'collectFiles', 'noticeReceivers', 'tellTrouble']);

/** The boundary: whatever was thrown becomes one `ApplicationFailure` whose type is our stable code. */
function guarded(activities: Activities): Activities {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (input: never) => {
      try {
        return await (activity as (input: never) => Promise<unknown>)(input);
      } catch (error) {
        throw applicationFailure(error, RETRIED.has(name));
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Activities;
}

export function applicationFailure(error: unknown, retried = false): Error {
  if (error instanceof ApplicationFailure) return error;
  const failure = failureOf(error);
  return ApplicationFailure.create({
    type: failure.code,
    message: failure.message,
    nonRetryable: !retried || failure.retry === 'never',
    ...(isAwaited(failure) && { category: ApplicationFailureCategory.BENIGN }),
    details: [failure, ...(error instanceof KeepRollingError ? [error.details] : [])],
  });
}

/** Nobody has done wrong: it is tried until the source comes, or comes anew, and logs and metrics need not tell of each time. */
function isAwaited({ code, cause, applied, retry }: Failure): boolean {
  if (applied !== 'no' || retry !== 'later') return false;
  return cause === 'source-absent' || code === 'E_NOT_IN_FORCE';
}

/** No repeat mends these. */
const HOPELESS = new Set<string>(['E_SPEC_INVALID', 'E_WORKFLOW_OPTIONS', 'E_ARCHIVE_UNREADABLE']);

/** A fact for anything that can be thrown. What is not ours is not quoted: it might hold a secret. */
export function failureOf(error: unknown): Failure {
  if (error instanceof VendorFailure || error instanceof StorageFailure) return error.failure;
  if (error instanceof KeepRollingError) {
    return {
      code: error.code,
      message: error.message,
      who: 'you',
      applied: 'no',
      retry: HOPELESS.has(error.code) ? 'never' : 'later',
      cause:
        error.code === 'E_ACCOUNT_UNKNOWN' || error.code === 'E_CONFIG_INVALID'
          ? 'credentials'
          : 'late-start',
    };
  }
  const name = error instanceof Error ? error.name : typeof error;
  return {
    code: 'E_INTERNAL',
    message: `An unexpected ${name} in keeprolling; the worker's log has its stack.`,
    who: 'keeprolling',
    applied: 'unknown',
    retry: 'later',
    cause: 'unknown',
  };
}
