/**
 * Agora's refusals as facts. Three tables are in use: the gateway's `{message}`, the codes of June 2026, and older
 * codes whose HTTP status no page tells; so a code counts under any status, but not for every call: 501 is "no worker"
 * of an acquire and "the recording is exiting" of everything after the start.
 * Sources: pages "Response status codes" (2026-06) and "Common errors" (until then).
 */
import type { Failure } from '../../session/facts.ts';
import type { HttpReply } from '../http.ts';
import { errorOf, type AgoraError } from './wire.ts';

export type AgoraOperation = 'acquire' | 'start' | 'query' | 'update' | 'updateLayout' | 'stop';

export interface AgoraCall {
  operation: AgoraOperation;
  /** An acquire counts as a read: what it makes is nothing, and is gone after 5 minutes. */
  effect: 'read' | 'write';
  /** Every secret of the request: a reply that repeats a part of one is not quoted. */
  secrets: readonly string[];
}

/** What a refusal is, for code that must decide; `other` is everything that only people can mend. */
export type Refusal =
  /** It records under this resource id, and its sid is not told. */
  | 'already-started'
  /** The call arrived, and what it did is not known. */
  | 'unknown-outcome'
  /** The same cname and uid are being recorded under another resource id. */
  | 'conflict'
  /** Not found: ended, never begun, or failing over for up to 90 s. */
  | 'gone'
  /** Stopped, and nobody had sent anything. */
  | 'no-data'
  /** It is about to end by itself, or by an earlier stop. */
  | 'exiting'
  /** More recordings at once than the project may have. */
  | 'overload'
  | 'reservation-expired'
  | 'reservation-invalid'
  /** No machine for it: only a new acquire gets another one. */
  | 'no-worker'
  | 'throttled'
  | 'auth'
  /** The project may not record at all now. */
  | 'account'
  | 'rtc-token'
  | 'bad-parameter'
  /** No such address: nothing is said about any recording. */
  | 'route'
  | 'other';

interface Row {
  on?: readonly AgoraOperation[];
  status?: (status: number) => boolean;
  codes?: readonly number[];
  /** What `reason` or `message` says; where `codes` are given, one of both is enough. */
  says?: RegExp;
  is: Refusal;
  fact: Pick<Failure, 'code' | 'who' | 'retry' | 'cause'>;
  /** For a call that may have acted; a row without it is certain that it has not. */
  applied?: 'unknown' | 'unnamed';
  tells: string;
}

const only =
  (...statuses: number[]) =>
  (status: number) =>
    statuses.includes(status);
const between = (first: number, last: number) => (status: number) => status >= first && status <= last;
const fact = (
  code: Failure['code'],
  who: Failure['who'],
  retry: Failure['retry'],
  cause: Failure['cause'] = 'vendor-fault',
): Row['fact'] => ({ code, who, retry, cause });

const FAULT = fact('E_VENDOR_FAULT', 'vendor', 'later');
const UNANSWERED = fact('E_VENDOR_UNANSWERED', 'vendor', 'later');
const AUTH = fact('E_VENDOR_AUTH', 'you', 'later', 'credentials');
/** Our own bookkeeping asked for what cannot be: the same call can only fail again. */
const SPENT = fact('E_VENDOR_REFUSED', 'keeprolling', 'never');
const YOURS = fact('E_VENDOR_REFUSED', 'you', 'never');
const ACCOUNT = fact('E_VENDOR_REFUSED', 'you', 'later');
const ENDED = fact('E_VENDOR_REFUSED', 'vendor', 'later');

const RUNNING: readonly AgoraOperation[] = ['query', 'update', 'updateLayout', 'stop'];

