/**
 * ApsaraVideo's refusals as facts, by their `Code` and never by the HTTP status alone: throttling is a 400, and the same
 * refusal has been 404, 400 and 409 over the years. Two generations of codes are in use.
 * Sources: error tables of AddLiveAppRecordConfig (2025-07) and RealTimeRecordCommand (2018 and 2024-11), common error
 * codes of Alibaba Cloud.
 */
import { z } from 'zod';
import type { AlibabaOperation } from '../../contract/vendors/alibaba/requests.ts';
import type { Failure } from '../../session/facts.ts';
import type { HttpReply } from '../http.ts';

export interface AlibabaCall {
  operation: AlibabaOperation;
  effect: 'read' | 'write';
  /** Of the keys that sign: no reply that repeats one is quoted. */
  secrets: readonly string[];
}

/** What a refusal is, for code that must decide; `other` is everything that only people can mend. */
export type Refusal =
  | 'throttled'
  /** The keys themselves. */
  | 'auth'
  /** The keys are good, and may not do this. */
  | 'permission'
  | 'nonce-used'
  | 'clock'
  /** No such stream is being pushed. */
  | 'no-stream'
  /** No config that is in force for this push. */
  | 'no-config'
  | 'already-started'
  /** The command does not fit what the recording is doing. */
  | 'wrong-state'
  | 'config-exists'
  /** Recording to VOD is configured, which excludes OSS. */
  | 'vod-config'
  | 'destination'
  | 'bad-parameter'
  | 'no-domain'
  | 'account'
  | 'route'
  | 'fault'
  | 'other';

interface Row {
  code: RegExp;
  is: Refusal;
  fact: Pick<Failure, 'code' | 'who' | 'retry' | 'cause'>;
  /** For a call that may have acted all the same. */
  applied?: 'unknown';
  tells: string | ((call: AlibabaCall) => string);
}

const fact = (
  code: Failure['code'],
  who: Failure['who'],
  retry: Failure['retry'],
  cause: Failure['cause'] = 'vendor-fault',
): Row['fact'] => ({ code, who, retry, cause });

const FAULT = fact('E_VENDOR_FAULT', 'vendor', 'later');
const AUTH = fact('E_VENDOR_AUTH', 'you', 'later', 'credentials');
const YOURS = fact('E_VENDOR_REFUSED', 'you', 'never');
const ACCOUNT = fact('E_VENDOR_REFUSED', 'you', 'later');
const OURS = fact('E_VENDOR_REFUSED', 'keeprolling', 'never');
const STATE = fact('E_VENDOR_REFUSED', 'vendor', 'later');
const UNREADY = fact('E_ACCOUNT_UNREADY', 'you', 'later', 'vendor-rule');
const DESTINATION = fact('E_DESTINATION', 'destination', 'later', 'destination');

const permission = ({ operation }: AlibabaCall): string =>
  `these keys may not do it; their policy in RAM needs live:${operation} for acs:cdn:*:<account>:domain/<domain>`;

