import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { omeAccountSchema, omeContract } from '../../src/contract/vendors/ome.ts';
import { signedRequest } from '../../src/emulators/ome/signature.ts';
import type { OmeEmulatorOptions } from '../../src/emulators/index.ts';
import type { Delivery, DeliveryAnswer } from '../../src/emulators/outbox.ts';
import { startEmulator } from '../../src/emulators/registry.ts';
import type { CallbackReading, News } from '../../src/recorders/callbacks.ts';
import { omeCallbacks } from '../../src/recorders/ome/callbacks.ts';
import { omeKit, T0 } from './ome-kit.ts';

const CANARY = 'canary-stream-key';
const BOTH: Partial<OmeEmulatorOptions> = {
  admission: { url: 'http://gateway.example/a', secretKey: 'admission-key' },
  alerts: { url: 'http://gateway.example/b', secretKey: 'alert-key' },
};
const ADMITTED: DeliveryAnswer = { status: 200, body: '{"allowed":true}' };

type Answering = (delivery: Delivery) => DeliveryAnswer | null;

/** An emulator whose callbacks are delivered at once, as often as there is one. */
function callingKit(options: Partial<OmeEmulatorOptions> = BOTH) {
  const kit = omeKit(options);
  const { callbacks } = kit.emulator;
  const sent: Delivery[] = [];
  const deliver = (answer: Answering = () => ADMITTED): Delivery[] => {
    const before = sent.length;
    for (let due = callbacks.due(kit.clock.now()); due.length > 0; due = callbacks.due(kit.clock.now())) {
      for (const delivery of due) {
        sent.push(delivery);
        callbacks.answered(delivery.id, answer(delivery), kit.clock.now());
      }
    }
    return sent.slice(before);
  };
  return {
    ...kit,
    sent,
    deliver,
    sources: () => kit.truth('source').map(({ event }) => event),
    inputs: () => kit.send('GET', '/v1/vhosts/default/apps/app/streams').json.response as string[],
  };
}

const names = (deliveries: Delivery[]): string[] => deliveries.map(({ event }) => event.split(' ', 1)[0]!);
// oxlint-disable-next-line typescript/no-explicit-any -- bodies are looked into freely by tests
const bodyOf = (delivery: Delivery | undefined): any => JSON.parse(delivery!.body);