/** Read from top to bottom; the first row that fits is the answer. */
const TABLE: Row[] = [
  // The gateway.
  {
    status: only(401, 403),
    is: 'auth',
    fact: AUTH,
    tells: 'Agora does not accept the customer id and secret of this account',
  },
  {
    status: only(429),
    is: 'throttled',
    fact: fact('E_VENDOR_THROTTLED', 'vendor', 'later'),
    tells: 'Agora asks for fewer calls (10 a second for each App ID unless more is agreed)',
  },
  {
    status: only(404),
    says: /no route matched/i,
    is: 'route',
    fact: ACCOUNT,
    tells: 'there is no such call at this address',
  },
  {
    says: /appid is invalid|invalid_appid/i,
    is: 'account',
    fact: ACCOUNT,
    tells: 'cloud recording is not enabled for this App ID',
  },
  {
    status: between(300, 399),
    is: 'route',
    fact: ACCOUNT,
    tells: 'the address answers with a redirection; the account needs the address that it leads to',
  },
  // acquire
  {
    on: ['acquire'],
    codes: [400],
    is: 'account',
    fact: ACCOUNT,
    tells: 'cloud recording is not enabled for this App ID',
  },
  {
    on: ['acquire'],
    codes: [405],
    says: /no_active_status/i,
    is: 'account',
    fact: ACCOUNT,
    tells: 'the Agora account is not active; its bill may be overdue',
  },
  {
    on: ['acquire'],
    codes: [406],
    says: /vendor_over_load/i,
    is: 'overload',
    fact: fact('E_VENDOR_THROTTLED', 'you', 'later'),
    tells:
      'this App ID records as much at once as it may; look for recordings that nobody needs, or ask Agora for more',
  },
  {
    on: ['acquire', 'start'],
    codes: [401, 1013],
    says: /invalid_channel_name/i,
    is: 'bad-parameter',
    fact: YOURS,
    tells: 'Agora takes no such name for a channel',
  },
  {
    on: ['acquire'],
    codes: [500, 501, 504],
    is: 'no-worker',
    fact: FAULT,
    tells: 'Agora has no machine for it now',
  },
  {
    on: ['acquire'],
    status: between(400, 499),
    codes: [62],
    is: 'account',
    fact: ACCOUNT,
    tells: 'cloud recording is not enabled for this App ID',
  },
  // start
  {
    on: ['start'],
    status: only(201),
    is: 'already-started',
    fact: UNANSWERED,
    applied: 'unnamed',
    tells: 'it records already under this resource id, and Agora does not say under which sid',
  },
  {
    on: ['start'],
    says: /^already started/i,
    is: 'already-started',
    fact: UNANSWERED,
    applied: 'unnamed',
    tells: 'it records already under this resource id, and Agora does not say under which sid',
  },
  {
    on: ['start'],
    codes: [53],
    says: /task conflict/i,
    is: 'conflict',
    fact: SPENT,
    tells: 'another recording has the same channel and uid',
  },
  {
    on: ['start'],
    codes: [502],
    says: /allocate worker/i,
    is: 'no-worker',
    fact: FAULT,
    tells: 'Agora has no machine for this resource id',
  },
  {
    on: ['start'],
    codes: [15],
    is: 'unknown-outcome',
    fact: UNANSWERED,
    applied: 'unknown',
    tells: 'Agora failed inside, and does not say what it did',
  },
  {
    on: ['start'],
    codes: [433],
    is: 'reservation-expired',
    fact: SPENT,
    tells: 'the resource id is older than 5 minutes',
  },
  {
    codes: [433],
    is: 'reservation-expired',
    fact: SPENT,
    tells: 'the hours of this resource id are over: Agora takes no more calls for it',
  },
  {
    codes: [432, 1001, 1003],
    is: 'reservation-invalid',
    fact: SPENT,
    tells: 'resource id, sid, channel and uid do not belong together',
  },
  {
    on: ['start'],
    codes: [2],
    says: /resource ?id/i,
    is: 'reservation-invalid',
    fact: SPENT,
    tells: 'Agora does not take this resource id',
  },
  // Any call.
  {
    codes: [65],
    is: 'unknown-outcome',
    fact: UNANSWERED,
    applied: 'unknown',
    tells: 'Agora has the request and did not finish it in time',
  },
  {
    codes: [62],
    is: 'unknown-outcome',
    fact: UNANSWERED,
    applied: 'unknown',
    tells: 'the part of Agora that records did not answer in time',
  },
  {
    on: ['stop'],
    codes: [50],
    is: 'unknown-outcome',
    fact: UNANSWERED,
    applied: 'unknown',
    tells: 'the upload takes longer than Agora waits; the recording ends all the same',
  },
  {
    on: ['stop'],
    codes: [435],
    says: /no recorded data/i,
    is: 'no-data',
    fact: fact('E_VENDOR_REFUSED', 'source', 'never', 'source-absent'),
    applied: 'unknown',
    tells: 'it is stopped, and nothing was recorded: nobody had sent a stream',
  },
  { on: RUNNING, codes: [49], is: 'exiting', fact: ENDED, tells: 'the recording is ending already' },
  { on: RUNNING, codes: [501], is: 'exiting', fact: ENDED, tells: 'the recording is ending already' },
  {
    on: RUNNING,
    status: only(404),
    codes: [404],
    says: /find worker/i,
    is: 'gone',
    fact: ENDED,
    tells:
      'Agora knows no such recording now: it has ended, never began, or moves to another machine (up to 90 s)',
  },
  { codes: [109], is: 'rtc-token', fact: AUTH, tells: "the recorder's token has expired" },
  {
    codes: [110],
    is: 'rtc-token',
    fact: AUTH,
    tells: "the recorder's token is not accepted; check appCertificate of the account",
  },
  {
    codes: [7, 8],
    is: 'bad-parameter',
    fact: fact('E_VENDOR_REFUSED', 'keeprolling', 'never'),
    tells: 'Agora cannot read the request',
  },
  { codes: [2, 1028], is: 'bad-parameter', fact: YOURS, tells: 'Agora refuses a parameter' },
  { status: only(404), is: 'route', fact: ACCOUNT, tells: 'there is no recording API at this address' },
  {
    status: between(500, 599),
    is: 'other',
    fact: FAULT,
    applied: 'unknown',
    tells: 'Agora, or a proxy before it, failed',
  },
];

