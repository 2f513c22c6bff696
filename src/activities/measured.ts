/** Numbers about the activities, for whoever watches: they are told to the metrics, and nothing is done otherwise. */
import { Context, type Info } from '@temporalio/activity';
import type { Metrics } from '../metrics/metrics.ts';
import type { Registry } from '../recorders/registry.ts';
import type { CredentialLife, Failure, TakeName } from '../session/facts.ts';
import { aroundCalls, type AnyRecorder } from './around.ts';
import type { Activities, SubjectRef, WatchMemory } from './wire.ts';

/** The same recorder, each of whose calls is counted and timed. `codeOf`: the stable code of whatever it throws. */
export function measuredRecorder(
  recorder: AnyRecorder,
  account: string,
  metrics: Pick<Metrics, 'called'>,
  codeOf: (error: unknown) => string,
): AnyRecorder {
  return aroundCalls(recorder, async (operation, call) => {
    const begun = performance.now();
    const over = (result: string): void =>
      metrics.called(account, operation, result, performance.now() - begun);
    try {
      const answer = await call();
      over(unreachableIn(answer)?.code ?? 'ok');
      return answer;
    } catch (error) {
      over(codeOf(error));
      throw error;
    }
  });
}

/** A look does not throw for a vendor that does not answer. */
export function unreachableIn(answer: unknown): Failure | undefined {
  const { look } = (answer ?? {}) as { look?: { unreachable?: Failure } };
  return look?.unreachable;
}

/** Of these the session waits for its turn: writes at the vendor. */
const WRITES: Partial<Record<keyof Activities, string>> = {
  prepareAccount: 'prepare',
  repushSource: 'repush',
  releaseAccount: 'release',
  reserveTake: 'reserve',
  startTake: 'start',
  assertTake: 'assert',
  stopTake: 'stop',
  pauseTake: 'pause',
  resumeTake: 'resume',
  changeTake: 'change',
  refreshCredentials: 'refresh',
};

type Told = Pick<Metrics, 'lookLate' | 'laneWaited' | 'sessionEnded' | 'slack'>;

/** The same activities: how long they waited, when credentials end, and how sessions ended. */
export function measured(
  activities: Activities,
  metrics: Told,
  registry: Registry,
  now: () => number,
): Activities {
  const { slack } = metrics;
  const everyMs = (subject: SubjectRef): number | null =>
    registry.get(subject.vendor)?.recorder.traits(subject).refreshEveryMs ?? null;
  const minted = (subject: SubjectRef, name: TakeName, life: CredentialLife | null | undefined): void => {
    if (life) slack.minted({ ...name, account: subject.account }, life, everyMs(subject));
  };
  return waited(
    {
      ...activities,
      async startTake(input) {
        const started = await activities.startTake(input);
        minted(input.subject, input.call.name, started.credentials);
        return started;
      },
      async refreshCredentials(input) {
        const { subject, call } = input;
        // Told first: should this fail, or never be answered, the end is known.
        if (call.endsAt !== undefined) slack.failing({ ...call.name, account: subject.account }, call.endsAt);
        const refreshed = await activities.refreshCredentials(input);
        minted(subject, call.name, refreshed.credentials);
        return refreshed;
      },
      async stopTake(input) {
        const stopped = await activities.stopTake(input);
        slack.stopped(input.call.name);
        return stopped;
      },
      async closeLedger(input) {
        const written = await activities.closeLedger(input);
        metrics.sessionEnded(input.header.account, input.result);
        slack.sessionEnded(input.result.sessionId);
        return written;
      },
    },
    metrics,
    now,
  );
}

/** How long each attempt waited for a worker, from what the server says of it. */
function waited(activities: Activities, metrics: Told, now: () => number): Activities {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (input: { subject: SubjectRef }) => {
      const info = infoOf();
      const write = WRITES[name as keyof Activities];
      if (info && write !== undefined)
        metrics.laneWaited(input.subject.account, write, now() - info.currentAttemptScheduledTimestampMs);
      const nextAt = (info?.heartbeatDetails as WatchMemory | undefined)?.nextAt;
      if (name === 'watchTakes' && nextAt !== undefined)
        metrics.lookLate(input.subject.account, now() - nextAt);
      return await (activity as (input: unknown) => Promise<unknown>)(input);
    },
  ]);
  return Object.fromEntries(wrapped) as Activities;
}

function infoOf(): Info | undefined {
  try {
    return Context.current().info;
  } catch {
    // Called without a server.
    return undefined;
  }
}
