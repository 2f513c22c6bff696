import { describe, expect, it } from 'vitest';
import { naverAccountSchema } from '../../../src/contract/vendors/naver.ts';
import { naverCallbacks } from '../../../src/recorders/naver/callbacks.ts';
import { CHANNEL, kit, MINUTE, SECOND, T0 } from './kit.ts';

const account = naverAccountSchema.parse({
  vendor: 'naver',
  accessKey: 'key',
  secretKey: 'secret',
  callbacks: { path: 'a-path-that-nobody-guesses' },
});

const EVENT = { id: 1234, logLevel: 'INFO', channelId: CHANNEL, event: 'PUBLISH_START', timestamp: T0 };

function read(body: unknown, { method = 'POST', receivedAt = T0 + SECOND } = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return naverCallbacks.read(account, { method, headers: {}, body: Buffer.from(text), receivedAt });
}

function newsOf(body: unknown) {
  const reading = read(body);
  if (reading.verdict !== 'genuine') throw new Error(reading.why);
  return reading.news;
}

describe('an event of a channel', () => {
  it.each([
    ['PUBLISH_START', 'source-up'],
    ['PUBLISH_END', 'source-down'],
    ['ONAIR_START', 'recorder-started'],
    ['ONAIR_END', 'recorder-ended'],
  ])('%s is told as %s, and looked after', (event, kind) => {
    const [news] = newsOf({ ...EVENT, event });
    expect(news).toMatchObject({
      targets: [[CHANNEL]],
      event: { id: `naver/${CHANNEL}/${event}/${T0}/1234`, at: T0, kind },
      look: true,
    });
    expect(news!.event).not.toHaveProperty('final');
  });

  it('announces a stream by the begin of its push alone', () => {
    expect(newsOf(EVENT)[0]!.announced).toEqual({
      id: `naver/${CHANNEL}/${T0}`,
      target: { channel: CHANNEL },
    });
    expect(newsOf({ ...EVENT, event: 'ONAIR_START' })[0]).not.toHaveProperty('announced');
  });

  it.each([
    ['texts instead of numbers', { ...EVENT, id: '1234', timestamp: String(T0) }],
    ['its code as in lists', { ...EVENT, event: undefined, eventCode: 'PUBLISH_START' }],
    ['fields that are not known', { ...EVENT, region: 'KR' }],
  ])('is the same with %s', (_what, body) => {
    expect(newsOf(body)).toEqual(newsOf(EVENT));
  });

  it.each(['STREAM_RESERVE', 'STREAM_UPDATE', 'THUMBNAIL_CREATE', 'PUBLISH_OVER_THRESHOLD', 'toString'])(
    '%s tells nothing',
    (event) => {
      expect(newsOf({ ...EVENT, event })).toEqual([]);
    },
  );

  it('of something that is no channel of Live Station tells nothing', () => {
    expect(newsOf({ ...EVENT, channelId: 'vs-20260101-abc' })).toEqual([]);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no channel', { ...EVENT, channelId: undefined }],
    ['no code', { ...EVENT, event: undefined }],
    ['no time', { ...EVENT, timestamp: 'yesterday' }],
    ['a time before all times', { ...EVENT, timestamp: -1 }],
    ['no id', { ...EVENT, id: null }],
    ['an endless id', { ...EVENT, id: 'x'.repeat(101) }],
  ])('is malformed with %s', (_what, body) => {
    expect(read(body).verdict).toBe('malformed');
  });

  it('is posted', () => {
    expect(read(EVENT, { method: 'GET' }).verdict).toBe('malformed');
  });

  it.each([-11 * MINUTE, 11 * MINUTE])('that is %d ms off is stale: it could be replayed', (off) => {
    expect(read(EVENT, { receivedAt: T0 + off }).verdict).toBe('stale');
  });

  it('never lies in the future', () => {
    const [news] = newsOf({ ...EVENT, timestamp: T0 + 5 * SECOND });
    expect(news!.event.at).toBe(T0 + SECOND);
  });

  it.each(['typed', 'text'] as const)('as the emulator sends it is read (%s)', async (eventTypes) => {
    const k = kit({ callbackUrl: 'http://127.0.0.1:1/hook', unknowns: { eventTypes } });
    const { take } = await k.begin();
    await k.stop(take);
    k.leave();
    const due = k.emulator.callbacks.due(k.clock.now());
    const told = due.map(({ body }) => newsOf(body)[0]!.event.kind);
    expect(told).toEqual(['source-up', 'recorder-started', 'recorder-ended', 'source-down']);
  });
});
