/**
 * Refusals as facts. Two layers answer: the API gateway with codes from 100 to 900 and statuses that are documented, and
 * Live Station behind it with codes from 250000 on, of whose statuses only one is. So the code decides, and the status
 * only where there is none. No page says what a start or stop in the wrong state is answered with: whoever gets a
 * refusal looks again, and what nothing documents is taken to have been applied.
 * Sources: "Live Station API, response status codes" and "API Gateway, response status codes".
 */
import type { Failure } from '../../session/facts.ts';
import type { HttpReply } from '../http.ts';
import { errorOf, type NaverError } from './wire.ts';

export interface NaverCall {
  operation: string;
  effect: 'read' | 'write';
  /** A reply that repeats a part of one of them is not quoted. */
  secrets: readonly string[];
}

/** What a refusal is, for code that must decide; `other` is everything that only people can mend. */
export type Refusal =
  /** Key, signature or clock. */
  | 'auth'
  /** A sub account without the right, or a product that is not subscribed to. */
  | 'permission'
  /** No such channel, file or bucket. */
  | 'not-found'
  /** Not in the state for it. */
  | 'not-available'
  | 'throttled'
  | 'bad-parameter'
  | 'region'
  /** No such address. */
  | 'route'
  /** Something failed, and what it had done by then is not known. */
  | 'fault'
  | 'other';

interface Row {
  codes: readonly number[];
  /** Where the body has no code. */
  statuses?: readonly number[];
  is: Refusal;
  fact: Pick<Failure, 'code' | 'who' | 'retry' | 'cause'>;
  /** It may have acted; a row without it is certain that it has not. */
  applied?: 'unknown';
  tells: string;
}

const fact = (
  code: Failure['code'],
  who: Failure['who'],
  retry: Failure['retry'] = 'later',
  cause: Failure['cause'] = 'vendor-fault',
): Row['fact'] => ({ code, who, retry, cause });

const AUTH = fact('E_VENDOR_AUTH', 'you', 'later', 'credentials');
const FAULT = fact('E_VENDOR_FAULT', 'vendor');
const UNANSWERED = fact('E_VENDOR_UNANSWERED', 'vendor');
const THROTTLED = fact('E_VENDOR_THROTTLED', 'vendor');
const YOURS = fact('E_VENDOR_REFUSED', 'you');
/** The request itself is wrong, and keeprolling has made it. */
const OURS = fact('E_VENDOR_REFUSED', 'keeprolling', 'never');
const WRONG_VALUE = fact('E_VENDOR_REFUSED', 'you', 'never');

const RIGHTS = 'NCP_LIVE_STATION_MANAGER, or a policy of your own with the same actions';

/** A code stands in one row only. */
const TABLE: readonly Row[] = [
  // The gateway, before anything of Live Station sees the request.
  {
    codes: [100],
    statuses: [400],
    is: 'bad-parameter',
    fact: OURS,
    tells: 'the API gateway takes this for no request',
  },
  {
    codes: [200],
    statuses: [401],
    is: 'auth',
    fact: AUTH,
    tells:
      'NAVER Cloud does not accept the request: accessKey and secretKey of the account do not belong together, or the clock here is more than 5 minutes off',
  },
  {
    codes: [210],
    is: 'permission',
    fact: AUTH,
    tells: `the key may not do this: the sub account needs ${RIGHTS}, and Live Station must be subscribed to`,
  },
  {
    codes: [230],
    statuses: [403],
    is: 'permission',
    fact: AUTH,
    tells: 'NAVER Cloud forbids this call to this key, or to this address of the Internet',
  },
  {
    codes: [300],
    statuses: [404],
    is: 'route',
    fact: YOURS,
    tells: 'there is no such call at this address; url and regionCode of the account choose it',
  },
  {
    codes: [400, 410, 420],
    statuses: [429],
    is: 'throttled',
    fact: THROTTLED,
    tells: 'NAVER Cloud asks for fewer calls',
  },
  { codes: [430], statuses: [413], is: 'bad-parameter', fact: OURS, tells: 'the request is too large' },
  {
    codes: [500],
    statuses: [502, 503],
    is: 'fault',
    fact: FAULT,
    applied: 'unknown',
    tells: 'Live Station does not answer its own gateway',
  },
  {
    codes: [510],
    statuses: [504],
    is: 'fault',
    fact: UNANSWERED,
    applied: 'unknown',
    tells: 'Live Station did not answer its own gateway in time',
  },
  {
    codes: [900],
    statuses: [500],
    is: 'fault',
    fact: FAULT,
    applied: 'unknown',
    tells: 'the API gateway failed',
  },
  // Live Station.
  {
    codes: [250000, 250016],
    is: 'fault',
    fact: FAULT,
    applied: 'unknown',
    tells: 'Live Station failed inside, and does not say what it had done',
  },
  {
    codes: [250007, 250008, 250009],
    is: 'fault',
    fact: FAULT,
    applied: 'unknown',
    tells: 'a service behind Live Station failed',
  },
  {
    codes: [250001],
    is: 'other',
    fact: fact('E_VENDOR_REFUSED', 'vendor'),
    applied: 'unknown',
    tells: 'Live Station refuses it in its own words',
  },
  {
    codes: [250002, 250011, 250014, 250021],
    is: 'bad-parameter',
    fact: WRONG_VALUE,
    tells: 'Live Station does not take a value of the request',
  },
  {
    codes: [250003, 250012, 250018],
    is: 'bad-parameter',
    fact: fact('E_VENDOR_REFUSED', 'keeprolling'),
    tells: 'Live Station does not take the form of the request',
  },
  { codes: [250004], is: 'not-found', fact: YOURS, tells: 'Live Station does not find it' },
  {
    codes: [250005],
    is: 'not-available',
    fact: fact('E_VENDOR_REFUSED', 'vendor'),
    tells: 'that cannot be done in the present state',
  },
  {
    codes: [250006, 250010, 250015, 250017],
    is: 'permission',
    fact: AUTH,
    tells: `the key may not do this: the sub account needs ${RIGHTS}`,
  },
  {
    codes: [250019, 250020],
    is: 'region',
    fact: YOURS,
    tells: 'Live Station is not there in this region; check regionCode of the account',
  },
];