describe('what the emulated OvenMediaEngine tells', () => {
  it('is signed as in the known example', () => {
    const request = {
      direction: 'incoming',
      protocol: 'RTMP',
      status: 'opening',
      time: '2026-01-01T00:00:00.000+00:00',
      url: 'rtmp://h.example:1935/app/stream',
    };
    const { headers, body } = signedRequest(
      { request, client: { port: 50000, address: '192.0.2.10' } },
      '1234',
    );
    expect(body).toBe(
      '{"client":{"address":"192.0.2.10","port":50000},"request":{"direction":"incoming","protocol":"RTMP","status":"opening","time":"2026-01-01T00:00:00.000+00:00","url":"rtmp://h.example:1935/app/stream"}}',
    );
    expect(headers['X-OME-Signature']).toBe('RzKsQEDAg1z-jaO0UjsTUpMFyi0');
  });

  it('is nothing where nothing is configured, and then a source connects at once', () => {
    const kit = callingKit({});
    kit.push();
    kit.drop();
    expect(kit.sources()).toEqual(['up', 'down']);
    expect(kit.emulator.callbacks.nextAt(kit.clock.now())).toBeUndefined();
    expect(kit.deliver()).toEqual([]);
    expect(kit.truth('callback')).toEqual([]);
  });

  it('are admission and alerts in the order of the source, each with its own key and address', () => {
    const kit = callingKit({ ...BOTH, zoneOffsetMinutes: 60 });
    kit.push({ query: `token=${CANARY}`, outputs: ['s_o'] });
    expect(names(kit.deliver())).toEqual([
      'opening',
      'INGRESS_STREAM_CREATED',
      'EGRESS_STREAM_CREATED',
      'INGRESS_STREAM_PREPARED',
      'EGRESS_STREAM_PREPARED',
    ]);
    kit.wait(5_000);
    kit.drop();
    expect(names(kit.deliver())).toEqual(['closing', 'INGRESS_STREAM_DELETED', 'EGRESS_STREAM_DELETED']);

    const address = `rtmp://ome.example.com:1935/app/s?token=${CANARY}`;
    const request = { direction: 'incoming', protocol: 'RTMP', url: address };
    expect(bodyOf(kit.sent[0])).toEqual({
      client: { address: '192.0.2.10', port: 50001, real_ip: '192.0.2.10' },
      request: { ...request, status: 'opening', time: '2026-01-01T13:00:00.000+01:00' },
    });
    expect(bodyOf(kit.sent[5])).toMatchObject({
      client: { port: 50001 },
      request: { ...request, status: 'closing', new_url: address, time: '2026-01-01T13:00:05.000+01:00' },
    });
    expect(kit.sent.map(({ timeoutMs }) => timeoutMs)).toEqual([
      3000, 3000, 3000, 3000, 3000, 500, 3000, 3000,
    ]);
    expect(bodyOf(kit.sent[1])).toMatchObject({
      type: 'INGRESS',
      sourceUri: '#default#app/s',
      messages: [{ code: 'INGRESS_STREAM_CREATED', description: 'A new ingress stream has been created' }],
      sourceInfo: { name: 's', sourceType: 'Rtmp', createdTime: '2026-01-01T13:00:00.000+01:00' },
    });
    expect(bodyOf(kit.sent[2])).toMatchObject({ type: 'EGRESS', sourceUri: '#default#app/s_o' });
    for (const { event, url, headers, body } of kit.sent) {
      const { url: own, secretKey } = /opening|closing/.test(event) ? BOTH.admission! : BOTH.alerts!;
      expect(url).toBe(own);
      expect(headers['X-OME-Signature']).toBe(createHmac('sha1', secretKey).update(body).digest('base64url'));
    }
    const told = kit.truth('callback');
    expect(told).toHaveLength(8);
    expect(told.every(({ delivered }) => delivered)).toBe(true);
    expect(JSON.stringify(kit.emulator.truth.entries)).not.toContain(CANARY);
  });

  it('follows the switches where source and page differ', () => {
    const kit = callingKit({ ...BOTH, unknowns: { protocolCase: 'lower', inputPreparedFirst: true } });
    kit.push();
    expect(names(kit.deliver()).slice(1, 4)).toEqual([
      'INGRESS_STREAM_CREATED',
      'INGRESS_STREAM_PREPARED',
      'EGRESS_STREAM_CREATED',
    ]);
    expect(bodyOf(kit.sent[0]).request.protocol).toBe('rtmp');
  });

  it.each([
    ['SRT', 'srt://live/tv/s?passphrase=x', 'SRT'],
    ['WebRTC', 'wss://live.ome.example.com:3334/tv/s?passphrase=x', 'WebRTC'],
    ['RTMP', 'rtmp://live.ome.example.com:1935/tv/s?passphrase=x', 'Rtmp'],
  ])('of a source that pushes by %s has the address %s', (protocol, url, sourceType) => {
    const kit = callingKit({ ...BOTH, vhosts: [{ name: 'live', apps: [{ name: 'tv' }] }] });
    kit.push({ protocol, vhost: 'live', app: 'tv', query: 'passphrase=x' });
    kit.deliver();
    expect(bodyOf(kit.sent[0]).request).toMatchObject({ protocol, url });
    expect(bodyOf(kit.sent[1])).toMatchObject({ sourceUri: '#live#tv/s', sourceInfo: { sourceType } });
  });

  it('is told of a process that stops, and not of one that is killed; then each encoder asks again', () => {
    const kit = callingKit();
    kit.push();
    kit.deliver();
    kit.control('restart', { kill: true, downMs: 10_000 });
    expect(kit.deliver()).toEqual([]);
    expect(kit.emulator.callbacks.nextAt(kit.clock.now())).toBe(T0 + 10_000);
    kit.wait(10_000);
    expect(names(kit.deliver())[0]).toBe('opening');
    expect(kit.sources()).toEqual(['up', 'down', 'up']);
    kit.control('restart', { downMs: 1_000 });
    expect(names(kit.deliver())).toEqual(['closing', 'INGRESS_STREAM_DELETED', 'EGRESS_STREAM_DELETED']);
    kit.wait(1_000);
    expect(names(kit.deliver())[0]).toBe('opening');

    const silent = callingKit({ ...BOTH, unknowns: { tellsWhenStopped: false } });
    silent.push();
    silent.deliver();
    silent.control('restart', { downMs: 1_000 });
    expect(silent.deliver()).toEqual([]);
  });
});

