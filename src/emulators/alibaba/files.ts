/**
 * The media plane without media: frames are a function of time. A run is an unbroken stretch of frames; it is told to
 * the truth log under the temporary name of each file that takes it.
 */
import { fileName } from './file-names.ts';
import { tellError, tellFile } from './record-events.ts';
import {
  nextSerial,
  type AlibabaState,
  type OpenFile,
  type Output,
  type Sheaf,
  type Stream,
} from './state.ts';

const BITRATE = 1_000_000;

function bytesBetween(from: number, to: number): number {
  return Math.floor(((to - from) * BITRATE) / 8000);
}

/** Files of the source stream, and of each transcoded one. */
export function outputsFor({ config }: Pick<Sheaf, 'config'>, sourceOnly: boolean): Output[] {
  if (sourceOnly) return config.formats;
  const transcoded = config.templates.flatMap((template) =>
    config.transcoded.map((output) => ({ ...output, template })),
  );
  return [...config.formats, ...transcoded];
}

/** Frames begin to come: files that are open go on, and the others begin. */
export function openRun(stream: Stream, at: number): void {
  const { task } = stream;
  if (!task || task.runFrom !== undefined) return;
  task.runFrom = at;
  const { files, sequences } = task.sheaf;
  for (const output of sequences.keys()) {
    if (!files.some((file) => file.output === output)) openFile(task.sheaf, output, at);
  }
}

function openFile(sheaf: Sheaf, output: Output, at: number): void {
  const sequence = sheaf.sequences.get(output) ?? 0;
  sheaf.sequences.set(output, sequence + 1);
  const place = output.template === undefined ? output.format : `${output.template}/${output.format}`;
  const tmp = `${sheaf.id}/${place}/${sequence}.tmp`;
  sheaf.files.push({ output, sequence, tmp, startedAt: at, endedAt: at, mediaMs: 0, bytes: 0 });
}

/** Writes what has come up to `at`. */
export function flush(state: AlibabaState, stream: Stream, at: number): void {
  const { task } = stream;
  if (task?.runFrom === undefined || at <= task.runFrom) return;
  const from = task.runFrom;
  for (const file of task.sheaf.files) {
    // The difference of two totals, so that pieces always add up to the whole.
    const bytes = bytesBetween(0, file.mediaMs + at - from) - file.bytes;
    state.truth.add({ type: 'media', recording: task.id, from, to: at, file: file.tmp, bytes });
    file.bytes += bytes;
    file.mediaMs += at - from;
    file.endedAt = at;
  }
  task.runFrom = at;
}

export function closeRun(state: AlibabaState, stream: Stream, at: number): void {
  flush(state, stream, at);
  if (stream.task) stream.task.runFrom = undefined;
}

/** The cycle of a file is over: the next one begins, if anything comes. */
export function rollOver(state: AlibabaState, stream: Stream, file: OpenFile, at: number): void {
  const { task } = stream;
  if (!task) return;
  flush(state, stream, at);
  task.sheaf.files = task.sheaf.files.filter((one) => one !== file);
  closeFile(state, stream, task.sheaf, file, at);
  if (task.runFrom !== undefined) openFile(task.sheaf, file.output, at);
}

export function closeSheaf(state: AlibabaState, stream: Stream, sheaf: Sheaf, at: number): void {
  for (const file of sheaf.files.splice(0)) closeFile(state, stream, sheaf, file, at);
}

/** The file gets its name, goes to the bucket, and is told of. */
function closeFile(state: AlibabaState, stream: Stream, sheaf: Sheaf, file: OpenFile, at: number): void {
  if (file.mediaMs === 0) return;
  const { config } = sheaf;
  const name = fileName(state.config, stream, file);
  const whole = { at, recording: sheaf.id, file: name, tmp: file.tmp, bytes: file.bytes } as const;
  const [from, to] = [file.startedAt, file.endedAt];
  const trouble = bucketTrouble(state, config.bucket);
  if (trouble) {
    state.truth.add({ type: 'file', ...whole, event: 'lost', from, to });
    tellError(state, stream, sheaf, at, 'record_error', trouble);
    return;
  }
  if (state.index.some((known) => known.file === name && known.bucket === config.bucket)) {
    state.truth.add({ type: 'file', at, recording: sheaf.id, file: name, event: 'overwritten' });
    state.index = state.index.filter((known) => known.file !== name || known.bucket !== config.bucket);
  }
  state.truth.add({ type: 'file', ...whole, event: 'finalised', from, to });
  const entry = {
    domain: stream.domain,
    app: stream.app,
    name: stream.name,
    recordId: state.config.names.uuid('record', nextSerial(state)).toLowerCase(),
    task: sheaf.id,
    file: name,
    bucket: config.bucket,
    endpoint: config.endpoint,
    format: file.output.format,
    startAt: from,
    endAt: to,
    durationS: file.mediaMs / 1000,
    createdAt: at,
    prefix: file.output.prefix,
  };
  state.index.push(entry);
  tellFile(state, stream, sheaf, entry, at);
}

/** Codes of `record_error` (the vendor's skill for diagnosing live recording). */
export function bucketTrouble(state: AlibabaState, bucket: string): string | undefined {
  const known = state.buckets.get(bucket)?.state ?? 'missing';
  return { ok: undefined, missing: 'BucketNotFound', denied: 'AccessDenied', unauthorised: 'UserDisable' }[
    known
  ];
}
