import { describe, expect, it } from 'vitest';
import { omeKit } from './ome-kit.ts';

const RECORDS = '/v1/vhosts/default/apps/app:records';

describe('authentication of the emulated OvenMediaEngine', () => {
  const kit = omeKit();
  const withHeader = (authorization: string) => kit.send('POST', RECORDS, {}, { authorization });

  it.each([
    ['', 'Authorization header is required to call API'],
    ['Basic', 'Invalid authorization header'],
    ['Basic a b', 'Invalid authorization header'],
    ['Bearer abc', 'Not supported credential type: Bearer'],
    ['Basic %%%', 'Invalid credential format'],
    [`Basic ${Buffer.from('wrong').toString('base64')}`, 'Invalid credential'],
    [`Basic ${Buffer.from('ome-access-token:').toString('base64')}`, 'Invalid credential'],
  ])('answers "%s" with 401 and says why', (header, text) => {
    const reply = withHeader(header);
    expect(reply.status).toBe(401);
    expect(reply.headers['WWW-Authenticate']).toBe('Basic realm="OvenMediaEngine"');
    expect(reply.text).toBe(`{"message":"[HTTP] ${text} (401)","statusCode":401}`);
  });

  it('takes the whole token, encoded, in any case of the scheme', () => {
    expect(withHeader('bAsIc b21lLWFjY2Vzcy10b2tlbg==').status).toBe(200);
  });

  it('checks the token before it looks for the route', () => {
    expect(kit.send('GET', '/nowhere', undefined, { authorization: '' }).status).toBe(401);
    expect(kit.send('GET', '/nowhere').status).toBe(404);
  });

  it('answers OPTIONS with 204 and asks for no token', () => {
    const reply = kit.send('OPTIONS', RECORDS, undefined, { authorization: '' });
    expect(reply.status).toBe(204);
    expect(reply.text).toBe('');
  });

  it('names itself and its content type', () => {
    expect(kit.post('records', {}).headers).toMatchObject({
      Server: 'OvenMediaEngine',
      'Content-Type': 'application/json;charset=UTF-8',
    });
  });

  it('does not start without a token', () => {
    expect(() => omeKit({ accessToken: '' })).toThrow('access token');
  });
});

describe('routes of the emulated OvenMediaEngine', () => {
  const kit = omeKit();

  it.each([
    ['GET', '/v1/vhosts/default/apps/app:startRecord'],
    ['PUT', '/v1/vhosts/default/apps/app:startRecord'],
    ['POST', '/v1/vhosts/default/apps/app:startRecord/'],
    ['POST', '/v1/vhosts/default/apps/app%3AstartRecord'],
    ['POST', '/v1/vhosts/default/apps/app:other'],
    ['PATCH', '/v1/vhosts/default/apps/app/streams'],
    ['POST', '/v2/vhosts/default/apps/app:records'],
  ])('answers %s %s with 404, never with 405', (method, target) => {
    const reply = kit.send(method, target, {});
    expect(reply.status).toBe(404);
    expect(reply.text).toBe('{"message":"[HTTP] Controller not found (404)","statusCode":404}');
  });

  it('lists all records by GET, too', () => {
    kit.start('a');
    expect(kit.send('GET', RECORDS).json.response).toHaveLength(1);
  });

  it('tells its version since 0.16.6', () => {
    expect(kit.send('GET', '/v1/version').json.response.version).toBe('0.20.0');
    expect(omeKit({ version: '0.16.0' }).send('GET', '/v1/version').status).toBe(404);
  });
});

describe('streams of the emulated OvenMediaEngine', () => {
  it('lists the input streams, not the outputs', () => {
    const kit = omeKit();
    kit.push({ stream: 'in', outputs: [{ name: 'out_720' }, { name: 'out_360' }] });
    expect(kit.send('GET', '/v1/vhosts/default/apps/app/streams').json.response).toEqual(['in']);
  });

  it('maps an input stream to its outputs', () => {
    const kit = omeKit();
    kit.push({ stream: 'in', outputs: [{ name: 'out', variants: ['h264_720', 'aac'] }] });
    const { response } = kit.send('GET', '/v1/vhosts/default/apps/app/streams/in').json;
    expect(Object.keys(response)).toEqual(['input', 'name', 'outputs']);
    expect(response.outputs[0].name).toBe('out');
    expect(response.outputs[0].tracks.map((track: { name: string }) => track.name)).toEqual([
      'h264_720',
      'aac',
    ]);
    expect(response.input.createdTime).toBe('2026-01-01T12:00:00.000+00:00');
  });

  it('does not know a stream that is not pushed', () => {
    const reply = omeKit().send('GET', '/v1/vhosts/default/apps/app/streams/x');
    expect(reply.json.message).toBe('[HTTP] Could not find the stream: [default/app/x] (404)');
  });

  it('ends a stream on DELETE', () => {
    const kit = omeKit();
    kit.push();
    kit.start('a');
    expect(kit.send('DELETE', '/v1/vhosts/default/apps/app/streams/s').text).toBe(
      '{"message":"OK","statusCode":200}',
    );
    expect(kit.look('a').state).toBe('stopped');
  });

  it('refuses to pull a stream that exists, and cannot pull any other', () => {
    const kit = omeKit();
    kit.push();
    const pull = (name: string) =>
      kit.send('POST', '/v1/vhosts/default/apps/app/streams', { name, urls: ['rtsp://x/y'] });
    expect(pull('s').status).toBe(409);
    expect(pull('other').status).toBe(502);
  });
});

describe('pushes of the emulated OvenMediaEngine', () => {
  const push = {
    id: 'p',
    stream: { name: 's' },
    protocol: 'rtmp',
    url: 'rtmp://192.0.2.1/app',
    streamKey: 'k',
  };

  it('starts, lists and stops a push', () => {
    const kit = omeKit();
    kit.push();
    expect(kit.post('startPush', push).json.response.state).toBe('ready');
    kit.wait(2000);
    expect(kit.post('pushes', {}).json.response[0]).toMatchObject({
      id: 'p',
      state: 'pushing',
      sentTime: 1000,
    });
    expect(kit.post('stopPush', { id: 'p' }).text).toBe('{"message":"OK","statusCode":200}');
    expect(kit.post('pushes', {}).json.response).toEqual([]);
  });

  it.each([
    [{ ...push, protocol: 'x' }, 400, "Could not find protocol 'x': [default/app]"],
    [{ protocol: 'srt' }, 400, 'There is no required parameter [ id stream.name url]'],
  ])('refuses %o', (body, status, text) => {
    const reply = omeKit().post('startPush', body);
    expect(reply.json).toEqual({ message: `[HTTP] ${text} (${status})`, statusCode: status });
  });

  it('refuses a second push of one id, and a stop of an unknown one', () => {
    const kit = omeKit();
    kit.post('startPush', push);
    expect(kit.post('startPush', push).json.message).toBe('[HTTP] Duplicate ID (400)');
    expect(kit.post('stopPush', { id: 'q' }).json.message).toBe(
      "[HTTP] Could not find id 'q': [default/app] (404)",
    );
  });
});
