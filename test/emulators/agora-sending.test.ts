/** How the emulated Agora sends its notifications: when, how often, and what can go wrong on the way. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { AgoraEmulatorOptions } from '../../src/emulators/index.ts';
import { signatures } from '../../src/emulators/agora/notices.ts';
import { startEmulator } from '../../src/emulators/registry.ts';
import { agoraKit, T0, type AgoraKit } from './agora-kit.ts';

const NOTICES = { url: 'https://hooks.test/agora', secret: 'secret' };

interface Arrived {
  at: number;
  body: {
    noticeId: string;
    eventType: number;
    notifyMs: number;
    payload: { uid: string; sequence: number; serviceType: number; sid: string };
  };
  headers: Record<string, string>;
}

/** Delivers all that falls due until an instant, waking only when the emulator says so. */
function deliver(kit: AgoraKit, until: number, status: (arrived: Arrived) => number | null = () => 200) {
  const { callbacks } = kit.emulator;
  const arrived: Arrived[] = [];
  for (;;) {
    const next = callbacks.nextAt(kit.clock.now());
    if (next === undefined || next > until) break;
    kit.clock.set(Math.max(next, kit.clock.now()));
    const at = kit.clock.now();
    for (const { id, body, headers } of callbacks.due(at)) {
      const one: Arrived = { at, headers, body: JSON.parse(body) as Arrived['body'] };
      arrived.push(one);
      const answer = status(one);
      callbacks.answered(id, answer === null ? null : { status: answer, body: '{}' }, at);
    }
  }
  kit.clock.set(until);
  return arrived;
}

const types = (arrived: Arrived[]) => arrived.map(({ body }) => body.eventType);

function recorded(options: Partial<AgoraEmulatorOptions> = {}): AgoraKit {
  const kit = agoraKit({ notices: NOTICES, ...options });
  kit.join();
  kit.begin('mix');
  return kit;
}

describe('notifications that have an address', () => {
  it('come when they happen, signed, although nobody asks for anything', () => {
    const kit = recorded();
    const arrived = deliver(kit, T0 + 60_000);
    expect(types(arrived)).toEqual([40, 42, 30, 4]);
    expect(arrived.map(({ at }) => at - T0)).toEqual([2000, 2000, 17_000, 17_000]);
    for (const { body, headers } of arrived)
      expect(headers).toMatchObject(signatures(JSON.stringify(body), 'secret'));
    expect(kit.truth('callback').map(({ delivered, url }) => [delivered, url])).toEqual(
      arrived.map(() => [true, NOTICES.url.replace(/[^/]*$/, '…')]),
    );
  });

  it('are tried again at once and three times in all, with their noticeId and another notifyMs', () => {
    const kit = recorded();
    const arrived = deliver(kit, T0 + 15_000, ({ body }) => (body.eventType === 40 ? 500 : 200));
    const tries = arrived.filter(({ body }) => body.eventType === 40);
    expect(tries.map(({ at }) => at - T0)).toEqual([2000, 2000, 3000, 8000]);
    expect(tries.map(({ body }) => body.notifyMs)).toEqual(tries.map(({ at }) => at));
    expect(new Set(tries.map(({ body }) => body.noticeId)).size).toBe(1);
    expect(kit.truth('callback').map(({ event, delivered }) => [event.split(' ')[0], delivered])).toEqual([
      ['42', true],
      ['40', false],
    ]);
  });

  it('are sent again when no answer comes, and no more once one is taken', () => {
    let asked = 0;
    const kit = recorded();
    const arrived = deliver(kit, T0 + 15_000, ({ body }) => {
      if (body.eventType !== 40) return 200;
      asked += 1;
      return asked === 1 ? null : 200;
    });
    expect(types(arrived)).toEqual([40, 42, 40]);
  });

  it.each(['same', 'another'] as const)(
    'are doubled by redundant delivery, with %s noticeId',
    (redundantNoticeId) => {
      const kit = recorded({ notices: { ...NOTICES, redundant: true }, unknowns: { redundantNoticeId } });
      const arrived = deliver(kit, T0 + 15_000);
      expect(types(arrived)).toEqual([40, 40, 42, 42]);
      const [first, second] = arrived;
      expect(second!.body.payload).toEqual(first!.body.payload);
      expect(second!.body.noticeId === first!.body.noticeId).toBe(redundantNoticeId === 'same');
    },
  );

  it.each([
    ['sid', [0, 1, 2, 3]],
    ['service', [0, 1, 0, 0]],
  ] as const)('count by %s', (sequenceScope, expected) => {
    const kit = recorded({ unknowns: { sequenceScope } });
    const arrived = deliver(kit, T0 + 60_000);
    expect(arrived.map(({ body }) => body.payload.sequence)).toEqual(expected);
    expect(new Set(arrived.map(({ body }) => body.noticeId)).size).toBe(4);
  });
});

