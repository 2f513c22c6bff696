/**
 * Huawei's refusals as facts, by code, HTTP status and operation. `LIVE.100011001` alone says nothing: it is the code of a
 * bad parameter, of a stream or rule that is not there, and of a recording that does not exist.
 * Sources: "Live, error codes", "API Gateway, error codes", and the page of each operation.
 */
import type { Failure } from '../../session/facts.ts';
import type { HttpReply } from '../http.ts';
import { VendorFailure } from '../recorder.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { errorOf, type HuaweiError } from './wire.ts';

/** What a refusal is, for code that must decide; `other` is everything that only people can mend. */
export type Refusal =
  /** A recording of this stream exists, or was stopped less than 10 s ago. */
  | 'recording'
  /** "Request Illegal": one of several conditions, which only looking tells. */
  | 'illegal'
  /** The recording, rule or configuration does not exist. */
  | 'missing'
  /** A rule or configuration of this name exists. */
  | 'exists'
  | 'auth'
  | 'throttled'
  | 'other';

/** A refusal of the vendor that code must tell apart, besides the failure for people. */
export class HuaweiRefusal extends VendorFailure {
  readonly is: Refusal;
  readonly status: number;

  constructor(is: Refusal, status: number, failure: Failure) {
    super(failure);
    this.is = is;
    this.status = status;
  }
}

export function isRefusal(error: unknown, is: Refusal): error is HuaweiRefusal {
  return error instanceof HuaweiRefusal && error.is === is;
}

export interface HuaweiCall {
  operation: Operation;
  effect: 'read' | 'write';
  /** Every secret of the request: a reply that repeats a part of one is not quoted. */
  secrets: readonly string[];
}

interface Row {
  /** Of the gateway (`APIGW.`, `APIG.`), and not of the service. */
  gateway?: true;
  status?: readonly number[];
  codes?: readonly string[];
  says?: RegExp;
  on?: (operation: Operation) => boolean;
  is: Refusal;
  fact: Pick<Failure, 'code' | 'who' | 'retry' | 'cause'>;
  /** For a call that may have acted; a row without it is certain that it has not. */
  applied?: 'unknown';
  tells: string;
}

const fact = (
  code: Failure['code'],
  who: Failure['who'],
  retry: Failure['retry'],
  cause: Failure['cause'] = 'vendor-fault',
): Row['fact'] => ({ code, who, retry, cause });

const FAULT = fact('E_VENDOR_FAULT', 'vendor', 'later');
/** Maintenance and operations that are not supported for now: seconds do not help. */
const SLOW = fact('E_VENDOR_FAULT', 'vendor', 60_000);
const AUTH = fact('E_VENDOR_AUTH', 'you', 'later', 'credentials');
const YOURS = fact('E_VENDOR_REFUSED', 'you', 'never');
const ACCOUNT = fact('E_VENDOR_REFUSED', 'you', 'later');
const VENDOR = fact('E_VENDOR_REFUSED', 'vendor', 'later');
/** The gateway's advice: again after 2 to 5 s. */
const THROTTLED = fact('E_VENDOR_THROTTLED', 'vendor', 5_000);

const onStop = ({ name }: Operation): boolean => name === OPERATIONS.stop.name;
const onControl = ({ name }: Operation): boolean => name.startsWith('record/control');

