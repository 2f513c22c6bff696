import { afterEach, expect, test } from 'vitest';
import {
  address,
  BODY_CANARY,
  calledBack,
  KEY,
  newsOf,
  PATH,
  settingsWith,
  signed,
  stubGateway,
} from './kit.ts';

let gateway: ReturnType<typeof stubGateway>;
afterEach(async () => await gateway.close());

const begin = (options?: Parameters<typeof stubGateway>[0]) => {
  gateway = stubGateway(options);
  gateway.world.open.add('recording/synthetic/studio/cam1');
  return gateway;
};

test('an event goes to the open session of its target, and only there', async () => {
  const { post, world } = begin();
  const news = newsOf('cam1', { targets: [['cam1'], ['cam2'], ['cam1']] });
  const reply = await post(address(), signed({ news: [news] }));
  expect([reply.statusCode, reply.json()]).toEqual([200, { received: true }]);
  expect(world.told).toEqual([{ workflowId: 'recording/synthetic/studio/cam1', event: news.event }]);
  expect(world.counts.verdicts).toEqual({ 'studio delivered': 1 });
});

test('an event of a target that nobody records is answered 200 and counted', async () => {
  const { post, world } = begin();
  const reply = await post(address(), signed({ news: [newsOf('nobody')] }));
  expect(reply.statusCode).toBe(200);
  expect(world.counts.verdicts).toEqual({ 'studio no-session': 1 });
});

test('a genuine request that tells nothing is answered as its vendor expects', async () => {
  const { post, world } = begin();
  const reply = await post(address(), signed({}));
  expect([reply.statusCode, reply.json()]).toEqual([200, { received: true }]);
  expect(world.counts.verdicts).toEqual({ 'studio ignored': 1 });
});

test('a look is asked for only where a session was told', async () => {
  const { post, world } = begin();
  await post(address(), signed({ news: [newsOf('cam1', { targets: [['cam1'], ['cam2']], look: true })] }));
  await post(address(), signed({ news: [newsOf('cam1')] }));
  expect(world.looked).toEqual(['recording/synthetic/studio/cam1']);
});

test.each([
  ['forged', 401, { news: [newsOf('cam1')] }, 'another key'],
  ['stale', 401, { at: 0, news: [newsOf('cam1')] }, KEY],
] as const)('what is %s gets %i, and no session hears of it', async (verdict, status, callback, key) => {
  const { post, world } = begin();
  const reply = await post(address(), signed({ ...callback, news: [...callback.news] }, key));
  expect(reply.statusCode).toBe(status);
  expect(world.told).toEqual([]);
  expect(world.counts.verdicts).toEqual({ [`studio ${verdict}`]: 1 });
  expect(JSON.parse(world.lines[0]!)).toMatchObject({ level: 'warn', account: 'studio', verdict });
});

test('both keys are believed during a rotation', async () => {
  const { post, world } = begin({
    settings: settingsWith({
      accounts: {
        studio: {
          vendor: 'synthetic',
          secret: 's',
          callbacks: { path: [PATH, `${PATH}-new`], keys: ['old', 'new'] },
        },
      },
    }),
  });
  for (const key of ['old', 'new']) {
    for (const path of [PATH, `${PATH}-new`]) {
      await post(address('studio', path), signed({ news: [newsOf('cam1')] }, key));
    }
  }
  expect(world.told).toHaveLength(4);
});

test('a wrong secret, an unknown account and a path of nothing have the very same answer', async () => {
  const { post, world } = begin();
  const one = signed({ news: [newsOf('cam1')] });
  const replies = await Promise.all(
    [
      address('studio', 'not-the-secret-at-all'),
      address('nobody'),
      '/callbacks/studio',
      '/elsewhere',
      `${address()}/`,
      '/callbacks/%ff/x',
      address('studio', 'x'.repeat(2_000)),
    ].map(async (path) => await post(path, one)),
  );
  const seen = replies.map(({ statusCode, body, headers: { date: _date, ...headers } }) => ({
    statusCode,
    body,
    headers,
  }));
  expect(new Set(seen.map((reply) => JSON.stringify(reply))).size).toBe(1);
  expect(seen[0]).toMatchObject({ statusCode: 404, body: '{"error":"not found"}' });
  expect(world.told).toEqual([]);
  expect(world.counts.verdicts).toEqual({ 'studio unknown': 1, '- unknown': 6 });
});

