/** A look tells of the push: the one that was started, another one, or none. */
import { describe, expect, it } from 'vitest';
import { apiOf } from '../../../src/recorders/huawei/handle.ts';
import { readingOf } from '../../../src/recorders/huawei/streams.ts';
import { DOMAIN, kit, MINUTE, SECOND, T0 } from './kit.ts';

const TOKEN = 'canary-security-token-0123456789';

describe('a look', () => {
  it.each([
    ['presumed', 'accepted, its push is online'],
    ['recording', 'accepted, its push is online; that it records a callback told'],
  ])('says of a take that is %s where that is known from', async (belief, sentence) => {
    const k = kit();
    const take = await k.recording(belief);
    expect((await k.look(take)).look.sentence).toBe(sentence);
  });

  it('presumes that it records while the push is the one that was started', async () => {
    const k = kit();
    const take = await k.recording();
    k.clock.advance(MINUTE);
    const { seen, at } = await k.see(take);
    expect(seen).toMatchObject({ take: 1, actual: 'presumed' });
    expect(seen.since).toBeUndefined();
    expect(at).toBe(k.clock.now());
  });

  it('tells when the push ended, between two looks', async () => {
    const k = kit();
    const take = await k.recording();
    const { memory } = await k.see(take);
    const seenAt = k.clock.now();
    k.clock.advance(20 * SECOND);
    k.unpush();
    k.clock.advance(20 * SECOND);
    const gone = await k.see(take, memory);
    expect(gone.seen).toMatchObject({
      actual: 'armed',
      endedAt: { at: seenAt + 20 * SECOND, plusMinusMs: 21 * SECOND },
    });
    k.clock.advance(MINUTE);
    // It does not move, however often it is looked at.
    expect((await k.see(take, gone.memory)).seen.endedAt).toEqual(gone.seen.endedAt);
  });

  it('is unsure of another push, and tells when it came and the former one went', async () => {
    const k = kit();
    const take = await k.recording();
    const { memory } = await k.see(take);
    const seenAt = k.clock.now();
    k.clock.advance(10 * SECOND);
    k.unpush();
    k.clock.advance(10 * SECOND);
    k.push();
    k.clock.advance(40 * SECOND);
    const { seen } = await k.see(take, memory);
    expect(seen).toMatchObject({
      actual: 'unsure',
      since: { at: seenAt + 20 * SECOND, plusMinusMs: SECOND },
      endedAt: { at: seenAt + 10 * SECOND, plusMinusMs: 11 * SECOND },
    });
  });

  it('claims no end without a memory', async () => {
    const k = kit();
    const take = await k.recording();
    k.unpush();
    expect((await k.see(take)).seen).toEqual({ take: 1, actual: 'armed', source: 'no push is online' });
  });

  it('has an end that a callback told asked about by another START, not before 10 s have passed', async () => {
    const k = kit();
    const take = await k.recording();
    const before = await k.see(take);
    const seenAt = k.clock.now();
    k.clock.advance(4 * SECOND);
    const told = await k.see({ ...take, belief: 'told ended' }, before.memory);
    expect(told.seen.actual).toBe('starting');
    k.clock.advance(5 * SECOND);
    const early = await k.see({ ...take, belief: 'starting' }, told.memory);
    expect(early.seen.actual).toBe('starting');
    k.clock.advance(6 * SECOND);
    const late = await k.see({ ...take, belief: 'starting' }, early.memory);
    expect(late.seen).toMatchObject({
      actual: 'unsure',
      endedAt: { at: seenAt + 4 * SECOND, plusMinusMs: 4 * SECOND },
    });
    // As long as nobody has asked, it stays so; afterwards it is presumed again.
    expect((await k.see({ ...take, belief: 'unsure' }, late.memory)).seen.actual).toBe('unsure');
    const asked = await k.see({ ...take, belief: 'presumed' }, late.memory);
    expect(asked.seen.actual).toBe('presumed');
    expect(asked.memory).toEqual({ 1: { push: '2026-11-21T12:00:01Z', seenAt: k.clock.now() } });
  });

  it('finds out what somebody else has stopped while the push goes on', async () => {
    const k = kit();
    const take = await k.recording();
    const { memory } = await k.see(take);
    await apiOf(k.context).control({ action: 'STOP', publish_domain: DOMAIN, app: 'live', stream: 'match' });
    k.clock.advance(SECOND);
    const told = await k.see({ ...take, belief: 'told ended' }, memory);
    k.clock.advance(11 * SECOND);
    expect((await k.see({ ...take, belief: 'starting' }, told.memory)).seen.actual).toBe('unsure');
    expect((await k.assert(take)).goesOn).toBe(false);
    expect(k.live()).toHaveLength(1);
  });

  it('believes a failure that a callback told: it is stopped by name, and begun anew', async () => {
    const k = kit();
    const take = await k.recording('told failed');
    expect((await k.see(take)).seen).toMatchObject({
      actual: 'failed',
      failure: { code: 'E_RECORDING_FAILED', who: 'destination', cause: 'destination' },
      endedAt: { at: k.clock.now(), plusMinusMs: 2 * SECOND },
    });
  });

  it('never throws for the vendor', async () => {
    const k = kit();
    const take = await k.recording();
    k.fault('listStreams', 'error-unapplied');
    const { look, memory } = await k.look(take, { 1: { push: 'x', seenAt: 1 } });
    expect(look).toMatchObject({ unreachable: { code: 'E_VENDOR_FAULT', applied: 'no' } });
    expect(memory).toEqual({ 1: { push: 'x', seenAt: 1 } });
  });

  it('keeps less than 1 KiB of a take', async () => {
    const k = kit();
    const { memory } = await k.see(await k.recording());
    expect(JSON.stringify(memory).length).toBeLessThan(200);
  });
});

