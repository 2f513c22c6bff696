/** Troubles that notifications tell, classified as those of the API are; no repetition of a call is in question. */
import type { Failure } from '../../session/facts.ts';
import { meaningOf } from './errors.ts';

/** `errorLevel` 4 is "major", 5 "fatal". */
export const isSerious = (errorLevel: number): boolean => errorLevel >= 4;

const UPLOADER = 1;
const PARTS: Record<number, string> = {
  0: 'recorder',
  1: 'uploader',
  2: 'recording service',
  6: 'page recorder',
};
/** Codes of the uploader and of the service ("Event types", error codes). */
const UPLOADING: Record<number, string> = {
  32: 'the storage of this recording is not configured as it must be',
  47: 'files cannot be uploaded',
  51: 'recorded files cannot be processed for the upload',
};
const SERVICE: Record<number, string> = {
  50: 'the upload of the files took too long',
  52: 'the recording took too long to start',
};
/** `code` of 71 ("Event types", web_recorder_stopped). */
const PAGE_ENDS: Record<number, { tells: string; who: Failure['who']; cause: Failure['cause'] }> = {
  1: { tells: 'it has lasted for maxRecordingHour', who: 'keeprolling', cause: 'vendor-rule' },
  2: { tells: 'the page uses what cannot be recorded', who: 'you', cause: 'source-absent' },
  3: { tells: 'the recording engine did not start', who: 'vendor', cause: 'vendor-fault' },
  4: { tells: 'the page was not ready within readyTimeout, twice', who: 'source', cause: 'source-absent' },
  5: { tells: 'the page could not be opened', who: 'source', cause: 'source-absent' },
  6: { tells: 'the page recorder failed', who: 'vendor', cause: 'vendor-fault' },
};

const FAILED = { code: 'E_RECORDING_FAILED', who: 'vendor', cause: 'vendor-fault' } as const;
const DESTINATION = { code: 'E_DESTINATION', who: 'destination', cause: 'destination' } as const;

function failure(
  event: number,
  fact: Pick<Failure, 'code' | 'who' | 'cause'>,
  message: string,
  code?: number,
): Failure {
  return {
    ...fact,
    message,
    applied: 'no',
    retry: 'later',
    vendor: { operation: `notification ${event}`, ...(code !== undefined && { code: String(code) }) },
  };
}

/** Event 1. A recorder's codes are those of the API. */
export function recorderTrouble(module: number, code: number): Failure {
  const part = `Agora reports an error of its ${PARTS[module] ?? `module ${module}`}, code ${code}`;
  if (module === UPLOADER)
    return failure(1, DESTINATION, `${part}: ${UPLOADING[code] ?? 'files do not reach their place'}.`, code);
  const known = meaningOf(code);
  if (known && SERVICE[code] === undefined) {
    const { code: ours, who, cause } = known.fact;
    return failure(1, { code: ours, who, cause }, `${part}: ${known.tells}.`, code);
  }
  return failure(1, FAILED, `${part}${SERVICE[code] === undefined ? '' : `: ${SERVICE[code]}`}.`, code);
}

/** Events 11, 40 and 41 with a status that is not the normal one. */
export function abnormalEnd(event: number): Failure {
  const texts: Record<number, string> = {
    11: 'Agora says that the recording has ended abnormally.',
    40: 'Agora says that the recorder is up, and not as it should be.',
    41: 'Agora says that the recorder never came into the channel.',
  };
  return failure(event, FAILED, texts[event]!);
}

/** Event 34. */
export function tokenEnded(): Failure {
  const fact = { code: 'E_CREDENTIALS_EXPIRED', who: 'destination', cause: 'credentials' } as const;
  return failure(34, fact, 'Agora says that the storage credentials of this recording have ended.');
}

/** Event 71 with a code other than 0. */
export function pageStopped(code: number): Failure {
  const { tells, who, cause } = PAGE_ENDS[code] ?? { tells: `code ${code}`, ...FAILED };
  const fact = { code: FAILED.code, who, cause };
  return failure(71, fact, `Agora has ended the recording of the page: ${tells}.`, code);
}

/** Event 72. */
export function pageUnfit(): Failure {
  const fact = { ...FAILED, who: 'you', cause: 'source-absent' } as const;
  return failure(
    72,
    fact,
    'Agora says that the page uses what it cannot record: resolution, WebGL or bandwidth.',
  );
}