/** Read from top to bottom; the first row that fits is the answer. */
const TABLE: Row[] = [
  // The gateway, before the service has seen anything.
  {
    gateway: true,
    codes: ['0301'],
    says: /expired|server time/i,
    is: 'auth',
    fact: AUTH,
    tells:
      "the clock of this machine is more than 15 minutes from Huawei's, or the request was long under way",
  },
  {
    gateway: true,
    codes: ['0301'],
    is: 'auth',
    fact: AUTH,
    tells:
      'the signature or the token is not accepted: check the keys of the account (after many failures Huawei locks out for a while)',
  },
  {
    gateway: true,
    codes: ['0307'],
    is: 'auth',
    fact: AUTH,
    tells: 'the token has ended and must be renewed',
  },
  {
    gateway: true,
    codes: ['0302', '0303', '0304', '0305'],
    is: 'auth',
    fact: AUTH,
    tells: 'this IAM user or application may not call it',
  },
  {
    gateway: true,
    codes: ['0308'],
    is: 'throttled',
    fact: THROTTLED,
    tells: 'Huawei asks for fewer calls of this kind a minute',
  },
  {
    gateway: true,
    codes: ['0101', '0102', '0103', '0104'],
    is: 'other',
    fact: ACCOUNT,
    tells: 'there is no such call at this address: check region or url of the account',
  },
  {
    status: [429],
    is: 'throttled',
    fact: THROTTLED,
    tells: 'Huawei asks for fewer calls of this kind a minute',
  },
  // The service.
  {
    codes: ['100011022'],
    is: 'recording',
    fact: ACCOUNT,
    tells: 'a recording of this stream exists, or was stopped less than 10 s ago',
  },
  {
    status: [404],
    codes: ['100011001'],
    is: 'missing',
    fact: VENDOR,
    tells: 'there is no such recording, rule or configuration',
  },
  {
    // The edition of 2021 knew no 404: then it is the words that tell.
    codes: ['100011001'],
    says: /\bnot exists?\b/i,
    on: onStop,
    is: 'missing',
    fact: VENDOR,
    tells: 'there is no such recording',
  },
  { codes: ['103011019'], is: 'missing', fact: ACCOUNT, tells: 'there is no such domain or resource' },
  {
    codes: ['100011001'],
    on: onControl,
    is: 'illegal',
    fact: ACCOUNT,
    tells:
      'Huawei calls the request illegal: the stream is not pushed, has no rule of type COMMAND_RECORD, or no recording',
  },
  {
    codes: ['100011001'],
    is: 'illegal',
    fact: ACCOUNT,
    tells: 'Huawei refuses a parameter, or does not know what it is about',
  },
  { codes: ['103011018'], is: 'exists', fact: ACCOUNT, tells: 'there is one of this name already' },
  { codes: ['103011022'], is: 'other', fact: ACCOUNT, tells: 'its present state does not allow this' },
  {
    codes: ['103011021'],
    is: 'other',
    fact: FAULT,
    applied: 'unknown',
    tells: "Huawei's database did not answer",
  },
  {
    codes: ['100011006', '100011008'],
    is: 'other',
    fact: SLOW,
    tells: 'this part of Live is under maintenance, or does not do this',
  },
  {
    codes: ['100011002'],
    is: 'auth',
    fact: AUTH,
    tells: 'Live does not accept the credentials of this account',
  },
  { codes: ['100011003'], is: 'auth', fact: AUTH, tells: 'the credentials of this account do not permit it' },
  {
    codes: ['100011009'],
    is: 'auth',
    fact: AUTH,
    tells: 'Live does not know this user',
  },
  {
    codes: ['100011013'],
    is: 'other',
    fact: ACCOUNT,
    tells: 'the account has no real-name authentication',
  },
  {
    codes: ['100011014'],
    is: 'other',
    fact: ACCOUNT,
    tells: 'the account is frozen or in arrears',
  },
  {
    codes: ['100011015'],
    is: 'auth',
    fact: AUTH,
    tells: 'the project id does not belong to the credentials',
  },
  { codes: ['100011004'], is: 'other', fact: ACCOUNT, tells: 'this endpoint takes https only' },
  {
    codes: ['100011011', '100011012'],
    is: 'other',
    fact: fact('E_VENDOR_REFUSED', 'keeprolling', 'never'),
    tells: 'Huawei takes no such method or media type here',
  },
  { codes: ['103011016'], is: 'other', fact: YOURS, tells: 'Huawei calls the content illegal' },
  { codes: ['103011020'], is: 'other', fact: ACCOUNT, tells: 'the account has as many domains as it may' },
  {
    codes: ['103011024', '103011025', '103011026', '103011027'],
    is: 'other',
    fact: ACCOUNT,
    tells: 'the domain has no ICP licence, or is on a list of forbidden ones',
  },
  {
    codes: ['100011000', '100011005', '103011017', '103011023', '103011028'],
    is: 'other',
    fact: FAULT,
    applied: 'unknown',
    tells: 'Huawei failed inside',
  },
  {
    codes: ['100011007'],
    is: 'throttled',
    fact: THROTTLED,
    applied: 'unknown',
    tells: 'Huawei does as much at once as it can',
  },
  // Without a code that is known.
  {
    status: [401, 403],
    is: 'auth',
    fact: AUTH,
    tells: 'Huawei does not accept the credentials of this account',
  },
  { status: [404], is: 'other', fact: ACCOUNT, tells: 'there is nothing of the kind at this address' },
  { status: [400, 405, 406, 409, 413, 415], is: 'other', fact: ACCOUNT, tells: 'Huawei refuses it' },
];

