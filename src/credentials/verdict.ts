/** Why a call of a cloud failed, in our own words and with who must act; and the fact that is made of it. */
import type { Failure, GapCause, Who } from '../session/facts.ts';

/** A cloud that asks for fewer calls is left alone for so long. */
export const THROTTLED_MS = 10_000;

/** What a code means: in words, and who must act. */
export type Row = [text: string, who: Who, retry?: number];

export const CLOCK: Row = ["the clock of this worker is too far from the cloud's: set it by NTP", 'you'];

export interface Verdict {
  text: string;
  who: Who;
  cause: GapCause;
  retry: 'later' | number;
  /** The code as the cloud names it, when it is one of ours. */
  code?: string;
  status?: number;
  requestId?: string;
}

export interface Answered {
  operation: string;
  /** Who answered, for people. */
  where: string;
  /** As the cloud wrote it: it is told only where it stands among the rows. */
  code: string;
  status?: number | undefined;
  requestId?: string | undefined;
}

/** The row of a code, or of its beginning before the dot (`InternalError.DbError`). */
export function verdictBy(rows: Record<string, Row>, answered: Answered): Verdict {
  const { operation, where, status, requestId } = answered;
  const code = [answered.code, answered.code.split('.')[0]!].find((one) => Object.hasOwn(rows, one));
  const [text, who, retry = 'later' as const] = code === undefined ? otherRow(status) : rows[code]!;
  return {
    text: `${operation} at ${where}: ${text}`,
    who,
    cause: 'credentials',
    retry,
    ...(code !== undefined && { code }),
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && /^[A-Za-z0-9-]{8,64}$/.test(requestId) && { requestId }),
  };
}

function otherRow(status: number | undefined): Row {
  if (status !== undefined && status >= 500)
    return [`the answer is ${status}, a fault of its own`, 'destination'];
  return ['it is refused for a reason that keeprolling does not know', 'you'];
}

/** A verdict as the fact that goes to the session. */
export function failureFrom(
  verdict: Verdict,
  code: string,
  name: string,
  subject: { operation: string },
): Failure {
  const { text, who, cause, retry } = verdict;
  return {
    code,
    message: `${name}: ${text}.`,
    who,
    applied: 'no',
    retry,
    cause,
    vendor: {
      operation: subject.operation,
      ...(verdict.status !== undefined && { status: verdict.status }),
      ...(verdict.code !== undefined && { code: verdict.code }),
      ...(verdict.requestId !== undefined && { requestId: verdict.requestId }),
    },
  };
}

/** Errors that arise before the first byte of a request leaves. */
const UNREACHED: Record<string, [text: string, who: Who]> = {
  ECONNREFUSED: ['refuses the connection', 'destination'],
  ENOTFOUND: ['has no address (DNS): look at region and endpoint', 'you'],
  EAI_AGAIN: ['cannot be looked up now (DNS)', 'destination'],
  EHOSTUNREACH: ['cannot be reached by any route', 'destination'],
  ENETUNREACH: ['cannot be reached by any route', 'destination'],
  UND_ERR_CONNECT_TIMEOUT: ['does not take the connection in time', 'destination'],
};
const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_)/;

/** Nothing was answered, or not in time. `where`: host or service. */
export function unreached(error: unknown, where: string): Pick<Verdict, 'text' | 'who' | 'retry'> {
  const code = codeIn(error);
  if (TLS.test(code))
    return { text: `${where} has a TLS certificate that does not hold`, who: 'you', retry: 'later' };
  const [how, who] = UNREACHED[code] ?? [
    'gave no answer in time, or cut the connection',
    'destination' as const,
  ];
  return { text: `${where} ${how}`, who, retry: 'later' };
}

function codeIn(error: unknown): string {
  if (error === null || typeof error !== 'object') return '';
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  if (!(error instanceof Error)) return '';
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner === undefined ? '' : codeIn(inner);
}
