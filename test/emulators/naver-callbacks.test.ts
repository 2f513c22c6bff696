import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/emulators/outbox.ts';
import { CHANNEL, codeOf, naverKit, OTHER, T0, type NaverKit } from './naver-kit.ts';

const DEFAULT = 'https://hooks.test/default';
const OWN = 'https://hooks.test/own';

/** What is due, answered with 200. */
function take(kit: NaverKit, status: number | null = 200): Delivery[] {
  const { callbacks, clock } = kit.emulator;
  const due = callbacks.due(clock());
  for (const { id } of due) callbacks.answered(id, status === null ? null : { status, body: '' }, clock());
  return due;
}
const told = (kit: NaverKit) => take(kit).map(({ url, event }) => `${event.split(' ')[0]} ${url}`);

const setDefault = (kit: NaverKit, callbackUrl: unknown) =>
  kit.send('POST', '/api/v2/events/callbackEndpoint', { callbackUrl });
const setOwn = (kit: NaverKit, callbackEndpoint: unknown) =>
  kit.send('POST', `/api/v2/channels/${CHANNEL}/callbackEndpoint`, { callbackEndpoint });

describe('callbacks of Live Station', () => {
  it('tell of push and recording, unsigned, as JSON', () => {
    const kit = naverKit({ callbackUrl: DEFAULT });
    kit.push();
    kit.start();
    kit.wait(10_000);
    kit.stop();
    kit.leave();
    const sent = take(kit);
    expect(sent.map(({ body }) => JSON.parse(body))).toEqual(
      [
        ['PUBLISH_START', T0],
        ['ONAIR_START', T0],
        ['ONAIR_END', T0 + 10_000],
        ['PUBLISH_END', T0 + 10_000],
      ].map(([event, timestamp], index) => ({
        id: index + 1,
        logLevel: 'INFO',
        channelId: CHANNEL,
        event,
        timestamp,
      })),
    );
    expect(sent[0]!.headers).toEqual({ 'Content-Type': 'application/json' });
    expect(kit.truth('callback').map(({ event, delivered }) => [event, delivered])).toEqual([
      [`PUBLISH_START ${CHANNEL}`, true],
      [`ONAIR_START ${CHANNEL}`, true],
      [`ONAIR_END ${CHANNEL}`, true],
      [`PUBLISH_END ${CHANNEL}`, true],
    ]);
  });

  it('may have texts for numbers', () => {
    const kit = naverKit({ callbackUrl: DEFAULT, unknowns: { eventTypes: 'text' } });
    kit.push();
    expect(JSON.parse(take(kit)[0]!.body)).toMatchObject({ id: '1', timestamp: String(T0) });
  });

  it("go to the channel's own endpoint, else to the default one, else nowhere", () => {
    const kit = naverKit();
    kit.push();
    expect(told(kit)).toEqual([]);
    kit.start();
    kit.stop();
    expect(told(kit)).toEqual([]);
    // Time has something to do to the files, and nobody to tell it to.
    expect(kit.emulator.callbacks.nextAt(kit.clock.now())).toBeUndefined();
    expect(kit.send('GET', '/api/v2/events/callbackEndpoint').json).toEqual({ content: {} });

    const set = { content: { callbackUrl: DEFAULT, updateTime: T0 } };
    expect(setDefault(kit, DEFAULT).json).toEqual(set);
    expect(kit.send('GET', '/api/v2/events/callbackEndpoint').json).toEqual(set);
    kit.start();
    expect(told(kit)).toEqual([`ONAIR_START ${DEFAULT}`]);

    expect(setOwn(kit, OWN).json.content).toMatchObject({ channelId: CHANNEL, callbackEndpoint: OWN });
    kit.stop();
    kit.push(OTHER);
    expect(told(kit)).toEqual([`ONAIR_END ${OWN}`, `PUBLISH_START ${DEFAULT}`]);
  });

  it('take only an address, under its own name', () => {
    const kit = naverKit();
    expect(codeOf(setDefault(kit, 'hooks.test'))).toEqual([400, 250_002]);
    expect(codeOf(setDefault(kit, undefined))).toEqual([400, 250_011]);
    expect(codeOf(setOwn(kit, 'ftp://hooks.test'))).toEqual([400, 250_002]);
    expect(codeOf(kit.send('POST', '/api/v2/events/callbackEndpoint', [1]))).toEqual([400, 250_012]);
  });

  it.each(['refused', 'removes'] as const)('an empty address: %s', (emptyEndpoint) => {
    const kit = naverKit({ callbackUrl: DEFAULT, unknowns: { emptyEndpoint } });
    setOwn(kit, OWN);
    const [own, usual] = [setOwn(kit, ''), setDefault(kit, '')];
    const removes = emptyEndpoint === 'removes';
    expect([own.status, usual.status]).toEqual(removes ? [200, 200] : [400, 400]);
    kit.push();
    expect(told(kit)).toEqual(removes ? [] : [`PUBLISH_START ${OWN}`]);
  });

  it('are not sent again, or some times', () => {
    const once = naverKit({ callbackUrl: DEFAULT });
    once.push();
    expect(take(once, 500)).toHaveLength(1);
    once.wait(3_600_000);
    expect(take(once)).toEqual([]);
    expect(once.truth('callback')).toMatchObject([{ delivered: false }]);

    const some = naverKit({ callbackUrl: DEFAULT, unknowns: { callbackRetries: 'some' } });
    some.push();
    const [first] = take(some, null);
    some.wait(1_000);
    const [second] = take(some);
    expect(second!.body).toBe(first!.body);
    expect(some.truth('callback')).toMatchObject([{ delivered: true }]);
  });

  it('can be lost, and come from a stranger', () => {
    const kit = naverKit({ callbackUrl: DEFAULT });
    kit.control('callback.faults', { event: 'PUBLISH_START', kind: 'lost' });
    kit.push();
    expect(told(kit)).toEqual([]);
    kit.control('event', { channel: CHANNEL, code: 'THUMBNAIL_CREATE' });
    expect(told(kit)).toEqual([`THUMBNAIL_CREATE ${DEFAULT}`]);
    expect(() => kit.control('event', { channel: CHANNEL, code: 'NEWS' })).toThrow('PUBLISH_START');
  });

  it('wake whoever drives the clock for what time alone does', () => {
    const kit = naverKit({ callbackUrl: DEFAULT, unknowns: { publishEnd: 'later' } });
    kit.push();
    kit.start();
    kit.leave();
    take(kit);
    const at = kit.emulator.callbacks.nextAt(kit.clock.now());
    expect(at).toBe(T0 + 30_000);
    kit.clock.set(at!);
    expect(told(kit)).toEqual([`ONAIR_END ${DEFAULT}`]);
  });
});

