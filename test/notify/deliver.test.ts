/** What a receiver gets, and what becomes of a notice that it does not take. */
import { randomBytes } from 'node:crypto';
import { HTTP, type CloudEvent } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import type { Agent } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliverNotices, KEPT_MS, type Turn } from '../../src/activities/deliver.ts';
import type { Delivered } from '../../src/activities/wire.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { createHttpAgent } from '../../src/recorders/http.ts';
import type { Notice, NoticeSubject } from '../../src/session/notices.ts';
import { listen, type Listener } from './listener.ts';

const key = (): string => `whsec_${randomBytes(32).toString('base64')}`;
const KEYS = [key(), key()];
const START = Date.now();
const MINUTE = 60_000;

const SUBJECT: NoticeSubject = {
  id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  type: 'session',
  source: '/keeprolling/test01/ome/studio/default/app/cam%201',
  about: {
    name: 'cam1',
    key: 'ome/studio/default/app/cam%201',
    account: 'studio',
    owner: null,
    labels: { tier: 'gold' },
  },
};

const noticesFrom = (first: number, count: number, at = START): Notice[] =>
  Array.from({ length: count }, (_, i) => ({
    sequence: first + i,
    at: at + i,
    kind: 'phase',
    text: `line ${first + i}`,
    data: { phase: 'recording' },
  }));

let listener: Listener;
let agent: Agent;
let now: number;

beforeAll(async () => {
  listener = await listen('/hook/CANARY-path?token=CANARY-query');
  agent = createHttpAgent();
});
afterAll(async () => {
  await agent.close();
  await listener.close();
});
beforeEach(() => {
  listener.posts.length = 0;
  listener.answer = () => 204;
  now = START;
});

interface Given {
  receiver?: Record<string, unknown>;
  notices: Notice[];
  missed?: number;
  failures?: number;
  memory?: Delivered | null;
  first?: boolean;
  remembered?: Delivered[];
}

async function deliver(given: Given): Promise<Turn> {
  const { receiver = {}, notices, missed = 0, failures = 0, memory = null, first = true } = given;
  const settings = settingsOf(
    { receivers: { ops: { url: listener.url, keys: KEYS, ...receiver } } },
    null,
    '/',
    new Map(),
    {},
  );
  const remember = (done: Delivered): void => {
    given.remembered?.push({ ...done });
  };
  return await deliverNotices(
    { settings, dispatcher: agent, now: () => now, memory, first, remember },
    { receiver: 'ops', subject: SUBJECT, notices, missed, failures },
  );
}

describe('a notification', () => {
  it('is a CloudEvent that the library of CloudEvents takes, with a line for people', async () => {
    await deliver({ notices: noticesFrom(12, 1) });
    const { headers, body, event } = listener.posts[0]!;
    expect(headers['content-type']).toBe('application/cloudevents+json');
    const parsed = HTTP.toEvent({ headers, body }) as CloudEvent<Record<string, unknown>>;
    expect(parsed.validate()).toBe(true);
    expect(event).toEqual({
      specversion: '1.0',
      id: `${SUBJECT.id}-12`,
      source: SUBJECT.source,
      type: 'keeprolling.session.phase',
      subject: SUBJECT.id,
      time: new Date(START).toISOString(),
      datacontenttype: 'application/json',
      sequence: '0000000000000012',
      data: { text: 'line 12', ...SUBJECT.about, phase: 'recording' },
    });
  });

  it('is signed with each key, as the library of Standard Webhooks verifies', async () => {
    await deliver({ notices: noticesFrom(1, 1) });
    const { headers, body } = listener.posts[0]!;
    const signed = headers as Record<string, string>;
    expect(signed['webhook-id']).toBe(`${SUBJECT.id}-1`);
    expect(signed['webhook-signature']!.split(' ')).toHaveLength(2);
    for (const one of KEYS) expect(new Webhook(one).verify(body, signed)).toEqual(JSON.parse(body));
    expect(() => new Webhook(key()).verify(body, signed)).toThrow(/No matching signature/);
    expect(() => new Webhook(KEYS[0]!).verify(`${body} `, signed)).toThrow(/No matching signature/);
  });

  it('goes to a receiver that wants its kind, and shared troubles to whoever wants warnings', async () => {
    const notices = (['phase', 'verdict', 'trouble', 'maintenance'] as const).map((kind, i): Notice => ({
      sequence: i + 1,
      at: START,
      kind,
      text: kind,
    }));
    const wanted = async (events: string[]): Promise<string[]> => {
      listener.posts.length = 0;
      expect(await deliver({ notices, receiver: { events } })).toMatchObject({ done: { accounted: 4 } });
      return listener.taken().map(({ type }) => type);
    };
    expect(await wanted(['verdict'])).toEqual(['keeprolling.session.verdict']);
    expect(await wanted(['warning'])).toEqual([
      'keeprolling.session.trouble',
      'keeprolling.session.maintenance',
    ]);
  });
});

