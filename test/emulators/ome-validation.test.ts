import { describe, expect, it } from 'vitest';
import { omeKit } from './ome-kit.ts';

const VHOSTS = [{ name: 'default', apps: [{ name: 'app' }, { name: 'live', file: false }] }];
const path = (vhost: string, app: string, action = 'startRecord') =>
  `/v1/vhosts/${vhost}/apps/${app}:${action}`;

describe('what the emulated OvenMediaEngine refuses, in its order', () => {
  const kit = omeKit({ vhosts: VHOSTS });
  const message = (target: string, body?: unknown) => {
    const { status, json } = kit.send('POST', target, body);
    return [status, json.message];
  };

  it('finds bad JSON before it looks for the virtual host', () => {
    expect(message(path('nobody', 'app'), '{"id": "a", "stream": {"name":"x"},  ')).toEqual([
      400,
      "[HTTP] [JSON] * Line 1, Column 38\n  Missing '}' or object member name\n (400)",
    ]);
  });

  it('names line and column of a missing comma', () => {
    expect(message(path('default', 'app'), '{\n"schedule": "0 */1 *"\n"segmentationRule": "x"}')[1]).toBe(
      "[HTTP] [JSON] * Line 3, Column 1\n  Missing ',' or '}' in object declaration\n (400)",
    );
  });

  it('looks for the virtual host, then the application', () => {
    expect(message(path('v', 'app'), {})).toEqual([404, '[HTTP] Could not find the virtual host: [v] (404)']);
    expect(message(path('default', 'a'), {})).toEqual([
      404,
      '[HTTP] Could not find the application: [default/a] (404)',
    ]);
  });

  it('says "application" without "the" when that has no FILE publisher', () => {
    expect(message(path('default', 'live'), {})).toEqual([
      404,
      '[HTTP] Could not find application: [default/live] (404)',
    ]);
  });

  it('says so when the module is missing altogether', () => {
    const reply = omeKit({ filePublisher: false }).post('startRecord', {});
    expect(reply.json.message).toBe('[HTTP] Could not find publisher: [default/app] (404)');
  });

  it.each([
    [undefined, '[ id stream.name]'],
    [{}, '[ id stream.name]'],
    [{ id: 'a' }, '[ stream.name]'],
    [{ stream: { name: 's' } }, '[ id]'],
    [{ id: 5, stream: { name: 's' } }, '[ id]'],
    [{ id: '', stream: { name: '' } }, '[ id stream.name]'],
  ])('lists what is missing in %o', (body, list) => {
    expect(message(path('default', 'app'), body)).toEqual([
      400,
      `[HTTP] There is no required parameter ${list} (400)`,
    ]);
  });

  it('takes no interval together with a schedule', () => {
    const body = { id: 'a', stream: { name: 's' }, interval: 1000, schedule: 'nonsense' };
    expect(message(path('default', 'app'), body)).toEqual([
      400,
      '[HTTP] [Interval] and [Schedule] cannot be used at the same time (400)',
    ]);
  });

  it.each(['* *', '60 * *', '* * 24', '00 * *', '0,30 * *', '0-5 * *', '* * * *', ' * * *'])(
    'refuses the schedule "%s"',
    (schedule) => {
      const body = { id: 'a', stream: { name: 's' }, schedule };
      expect(message(path('default', 'app'), body)).toEqual([
        400,
        '[HTTP] Invalid [schedule] parameter (400)',
      ]);
    },
  );

  it.each(['* * *', '0 */1 *', '59 59 23', '*/5 * *'])('accepts the schedule "%s"', (schedule) => {
    expect(omeKit().start('a', { schedule }).status).toBe(200);
  });

  it('says 400, not 409, to an id that exists', () => {
    kit.start('twice');
    expect(kit.start('twice').json).toEqual({
      message: '[HTTP] Duplicate ID already exists (400)',
      statusCode: 400,
    });
  });

  it('keeps ids apart by application', () => {
    const two = omeKit({ vhosts: [{ name: 'default', apps: [{ name: 'app' }, { name: 'other' }] }] });
    two.start('a');
    expect(two.send('POST', path('default', 'other'), { id: 'a', stream: { name: 's' } }).status).toBe(200);
  });

  it('wants an id for a stop, and knows it', () => {
    expect(kit.post('stopRecord', {}).json.message).toBe('[HTTP] There is no required parameter [ id] (400)');
    expect(kit.stop('x').json.message).toBe(
      '[HTTP] There is no record information related to the ID [x] (404)',
    );
  });

  it.each([['"text"'], ['[]'], ['5']])('fails with 500 on the body %s', (body) => {
    const reply = kit.post('startRecord', body);
    expect(reply.status).toBe(500);
    expect(reply.json.message).toMatch(/^in Json::Value::find/);
  });

  it('fails with 500 on a stream that is a text', () => {
    expect(kit.post('startRecord', { id: 'a', stream: 's' }).status).toBe(500);
    expect(kit.post('startRecord', { id: 'a', stream: ['s'] }).status).toBe(500);
    expect(kit.post('startRecord', { id: 'a', stream: [] }).status).toBe(400);
  });
});

describe('what the emulated OvenMediaEngine ignores without a word', () => {
  it('drops values of the wrong type', () => {
    const kit = omeKit();
    const reply = kit.start('a', {
      interval: '60000',
      metadata: { a: 1 },
      segmentationRule: 'odd',
      unknown: true,
      stream: { name: 's', trackIds: [1, 'two', 3.5], variantNames: ['v', 7] },
    });
    expect(reply.json.response).toEqual({
      app: 'app',
      createdTime: '2026-01-01T12:00:00.000+00:00',
      id: 'a',
      isConfig: false,
      segmentationRule: 'discontinuity',
      state: 'ready',
      stream: { name: 's', trackIds: [1], variantNames: ['v'] },
      vhost: 'default',
    });
  });

  it('drops a negative interval, and takes one of 3000.0', () => {
    const kit = omeKit();
    expect(kit.start('a', { interval: -5 }).json.response).not.toHaveProperty('interval');
    expect(
      kit.post('startRecord', '{"id":"b","stream":{"name":"s"},"interval":3000.0}').json.response.interval,
    ).toBe(3000);
  });

  it('reads the old name of the track list', () => {
    expect(omeKit().start('a', { stream: { name: 's', tracks: [2] } }).json.response.stream.trackIds).toEqual(
      [2],
    );
  });

  it('lists all records for a numeric id', () => {
    const kit = omeKit();
    kit.start('a');
    kit.start('b');
    expect(kit.post('records', { id: 1 }).json.response).toHaveLength(2);
  });

  it('takes any characters in an id', () => {
    const kit = omeKit();
    const id = 'a/b:c "d" ü';
    expect(kit.start(id).status).toBe(200);
    expect(kit.look(id).id).toBe(id);
  });
});
