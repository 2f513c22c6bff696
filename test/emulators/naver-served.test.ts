/** From end to end over HTTP, with requests that are signed here by hand. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { afterEach, expect, it } from 'vitest';
import { DEFAULT_ACCESS_KEY } from '../../src/emulators/naver/options.ts';
import { emulatedAccount, sampleSource, sampleTarget, startEmulator } from '../../src/emulators/registry.ts';
import { sign } from './naver-kit.ts';

const SECRET = 'its-secret';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (close) => await close()));
});

/** Somebody who takes callbacks and keeps them. */
async function listener(): Promise<{ url: string; heard: Record<string, unknown>[] }> {
  const heard: Record<string, unknown>[] = [];
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
    incoming.on('end', () => {
      heard.push(JSON.parse(body) as Record<string, unknown>);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => new Promise((resolve) => server.close(resolve)));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/cb/secret`, heard };
}

async function served(callbackUrl: string) {
  const emulator = await startEmulator('naver', {
    token: SECRET,
    callbacks: { url: callbackUrl, key: 'unused' },
    vendor: { processingMs: 20_000, transferMs: 10_000 },
  });
  open.push(async () => await emulator.close());
  const call = async (
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    target: string,
    body?: object,
    secret = SECRET,
  ) => {
    const timestamp = String(emulator.emulator.clock());
    const got = await request(`${emulator.url}${target}`, {
      method,
      headers: {
        'x-ncp-apigw-timestamp': timestamp,
        'x-ncp-iam-access-key': DEFAULT_ACCESS_KEY,
        'x-ncp-apigw-signature-v2': sign(method, target, timestamp, secret),
        'x-ncp-region_code': 'KR',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await got.body.text();
    // oxlint-disable-next-line typescript/no-explicit-any -- replies are looked into freely by tests
    const json: any = text === '' ? null : JSON.parse(text);
    return { status: got.statusCode, headers: got.headers, json };
  };
  const control = async (name: string, input: object) => {
    const got = await request(`${emulator.controlUrl}/_emulator/${name}`, {
      method: 'POST',
      body: JSON.stringify(input),
    });
    expect(got.statusCode).toBe(200);
    await got.body.dump();
  };
  return { ...emulator, call, control };
}

it('serves Live Station by name, under the account that it names', async () => {
  const { url } = await served('http://127.0.0.1:9/cb');
  const place = { url, token: SECRET, recordsDir: '/nowhere', callbacks: { path: 'hook', key: 'unused' } };
  expect(emulatedAccount('naver', place)).toEqual({
    vendor: 'naver',
    url,
    accessKey: DEFAULT_ACCESS_KEY,
    secretKey: SECRET,
    callbacks: { path: 'hook' },
  });
  expect(sampleTarget('naver', 'cam1')['channel']).toMatch(/^ls-\d{14}-[A-Za-z0-9]{5}$/);
  expect(sampleTarget('naver', 'cam1')).not.toEqual(sampleTarget('naver', 'cam2'));
  expect(sampleSource('naver', 'cam1')).toEqual(sampleTarget('naver', 'cam1'));
});

it('records a push from its start to the bucket, and tells of it', async () => {
  const { url, heard } = await listener();
  const naver = await served(url);
  const { channel } = sampleTarget('naver', 'cam1');
  const path = `/api/v2/channels/${channel}`;

  const stranger = await naver.call('GET', path, undefined, 'another');
  expect([stranger.status, stranger.json.error.errorCode]).toEqual([401, '200']);
  const early = await naver.call('PUT', `${path}/startRecord`);
  expect([early.status, early.json.error.errorCode]).toEqual([400, 250_005]);
  expect(early.headers['x-ncp-trace-id']).toHaveLength(26);

  await naver.control('source.start', sampleSource('naver', 'cam1'));
  const started = await naver.call('PUT', `${path}/startRecord`);
  expect([started.status, started.json.total]).toEqual([200, 3]);
  const info = await naver.call('GET', path);
  expect(info.json.content).toMatchObject({ channelStatus: 'PUBLISHING', isRecording: true });
  await naver.control('clock', { advanceMs: 60_000 });
  const stopped = await naver.call('PUT', `${path}/stopRecord`);
  const ids = Object.keys(stopped.json.content.recordList);
  expect(ids).toHaveLength(3);
  await naver.control('clock', { advanceMs: 31_000 });
  const { json } = await naver.call('GET', `${path}/records`);
  for (const id of ids) {
    expect(json.content.recordList[id]).toMatchObject({ status: 'TRANSFER_FINISH' });
    expect(json.content.recordList[id].duration).toBeGreaterThanOrEqual(60);
  }
  const removed = await naver.call('DELETE', `${path}/records`, { recordIds: ids.map(Number) });
  expect(removed.status).toBe(200);
  await naver.control('source.stop', sampleSource('naver', 'cam1'));

  const wanted = ['ONAIR_END', 'ONAIR_START', 'PUBLISH_END', 'PUBLISH_START'];
  const codes = () => heard.map(({ event }) => String(event)).toSorted((a, b) => (a < b ? -1 : 1));
  await expect.poll(codes, { timeout: 20_000 }).toEqual(wanted);
  expect(heard.every(({ channelId }) => channelId === channel)).toBe(true);
});