describe('a notification that is not taken', () => {
  it('comes again with the same id, and the next one waits for it', async () => {
    const notices = noticesFrom(1, 3);
    listener.answer = ({ id }) => (id.endsWith('-2') ? 500 : 204);
    const turn = await deliver({ notices });
    expect(turn).toEqual({ done: { accounted: 1, delivered: 1, givenUp: 0, missed: 0, failures: 1 } });
    // What is left goes again, after the wait that the failure asks for.
    const rest = notices.slice(1);
    expect(await deliver({ notices: rest, failures: 1 })).toMatchObject({ waitMs: 5_000 });
    listener.answer = () => 200;
    expect(await deliver({ notices: rest, failures: 1, first: false })).toMatchObject({
      done: { accounted: 2, failures: 0 },
    });
    expect(listener.posts.map(({ event, answered }) => [event.id.split('-')[1], answered])).toEqual([
      ['1', 204],
      ['2', 500],
      ['2', 200],
      ['3', 200],
    ]);
    expect(listener.posts[1]!.body).toBe(listener.posts[2]!.body);
  });

  it('is tried after 5 s, then twice as long each time, up to 15 min', async () => {
    listener.answer = () => 503;
    const waits: number[] = [];
    let memory: Delivered | null = null;
    for (let i = 0; i < 10; i += 1) {
      const remembered: Delivered[] = [];
      const turn = await deliver({ notices: noticesFrom(1, 2), memory, first: i === 0, remembered });
      memory = remembered.at(-1)!;
      waits.push('waitMs' in turn ? turn.waitMs / 1000 : -1);
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
  });

  it.each([
    ['an error', 500],
    ['a redirect, which is not followed', 302],
    ['a refusal', 401],
    ['a cut connection', 'nothing'],
  ] as const)('is kept for %s', async (_what, answer) => {
    listener.answer = () => answer;
    expect(await deliver({ notices: noticesFrom(1, 1) })).toMatchObject({ waitMs: 5_000 });
    expect(listener.posts).toHaveLength(1);
  });

  it('is given up after a day, and the next that is delivered says how many were', async () => {
    const notices = [...noticesFrom(1, 3), ...noticesFrom(4, 2, START + 2 * MINUTE)];
    listener.answer = () => 503;
    now = START + KEPT_MS + MINUTE;
    const remembered: Delivered[] = [];
    const turn = await deliver({ notices, remembered });
    expect(turn).toMatchObject({ sentence: expect.stringContaining('answered 503') });
    expect(remembered.at(-1)).toMatchObject({ accounted: 3, givenUp: 3, missed: 3, delivered: 0 });
    listener.answer = () => 204;
    expect(await deliver({ notices, memory: remembered.at(-1)!, first: false })).toEqual({
      done: { accounted: 5, delivered: 2, givenUp: 3, missed: 0, failures: 0 },
    });
    expect(listener.taken().map(({ id, data }) => [id.split('-')[1], data.missed])).toEqual([
      ['4', 3],
      ['5', undefined],
    ]);
  });

  it('is delivered after a day too, where nobody has tried meanwhile', async () => {
    now = START + 3 * KEPT_MS;
    expect(await deliver({ notices: noticesFrom(1, 2) })).toMatchObject({
      done: { delivered: 2, givenUp: 0 },
    });
  });

  it('ends all for a receiver that is gone', async () => {
    listener.answer = () => 410;
    expect(await deliver({ notices: noticesFrom(1, 3) })).toMatchObject({
      done: { gone: true, delivered: 0 },
    });
    expect(listener.posts).toHaveLength(1);
  });

  it('waits for a receiver that the configuration has no more', async () => {
    const settings = settingsOf({}, null, '/', new Map(), {});
    const turn = await deliverNotices(
      { settings, dispatcher: agent, now: () => now, memory: null, first: true, remember: () => {} },
      { receiver: 'ops', subject: SUBJECT, notices: noticesFrom(1, 1), missed: 0, failures: 0 },
    );
    expect(turn).toMatchObject({ sentence: expect.stringContaining('has no receiver ops') });
  });

  it('says why without address, key or answer', async () => {
    const told: string[] = [];
    for (const answer of [500, 302, 404, 'nothing'] as const) {
      listener.answer = () => answer;
      told.push(JSON.stringify(await deliver({ notices: noticesFrom(1, 1) })));
    }
    const nobody = { url: 'http://127.0.0.1:1/CANARY-path?token=CANARY-query' };
    told.push(JSON.stringify(await deliver({ notices: noticesFrom(1, 1), receiver: nobody })));
    // Too short to be base64 of anything: the library refuses it.
    told.push(
      JSON.stringify(
        await deliver({ notices: noticesFrom(1, 1), receiver: { keys: `whsec_${'CANARY0'.repeat(5)}` } }),
      ),
    );
    expect(told.filter((one) => one.includes('not delivered'))).toHaveLength(6);
    for (const one of told) {
      expect(one).not.toContain('CANARY');
      for (const secret of KEYS) expect(one).not.toContain(secret.slice(6, 20));
    }
    expect(told[4]).toContain('ECONNREFUSED');
  });
});