/** Read from top to bottom; the first row that fits is the answer. */
const TABLE: Row[] = [
  // Any call ("Common error codes").
  {
    code: /Throttling/,
    is: 'throttled',
    fact: fact('E_VENDOR_THROTTLED', 'vendor', 'later'),
    tells: 'ApsaraVideo asks for fewer calls',
  },
  {
    code: /^(InvalidAccessKeyId(\..*)?|InvalidAccessKeySecret|SignatureDoesNotMatch|IncompleteSignature|MissingSecurityToken)$/,
    is: 'auth',
    fact: AUTH,
    tells: 'ApsaraVideo does not accept the keys of this account',
  },
  {
    code: /^InvalidSecurityToken(\..*)?$/,
    is: 'auth',
    fact: AUTH,
    tells: 'the temporary keys of this account have ended, or do not belong to their token',
  },
  {
    // Its nonce is drawn anew for each attempt: another copy of this very request has come first.
    code: /^SignatureNonceUsed$/,
    is: 'nonce-used',
    fact: fact('E_VENDOR_UNANSWERED', 'vendor', 'later'),
    applied: 'unknown',
    tells: 'another copy of this request came first, and its answer is lost; the next attempt is signed anew',
  },
  {
    code: /^(InvalidTimeStamp\..*|InvalidTimestamp\..*|IllegalTimestamp)$/,
    is: 'clock',
    fact: fact('E_VENDOR_REFUSED', 'you', 'later'),
    tells:
      'the clock of this machine and that of ApsaraVideo are more than 15 minutes apart, or the request was on its way for so long; the next attempt is signed anew',
  },
  {
    code: /^(Forbidden(\..*)?|NoPermission|IllegalOperation)$/,
    is: 'permission',
    fact: AUTH,
    tells: permission,
  },
  {
    code: /^(InvalidIdentity\.ServiceDisabled|InvalidOperation\.ServiceDisabled|ServiceNotOpen)$/,
    is: 'account',
    fact: ACCOUNT,
    tells: 'ApsaraVideo Live is not enabled for this account',
  },
  {
    code: /^(UnsupportedHTTPMethod|InvalidAction\.NotFound|InvalidVersion|UnsupportedSignatureMethod)$/,
    is: 'route',
    fact: OURS,
    tells: 'there is no such call at this address',
  },
  {
    code: /^(InternalError|ServiceUnavailable|ServiceUnavailableTemporary|InternalServerError)$/,
    is: 'fault',
    fact: FAULT,
    applied: 'unknown',
    tells: 'ApsaraVideo failed inside, and does not say what it did',
  },
  // RealTimeRecordCommand, both generations.
  {
    code: /^(StreamNotFound|InvalidStream\.NotFound)$/,
    is: 'no-stream',
    fact: fact('E_VENDOR_REFUSED', 'source', 'later', 'source-absent'),
    tells: 'no such stream is being pushed',
  },
  {
    code: /^(CodeConfigNotFound|InvalidConfig\.NotFound|ConfigNotFound)$/,
    is: 'no-config',
    fact: UNREADY,
    tells: 'there is no such config, or none that was there when the stream was pushed',
  },
  {
    code: /^TaskAlreadyStarted$/,
    is: 'already-started',
    fact: STATE,
    tells: 'it is being recorded already',
  },
  {
    code: /^Task[A-Z]/,
    is: 'wrong-state',
    fact: STATE,
    tells: 'the command does not fit what the recording is doing',
  },
  // AddLiveAppRecordConfig.
  {
    code: /^Live2Vod\.ConfigAlreadyExists$/,
    is: 'vod-config',
    fact: UNREADY,
    tells: 'this stream is configured to be recorded to VOD, which excludes OSS; delete that config first',
  },
  {
    code: /^ConfigAlreadyExists$/,
    is: 'config-exists',
    fact: UNREADY,
    tells: 'there is a config for this domain, application and stream already',
  },
  {
    code: /^InvalidOss(Endpoint|Bucket)\.(Malformed|NotFound)$/,
    is: 'destination',
    fact: DESTINATION,
    tells: 'there is no such bucket in that region, or ApsaraVideo may not write to it',
  },
  {
    code: /^InvalidFormat\.IllegalOperation$/,
    is: 'bad-parameter',
    fact: YOURS,
    tells: 'ApsaraVideo does not take these formats together in one config; name one of them',
  },
  {
    code: /^(InvalidFormat|InvalidCycleDuration|InvalidSliceDuration|InvalidOssObjectPrefix|InvalidSliceOssObjectPrefix|InvalidStartTime|InvalidEndTime)\.(Malformed|Mismatch)$/,
    is: 'bad-parameter',
    fact: YOURS,
    tells: 'ApsaraVideo refuses a parameter of the config',
  },
  {
    code: /^(InvalidTemplateLength\.Malformed|InvalidTemplate\.ForbidRaw|MissingTemplate|MissingOssObjectPrefix|MissingSliceOssObjectPrefix|InvalidDelayTime)$/,
    is: 'bad-parameter',
    fact: YOURS,
    tells: 'ApsaraVideo refuses a parameter of the config',
  },
  {
    code: /^(InvalidDomain(Name)?\.(NotFound|Malformed)|DomainNotFound|InvalidRegion)$/,
    is: 'no-domain',
    fact: YOURS,
    tells:
      'this account has no such domain in ApsaraVideo Live, which records by playback domain and never by the ingest domain that an encoder pushes to',
  },
  {
    code: /^(Missing|Malformed|Invalid)/,
    is: 'bad-parameter',
    fact: YOURS,
    tells: 'ApsaraVideo refuses a parameter',
  },
];