describe('lists of events', () => {
  it('are of all channels, of one, or of its pushes', () => {
    const kit = naverKit();
    kit.push();
    kit.start();
    kit.push(OTHER);
    const codes = (target: string) => {
      const { content, total } = kit.send('GET', target).json;
      expect(total).toBe(content.length);
      return content.map(({ eventCode }: { eventCode: string }) => eventCode);
    };
    expect(codes('/api/v2/events')).toEqual(['PUBLISH_START', 'ONAIR_START', 'PUBLISH_START']);
    expect(codes(`/api/v2/events?channelId=${OTHER}`)).toEqual(['PUBLISH_START']);
    expect(codes(`/api/v2/channels/${CHANNEL}/events`)).toEqual(['PUBLISH_START', 'ONAIR_START']);
    expect(codes(`/api/v2/channels/${CHANNEL}/publish-log`)).toEqual(['PUBLISH_START']);
    const [first] = kit.send('GET', '/api/v2/events').json.content;
    expect(first).toEqual({
      logLevel: 'INFO',
      eventCode: 'PUBLISH_START',
      description: 'Publishing started',
      timestamp: T0,
      channelId: CHANNEL,
    });
    expect(kit.control('events', { from: 2 })).toMatchObject([{ channelId: OTHER }]);
  });
});