test('a body that is too large is refused before it is read, and only to whom knows the address', async () => {
  const { post, world } = begin();
  const payload = Buffer.alloc(300_000, 'x');
  expect((await post(address(), { payload })).statusCode).toBe(413);
  expect((await post(address('nobody'), { payload })).statusCode).toBe(404);
  expect(world.counts.verdicts).toEqual({ 'studio oversized': 1, '- unknown': 1 });
});

test('the bytes are taken as they come, whatever they are said to be', async () => {
  const { post, world } = begin();
  const { headers, payload } = signed({ news: [newsOf('cam1')] });
  for (const type of [
    'text/plain',
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
    '',
  ]) {
    const { 'content-type': _type, ...rest } = headers;
    const reply = await post(address(), {
      headers: type === '' ? rest : { ...rest, 'content-type': type },
      payload,
    });
    expect(reply.statusCode).toBe(200);
  }
  expect(world.told).toHaveLength(4);
});

test('an address can be tried with GET and HEAD, which tell nothing', async () => {
  const { app, world } = begin();
  for (const method of ['GET', 'HEAD'] as const) {
    expect((await app.inject({ method, url: address() })).statusCode).toBe(200);
    expect((await app.inject({ method, url: address('studio', 'wrong-secret-0000') })).statusCode).toBe(404);
  }
  expect(world.told).toEqual([]);
});

test('another method is refused as such at a right address alone', async () => {
  const { app, world } = begin();
  const reply = await app.inject({ method: 'PUT', url: address() });
  expect([reply.statusCode, reply.headers.allow]).toEqual([405, 'POST, GET, HEAD']);
  const wrong = await app.inject({ method: 'PUT', url: address('studio', 'wrong-secret-0000') });
  expect([wrong.statusCode, wrong.headers.allow]).toEqual([404, undefined]);
  expect(world.counts.verdicts).toEqual({ 'studio malformed': 1, 'studio unknown': 1 });
  expect(JSON.parse(world.lines[0]!)).toMatchObject({ why: expect.stringContaining('method') as string });
});

test('while Temporal is away the vendor is asked to send it again', async () => {
  const { post, world } = begin();
  world.away = true;
  const one = signed({ news: [newsOf('cam1')] });
  expect((await post(address(), one)).statusCode).toBe(503);
  world.away = false;
  expect((await post(address(), one)).statusCode).toBe(200);
  expect(world.told).toHaveLength(1);
  expect(world.counts.verdicts).toEqual({ 'studio unavailable': 1, 'studio delivered': 1 });
  expect(JSON.parse(world.lines[0]!)).toMatchObject({ verdict: 'unavailable', event: 'source-up' });
});

const RETRY = { most: 2, forMs: 60_000, firstPauseMs: 5 };

test('who waits for a permission has it at once while Temporal is away, and the sessions are told afterwards', async () => {
  const { post, world } = begin({ retry: RETRY });
  world.away = true;
  const reply = await post(address(), signed({ admission: true, news: [newsOf('cam1')] }));
  expect([reply.statusCode, reply.json()]).toEqual([200, { allowed: true }]);
  expect(world.told).toEqual([]);
  world.away = false;
  await expect.poll(() => world.counts.verdicts).toEqual({ 'studio delivered': 1 });
  expect(world.told).toHaveLength(1);
});

test('a forged request for a permission is permitted, and no session hears of it', async () => {
  const { post, world } = begin();
  const reply = await post(address(), signed({ admission: true, news: [newsOf('cam1')] }, 'another key'));
  expect([reply.statusCode, reply.json()]).toEqual([200, { allowed: true }]);
  await gateway.close();
  expect(world.told).toEqual([]);
  expect(world.counts.verdicts).toEqual({ 'studio forged': 1 });
});

