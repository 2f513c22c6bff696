/**
 * What ApsaraVideo tells of a recording, the same in a callback and in the list that keeps callbacks for 7 days. Status
 * events have a name; a file that was made has none and is known by its `uri`. No event names a recording.
 * Source: page "Callbacks for live stream recording"; codes of errors from the vendor's own diagnosis of recordings.
 */
import { z } from 'zod';
import type { Failure, FileSeen } from '../../session/facts.ts';

/** Longer names of objects OSS does not take. */
const MOST_BYTES = 1_023;
const name = z.string().min(1).max(255);
const seconds = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number),
]);

export const eventSchema = z.looseObject({
  domain: name,
  app: name,
  stream: name,
  event: z.string().max(100).optional(),
  uri: z.string().min(1).max(MOST_BYTES).optional(),
  duration: seconds.optional(),
  start_time: seconds.optional(),
  stop_time: seconds.optional(),
  error_info: z.looseObject({ code: z.string().max(200).catch('') }).optional(),
});
export type RecordEvent = z.output<typeof eventSchema>;

/** It is in the bucket; its times are whole seconds. */
export function fileOf({ uri, start_time: from, stop_time: to }: RecordEvent): FileSeen | null {
  if (uri === undefined) return null;
  return {
    name: uri.replace(/^\/+/, ''),
    // Callbacks come in any order and count nothing: names differ by time and sequence.
    sequence: 0,
    state: 'stored',
    ...(from !== undefined && { from: from * 1000 }),
    ...(to !== undefined && { to: to * 1000 }),
  };
}

interface Meaning {
  fact: Pick<Failure, 'code' | 'who' | 'cause'>;
  tells: string;
}
const DESTINATION: Meaning['fact'] = { code: 'E_DESTINATION', who: 'destination', cause: 'destination' };

/** Codes of `record_error`: most are a matter of configuration, and stay until somebody mends it. */
const ERRORS: Record<string, Meaning> = {
  BucketNotFound: { fact: DESTINATION, tells: 'the bucket is not there' },
  AccessDenied: { fact: DESTINATION, tells: 'the bucket does not let ApsaraVideo write' },
  UserDisable: {
    fact: DESTINATION,
    tells: 'ApsaraVideo is no longer authorised to write to OSS (the service role of the live console)',
  },
  StreamFormatError: {
    fact: { code: 'E_RECORDING_FAILED', who: 'source', cause: 'source-absent' },
    tells: 'the codecs of the stream cannot be recorded (H.264, HEVC or MPEG-4 with AAC or MP3 can)',
  },
  TsSegmenterFail: {
    fact: { code: 'E_RECORDING_FAILED', who: 'vendor', cause: 'vendor-fault' },
    tells: 'ApsaraVideo failed to cut the stream into files',
  },
};

const OTHER: Meaning = {
  fact: { code: 'E_RECORDING_FAILED', who: 'vendor', cause: 'vendor-fault' },
  tells: 'ApsaraVideo could not write the recording',
};

/** Only the code is told on: a message may name what is nobody's business. */
export function errorOf({ error_info }: RecordEvent): Failure {
  const code = error_info?.code ?? '';
  const shown = /^[A-Za-z0-9._-]{1,100}$/.test(code) ? code : '';
  const { fact, tells } = ERRORS[shown] ?? OTHER;
  return {
    ...fact,
    message: `record_error: ${tells}${shown === '' ? '' : ` (${shown})`}.`,
    applied: 'no',
    retry: 'later',
    vendor: { operation: 'record_error', ...(shown !== '' && { code: shown }) },
  };
}

export function parsedEvent(text: string): RecordEvent | null {
  try {
    const told = eventSchema.safeParse(JSON.parse(text));
    return told.success ? told.data : null;
  } catch {
    return null;
  }
}