describe('one reading', () => {
  it('serves many sessions of the app, and a fresh one is had where something was told', async () => {
    const k = kit();
    const ages: [string, number][] = [];
    k.context.share = async (key, maxAgeMs, read) => {
      ages.push([key, maxAgeMs]);
      return await read();
    };
    const take = await k.recording();
    await k.see(take);
    await k.see({ ...take, belief: 'armed' });
    expect(ages.map(([, age]) => age)).toEqual([5_000, 250]);
    expect(new Set(ages.map(([key]) => key)).size).toBe(1);
    expect(ages[0]?.[0]).toContain(encodeURIComponent(DOMAIN));
    expect(k.lines('realtime/streams').at(-1)).toBe(
      'GET /v1/0123456789abcdef0123456789abcdef/realtime/streams?app=live&limit=100&offset=0&publish_domain=push.example.com',
    );
  });

  it('is of the instant at which it began', async () => {
    const k = kit();
    const take = await k.recording();
    const reading = await readingOf(k.context, k.subject, 0);
    k.context.share = async <T>() => await Promise.resolve(reading as T);
    k.clock.advance(4 * SECOND);
    expect((await k.see(take)).at).toBe(T0 + 2 * SECOND);
  });

  it('goes through all pages of 100, and asks alone for what may have moved between them', async () => {
    const k = kit();
    for (let i = 0; i < 150; i += 1) k.control('source.start', { stream: `cam-${i}` });
    const take = await k.recording();
    k.sent.length = 0;
    expect((await k.see(take)).seen.actual).toBe('presumed');
    expect(k.sent).toHaveLength(2);
    k.unpush();
    k.sent.length = 0;
    expect((await k.see(take)).seen.actual).toBe('armed');
    expect(k.sent.at(-1)?.line).toContain('stream=match');
  });
});

