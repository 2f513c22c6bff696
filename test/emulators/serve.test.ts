import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { emulatorDispatcher, serveEmulator, startEmulator } from '../../src/emulators/index.ts';
import type { ServedEmulator, ServeOptions } from '../../src/emulators/index.ts';
import { AUTHORIZATION, omeKit } from './ome-kit.ts';
import type { OmeKit } from './ome-kit.ts';

const APP = '/v1/vhosts/default/apps/app';
const headers = { authorization: AUTHORIZATION };

describe('the HTTP shell', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  async function serve(kit: OmeKit, options: Partial<ServeOptions> = {}): Promise<ServedEmulator> {
    const served = await serveEmulator(kit.emulator, { port: 0, ...options });
    open.push(served);
    return served;
  }
  function agent(): Agent {
    const made = new Agent();
    open.push(made);
    return made;
  }

  it('answers like the dispatcher, byte for byte', async () => {
    const [overSocket, inProcess] = [omeKit(), omeKit()];
    const { url } = await serve(overSocket);
    const calls = [
      { path: `${APP}:startRecord`, method: 'POST', headers, body: '{"id":"a","stream":{"name":"s"}}' },
      { path: `${APP}:startRecord`, method: 'POST', headers, body: '{"id":' },
      { path: `${APP}%3Arecords`, method: 'POST', headers, body: '{}' },
      { path: `${APP}:records?x=1`, method: 'GET', headers },
      { path: `${APP}/streams/none`, method: 'GET', headers },
      { path: '/v1/version', method: 'GET', headers: {} },
      { path: '/v1/version', method: 'OPTIONS', headers: {} },
    ] as const;
    for (const { path, ...options } of calls) {
      const socket = await request(url + path, { ...options, dispatcher: agent() });
      const direct = await request(`http://ome${path}`, {
        ...options,
        dispatcher: emulatorDispatcher(inProcess.emulator),
      });
      expect(socket.statusCode).toBe(direct.statusCode);
      expect(await socket.body.text()).toBe(await direct.body.text());
      expect(socket.headers).toMatchObject(direct.headers);
    }
  });

  it('cuts the connection for a lost reply', async () => {
    const kit = omeKit();
    const { url } = await serve(kit);
    kit.control('faults', { kind: 'reply-lost' });
    const lost = request(`${url}/v1/version`, { headers, dispatcher: agent() });
    await expect(lost).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) });
  });

  it('lets a late reply come after the client has gone', async () => {
    const kit = omeKit();
    const { url } = await serve(kit);
    kit.control('faults', { kind: 'late' });
    const late = request(`${url}/v1/version`, {
      headers,
      dispatcher: agent(),
      signal: AbortSignal.timeout(50),
    });
    await expect(late).rejects.toThrow('timeout');
  });

  it('keeps idle connections for 65 s', async () => {
    const { port } = await serve(omeKit());
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
      socket.once('data', (data) => {
        socket.destroy();
        resolve(data.toString());
      });
    });
    expect(answer).toContain('Keep-Alive: timeout=65');
  });

  it('really stops listening while the process is down, and comes back on the same port', async () => {
    const kit = omeKit();
    const { url, controlUrl } = await serve(kit, { controlPort: 0 });
    const control = (name: string, input: object) =>
      request(`${controlUrl}/_emulator/${name}`, {
        method: 'POST',
        body: JSON.stringify(input),
        dispatcher: agent(),
      });
    await control('restart', { kill: true, downMs: 5000 });
    const down = request(`${url}/v1/version`, { headers, dispatcher: agent() });
    await expect(down).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await control('clock', { advanceMs: 5000 });
    await expect
      .poll(() =>
        request(`${url}/v1/version`, { headers, dispatcher: agent() }).then(
          (reply) => reply.statusCode,
          () => 0,
        ),
      )
      .toBe(200);
  });

  it('goes down and comes back by a control on its own port', async () => {
    const started = await startEmulator('ome');
    open.push(started);
    const get = () => request(`${started.url}/v1/version`, { headers, dispatcher: agent() });
    const restarted = await request(`${started.url}/_emulator/restart`, {
      method: 'POST',
      body: '{"downMs":300}',
      dispatcher: agent(),
    });
    expect(restarted.statusCode).toBe(200);
    await expect
      .poll(() =>
        get().then(
          () => '',
          (error: { code: string }) => error.code,
        ),
      )
      .toBe('ECONNREFUSED');
    await expect
      .poll(() =>
        get().then(
          (reply) => reply.statusCode,
          () => 0,
        ),
      )
      .toBe(200);
  });

  it('offers controls and truth to another process, but only if asked to', async () => {
    const kit = omeKit();
    const { url } = await serve(kit, { control: true });
    const post = (name: string, body: string) =>
      request(`${url}/_emulator/${name}`, { method: 'POST', body, dispatcher: agent() });
    expect((await post('source.start', '{"stream":"s"}')).statusCode).toBe(200);
    expect(await (await post('source.start', '{"stream":"s"}')).body.json()).toEqual({
      error: 'The stream app/s is already being pushed.',
    });
    expect((await post('none', '')).statusCode).toBe(404);
    const list = await request(`${url}/_emulator/controls`, { dispatcher: agent() });
    expect(await list.body.json()).toMatchObject({
      vendor: 'ome',
      controls: expect.arrayContaining(['restart', 'clock']),
    });
    kit.start('a');
    kit.wait(1000);
    const truth = await (await request(`${url}/_emulator/truth`, { dispatcher: agent() })).body.text();
    const types = truth
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual(['process', 'source', 'recording', 'request', 'media']);

    const plain = await serve(omeKit());
    const reply = await request(`${plain.url}/_emulator/controls`, { headers, dispatcher: agent() });
    expect(await reply.body.text()).toContain('Controller not found');
  });

  it('appends the truth log to a file, whole when it closes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'truth-'));
    const truthFile = join(folder, 'truth.jsonl');
    const kit = omeKit();
    const served = await serve(kit, { truthFile });
    kit.push();
    await request(`${served.url}${APP}:startRecord`, {
      method: 'POST',
      headers,
      body: '{"id":"a","stream":{"name":"s"},"filePath":"x.ts"}',
      dispatcher: agent(),
    });
    kit.wait(1000);
    await served.close();
    open.splice(open.indexOf(served), 1);
    const lines = readFileSync(truthFile, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      JSON.parse(JSON.stringify(kit.emulator.truth.entries)),
    );
    expect(lines.at(-1)).toContain('"type":"media"');
    rmSync(folder, { recursive: true });
  });
});

describe('emulators by name', () => {
  it('starts one, with a clock that can be moved', async () => {
    const started = await startEmulator('ome', { vendor: { accessToken: 't', version: '0.18.0' } });
    try {
      const before = started.emulator.clock();
      await request(`${started.url}/_emulator/clock`, { method: 'POST', body: '{"offsetMs":3600000}' });
      expect(started.emulator.clock() - before).toBeGreaterThanOrEqual(3_600_000);
      const authorization = `Basic ${Buffer.from('t').toString('base64')}`;
      const reply = await request(`${started.url}/v1/version`, { headers: { authorization } });
      expect(await reply.body.json()).toMatchObject({ response: { version: '0.18.0' } });
    } finally {
      await started.close();
    }
  });

  it('says which there are', async () => {
    await expect(startEmulator('nobody')).rejects.toThrow('There is no emulator of "nobody"');
  });
});