describe('an emulated encoder that must be admitted', () => {
  it('connects when the answer is there, and not before', () => {
    const kit = callingKit();
    kit.push();
    expect(kit.inputs()).toEqual([]);
    expect(() => kit.push()).toThrow('already being pushed');
    kit.wait(2_000);
    kit.deliver();
    expect(kit.inputs()).toEqual(['s']);
    expect(kit.truth('source')).toEqual([
      { type: 'source', at: T0 + 2_000, source: 'default/app/s', event: 'up' },
    ]);
  });

  it.each<[string, DeliveryAnswer | null]>([
    ['no answer', null],
    ['a refusal', { status: 200, body: '{"allowed":false,"reason":"no"}' }],
    ['an error', { status: 500, body: '{"allowed":true}' }],
    ['another success', { status: 201, body: '{"allowed":true}' }],
    ['half an answer', { status: 200, body: '{"allowed":tr' }],
    ['an empty answer', { status: 200, body: '' }],
    ['an answer without the word', { status: 200, body: '{}' }],
    ['another form of the word', { status: 200, body: '{"allowed":"true"}' }],
    ['null', { status: 200, body: 'null' }],
    [
      'a place that does not exist',
      { status: 200, body: '{"allowed":true,"new_url":"rtmp://ome.example.com/other/s"}' },
    ],
  ])('never connects with %s', (_what, answer) => {
    const kit = callingKit();
    kit.push();
    kit.deliver(() => answer);
    kit.wait(60_000);
    kit.deliver();
    expect(kit.sources()).toEqual(['denied']);
    expect(kit.inputs()).toEqual([]);
    // Plain RTMP tells of an end all the same.
    expect(names(kit.sent)).toEqual(['opening', 'closing']);
  });

  it('is denied once it has waited too long, and an answer after that changes nothing', () => {
    const kit = callingKit({ ...BOTH, unknowns: { closingWhenDenied: false } });
    kit.push();
    const [opening] = kit.emulator.callbacks.due(kit.clock.now());
    expect(kit.emulator.callbacks.nextAt(kit.clock.now())).toBe(T0 + 3_000);
    kit.wait(2_999);
    expect(kit.sources()).toEqual([]);
    kit.wait(5_000);
    kit.emulator.callbacks.answered(opening!.id, ADMITTED, kit.clock.now());
    expect(kit.truth('source')).toEqual([
      { type: 'source', at: T0 + 3_000, source: 'default/app/s', event: 'denied' },
    ]);
    expect(kit.deliver()).toEqual([]);
    // It may come again.
    kit.push();
    kit.deliver();
    expect(kit.inputs()).toEqual(['s']);
  });

  it('that goes while it waits is not connected by the answer to it, nor by that to an earlier one', () => {
    const kit = callingKit();
    kit.push();
    const [opening] = kit.emulator.callbacks.due(kit.clock.now());
    kit.drop();
    kit.push();
    kit.emulator.callbacks.answered(opening!.id, ADMITTED, kit.clock.now());
    expect(kit.sources()).toEqual([]);
    kit.deliver();
    expect(kit.sources()).toEqual(['up']);
  });

  it('is cut off when its lifetime is over', () => {
    const kit = callingKit();
    kit.push();
    kit.start('a');
    kit.deliver(() => ({ status: 200, body: '{"allowed":true,"lifetime":30000}' }));
    expect(kit.emulator.callbacks.nextAt(kit.clock.now())).toBe(T0 + 30_000);
    kit.wait(45_000);
    expect(names(kit.deliver())).toEqual(['closing', 'INGRESS_STREAM_DELETED', 'EGRESS_STREAM_DELETED']);
    expect(kit.truth('source').at(-1)).toMatchObject({ event: 'down', at: T0 + 30_000 });
    expect(kit.truth('media').at(-1)).toMatchObject({ to: T0 + 30_000 });
  });

  it('is another stream when it is redirected', () => {
    const kit = callingKit();
    kit.push();
    kit.deliver(() => ({
      status: 200,
      body: '{"allowed":true,"new_url":"rtmp://ome.example.com:1935/app/hidden?k=v"}',
    }));
    expect(kit.inputs()).toEqual(['hidden']);
    expect(bodyOf(kit.sent[1]).sourceUri).toBe('#default#app/hidden');
    kit.control('source.stop', { stream: 'hidden' });
    const [closing] = kit.deliver();
    expect(bodyOf(closing).request).toMatchObject({
      url: 'rtmp://ome.example.com:1935/app/s',
      new_url: 'rtmp://ome.example.com:1935/app/hidden?k=v',
    });
  });

  it('is turned away where its new name is taken', () => {
    const kit = callingKit();
    kit.push();
    kit.deliver();
    kit.control('source.start', { stream: 't' });
    const sent = kit.deliver(() => ({
      status: 200,
      body: '{"allowed":true,"new_url":"rtmp://ome.example.com/app/s"}',
    }));
    expect(names(sent)).toEqual(['opening', 'INGRESS_STREAM_CREATION_FAILED_DUPLICATE_NAME']);
    expect(kit.sources()).toEqual(['up', 'denied']);
    expect(kit.inputs()).toEqual(['s']);
  });
});