describe('a stop', () => {
  it('ends the recording, and its request id is kept', async () => {
    const k = kit();
    const stopped = await k.stop(await k.recording());
    expect(stopped).toMatchObject({ how: 'stopped' });
    expect(stopped.requestId).toBeDefined();
    expect(k.live()).toEqual([]);
  });

  it('of what is over answers absent', async () => {
    const k = kit();
    const take = await k.recording();
    await k.stop(take);
    expect(await k.stop(take)).toMatchObject({ how: 'absent' });
  });

  it.each(['reply-lost', 'error-applied', 'late'] as const)('is possibly applied after %s', async (fault) => {
    const k = kit();
    const take = await k.recording();
    k.fault('stop', fault);
    expect(await k.failure(k.stop(take))).toMatchObject({ applied: 'unknown' });
    expect(await k.stop(take)).toMatchObject({ how: 'absent' });
  });

  it('of a stream that is away ends the recording where Huawei lets it', async () => {
    const k = kit();
    const take = await k.recording();
    k.unpush();
    k.clock.advance(10 * SECOND);
    expect(await k.stop(take)).toMatchObject({ how: 'stopped' });
  });

  it('that is refused while the stream is away is repeated, until it has been away for too long', async () => {
    const k = kit({ unknowns: { stopWhileAway: 'refused' } });
    const take = await k.recording();
    k.clock.advance(MINUTE);
    k.unpush();
    k.clock.advance(10 * SECOND);
    const failure = await k.failure(k.stop(take));
    expect(failure).toMatchObject({ applied: 'no', retry: 'later', who: 'vendor' });
    expect(failure.message).toContain('may wait for it until 2026-11-21T12:02:17.000Z');
    // Huawei goes on to refuse: after the threshold it can wait no longer.
    k.says('record/control', 400, { error_code: 'LIVE.100011001', error_msg: 'Request Illegal' });
    k.clock.advance(2 * MINUTE);
    expect(await k.stop(take)).toMatchObject({ how: 'absent' });
  });

  it('that is refused is never believed where nobody knows how long the recording waits', async () => {
    const options = { hls_config: { record_max_duration_to_merge_file: -1 } };
    const k = kit({ options, unknowns: { stopWhileAway: 'refused' } });
    const take = await k.recording();
    k.unpush();
    k.clock.advance(10 * MINUTE);
    expect(await k.failure(k.stop(take))).toMatchObject({ retry: 'later', applied: 'no' });
    expect(k.live()).toHaveLength(1);
  });

  it('that is refused with a threshold of 0 is believed when the push has been away for minutes', async () => {
    const options = { hls_config: { record_max_duration_to_merge_file: 0 } };
    const k = kit({ options });
    const take = await k.recording();
    k.unpush();
    k.says('record/control', 400, { error_code: 'LIVE.100011001', error_msg: 'Request Illegal' });
    k.clock.advance(4 * MINUTE);
    expect(await k.failure(k.stop(take))).toMatchObject({ retry: 'later', applied: 'no' });
    k.clock.advance(2 * MINUTE);
    expect(await k.stop(take)).toMatchObject({ how: 'absent' });
  });

  it.each(['The record does not exist.', 'resource not exists'])(
    'is over where a 400 says so in words: %s',
    async (words) => {
      const k = kit();
      const take = await k.recording();
      k.unpush();
      k.says('record/control', 400, { error_code: 'LIVE.100011001', error_msg: words });
      expect(await k.stop(take)).toMatchObject({ how: 'absent' });
    },
  );

  it.each([
    [401, 'APIGW.0301'],
    [400, 'LIVE.100011001'],
    [500, 'LIVE.100011000'],
  ])(
    'that is refused with what was signed tells nothing of the security token (%s %s)',
    async (status, code) => {
      const k = kit({ account: { securityToken: TOKEN } });
      k.answers = () => ({
        kind: 'response',
        delayMs: 0,
        response: {
          status,
          headers: { 'x-request-id': TOKEN },
          body: JSON.stringify({
            error_code: code,
            error_msg: `Incorrect signature, canonicalRequest:POST|/v1/|x-security-token:${TOKEN}|`,
            request_id: TOKEN,
          }),
        },
      });
      const take = { take: 1, name: k.name(), handle: { push: '2026-11-21T12:00:00Z', startedAt: T0 } };
      const told = JSON.stringify(await k.failure(k.stop(take)));
      expect(k.sent[0]!.headers['x-security-token']).toBe(TOKEN);
      expect(told).not.toContain('canary');
      expect(told).not.toContain('x-security-token');
    },
  );

  it('that is refused since the rule has gone is not taken for the end', async () => {
    const k = kit();
    const take = await k.recording();
    const [rule] = k.control('rules') as { id: string }[];
    await apiOf(k.context).deleteRule(rule!.id);
    k.says('record/control', 400, { error_code: 'LIVE.100011001', error_msg: 'Request Illegal' });
    const failure = await k.failure(k.stop(take));
    expect(failure).toMatchObject({ code: 'E_ACCOUNT_UNREADY', who: 'you', retry: 'later' });
  });

  it('that is refused while the stream is there and the rule in order finds nothing recorded', async () => {
    const k = kit();
    const take = await k.recording();
    k.says('record/control', 400, { error_code: 'LIVE.100011001', error_msg: 'Request Illegal' });
    expect(await k.stop(take)).toMatchObject({ how: 'absent', requestId: 'said-by-test' });
  });

  it('by an address that is wrong proves nothing', async () => {
    const k = kit();
    const take = await k.recording();
    k.says('record/control', 404, 'no such page');
    expect(await k.failure(k.stop(take))).toMatchObject({ code: 'E_VENDOR_REFUSED', who: 'you' });
  });
});