describe('faults of notifications', () => {
  it.each([
    ['lost', [42]],
    ['doubled', [40, 40, 42]],
    ['late', [42, 40]],
    ['forged', [40, 40, 42]],
  ] as const)('%s', (kind, expected) => {
    const kit = recorded();
    kit.control('callback.faults', { event: '40', kind, delayMs: 6_000 });
    const arrived = deliver(kit, T0 + 15_000);
    expect(types(arrived)).toEqual(expected);
    const sound = arrived.filter(
      ({ headers, body }) =>
        headers['Agora-Signature-V2'] === signatures(JSON.stringify(body), 'secret')['Agora-Signature-V2'],
    );
    expect(sound).toHaveLength(kind === 'forged' ? 2 : expected.length);
    expect(kit.control('callback.faults', { kind: 'lost' })).toEqual({ fired: { [kind]: 1 } });
  });

  it('come at random by a seed', () => {
    const run = (seed: number) => {
      const kit = recorded({ seed, callbackRates: { lost: 0.3, doubled: 0.3 } });
      for (let user = 10; user < 40; user += 1) kit.join(String(user));
      return types(deliver(kit, T0 + 60_000));
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it('of which there are none do not come', () => {
    const kit = recorded();
    expect(() => kit.control('callback.faults', { kind: 'eaten' })).toThrow(
      'A fault of a callback is one of',
    );
    expect(() => kit.control('callback.probe', { types: ['40'] })).toThrow('"types"');
  });
});

describe("the console's health test", () => {
  it.each(['signed', 'unsigned'] as const)('sends a test event of each type, %s', (healthTest) => {
    const kit = agoraKit({ notices: NOTICES, unknowns: { healthTest } });
    kit.control('callback.probe', { types: [40, 11] });
    const arrived = deliver(kit, T0 + 1000);
    expect(types(arrived)).toEqual([40, 11]);
    for (const { body, headers } of arrived) {
      expect(body.payload).toMatchObject({ cname: 'test_webhook', uid: '12121212' });
      expect('Agora-Signature' in headers).toBe(healthTest === 'signed');
    }
    expect(kit.truth('callback').map(({ event }) => event)).toEqual([
      'test 40 recorder_started',
      'test 11 session_exit',
    ]);
  });
});

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

describe('an Agora that is served', () => {
  it('sends over HTTP what its account has as callbacks', async () => {
    const bodies: string[] = [];
    let heard = (): void => undefined;
    const first = new Promise<void>((resolve) => (heard = resolve));
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        bodies.push(body);
        const holds = request.headers['agora-signature'] === signatures(body, 'the-key')['Agora-Signature'];
        response.writeHead(holds ? 200 : 401).end('{}');
        heard();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callbacks/agora/secret-path`;
    const served = await startEmulator('agora', { callbacks: { url, key: 'the-key' } });
    open.push(served);
    served.emulator.controls['callback.probe']!({ types: [31] }, served.emulator.clock());
    await first;
    expect(JSON.parse(bodies[0]!)).toMatchObject({ eventType: 31, productId: 3 });
    await expect
      .poll(() => served.emulator.truth.entries.filter(({ type }) => type === 'callback'), {
        timeout: 30_000,
      })
      .toMatchObject([{ event: 'test 31 uploaded', delivered: true }]);
  });
});
