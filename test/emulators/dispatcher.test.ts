import { fetch, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { emulatorDispatcher } from '../../src/emulators/index.ts';
import { AUTHORIZATION, omeKit, T0 } from './ome-kit.ts';
import type { OmeKit } from './ome-kit.ts';

const ORIGIN = 'http://ome.test:8081';
const PATH = '/v1/vhosts/default/apps/app:startRecord';

function client(kit: OmeKit) {
  const dispatcher = emulatorDispatcher(kit.emulator, { advance: (ms) => kit.wait(ms) });
  const call = (options: Parameters<typeof request>[1] = {}) =>
    request(`${ORIGIN}${PATH}`, {
      dispatcher,
      method: 'POST',
      headers: { authorization: AUTHORIZATION },
      body: JSON.stringify({ id: 'a', stream: { name: 's' } }),
      ...options,
    });
  return { dispatcher, call };
}

describe('the dispatcher in the process', () => {
  it('answers undici as a socket would', async () => {
    const kit = omeKit();
    const reply = await client(kit).call();
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toBe('application/json;charset=UTF-8');
    expect(await reply.body.json()).toMatchObject({ response: { id: 'a', state: 'ready' } });
  });

  it('takes bytes as a body, headers as pairs, and a query', async () => {
    const kit = omeKit();
    const reply = await client(kit).call({
      body: Buffer.from('{"id":"ü","stream":{"name":"s"}}'),
      headers: ['Authorization', AUTHORIZATION],
      query: { a: '1' },
    });
    expect(reply.statusCode).toBe(200);
    expect(kit.look('ü')).toBeDefined();
  });

  it('serves fetch, too', async () => {
    const kit = omeKit();
    const { dispatcher } = client(kit);
    const reply = await fetch(`${ORIGIN}/v1/version`, {
      dispatcher,
      headers: { authorization: AUTHORIZATION },
    });
    expect(await reply.json()).toMatchObject({ response: { version: '0.20.0' } });
  });

  it('hands an error status on as it is', async () => {
    const reply = await client(omeKit()).call({ headers: {} });
    expect(reply.statusCode).toBe(401);
    expect(reply.headers['www-authenticate']).toBe('Basic realm="OvenMediaEngine"');
    await reply.body.dump();
  });

  it('fails as a socket that was cut', async () => {
    const kit = omeKit();
    kit.control('faults', { kind: 'reply-lost' });
    await expect(client(kit).call()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
    expect(kit.look('a')).toBeDefined();
  });

  it('fails as a port on which nobody listens', async () => {
    const kit = omeKit();
    kit.control('restart', { downMs: 1000 });
    await expect(client(kit).call()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('gives up on a late reply at once, in virtual time', async () => {
    const kit = omeKit();
    kit.control('faults', { kind: 'late' });
    await expect(client(kit).call({ headersTimeout: 30_000 })).rejects.toMatchObject({
      code: 'UND_ERR_HEADERS_TIMEOUT',
    });
    expect(kit.clock.now() - T0).toBe(30_000);
  });

  it('waits for a reply that is late but not too late', async () => {
    const kit = omeKit();
    kit.control('faults', { kind: 'late', delayMs: 2000 });
    expect((await client(kit).call()).statusCode).toBe(200);
    expect(kit.clock.now() - T0).toBe(2000);
  });

  it('sends nothing for a caller that gave up before', async () => {
    const kit = omeKit();
    await expect(client(kit).call({ signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    expect(kit.look('a')).toBeUndefined();
  });
});