describe('faults of these callbacks', () => {
  it('lose, double and forge what they are armed for', () => {
    const kit = callingKit();
    kit.control('callback.faults', { event: 'opening', kind: 'lost' });
    kit.push();
    expect(kit.sources()).toEqual(['denied']);
    kit.control('callback.faults', { event: 'INGRESS_STREAM_CREATED', kind: 'doubled' });
    kit.control('callback.faults', { event: 'opening', kind: 'forged' });
    kit.push();
    const [closing, forged, opening, ...alerts] = kit.deliver();
    expect(names([closing!, forged!, opening!])).toEqual(['closing', 'opening', 'opening']);
    expect(forged!.headers['X-OME-Signature']).not.toBe(opening!.headers['X-OME-Signature']);
    expect(names(alerts).filter((name) => name === 'INGRESS_STREAM_CREATED')).toHaveLength(2);
    expect(kit.control('callback.faults', { event: 'closing', kind: 'late' })).toEqual({
      fired: { lost: 1, doubled: 1, forged: 1 },
    });
  });

  it('that delay an opening deny the encoder: nobody waits that long', () => {
    const kit = callingKit();
    kit.control('callback.faults', { event: 'opening', kind: 'late' });
    kit.push();
    kit.wait(600_000);
    kit.deliver();
    expect(kit.sources()).toEqual(['denied']);
  });

  it('of a rate are the same for the same seed, and of every kind', () => {
    const rates = { lost: 0.15, doubled: 0.15, late: 0.15, reordered: 0.15, forged: 0.15 };
    const run = (seed: number) => {
      const kit = callingKit({ alerts: BOTH.alerts!, callbackRates: rates, seed });
      for (let i = 0; i < 20; i += 1) {
        kit.push();
        kit.deliver();
        kit.wait(20_000);
        kit.drop();
        kit.deliver();
        kit.wait(700_000);
      }
      kit.deliver();
      return { names: names(kit.sent), fired: kit.control('callback.faults', { kind: 'lost' }) };
    };
    expect(run(5)).toEqual(run(5));
    expect(run(5).names).not.toEqual(run(6).names);
    expect(Object.keys((run(5).fired as { fired: object }).fired).toSorted()).toEqual(
      Object.keys(rates).toSorted(),
    );
  });
});