const UNKNOWN: Row = {
  codes: [],
  is: 'other',
  fact: FAULT,
  applied: 'unknown',
  tells: 'NAVER Cloud answered with what is in none of its tables',
};
const REDIRECTED: Row = {
  codes: [],
  is: 'route',
  fact: YOURS,
  tells: 'the address answers with a redirection; the account needs the address that it leads to',
};

/** A code that nobody listed says no more than its status does, if that. */
function rowOf(status: number, error: NaverError | null): Row {
  const { code } = error ?? {};
  const known = code === undefined ? undefined : TABLE.find(({ codes }) => codes.includes(code));
  if (known) return known;
  // Live Station's own statuses are undocumented: its unknown codes may mean anything.
  if (code !== undefined && code >= 1000) return UNKNOWN;
  if (status >= 300 && status < 400) return REDIRECTED;
  return TABLE.find(({ statuses }) => statuses?.includes(status)) ?? UNKNOWN;
}

/** `OPEN_API_OK`: the one code of the table that is no error. */
const OK = 250013;

/** Live Station's statuses are not documented, so an error may come with any, 200 included. */
export function isRefused({ status, text }: HttpReply): boolean {
  if (status < 200 || status >= 300) return true;
  const error = errorOf(text);
  return error !== null && error.code !== OK;
}

/** Classifies a reply that is not a success. */
export function refusalOf(call: NaverCall, reply: HttpReply): { is: Refusal; failure: Failure } {
  const error = errorOf(reply.text);
  const row = rowOf(reply.status, error);
  const after = retryAfterMs(reply.headers['retry-after']);
  return {
    is: row.is,
    failure: {
      ...row.fact,
      ...(row.fact.retry === 'later' && after !== null && { retry: after }),
      message: sentence(call, reply.status, row.tells, error),
      applied: call.effect === 'write' ? (row.applied ?? 'no') : 'no',
      vendor: vendorOf(call, reply, error?.code),
    },
  };
}

/** A success whose body is not the documented form: what it did is not known. */
export function malformed(call: NaverCall, reply: HttpReply, what: string): Failure {
  return {
    code: 'E_VENDOR_MALFORMED',
    message: `${call.operation}: NAVER Cloud answered ${reply.status} with ${what}.`,
    who: 'vendor',
    applied: call.effect === 'write' ? 'unknown' : 'no',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: vendorOf(call, reply),
  };
}

function vendorOf(call: NaverCall, reply: HttpReply, code?: number): NonNullable<Failure['vendor']> {
  const requestId = requestIdOf(call, reply);
  return {
    operation: call.operation,
    status: reply.status,
    ...(code !== undefined && { code: String(code) }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** A header goes into history as it is, so it is not trusted either. */
export function requestIdOf({ secrets }: NaverCall, { headers }: HttpReply): string | undefined {
  const traceId = headers['x-ncp-trace-id'];
  if (!traceId || !/^[\x21-\x7e]+$/.test(traceId) || repeats(traceId, secrets)) return undefined;
  return traceId.slice(0, 100);
}

function sentence(call: NaverCall, status: number, tells: string, error: NaverError | null): string {
  const { code, message = '' } = error ?? {};
  const coded = code === undefined ? '' : ` code ${code}`;
  const quoted = message === '' || repeats(message, call.secrets) ? '' : ` ("${clean(message)}")`;
  return `${call.operation}: ${tells}; it answered ${status}${coded}${quoted}.`;
}

function clean(words: string): string {
  return words.replace(/\s+/g, ' ').trim().slice(0, 200);
}

/** So much of a secret may stand in a text by chance. */
const TELLING = 6;

/** Whether a text holds a telling part of a secret, in whatever case, also percent-encoded or in base64. */
function repeats(text: string, secrets: readonly string[]): boolean {
  const plain = text.toLowerCase();
  return secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
    .some((form) => partsOf(form.toLowerCase()).some((part) => plain.includes(part)));
}

function partsOf(secret: string): string[] {
  if (secret.length <= TELLING) return secret === '' ? [] : [secret];
  return Array.from({ length: secret.length - TELLING + 1 }, (_, at) => secret.slice(at, at + TELLING));
}

/** `Retry-After` in seconds; NAVER documents none. */
function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined || !/^\d{1,6}$/.test(header)) return null;
  return Number(header) * 1000;
}
