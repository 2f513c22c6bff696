/** Every code of Huawei's tables as a fact: who must act, whether it was applied, when to try again. */
import { describe, expect, it } from 'vitest';
import { refusalOf, type HuaweiCall, type HuaweiRefusal } from '../../../src/recorders/huawei/errors.ts';
import { OPERATIONS, type Operation } from '../../../src/recorders/huawei/operations.ts';

const SECRET = 'CANARY0secret0key';

function refused(
  status: number,
  code: string,
  operation: Operation = OPERATIONS.start,
  message = 'words',
): HuaweiRefusal {
  const isRead = operation.name.includes('list') || operation === OPERATIONS.listStreams;
  const call: HuaweiCall = { operation, effect: isRead ? 'read' : 'write', secrets: [SECRET] };
  const text = JSON.stringify({ error_code: code, error_msg: message });
  return refusalOf(call, { status, headers: {}, text, requestId: 'r-1' });
}

describe('codes of Live', () => {
  it.each([
    [400, 'LIVE.100011001', 'illegal', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [404, 'LIVE.100011001', 'missing', 'E_VENDOR_REFUSED', 'vendor', 'later', 'no'],
    [400, 'LIVE.100011022', 'recording', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [400, 'LIVE.103011018', 'exists', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [400, 'LIVE.103011022', 'other', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [400, 'LIVE.103011021', 'other', 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
    [400, 'LIVE.100011006', 'other', 'E_VENDOR_FAULT', 'vendor', 60_000, 'no'],
    [400, 'LIVE.100011008', 'other', 'E_VENDOR_FAULT', 'vendor', 60_000, 'no'],
    [400, 'LIVE.100011004', 'other', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [400, 'LIVE.100011011', 'other', 'E_VENDOR_REFUSED', 'keeprolling', 'never', 'no'],
    [400, 'LIVE.100011012', 'other', 'E_VENDOR_REFUSED', 'keeprolling', 'never', 'no'],
    [400, 'LIVE.100011009', 'auth', 'E_VENDOR_AUTH', 'you', 'later', 'no'],
    [400, 'LIVE.100011013', 'other', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [400, 'LIVE.103011020', 'other', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [400, 'LIVE.103011024', 'other', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [400, 'LIVE.103011025', 'other', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [400, 'LIVE.103011026', 'other', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [400, 'LIVE.103011027', 'other', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [401, 'LIVE.100011002', 'auth', 'E_VENDOR_AUTH', 'you', 'later', 'no'],
    [401, 'LIVE.100011003', 'auth', 'E_VENDOR_AUTH', 'you', 'later', 'no'],
    [401, 'LIVE.100011014', 'other', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [401, 'LIVE.100011015', 'auth', 'E_VENDOR_AUTH', 'you', 'later', 'no'],
    [403, 'LIVE.103011016', 'other', 'E_VENDOR_REFUSED', 'you', 'never', 'no'],
    [404, 'LIVE.103011019', 'missing', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [400, 'LIVE.103011019', 'missing', 'E_VENDOR_REFUSED', 'you', 'later', 'no'],
    [500, 'LIVE.100011000', 'other', 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
    [500, 'LIVE.100011005', 'other', 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
    [500, 'LIVE.100011007', 'throttled', 'E_VENDOR_THROTTLED', 'vendor', 5_000, 'unknown'],
    [500, 'LIVE.103011017', 'other', 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
    [500, 'LIVE.103011023', 'other', 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
    [500, 'LIVE.103011028', 'other', 'E_VENDOR_FAULT', 'vendor', 'later', 'unknown'],
  ] as const)('%s %s of a command is %s', (status, code, is, ours, who, retry, applied) => {
    const refusal = refused(status, code);
    expect(refusal.is).toBe(is);
    expect(refusal.failure).toMatchObject({ code: ours, who, retry, applied });
    expect(refusal.failure.vendor).toEqual({
      operation: 'record/control START',
      status,
      code,
      requestId: 'r-1',
    });
  });

  it('name the permission that is missing', () => {
    expect(refused(401, 'LIVE.100011003', OPERATIONS.createRule).failure.message).toContain(
      'live:record:createRule',
    );
  });

  it('of a read are never possibly applied', () => {
    expect(refused(500, 'LIVE.100011005', OPERATIONS.listStreams).failure.applied).toBe('no');
  });

  it('100011001 tells something else of a command than of a configuration', () => {
    const [command, rule] = [OPERATIONS.start, OPERATIONS.createRule].map(
      (operation) => refused(400, 'LIVE.100011001', operation).failure.message,
    );
    expect(command).toContain('the stream is not pushed');
    expect(rule).toContain('refuses a parameter');
  });
});

describe.each(['APIGW', 'APIG'])('codes of the gateway %s', (prefix) => {
  it.each([
    [401, '0301', 'auth', 'E_VENDOR_AUTH', 'you', 'later'],
    [401, '0307', 'auth', 'E_VENDOR_AUTH', 'you', 'later'],
    [403, '0302', 'auth', 'E_VENDOR_AUTH', 'you', 'later'],
    [401, '0303', 'auth', 'E_VENDOR_AUTH', 'you', 'later'],
    [429, '0308', 'throttled', 'E_VENDOR_THROTTLED', 'vendor', 5_000],
    [403, '0308', 'throttled', 'E_VENDOR_THROTTLED', 'vendor', 5_000],
    [404, '0101', 'other', 'E_VENDOR_REFUSED', 'you', 'later'],
  ] as const)('%s %s is %s', (status, code, is, ours, who, retry) => {
    const refusal = refused(status, `${prefix}.${code}`);
    expect(refusal.is).toBe(is);
    expect(refusal.failure).toMatchObject({ code: ours, who, retry, applied: 'no' });
  });

  it('tell a clock that is wrong from a key that is', () => {
    const skewed = refused(
      401,
      `${prefix}.0301`,
      OPERATIONS.start,
      'signature expired, server time is 12:00',
    );
    expect(skewed.failure.message).toContain('clock of this machine');
    const wrong = refused(401, `${prefix}.0301`, OPERATIONS.start, 'verify aksk signature fail');
    expect(wrong.failure.message).toContain('check the keys');
  });
});

describe('whatever else is answered', () => {
  it.each([
    [401, 'E_VENDOR_AUTH', 'you', 'no'],
    [403, 'E_VENDOR_AUTH', 'you', 'no'],
    [404, 'E_VENDOR_REFUSED', 'you', 'no'],
    [400, 'E_VENDOR_REFUSED', 'you', 'no'],
    [302, 'E_VENDOR_REFUSED', 'you', 'no'],
    [429, 'E_VENDOR_THROTTLED', 'vendor', 'no'],
    [500, 'E_VENDOR_FAULT', 'vendor', 'unknown'],
    [503, 'E_VENDOR_FAULT', 'vendor', 'unknown'],
  ] as const)('%s without a known code is %s, who: %s', (status, code, who, applied) => {
    const call: HuaweiCall = { operation: OPERATIONS.stop, effect: 'write', secrets: [] };
    const { failure } = refusalOf(call, { status, headers: {}, text: '<html>' });
    expect(failure).toMatchObject({ code, who, applied });
  });

  it('quotes what the vendor says, and no secret', () => {
    expect(refused(400, 'LIVE.103011022', OPERATIONS.start, 'Bad state.').failure.message).toContain(
      '("Bad state")',
    );
    const repeated = refused(400, 'LIVE.103011022', OPERATIONS.start, `key ${SECRET.slice(2, 12)} is bad`);
    expect(repeated.failure.message).not.toContain('key');
    const signed = refused(
      401,
      'APIGW.0301',
      OPERATIONS.start,
      'fail, canonicalRequest:POST|x-security-token:abc',
    );
    expect(signed.failure.message).not.toContain('abc');
  });

  it('waits as long as Retry-After says', () => {
    const call: HuaweiCall = { operation: OPERATIONS.stop, effect: 'write', secrets: [] };
    const headers = { 'retry-after': '7' };
    expect(refusalOf(call, { status: 429, headers, text: '' }).failure.retry).toBe(7_000);
  });
});
