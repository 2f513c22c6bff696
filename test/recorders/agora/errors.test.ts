import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  refusalOf,
  repeats,
  type AgoraOperation,
  type Refusal,
} from '../../../src/recorders/agora/errors.ts';

const READS: AgoraOperation[] = ['acquire', 'query'];

function refusal(operation: AgoraOperation, status: number, body: unknown, secrets: string[] = []) {
  const effect = READS.includes(operation) ? 'read' : 'write';
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return refusalOf({ operation, effect, secrets }, { status, headers: {}, text });
}

type Expected = [
  operation: AgoraOperation,
  status: number,
  body: unknown,
  is: Refusal,
  code: string,
  who: string,
  applied: string,
];

const says = (code: number, reason = 'words') => ({ code, reason });

describe('refusals of Agora', () => {
  it.each<Expected>([
    // The gateway.
    ['start', 400, { message: 'appid is invalid' }, 'account', 'E_VENDOR_REFUSED', 'you', 'no'],
    ['start', 401, { message: 'Unauthorized' }, 'auth', 'E_VENDOR_AUTH', 'you', 'no'],
    ['stop', 401, { message: 'Invalid authentication credentials' }, 'auth', 'E_VENDOR_AUTH', 'you', 'no'],
    ['stop', 403, '<html>', 'auth', 'E_VENDOR_AUTH', 'you', 'no'],
    [
      'stop',
      404,
      { message: 'no Route matched with those values' },
      'route',
      'E_VENDOR_REFUSED',
      'you',
      'no',
    ],
    [
      'update',
      429,
      { message: 'API rate limit exceeded' },
      'throttled',
      'E_VENDOR_THROTTLED',
      'vendor',
      'no',
    ],
    ['stop', 302, '', 'route', 'E_VENDOR_REFUSED', 'you', 'no'],
    ['stop', 404, '<html>', 'route', 'E_VENDOR_REFUSED', 'you', 'no'],
    // acquire, table of 2026
    [
      'acquire',
      400,
      says(2, 'Acquire: invalid uid value!'),
      'bad-parameter',
      'E_VENDOR_REFUSED',
      'you',
      'no',
    ],
    ['acquire', 400, says(400, 'invalid_appid'), 'account', 'E_VENDOR_REFUSED', 'you', 'no'],
    ['acquire', 400, says(401, 'invalid_channel_name'), 'bad-parameter', 'E_VENDOR_REFUSED', 'you', 'no'],
    ['acquire', 400, says(405, 'no_active_status'), 'account', 'E_VENDOR_REFUSED', 'you', 'no'],
    ['acquire', 400, says(406, 'vendor_over_load'), 'overload', 'E_VENDOR_THROTTLED', 'you', 'no'],
    ['acquire', 500, says(500, 'internal_error'), 'no-worker', 'E_VENDOR_FAULT', 'vendor', 'no'],
    ['acquire', 500, says(501, 'no_worker_manager_available'), 'no-worker', 'E_VENDOR_FAULT', 'vendor', 'no'],
    ['acquire', 500, says(504, 'allocate_timeout'), 'no-worker', 'E_VENDOR_FAULT', 'vendor', 'no'],
    // start, table of 2026
    ['start', 201, says(7, 'already started'), 'already-started', 'E_VENDOR_UNANSWERED', 'vendor', 'unnamed'],
    ['start', 201, { code: 7, sid: '' }, 'already-started', 'E_VENDOR_UNANSWERED', 'vendor', 'unnamed'],
    [
      'start',
      206,
      says(65, 'request not completed'),
      'unknown-outcome',
      'E_VENDOR_UNANSWERED',
      'vendor',
      'unknown',
    ],
    ['start', 400, says(2), 'bad-parameter', 'E_VENDOR_REFUSED', 'you', 'no'],
    ['start', 400, says(53, 'task conflict'), 'conflict', 'E_VENDOR_REFUSED', 'keeprolling', 'no'],
    ['start', 500, says(502, 'Failed to allocate worker'), 'no-worker', 'E_VENDOR_FAULT', 'vendor', 'no'],
    [
      'start',
      500,
      says(62, 'request timeout'),
      'unknown-outcome',
      'E_VENDOR_UNANSWERED',
      'vendor',
      'unknown',
    ],
    // the other four
    ['query', 206, says(65), 'unknown-outcome', 'E_VENDOR_UNANSWERED', 'vendor', 'no'],
    ['query', 404, says(404, 'failed to find worker'), 'gone', 'E_VENDOR_REFUSED', 'vendor', 'no'],
    ['stop', 404, { reason: 'Failed to find worker' }, 'gone', 'E_VENDOR_REFUSED', 'vendor', 'no'],
    ['update', 404, says(404), 'gone', 'E_VENDOR_REFUSED', 'vendor', 'no'],
    ['query', 504, says(62), 'unknown-outcome', 'E_VENDOR_UNANSWERED', 'vendor', 'no'],
    ['update', 504, says(62), 'unknown-outcome', 'E_VENDOR_UNANSWERED', 'vendor', 'unknown'],
    ['updateLayout', 206, says(65), 'unknown-outcome', 'E_VENDOR_UNANSWERED', 'vendor', 'unknown'],
    ['stop', 206, says(435, 'no recorded data'), 'no-data', 'E_VENDOR_REFUSED', 'source', 'unknown'],
    ['stop', 400, says(49, 'invalid operation'), 'exiting', 'E_VENDOR_REFUSED', 'vendor', 'no'],
    // older codes, under whatever status
    ['acquire', 400, says(62), 'account', 'E_VENDOR_REFUSED', 'you', 'no'],
    ['acquire', 400, says(1013), 'bad-parameter', 'E_VENDOR_REFUSED', 'you', 'no'],
    [
      'start',
      500,
      { resourceId: 'r', sid: '', code: 15 },
      'unknown-outcome',
      'E_VENDOR_UNANSWERED',
      'vendor',
      'unknown',
    ],
    ['start', 400, says(109), 'rtc-token', 'E_VENDOR_AUTH', 'you', 'no'],
    ['start', 401, says(110), 'auth', 'E_VENDOR_AUTH', 'you', 'no'],
    ['start', 400, says(432), 'reservation-invalid', 'E_VENDOR_REFUSED', 'keeprolling', 'no'],
    ['start', 404, says(433), 'reservation-expired', 'E_VENDOR_REFUSED', 'keeprolling', 'no'],
    ['start', 400, says(1001), 'reservation-invalid', 'E_VENDOR_REFUSED', 'keeprolling', 'no'],
    [
      'start',
      400,
      says(2, 'Start: invalid resourceId value!'),
      'reservation-invalid',
      'E_VENDOR_REFUSED',
      'keeprolling',
      'no',
    ],
    ['query', 400, says(1003), 'reservation-invalid', 'E_VENDOR_REFUSED', 'keeprolling', 'no'],
    ['query', 404, says(501), 'exiting', 'E_VENDOR_REFUSED', 'vendor', 'no'],
    ['stop', 500, says(501), 'exiting', 'E_VENDOR_REFUSED', 'vendor', 'no'],
    ['stop', 504, says(50), 'unknown-outcome', 'E_VENDOR_UNANSWERED', 'vendor', 'unknown'],
    ['updateLayout', 400, says(1028), 'bad-parameter', 'E_VENDOR_REFUSED', 'you', 'no'],
    ['update', 400, says(8), 'bad-parameter', 'E_VENDOR_REFUSED', 'keeprolling', 'no'],
    ['update', 400, { code: '2' }, 'bad-parameter', 'E_VENDOR_REFUSED', 'you', 'no'],
    // in no table
    ['start', 400, says(9_999), 'other', 'E_VENDOR_FAULT', 'vendor', 'unknown'],
    ['start', 502, '<html>bad gateway</html>', 'other', 'E_VENDOR_FAULT', 'vendor', 'unknown'],
    ['start', 206, '', 'other', 'E_VENDOR_FAULT', 'vendor', 'unknown'],
    ['stop', 206, says(1), 'other', 'E_VENDOR_FAULT', 'vendor', 'unknown'],
    ['query', 418, '', 'other', 'E_VENDOR_FAULT', 'vendor', 'no'],
  ])('%s %s %j is %s', (operation, status, body, is, code, who, applied) => {
    const found = refusal(operation, status, body);
    expect(found).toMatchObject({ is, failure: { code, who, applied, vendor: { operation, status } } });
    expect(found.failure.message).toMatch(new RegExp(`^${operation}: .+\\.$`));
    expect(found.failure.message).not.toContain('<html>');
  });

  it('make no gap for which the vendor would be blamed where the key or the source is at fault', () => {
    expect(refusal('start', 401, '').failure.cause).toBe('credentials');
    expect(refusal('start', 400, says(110)).failure.cause).toBe('credentials');
    expect(refusal('stop', 206, says(435)).failure.cause).toBe('source-absent');
  });

  it('give a number to wait where a header does, and only where waiting helps', () => {
    const headers = { 'retry-after': '7' };
    const call = { operation: 'update', effect: 'write', secrets: [] } as const;
    expect(refusalOf(call, { status: 429, headers, text: '' }).failure.retry).toBe(7_000);
    expect(refusalOf(call, { status: 400, headers, text: '{"code":2}' }).failure.retry).toBe('never');
  });

  it('quote a reason, cut, without line breaks', () => {
    const { failure } = refusal('acquire', 400, says(2, `Acquire:\n invalid ${'x'.repeat(500)}`));
    expect(failure.message).toMatch(/it answered 400 code 2 \("Acquire: invalid x{180,}"\)\.$/);
    expect(failure.message.length).toBeLessThan(320);
  });

  it.each([
    ['as it is', 'secretKey CANARY/Secret+1 is wrong'],
    ['in another case', 'SECRETKEY canary/secret+1'],
    ['cut', 'starts with CANARY/S'],
    ['percent-encoded', `key=${encodeURIComponent('CANARY/Secret+1')}`],
    ['in base64', Buffer.from('CANARY/Secret+1').toString('base64')],
  ])('quote no reason that repeats a secret %s', (_how, reason) => {
    const { failure } = refusal('update', 400, says(2, reason), ['CANARY/Secret+1']);
    expect(failure.message).toBe('update: Agora refuses a parameter; it answered 400 code 2.');
  });

  it('find any telling part of any secret', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), fc.string(), (secret, before, after) => {
        expect(repeats(before + secret + after, [secret])).toBe(true);
        expect(repeats(before + secret.slice(0, 6) + after, [secret])).toBe(true);
      }),
    );
    expect(repeats('invalid bucket', ['AKIAEXAMPLE', ''])).toBe(false);
  });
});
