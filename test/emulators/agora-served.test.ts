import { expect, it } from 'vitest';
import {
  DEFAULT_APP_ID,
  DEFAULT_CERTIFICATE,
  DEFAULT_CUSTOMER_ID,
} from '../../src/emulators/agora/options.ts';
import { emulatedAccount, sampleSource, sampleTarget, startEmulator } from '../../src/emulators/registry.ts';

it('serves Agora by name, under the account that it names', async () => {
  const served = await startEmulator('agora', { token: 'its-secret', vendor: { qps: 2 } });
  try {
    const place = { url: served.url, token: 'its-secret', recordsDir: '/nowhere' };
    const account = emulatedAccount('agora', place);
    expect(account).toEqual({
      vendor: 'agora',
      url: served.url,
      appId: DEFAULT_APP_ID,
      appCertificate: DEFAULT_CERTIFICATE,
      customerId: DEFAULT_CUSTOMER_ID,
      customerSecret: 'its-secret',
    });
    const acquire = async (secret: string) =>
      await fetch(`${served.url}/v1/apps/${DEFAULT_APP_ID}/cloud_recording/acquire`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${DEFAULT_CUSTOMER_ID}:${secret}`).toString('base64')}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ cname: 'news', uid: '1', clientRequest: {} }),
      });
    const good = await acquire('its-secret');
    expect(good.status).toBe(200);
    expect(good.headers.get('x-request-id')).toHaveLength(32);
    expect(await good.json()).toMatchObject({ cname: 'news', uid: '1' });
    expect((await acquire('another')).status).toBe(401);
    const source = sampleSource('agora', 'news');
    expect(source).toEqual({ channel: sampleTarget('agora', 'news')['channel'] });
    const control = await fetch(`${served.controlUrl}/_emulator/source.start`, {
      method: 'POST',
      body: JSON.stringify(source),
    });
    expect(control.status).toBe(200);
    expect(served.emulator.truth.entries.at(-1)).toMatchObject({
      type: 'source',
      source: 'news/1',
      event: 'up',
    });
  } finally {
    await served.close();
  }
});
