import { describe, expect, it } from 'vitest';
import { omeKit } from './ome-kit.ts';

const startA = { id: 'a', stream: { name: 's' } };
const PATH = '/v1/vhosts/default/apps/app:startRecord';

describe('faults', () => {
  it.each([
    ['refused', 400],
    ['error-unapplied', 500],
    ['throttled', 429],
    ['not-found', 404],
  ])('%s is answered with %i and not applied', (kind, status) => {
    const kit = omeKit();
    kit.control('faults', { op: 'startRecord', kind });
    expect(kit.post('startRecord', startA).status).toBe(status);
    expect(kit.look('a')).toBeUndefined();
    expect(kit.truth('request')[0]).toMatchObject({ verdict: 'refused', status, detail: `fault ${kind}` });
    expect(kit.post('startRecord', startA).status).toBe(200);
  });

  it('a refusal can have another status', () => {
    const kit = omeKit();
    kit.control('faults', { op: 'startRecord', kind: 'refused', status: 403 });
    expect(kit.post('startRecord', startA).json).toEqual({
      message: '[HTTP] Bad Request (403)',
      statusCode: 403,
    });
  });

  it('a list that is not found is empty, or 404 up to 0.15.3', () => {
    for (const [version, status] of [
      ['0.20.0', 200],
      ['0.15.3', 404],
    ] as const) {
      const kit = omeKit({ version });
      kit.start('a');
      kit.control('faults', { op: 'records', kind: 'not-found' });
      expect(kit.post('records', { id: 'a' }).status).toBe(status);
      expect(kit.look('a')).toBeDefined();
    }
  });

  it('a stop that is not found names the id', () => {
    const kit = omeKit();
    kit.start('a');
    kit.control('faults', { op: 'stopRecord', kind: 'not-found' });
    expect(kit.stop('a').json.message).toBe(
      '[HTTP] There is no record information related to the ID [a] (404)',
    );
    expect(kit.look('a')).toBeDefined();
  });

  it('reply-lost cuts the connection after it was applied', () => {
    const kit = omeKit();
    kit.control('faults', { op: 'startRecord', kind: 'reply-lost' });
    expect(kit.answer('POST', PATH, startA)).toEqual({ kind: 'reset', delayMs: 0 });
    expect(kit.look('a')).toBeDefined();
    expect(kit.truth('request')[0]).toMatchObject({
      verdict: 'applied-reply-lost',
      recording: 'default/app/a#1',
    });
  });

  it('error-applied answers 500 although it was applied', () => {
    const kit = omeKit();
    kit.control('faults', { op: 'startRecord', kind: 'error-applied' });
    expect(kit.post('startRecord', startA).status).toBe(500);
    expect(kit.look('a')).toBeDefined();
    expect(kit.truth('request')[0]).toMatchObject({ verdict: 'applied-reply-lost', status: 200 });
  });

  it('malformed cuts the body in the middle', () => {
    const kit = omeKit();
    kit.control('faults', { op: 'startRecord', kind: 'malformed' });
    expect(() => kit.post('startRecord', startA)).toThrow(SyntaxError);
    expect(kit.look('a')).toBeDefined();
  });

  it('late comes after any client has gone', () => {
    const kit = omeKit();
    kit.control('faults', { op: 'startRecord', kind: 'late' });
    const answer = kit.answer('POST', PATH, startA);
    expect(answer.kind === 'response' && answer.delayMs).toBe(600_000);
    expect(kit.look('a')).toBeDefined();
  });

  it('reset cuts the connection before the request was read', () => {
    const kit = omeKit();
    kit.control('faults', { kind: 'reset' });
    expect(kit.answer('POST', PATH, startA).kind).toBe('reset');
    expect(kit.look('a')).toBeUndefined();
  });

  it("leaves the vendor's own refusal a refusal, though its reply is lost", () => {
    const kit = omeKit();
    kit.start('a');
    kit.control('faults', { op: 'startRecord', kind: 'reply-lost' });
    kit.answer('POST', PATH, startA);
    expect(kit.truth('request')[1]).toMatchObject({
      verdict: 'refused',
      status: 400,
      detail: 'fault reply-lost',
    });
  });

  it('hits as often as armed, or for a while, and counts itself', () => {
    const kit = omeKit();
    kit.control('faults', { op: 'records', kind: 'throttled', times: 2 });
    expect([1, 2, 3].map(() => kit.post('records', {}).status)).toEqual([429, 429, 200]);
    kit.control('faults', { op: '*', kind: 'error-unapplied', forMs: 1000 });
    expect(kit.post('records', {}).status).toBe(500);
    kit.wait(1000);
    expect(kit.post('records', {}).status).toBe(200);
    expect(kit.control('faults')).toMatchObject({ fired: { throttled: 2, 'error-unapplied': 1 } });
  });

  it('can be disarmed, and names the kinds there are', () => {
    const kit = omeKit();
    kit.control('faults', { kind: 'reset', times: 9 });
    kit.control('faults', { clear: true });
    expect(kit.post('records', {}).status).toBe(200);
    expect(() => kit.control('faults', { kind: 'odd' })).toThrow('A fault is one of refused');
  });
});