const UNKNOWN: Row = {
  is: 'other',
  fact: FAULT,
  applied: 'unknown',
  tells: 'Agora answered with what is in none of its tables',
};

/** What a code says by itself, outside of any call: as in a notification. */
export function meaningOf(code: number): Pick<Row, 'fact' | 'tells'> | undefined {
  return TABLE.find((row) => !row.on && !row.status && row.codes?.includes(code));
}

function fits(
  { on, status, codes, says }: Row,
  call: AgoraCall,
  reply: HttpReply,
  error: AgoraError,
): boolean {
  if (on && !on.includes(call.operation)) return false;
  if (status && !status(reply.status)) return false;
  const coded = codes !== undefined && error.code !== undefined && codes.includes(error.code);
  const said = says?.test(error.reason ?? error.message ?? '') ?? false;
  // Code 2 is every wrong parameter: there the words must fit as well.
  if (codes?.includes(2) && says) return coded && said;
  return codes || says ? coded || said : true;
}

/** Classifies a reply that is not a success. */
export function refusalOf(call: AgoraCall, reply: HttpReply): { is: Refusal; failure: Failure } {
  const error = errorOf(reply.text);
  const row = TABLE.find((one) => fits(one, call, reply, error)) ?? UNKNOWN;
  const after = retryAfterMs(reply.headers['retry-after']);
  return {
    is: row.is,
    failure: {
      ...row.fact,
      ...(row.fact.retry === 'later' && after !== null && { retry: after }),
      message: sentence(call, reply.status, row.tells, error),
      applied: call.effect === 'write' ? (row.applied ?? 'no') : 'no',
      vendor: vendorOf(call, reply, error.code),
    },
  };
}

/** A success whose body is not the documented form: what it did is not known. */
export function malformed(call: AgoraCall, reply: HttpReply, what: string): Failure {
  return {
    code: 'E_VENDOR_MALFORMED',
    message: `${call.operation}: Agora answered ${reply.status} with ${what}.`,
    who: 'vendor',
    applied: call.effect === 'write' ? 'unknown' : 'no',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: vendorOf(call, reply),
  };
}

function vendorOf(call: AgoraCall, reply: HttpReply, code?: number): NonNullable<Failure['vendor']> {
  const requestId = requestIdOf(call, reply);
  return {
    operation: call.operation,
    status: reply.status,
    ...(code !== undefined && { code: String(code) }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** A header goes into history as it is, so it is not trusted either. */
export function requestIdOf(call: AgoraCall, { requestId }: HttpReply): string | undefined {
  if (!requestId || repeats(requestId, call.secrets)) return undefined;
  return requestId.slice(0, 100);
}

function sentence(call: AgoraCall, status: number, tells: string, error: AgoraError): string {
  const code = error.code === undefined ? '' : ` code ${error.code}`;
  const words = error.reason ?? error.message ?? '';
  // A reason may repeat what we sent, storage keys included.
  const quoted =
    words === '' || mayHoldKey(words) || repeats(words, call.secrets) ? '' : ` ("${clean(words)}")`;
  return `${call.operation}: ${tells}; it answered ${status}${code}${quoted}.`;
}

/** An address or a long word with digits may be a secret that an earlier call carried. */
function mayHoldKey(words: string): boolean {
  return words.includes('://') || words.split(/\s+/).some((word) => word.length >= 20 && /\d/.test(word));
}

function clean(words: string): string {
  return words.replace(/\s+/g, ' ').trim().slice(0, 200);
}

/** So much of a secret may stand in a text by chance. */
const TELLING = 6;

/** Whether a text holds a secret or a telling part of one, in whatever case, also percent-encoded or in base64. */
export function repeats(text: string, secrets: readonly string[]): boolean {
  const plain = text.toLowerCase();
  return secrets.some((secret) => {
    const bytes = Buffer.from(secret);
    // What was read back from bytes has no lone surrogate, which would not encode.
    const forms = [secret, encodeURIComponent(bytes.toString()), bytes.toString('base64')];
    return forms.some((form) => partsOf(form.toLowerCase()).some((part) => plain.includes(part)));
  });
}

function partsOf(secret: string): string[] {
  if (secret.length <= TELLING) return secret === '' ? [] : [secret];
  return Array.from({ length: secret.length - TELLING + 1 }, (_, at) => secret.slice(at, at + TELLING));
}

function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined || !/^\d{1,6}$/.test(header)) return null;
  return Number(header) * 1000;
}
