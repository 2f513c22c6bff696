/** Callbacks that come with GET and say all in their query: only to vendors that send such ones. */
import { afterEach, expect, test } from 'vitest';
import type { CallbackRequest } from '../../src/recorders/callbacks.ts';
import { registryOf } from '../../src/recorders/registry.ts';
import { address, calledBack, newsOf, PATH, settingsWith, stubGateway } from './kit.ts';

let gateway: ReturnType<typeof stubGateway>;
afterEach(async () => await gateway.close());

/** Its callbacks come with GET, or with POST alone; each is believed and handed back. */
function begin(takesGet: boolean) {
  const seen: CallbackRequest[] = [];
  const vendors = [...calledBack().values()].map((vendor) => {
    if (vendor.contract.vendor !== 'synthetic') return vendor;
    const callbacks = {
      ...(takesGet && { takesGet: true as const }),
      read(_account: Record<string, unknown>, request: CallbackRequest) {
        seen.push(request);
        const reply = { status: 200, body: { received: true } };
        return { verdict: 'genuine' as const, news: [newsOf('cam1')], reply };
      },
    };
    return { ...vendor, callbacks };
  });
  const registry = registryOf(vendors);
  gateway = stubGateway({ registry, settings: settingsWith({}, registry) });
  gateway.world.open.add('recording/synthetic/studio/cam1');
  const get = async (path: string, method: 'GET' | 'HEAD' = 'GET') =>
    await gateway.app.inject({ method, url: path, headers: { 'x-signed': 'yes' } });
  return { seen, get };
}

test('a GET is read with its query, decoded, and the sessions are told', async () => {
  const { seen, get } = begin(true);
  const reply = await get(`${address()}?action=publish&id=a%20b%2Bc&app=push.example.com&id=second&empty=`);
  expect([reply.statusCode, reply.json()]).toEqual([200, { received: true }]);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    method: 'GET',
    query: { action: 'publish', id: 'a b+c', app: 'push.example.com', empty: '' },
    headers: { 'x-signed': 'yes' },
    body: Buffer.alloc(0),
  });
  expect(gateway.world.told).toHaveLength(1);
  expect(gateway.world.counts.verdicts).toEqual({ 'studio delivered': 1 });
});

test('a POST has its query too', async () => {
  const { seen } = begin(true);
  await gateway.post(`${address()}?a=1`, { payload: 'x' });
  expect(seen[0]).toMatchObject({ method: 'POST', query: { a: '1' }, body: Buffer.from('x') });
});

test('a GET without a query, and a HEAD, try the address and are read by nobody', async () => {
  const { seen, get } = begin(true);
  expect((await get(address())).json()).toEqual({});
  expect((await get(`${address()}?`)).statusCode).toBe(200);
  expect((await get(`${address()}?action=publish`, 'HEAD')).statusCode).toBe(200);
  expect(seen).toEqual([]);
  expect(gateway.world.counts.verdicts).toEqual({});
});

test('a vendor that sends no GET never sees one', async () => {
  const { seen, get } = begin(false);
  const reply = await get(`${address()}?action=publish`);
  expect([reply.statusCode, reply.json()]).toEqual([200, {}]);
  expect(seen).toEqual([]);
});

test('a wrong secret is not there for a GET either, whatever its query', async () => {
  const { seen, get } = begin(true);
  const reply = await get(`${address('studio', `${PATH}-wrong`)}?action=publish`);
  expect([reply.statusCode, reply.json()]).toEqual([404, { error: 'not found' }]);
  expect(seen).toEqual([]);
});

test('names that mean something to the language are only names', async () => {
  const { seen, get } = begin(true);
  await get(`${address()}?__proto__=x&constructor=y&a=1`);
  expect(Object.getPrototypeOf(seen[0]!.query)).toBe(Object.prototype);
  expect(seen[0]!.query!['a']).toBe('1');
});
