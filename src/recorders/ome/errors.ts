/**
 * OvenMediaEngine's refusals as facts. The HTTP status alone does not tell (a duplicate id is 400 by the source and
 * 409 by the page; an unknown application and an unknown record are both 404), so the message decides.
 * Sources: OvenMediaEngine v0.20.0, api_server/controllers and publishers/file/file_application.cpp.
 */
import type { Failure } from '../../session/facts.ts';
import type { HttpReply } from '../http.ts';

export interface OmeCall {
  operation: string;
  effect: 'read' | 'write';
}

/** What a refusal is, for code that must decide; `other` is everything that only people can mend. */
export type Refusal = 'duplicate-id' | 'no-record' | 'no-stream' | 'no-publisher' | 'other';

interface Row {
  status: (status: number) => boolean;
  message?: RegExp;
  is?: Refusal;
  fact: Pick<Failure, 'code' | 'who' | 'retry' | 'cause'>;
  /** A reply that the vendor may give after it has acted. */
  mayBeApplied?: true;
  tells: string;
}

const only =
  (...codes: number[]) =>
  (status: number) =>
    codes.includes(status);
const refused = (who: Failure['who'], retry: Failure['retry']): Row['fact'] => ({
  code: 'E_VENDOR_REFUSED',
  who,
  retry,
  cause: 'vendor-fault',
});
const AUTH: Row['fact'] = { code: 'E_VENDOR_AUTH', who: 'you', retry: 'later', cause: 'credentials' };
const FAULT: Row['fact'] = { code: 'E_VENDOR_FAULT', who: 'vendor', retry: 'later', cause: 'vendor-fault' };

/** Read from top to bottom; the first row that fits is the answer. */
const TABLE: Row[] = [
  {
    status: only(401),
    fact: AUTH,
    tells: 'OvenMediaEngine does not accept the access token of this account',
  },
  { status: only(403), fact: AUTH, tells: 'OvenMediaEngine, or a proxy before it, forbids this call' },
  {
    status: only(400, 409),
    message: /Duplicate ID/i,
    is: 'duplicate-id',
    fact: refused('you', 'never'),
    tells: 'a record of this id exists already',
  },
  {
    status: only(404),
    message: /There is no record information/i,
    is: 'no-record',
    fact: refused('keeprolling', 'never'),
    tells: 'OvenMediaEngine knows no record of this id',
  },
  // These may appear by themselves: an application made by the API, or a server that is still coming up.
  {
    status: only(404),
    message: /Could not find the virtual host/i,
    fact: refused('you', 'later'),
    tells: 'OvenMediaEngine has no such virtual host',
  },
  {
    status: only(404),
    message: /Could not find the application/i,
    fact: refused('you', 'later'),
    tells: 'OvenMediaEngine has no such application',
  },
  {
    status: only(404),
    message: /Could not find (publisher|application)\b/i,
    is: 'no-publisher',
    fact: refused('you', 'later'),
    tells: 'this application has no <FILE> publisher in Server.xml, so it cannot record',
  },
  {
    status: only(404),
    message: /stream/i,
    is: 'no-stream',
    fact: refused('source', 'later'),
    tells: 'OvenMediaEngine has no such stream now',
  },
  { status: only(404), fact: refused('you', 'later'), tells: 'there is no recording API at this address' },
  {
    status: only(408, 429),
    fact: { code: 'E_VENDOR_THROTTLED', who: 'vendor', retry: 'later', cause: 'vendor-fault' },
    tells: 'OvenMediaEngine, or a proxy before it, asks for fewer calls',
  },
  {
    status: (status) => status >= 300 && status < 400,
    fact: refused('you', 'later'),
    tells: 'the address answers with a redirection; the account needs the address that it leads to',
  },
  {
    status: (status) => status >= 400 && status < 500,
    fact: refused('keeprolling', 'never'),
    tells: 'OvenMediaEngine refuses the request',
  },
  {
    status: (status) => status >= 500,
    fact: FAULT,
    mayBeApplied: true,
    tells: 'OvenMediaEngine, or a proxy before it, failed',
  },
];

/** The text within `[HTTP] … (404)`; empty where the body is not the vendor's envelope but, say, a proxy's page. */
export function innerMessage(text: string): string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return '';
  }
  const message =
    typeof body === 'object' && body !== null ? (body as { message?: unknown }).message : undefined;
  if (typeof message !== 'string') return '';
  return message
    .replace(/^\[HTTP\]\s*/, '')
    .replace(/\s*\(\d{3}\)\s*$/, '')
    .trim();
}

/** Classifies a reply that is not a success. */
export function refusalOf(call: OmeCall, reply: HttpReply): { is: Refusal; failure: Failure } {
  const message = innerMessage(reply.text);
  const row = TABLE.find(
    ({ status, message: pattern }) => status(reply.status) && (!pattern || pattern.test(message)),
  );
  const fact = row?.fact ?? FAULT;
  const after = retryAfterMs(reply.headers['retry-after']);
  const unknown = call.effect === 'write' && (row === undefined || row.mayBeApplied === true);
  return {
    is: row?.is ?? 'other',
    failure: {
      ...fact,
      ...(fact.retry === 'later' && after !== null && { retry: after }),
      message: sentence(
        call,
        reply.status,
        row?.tells ?? 'OvenMediaEngine gave an unexpected status',
        message,
      ),
      applied: unknown ? 'unknown' : 'no',
      vendor: vendorOf(call, reply),
    },
  };
}

/** A success whose body is not the documented form: what it did is not known. */
export function malformed(call: OmeCall, reply: HttpReply, what: string): Failure {
  return {
    code: 'E_VENDOR_MALFORMED',
    message: `${call.operation}: OvenMediaEngine answered ${reply.status} with ${what}.`,
    who: 'vendor',
    applied: call.effect === 'write' ? 'unknown' : 'no',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: vendorOf(call, reply),
  };
}

function vendorOf(call: OmeCall, reply: HttpReply): NonNullable<Failure['vendor']> {
  const { requestId } = reply;
  return { operation: call.operation, status: reply.status, ...(requestId && { requestId }) };
}

function sentence(call: OmeCall, status: number, tells: string, message: string): string {
  // The vendor never repeats a header, so its message is safe; it is cut because it may repeat our own body.
  const told = message ? ` ("${message.replace(/\s+/g, ' ').slice(0, 200)}")` : '';
  return `${call.operation}: ${tells}; it answered ${status}${told}.`;
}

function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined || !/^\d{1,6}$/.test(header)) return null;
  return Number(header) * 1000;
}