const NO_CODE: Row[] = [
  { code: /^[3]/, is: 'route', fact: ACCOUNT, tells: 'the address answers with a redirection' },
  { code: /^404/, is: 'route', fact: ACCOUNT, tells: 'nothing at this address speaks for ApsaraVideo' },
  {
    code: /^5/,
    is: 'fault',
    fact: FAULT,
    applied: 'unknown',
    tells: 'ApsaraVideo, or a proxy before it, failed',
  },
];

const UNKNOWN: Row = {
  code: /^/,
  is: 'other',
  fact: FAULT,
  applied: 'unknown',
  tells: 'ApsaraVideo answered with what is in none of its tables',
};

const errorSchema = z.looseObject({
  Code: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/)
    .optional()
    .catch(undefined),
  RequestId: z.string().optional().catch(undefined),
});

function errorOf(text: string): z.output<typeof errorSchema> {
  try {
    return errorSchema.catch({}).parse(JSON.parse(text));
  } catch {
    return {};
  }
}

function rowOf(code: string | undefined, status: number): Row {
  const known = code === undefined ? undefined : TABLE.find((row) => row.code.test(code));
  // A code that nobody knows says nothing: its status may.
  return known ?? NO_CODE.find((row) => row.code.test(String(status))) ?? UNKNOWN;
}

/** Classifies a reply that is not a success. Its `Message` is never quoted: it may hold what was signed. */
export function refusalOf(call: AlibabaCall, reply: HttpReply): { is: Refusal; failure: Failure } {
  const { Code: code } = errorOf(reply.text);
  const row = rowOf(code, reply.status);
  const tells = typeof row.tells === 'string' ? row.tells : row.tells(call);
  const afterMs = retryAfterMs(reply.headers['x-acs-retry-after']);
  return {
    is: row.is,
    failure: {
      ...row.fact,
      ...(row.fact.retry === 'later' && afterMs !== null && { retry: afterMs }),
      message: `${call.operation}: ${tells}; it answered ${reply.status}${code === undefined ? '' : ` ${code}`}.`,
      applied: call.effect === 'write' ? (row.applied ?? 'no') : 'no',
      vendor: vendorOf(call, reply, code),
    },
  };
}

/** A success whose body is not the documented form: what it did is not known. */
export function malformed(call: AlibabaCall, reply: HttpReply, what: string): Failure {
  return {
    code: 'E_VENDOR_MALFORMED',
    message: `${call.operation}: ApsaraVideo answered ${reply.status} with ${what}.`,
    who: 'vendor',
    applied: call.effect === 'write' ? 'unknown' : 'no',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: vendorOf(call, reply),
  };
}

function vendorOf(call: AlibabaCall, reply: HttpReply, code?: string): NonNullable<Failure['vendor']> {
  const requestId = requestIdOf(call, errorOf(reply.text).RequestId);
  return {
    operation: call.operation,
    status: reply.status,
    ...(code !== undefined && { code }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** It goes into history as it is, so it is not trusted. */
export function requestIdOf({ secrets }: AlibabaCall, id: string | undefined): string | undefined {
  if (id === undefined || !/^[A-Za-z0-9*-]{1,64}$/.test(id)) return undefined;
  return secrets.some((secret) => secret !== '' && id.includes(secret)) ? undefined : id;
}

/** In milliseconds, as the vendor's own clients read it. */
function retryAfterMs(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,7}$/.test(header) ? Number(header) : null;
}