test('what cannot be told in time is dropped and counted, and so is what would be too much to hold', async () => {
  const { post, world } = begin({ retry: RETRY });
  world.away = true;
  for (let i = 0; i < 3; i += 1) {
    const reply = await post(address(), signed({ admission: true, news: [newsOf('cam1')] }));
    expect(reply.json()).toEqual({ allowed: true });
  }
  expect(world.counts.verdicts).toEqual({ 'studio dropped': 1 });
  // Ending tries nothing again.
  await gateway.close();
  expect(world.counts.verdicts).toEqual({ 'studio dropped': 3 });
});

test('an account whose secrets cannot be read believes nobody and permits everybody', async () => {
  const accounts = {
    studio: { vendor: 'synthetic', secret: 's', callbacks: { path: PATH, keys: 'file:/nowhere/at/all' } },
  };
  const { post, world } = begin({ settings: settingsWith({ accounts }) });
  const reply = await post(address(), signed({ news: [newsOf('cam1')] }));
  expect(reply.statusCode).toBe(503);
  const permission = await post(address(), signed({ admission: true, news: [newsOf('cam1')] }));
  expect([permission.statusCode, permission.json()]).toEqual([200, { allowed: true }]);
  expect(world.told).toEqual([]);
  expect(world.counts.verdicts).toEqual({ 'studio unavailable': 2 });
  const whys = world.lines.map((line) => (JSON.parse(line) as { why: string }).why);
  expect(whys).toEqual([
    'the secrets of the account cannot be read: accounts.studio.callbacks.keys: the file /nowhere/at/all cannot be read.',
    'the secrets of the account cannot be read',
  ]);
});

test('a secret that does not stand is named by its field, and not shown', async () => {
  const accounts = {
    studio: { vendor: 'synthetic', secret: 's', callbacks: { path: '${CALLBACK_PATH}', keys: 'k' } },
  };
  const settings = settingsWith({ accounts }, calledBack(), { CALLBACK_PATH: 'CANARY' });
  const { post, world } = begin({ settings });
  expect((await post(address(), signed({}))).statusCode).toBe(503);
  expect(world.lines[0]).toContain('accounts.studio.callbacks.path: it must be 16 to 200 letters');
  expect(world.lines[0]).not.toContain('CANARY');
});

test('what came in before the end is finished, and answered', async () => {
  const { app, post, world } = begin();
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  let answer = (): void => {};
  world.answers = new Promise((resolve) => (answer = resolve));
  const { headers, payload } = signed({ news: [newsOf('cam1')] });
  const reply = fetch(`${url}${address()}`, { method: 'POST', headers, body: payload });
  const permission = signed({ admission: true, news: [newsOf('cam1')] });
  expect((await post(address(), permission)).json()).toEqual({ allowed: true });
  await expect.poll(() => world.asked).toBe(2);
  const closed = gateway.close();
  answer();
  expect((await reply).status).toBe(200);
  await closed;
  expect(world.told).toHaveLength(2);
});

test('an account without callbacks has no address', async () => {
  const { post } = begin({
    settings: settingsWith({
      accounts: { studio: { vendor: 'synthetic', secret: 's' } },
    }),
  });
  expect((await post(address(), signed({}))).statusCode).toBe(404);
});

test('health is the process, readiness is Temporal', async () => {
  const { app, world } = begin();
  world.away = true;
  expect((await app.inject('/healthz')).statusCode).toBe(200);
  expect((await app.inject('/readyz')).statusCode).toBe(503);
  world.away = false;
  expect((await app.inject('/readyz')).statusCode).toBe(200);
});

test('neither address nor key nor body gets into the log', async () => {
  const { post, world } = begin();
  const sent = signed({ news: [newsOf('cam1')], canary: BODY_CANARY });
  const query = `${address()}?token=CANARY-4`;
  await post(query, signed({ news: [newsOf('cam1')], canary: BODY_CANARY }, 'other'));
  await post(address('CANARY-5', PATH), sent);
  await post(address('studio', 'CANARY-6-wrong-secret'), sent);
  await post(query, { ...sent, payload: Buffer.alloc(300_000, BODY_CANARY) });
  world.away = true;
  await post(query, sent);
  await gateway.close();
  expect(world.lines).toHaveLength(5);
  expect(world.lines.join('\n')).not.toContain('CANARY');
});