const REDIRECTED: Row = {
  is: 'other',
  fact: ACCOUNT,
  tells: 'the address answers with a redirection; the account needs the address that it leads to',
};
const UNKNOWN: Row = {
  is: 'other',
  fact: FAULT,
  applied: 'unknown',
  tells: 'Huawei, or a proxy before it, failed',
};

/** Classifies a reply that is not a success. */
export function refusalOf(call: HuaweiCall, reply: HttpReply): HuaweiRefusal {
  const error = errorOf(reply.text);
  const row = TABLE.find((one) => fits(one, call, reply, error)) ?? otherwise(reply);
  const after = retryAfterMs(reply.headers['retry-after']);
  return new HuaweiRefusal(row.is, reply.status, {
    ...row.fact,
    ...(typeof row.fact.retry === 'number' && after !== null && { retry: Math.max(after, 1_000) }),
    message: sentence(call, reply.status, row, error),
    applied: call.effect === 'write' ? (row.applied ?? 'no') : 'no',
    vendor: vendorOf(call, reply, error),
  });
}

function fits(row: Row, { operation }: HuaweiCall, { status }: HttpReply, error: HuaweiError): boolean {
  if ((row.gateway === true) !== isOfGateway(error) && row.codes !== undefined) return false;
  if (row.codes && !row.codes.includes(error.code)) return false;
  if (row.status && !row.status.includes(status)) return false;
  if (row.says && !row.says.test(error.message)) return false;
  return row.on?.(operation) ?? true;
}

/** `APIGW.0301` of the newer gateway, `APIG.0301` of the older one. */
function isOfGateway({ written }: HuaweiError): boolean {
  return /^APIG(W)?\./i.test(written);
}

function otherwise({ status }: HttpReply): Row {
  return status >= 300 && status < 400 ? REDIRECTED : UNKNOWN;
}

/** A success whose body is not the documented form: what it did is not known. */
export function malformed(call: HuaweiCall, reply: HttpReply, what: string): VendorFailure {
  return new VendorFailure({
    code: 'E_VENDOR_MALFORMED',
    message: `${call.operation.name}: Huawei answered ${reply.status} with ${what}.`,
    who: 'vendor',
    applied: call.effect === 'write' ? 'unknown' : 'no',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: vendorOf(call, reply),
  });
}

function vendorOf(call: HuaweiCall, reply: HttpReply, error?: HuaweiError): NonNullable<Failure['vendor']> {
  const requestId = requestIdOf(call, reply) ?? quotable(call, error?.requestId);
  return {
    operation: call.operation.name,
    status: reply.status,
    ...(error && error.written !== '' && !repeats(error.written, call.secrets) && { code: error.written }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** All that a 200 of `record/control` gives. A header goes into history as it is, so it is not trusted either. */
export function requestIdOf(call: HuaweiCall, { requestId }: HttpReply): string | undefined {
  return quotable(call, requestId);
}

function quotable({ secrets }: HuaweiCall, text: string | undefined): string | undefined {
  if (!text || repeats(text, secrets)) return undefined;
  return text.slice(0, 150);
}

function sentence(call: HuaweiCall, status: number, row: Row, { written, message }: HuaweiError): string {
  const { name, permission } = call.operation;
  const needs = row.is === 'auth' && permission !== undefined ? ` (it takes ${permission})` : '';
  const code = written === '' || repeats(written, call.secrets) ? '' : ` ${written}`;
  return `${name}: ${row.tells}${needs}; it answered ${status}${code}${quoted(message, row, call.secrets)}.`;
}

/** The gateway's word on a wrong signature holds all that was signed, a security token among it. */
function quoted(message: string, { is }: Row, secrets: readonly string[]): string {
  const words = message.replace(/\s+/g, ' ').trim();
  if (words === '' || words.length > 300 || is === 'auth' || words.includes('://') || repeats(words, secrets))
    return '';
  return ` ("${words.slice(0, 200).replace(/\.$/, '')}")`;
}

/** So much of a secret may stand in a text by chance. */
const TELLING = 8;

/** Whether a text holds a secret or a telling part of one, in whatever case. */
export function repeats(text: string, secrets: readonly string[]): boolean {
  const plain = text.toLowerCase();
  return secrets.some((secret) => partsOf(secret.toLowerCase()).some((part) => plain.includes(part)));
}

function partsOf(secret: string): string[] {
  if (secret.length <= TELLING) return secret === '' ? [] : [secret];
  return Array.from({ length: secret.length - TELLING + 1 }, (_, at) => secret.slice(at, at + TELLING));
}

function retryAfterMs(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : null;
}
