/** A recording from its beginning to its end, whoever or whatever begins and ends it. */
import { bucketTrouble, closeRun, closeSheaf, openRun, outputsFor } from './files.ts';
import { tellError, tellStatus } from './record-events.ts';
import { nextSerial, type AlibabaState, type Push, type Sheaf, type Stream, type Task } from './state.ts';

export interface Beginning {
  manual: boolean;
  /** Files of a recording that goes on in them. */
  sheaf?: Sheaf;
  /** Transcoded streams are not recorded. */
  sourceOnly?: boolean;
  event?: 'record_started' | 'record_resumed';
}

/** Begins a recording of the push that is there. */
export function beginTask(
  state: AlibabaState,
  stream: Stream,
  push: Push,
  at: number,
  begin: Beginning,
): Task | undefined {
  const { config } = push;
  if (!config) return undefined;
  const serial = nextSerial(state);
  const id = `${stream.domain}/${stream.app}/${stream.name}#${serial}`;
  const sheaf = begin.sheaf ?? sheafOf(id, push, config, begin.sourceOnly ?? false);
  sheaf.id = id;
  const bucket = state.buckets.get(config.bucket);
  const task: Task = {
    id,
    serial,
    manual: begin.manual,
    phase: 'recording',
    until: Infinity,
    sheaf,
    runFrom: undefined,
    mute: bucket !== undefined && bucket.region !== state.config.region,
  };
  stream.task = task;
  if (stream.push) stream.push.recorded = true;
  const metadata = state.config.metadata({ domain: stream.domain, app: stream.app, stream: stream.name }, at);
  state.truth.add({ type: 'recording', at, recording: id, event: 'began', metadata });
  const { bucketCheck } = state.config.unknowns;
  const trouble = bucketCheck === 'at-start' ? bucketTrouble(state, config.bucket) : undefined;
  if (trouble) {
    tellError(state, stream, sheaf, at, 'record_error', trouble);
    endTask(state, stream, at, trouble, at);
    return task;
  }
  if (!task.mute) tellStatus(state, stream, sheaf, at, begin.event ?? 'record_started');
  reflow(state, stream, at);
  return task;
}

function sheafOf(id: string, push: Push, config: Sheaf['config'], sourceOnly: boolean): Sheaf {
  const outputs = outputsFor({ config }, sourceOnly);
  return {
    id,
    config,
    pushArgs: push.args,
    recordKey: push.recordKey,
    files: [],
    sequences: new Map(outputs.map((output) => [output, 0])),
  };
}

/** Opens or ends the run, after anything has changed for the stream. */
export function reflow(state: AlibabaState, stream: Stream, at: number): void {
  const { task, push, encoder } = stream;
  if (!task) return;
  const taken = task.phase === 'recording' && push !== undefined && encoder?.stalledAt === undefined;
  if (taken && !task.mute) openRun(stream, at);
  else closeRun(state, stream, at);
}

/** The recording is over; its files are made now or, where `filesAt` is later, then. */
export function endTask(
  state: AlibabaState,
  stream: Stream,
  at: number,
  reason: string,
  filesAt: number,
): void {
  const { task } = stream;
  if (!task) return;
  closeRun(state, stream, at);
  stream.task = undefined;
  state.truth.add({ type: 'recording', at, recording: task.id, event: 'ended', reason });
  if (filesAt <= at) closeSheaf(state, stream, task.sheaf, at);
  else stream.closing.push({ at: filesAt, sheaf: task.sheaf });
}

/** The delay of a pause or of a break is over. */
export function endByDelay(state: AlibabaState, stream: Stream, at: number): void {
  const reason = stream.task?.phase === 'paused' ? 'stop' : 'push gone';
  endTask(state, stream, at, reason, at);
}