describe('what the emulator sends and the scheme reads', () => {
  const account = omeAccountSchema.parse({
    vendor: 'ome',
    url: 'http://ome.example.com:8081',
    accessToken: 'token',
    callbacks: {
      path: 'secret-path-0123',
      keys: ['admission-key', 'alert-key'],
      outputs: ['{stream}_o'],
      hosts: { 'live.ome.example.com': 'live' },
    },
  });

  function roundTrip() {
    const vhosts = ['default', 'live'].map((name) => ({ name, apps: [{ name: 'app' }] }));
    const kit = callingKit({ ...BOTH, vhosts });
    const readings: CallbackReading[] = [];
    const answer: Answering = ({ headers, body }) => {
      const lower = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const reading = omeCallbacks.read(account, {
        method: 'POST',
        headers: lower,
        body: Buffer.from(body),
        receivedAt: kit.clock.now(),
      });
      readings.push(reading);
      return reading.reply
        ? { status: reading.reply.status, body: JSON.stringify(reading.reply.body) }
        : null;
    };
    const news = (): News[] => readings.flatMap((one) => (one.verdict === 'genuine' ? one.news : []));
    return { ...kit, readings, news, deliver: () => kit.deliver(answer) };
  }

  it.each(['RTMP', 'SRT', 'WebRTC'])(
    'tells of a %s stream that comes and goes, by its virtual host and its output',
    (protocol) => {
      const kit = roundTrip();
      const place = { protocol, vhost: 'live', stream: 'cam1' };
      kit.control('source.start', { ...place, outputs: ['cam1_o'], query: `token=${CANARY}` });
      kit.deliver();
      kit.wait(60_000);
      kit.control('source.stop', place);
      kit.deliver();
      expect(kit.truth('source').map(({ event }) => event)).toEqual(['up', 'down']);
      expect(kit.readings.map(({ verdict }) => verdict)).toEqual(kit.sent.map(() => 'genuine'));
      const own = JSON.stringify(
        omeContract.keyParts({ vhost: 'live', app: 'app', stream: 'cam1', output: 'cam1_o' }),
      );
      expect(kit.news().every(({ targets }) => targets.some((one) => JSON.stringify(one) === own))).toBe(
        true,
      );
      expect(kit.news().map(({ event }) => [event.kind, event.at])).toEqual([
        ...Array.from({ length: 5 }, () => ['source-up', T0]),
        ...Array.from({ length: 3 }, () => ['source-down', T0 + 60_000]),
      ]);
      expect(new Set(kit.news().map(({ event }) => event.id)).size).toBe(8);
      expect(JSON.stringify(kit.readings)).not.toContain(CANARY);
    },
  );

  it('has one id for what is sent twice, and another for each connection', () => {
    const kit = roundTrip();
    kit.control('callback.faults', { kind: 'doubled', times: 100 });
    for (let i = 0; i < 3; i += 1) {
      kit.push();
      kit.deliver();
      kit.wait(10_000);
      kit.drop();
      kit.deliver();
    }
    const ids = kit.news().map(({ event }) => event.id);
    expect(ids).toHaveLength(3 * 8 * 2);
    expect(new Set(ids).size).toBe(3 * 8);
    const announced = new Set(kit.news().flatMap(({ announced: one }) => (one ? [one.id] : [])));
    // By its admission and by its alerts.
    expect(announced.size).toBe(3 * 2);
  });

  it('admits everybody whatever becomes of the callbacks on their way, but where none arrives', () => {
    const kinds = fc.constantFrom('doubled', 'forged');
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 6 }), (faults) => {
        const kit = roundTrip();
        for (const kind of faults) kit.control('callback.faults', { kind });
        kit.push();
        kit.deliver();
        expect(kit.truth('source').map(({ event }) => event)).toEqual(['up']);
        const forged = kit.readings.filter(({ verdict }) => verdict === 'forged');
        expect(forged).toHaveLength(faults.slice(0, 5).filter((kind) => kind === 'forged').length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the served emulator', () => {
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  it('asks over HTTP, and its source connects when it is allowed', async () => {
    const heard: { path: string; body: string }[] = [];
    const gateway = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        heard.push({ path: request.url ?? '', body: Buffer.concat(chunks).toString() });
        response.end('{"allowed":true}');
      });
    });
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
    opened.push(gateway);
    const { port } = gateway.address() as AddressInfo;
    const callbacks = { url: `http://127.0.0.1:${port}/callbacks/a/secret`, key: '1234' };
    const served = await startEmulator('ome', {
      callbacks,
      vendor: { admission: { ...callbacks, secretKey: '1234', timeoutMs: 60_000 } },
    });
    opened.push(served);
    const { emulator } = served;
    emulator.controls['source.start']!({ stream: 'cam1' }, emulator.clock());
    await vi.waitFor(() => expect(heard).toHaveLength(5), { timeout: 60_000 });
    expect(heard.every(({ path }) => path === '/callbacks/a/secret')).toBe(true);
    expect(emulator.truth.entries.filter(({ type }) => type === 'source')).toMatchObject([{ event: 'up' }]);
  }, 90_000);
});
