/** What Huawei calls back: verified over its own fields, and read as news. */
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { huaweiAccountSchema, huaweiContract } from '../../../src/contract/vendors/huawei.ts';
import { huaweiCallbacks } from '../../../src/recorders/huawei/callbacks.ts';
import { apiOf } from '../../../src/recorders/huawei/handle.ts';
import { CALLBACK_KEY as KEY, DOMAIN, kit, MINUTE, PROJECT, SECOND } from './kit.ts';

const EXPIRY = 1_776_826_800;
const NOW = (EXPIRY - 60) * 1000;
const URL_OF_FILE = 'https://bucket.obs.example.com/live/mystream.m3u8';
const STREAM = { publish_domain: 'publish.example.com', app: 'live', stream: 'mystream' };

const account = (callbacks: Record<string, unknown> = {}) =>
  huaweiAccountSchema.parse({
    vendor: 'huawei',
    region: 'cn-north-4',
    projectId: PROJECT,
    token: 'token',
    callbacks: { path: 'canary-path-0123456', keys: KEY, ...callbacks },
  });

function read(
  body: unknown,
  { receivedAt = NOW, callbacks = {} }: { receivedAt?: number; callbacks?: object } = {},
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return huaweiCallbacks.read(account({ ...callbacks }), {
    method: 'POST',
    headers: {},
    body: Buffer.from(text),
    receivedAt,
  });
}

const hmac = (text: string, key = KEY): string => createHmac('sha256', key).update(text).digest('hex');

const wordOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

function record(type: string, more: Record<string, unknown> = {}) {
  const body: Record<string, unknown> = {
    event_type: type,
    ...STREAM,
    task_id: 't1',
    job_id: 'j1',
    auth_timestamp: EXPIRY,
    ...more,
  };
  const words = [
    'auth_timestamp',
    'event_type',
    'publish_domain',
    'app',
    'stream',
    'download_url',
    'play_url',
  ];
  return { ...body, auth_sign: hmac(words.map((name) => wordOf(body[name])).join('')) };
}

function stream(event: string, more: Record<string, unknown> = {}) {
  const body: Record<string, unknown> = {
    domain: STREAM.publish_domain,
    app: 'live',
    stream: 'mystream',
    publish_timestamp: String(EXPIRY - 120),
    event,
    auth_timestamp: EXPIRY,
    ...more,
  };
  const words = ['event', 'domain', 'app', 'stream', 'auth_timestamp'];
  return { ...body, auth_sign: hmac(words.map((name) => wordOf(body[name])).join('')) };
}

function news(body: unknown, how = {}) {
  const reading = read(body, how);
  if (reading.verdict !== 'genuine') throw new Error(`${reading.verdict}: ${reading.why}`);
  return reading.news;
}

describe('the published signatures', () => {
  it.each([
    [
      'RECORD_START without addresses',
      { event_type: 'RECORD_START', ...STREAM },
      '43190c2c2d0be99a02253e09bfa37f46e88302f4d703852d57960737ef74d699',
    ],
    [
      'RECORD_FILE_COMPLETE with a download address',
      { event_type: 'RECORD_FILE_COMPLETE', ...STREAM, download_url: URL_OF_FILE },
      '0c7fa9ebec12c4763f8668fecadb9f4b65941582711c62a81c7314d96d1ab95c',
    ],
    [
      'PUBLISH, in another order',
      {
        event: 'PUBLISH',
        domain: STREAM.publish_domain,
        app: 'live',
        stream: 'mystream',
        publish_timestamp: '1',
      },
      '0608abeca482e00471b5ad49bbe6fab3b1b0a419c9091108ba52d7b3b6c1ea66',
    ],
  ])('hold for %s, whether the instant is a number or a text', (_name, body, sign) => {
    for (const auth_timestamp of [EXPIRY, String(EXPIRY)])
      expect(read({ ...body, auth_timestamp, auth_sign: sign }).verdict).toBe('genuine');
    expect(read({ ...body, stream: 'other', auth_timestamp: EXPIRY, auth_sign: sign }).verdict).toBe(
      'forged',
    );
  });

  it('of MD5 hold only where MD5 is configured', () => {
    const sign = 'cd26a4dacd40e4a1f9dd317465b48278';
    expect(createHash('md5').update(`${KEY}${EXPIRY}`).digest('hex')).toBe(sign);
    const body = { event_type: 'RECORD_OVER', ...STREAM, auth_timestamp: EXPIRY, auth_sign: sign };
    expect(read(body)).toMatchObject({ verdict: 'forged' });
    expect(read(body, { callbacks: { sign: 'MD5' } }).verdict).toBe('genuine');
  });
});

describe('a callback', () => {
  it('counts until the instant that it carries', () => {
    expect(read(record('RECORD_OVER'), { receivedAt: EXPIRY * 1000 }).verdict).toBe('genuine');
    expect(read(record('RECORD_OVER'), { receivedAt: EXPIRY * 1000 + 1 }).verdict).toBe('stale');
    expect(read(stream('PUBLISH'), { receivedAt: EXPIRY * 1000 + 1 }).verdict).toBe('stale');
  });

  it('is answered with 200', () => {
    expect(read(record('RECORD_OVER'))).toMatchObject({ reply: { status: 200 } });
  });

  it('may be signed with any of the keys, during a rotation', () => {
    const keys = ['f'.repeat(32), KEY];
    expect(read(record('RECORD_START'), { callbacks: { keys } }).verdict).toBe('genuine');
    expect(read(record('RECORD_START'), { callbacks: { keys: 'f'.repeat(32) } }).verdict).toBe('forged');
  });

  it.each(['', '{', '[]', '{}', '{"event_type":"RECORD_OVER"}', JSON.stringify({ event: 'PUBLISH' })])(
    'that is %s is malformed',
    (body) => {
      expect(read(body).verdict).toBe('malformed');
    },
  );

  it('of an event that is not known tells nothing', () => {
    expect(news(record('RECORD_WHATEVER'))).toEqual([]);
    expect(news(stream('WHATEVER'))).toEqual([]);
  });
});

describe('record callbacks', () => {
  const targets = [['publish.example.com', 'live', 'mystream']];

  it('RECORD_START says that the recorder is at work', () => {
    expect(news(record('RECORD_START'))).toMatchObject([
      { targets, event: { kind: 'recorder-started', at: NOW } },
    ]);
  });

  it('RECORD_NEW_FILE_START proves media since the first frame', () => {
    const [told, file] = news(
      record('RECORD_NEW_FILE_START', { start_time: '2026-04-22T02:55:00Z', obs_object: 'live/a.m3u8' }),
    );
    const since = Date.parse('2026-04-22T02:55:00Z');
    expect(told).toMatchObject({ targets, event: { kind: 'recorder-recording', at: NOW, since } });
    expect(file?.event).toMatchObject({
      kind: 'file-ready',
      files: [{ name: 'live/a.m3u8', state: 'open', from: since }],
    });
  });

  it('RECORD_FILE_COMPLETE names a file that is stored, its address without what may sign it', () => {
    const more = {
      download_url: `${URL_OF_FILE}?Signature=canary`,
      obs_bucket: 'bucket',
      obs_object: 'live/mystream.m3u8',
      file_size: 4096,
      start_time: '2026-04-22T02:50:00Z',
      end_time: '2026-04-22T02:55:00Z',
    };
    const [told] = news(record('RECORD_FILE_COMPLETE', more));
    expect(told?.event.files).toEqual([
      {
        name: 'live/mystream.m3u8',
        sequence: 0,
        state: 'stored',
        from: Date.parse('2026-04-22T02:50:00Z'),
        to: Date.parse('2026-04-22T02:55:00Z'),
        bytes: 4096,
        place: URL_OF_FILE,
      },
    ]);
    const [hidden] = news(record('RECORD_FILE_COMPLETE', { ...more, download_url: undefined }));
    expect(hidden?.event.files?.[0]?.place).toBe('obs://bucket/live/mystream.m3u8');
  });

  it('RECORD_OVER is looked into', () => {
    expect(news(record('RECORD_OVER'))).toMatchObject([{ event: { kind: 'recorder-ended' }, look: true }]);
  });

  it('RECORD_FAILED says who may mend it, and repeats no text of the vendor', () => {
    const [told] = news(record('RECORD_FAILED', { error_message: 'canary: no route to bucket' }));
    expect(told).toMatchObject({
      event: { kind: 'recorder-failed', failure: { code: 'E_RECORDING_FAILED', who: 'destination' } },
      look: true,
    });
    expect(JSON.stringify(told)).not.toContain('canary');
  });

  it('has the same id when it comes twice, and another for another file', () => {
    const id = (more = {}): string =>
      news(record('RECORD_FILE_COMPLETE', { obs_object: 'a', ...more }))[0]!.event.id;
    expect(id()).toBe(id({ auth_timestamp: EXPIRY + 5 }));
    expect(id()).not.toBe(id({ job_id: 'j2' }));
    expect(id()).not.toBe(id({ task_id: 't2' }));
  });
});

describe('stream notifications', () => {
  it('PUBLISH tells that the source is there, since when, and announces it', () => {
    const [told] = news(stream('PUBLISH'));
    expect(told).toMatchObject({
      targets: [['publish.example.com', 'live', 'mystream']],
      event: { kind: 'source-up', at: (EXPIRY - 120) * 1000 },
      look: true,
      announced: { target: { publishDomain: 'publish.example.com', app: 'live', stream: 'mystream' } },
    });
    expect(huaweiContract.target.safeParse(told?.announced?.target).success).toBe(true);
  });

  it('PUBLISH_DONE tells that it has gone, when it is received: its instant is that of the push', () => {
    const [told] = news(stream('PUBLISH_DONE'));
    expect(told).toMatchObject({ event: { kind: 'source-down', at: NOW }, look: true });
    expect(told?.announced).toBeUndefined();
  });

  it('has the same id when it comes twice, and another for another push', () => {
    const id = (event: string, more = {}): string => news(stream(event, more))[0]!.event.id;
    expect(id('PUBLISH')).toBe(id('PUBLISH', { auth_timestamp: EXPIRY + 9 }));
    expect(id('PUBLISH')).not.toBe(id('PUBLISH_DONE'));
    expect(id('PUBLISH')).not.toBe(id('PUBLISH', { publish_timestamp: '1' }));
  });
});

const ADDRESS = 'https://hooks.example.com/callbacks/canary-path-0123456';

function installed(unknowns = {}, account_ = {}) {
  const k = kit({
    unknowns,
    account: { callbacks: { path: 'canary-path-0123456', keys: KEY, ...account_ } },
  });
  const wish = { address: ADDRESS, domains: [DOMAIN] };
  const setup = huaweiCallbacks.setup!;
  const told = async (work: Promise<unknown>) => {
    const result = (await work) as Awaited<ReturnType<typeof setup.check>>;
    k.told.push(result);
    return result.map(({ what, state }) => `${what}: ${state}`);
  };
  return {
    k,
    wish,
    check: () => told(setup.check(k.context, wish)),
    install: (replace = false) => told(setup.install(k.context, { ...wish, replace })),
    remove: () => told(setup.remove(k.context, wish)),
    differences: async () => (await setup.check(k.context, wish)).flatMap(({ differences }) => differences),
  };
}

const both = (state: string, other = state): string[] => [
  `record callback of ${DOMAIN}: ${state}`,
  `stream notification of ${DOMAIN}: ${other}`,
];

async function othersAreThere(k: ReturnType<typeof kit>): Promise<void> {
  const api = apiOf(k.context);
  await api.createCallback({
    publish_domain: DOMAIN,
    app: '*',
    notify_callback_url: 'https://theirs.example.com/canary-theirs',
    notify_event_subscription: ['RECORD_FILE_COMPLETE', 'RECORD_START'],
    sign_type: 'HMACSHA256',
    key: 'a'.repeat(32),
  });
  await api.setNotification({
    domain: DOMAIN,
    url: 'https://theirs.example.com/canary-theirs',
    auth_sign_key: 'a'.repeat(32),
    call_back_area: 'mainland_china',
  });
}

describe.each([404, 400] as const)(
  'callbacks at the vendor (what is missing is told by %s)',
  (missingStatus) => {
    it('are made where they are missing, and left alone then', async () => {
      const { k, check, install } = installed({ missingStatus });
      expect(await check()).toEqual(both('missing'));
      expect(await install()).toEqual(both('as-wanted'));
      const writes = k.sent.filter(({ line }) => !line.startsWith('GET'));
      expect(writes.map(({ line }) => line.replace(/^(\w+) .*\/(\w+\/\w+)(\?.*)?$/, '$1 $2'))).toEqual([
        'POST record/callbacks',
        'PUT notifications/publish',
      ]);
      await install();
      expect(k.sent.filter(({ line }) => !line.startsWith('GET'))).toHaveLength(2);
    });

    it('are removed, and again without harm', async () => {
      const { install, remove } = installed({ missingStatus });
      await install();
      expect(await remove()).toEqual(both('missing'));
      expect(await remove()).toEqual(both('missing'));
    });

    it('of others are kept, named by their host alone, and never removed', async () => {
      const { k, install, remove, differences } = installed({ missingStatus });
      await othersAreThere(k);
      expect(await install()).toEqual(both('of-others'));
      expect(await differences()).toEqual([
        "Somebody else's, for app *, calls theirs.example.com with RECORD_FILE_COMPLETE, RECORD_START.",
        "Somebody else's calls theirs.example.com.",
      ]);
      expect(await remove()).toEqual(both('of-others'));
    });

    it('of others are replaced where that is wished for, their events stay subscribed', async () => {
      const { k, install } = installed({ missingStatus });
      await othersAreThere(k);
      expect(await install(true)).toEqual(both('as-wanted'));
      const { callbacks } = await apiOf(k.context).listCallbacks({ publish_domain: DOMAIN });
      expect(callbacks).toHaveLength(1);
      expect(callbacks[0]?.notify_event_subscription.toSorted()).toEqual([
        'RECORD_FAILED',
        'RECORD_FILE_COMPLETE',
        'RECORD_NEW_FILE_START',
        'RECORD_OVER',
        'RECORD_START',
      ]);
    });
  },
);

describe('a configuration of ours', () => {
  it('that tells of too little differs, and is mended', async () => {
    const { k, check, install, differences } = installed();
    await install();
    const api = apiOf(k.context);
    const [own] = (await api.listCallbacks({})).callbacks;
    await api.updateCallback(own!.id, {
      publish_domain: DOMAIN,
      app: '*',
      notify_callback_url: ADDRESS,
      notify_event_subscription: ['RECORD_FILE_COMPLETE'],
      sign_type: 'HMACSHA256',
      key: KEY,
    });
    expect(await check()).toEqual(both('differs', 'as-wanted'));
    expect(await differences()).toEqual([
      'It does not tell of RECORD_NEW_FILE_START, RECORD_OVER, RECORD_FAILED.',
    ]);
    expect(await install()).toEqual(both('as-wanted'));
  });

  it('whose key is not the first one differs, where Huawei shows the key', async () => {
    const former = 'f'.repeat(32);
    const { k, install, check, differences } = installed();
    await install();
    await apiOf(k.context).setNotification({
      domain: DOMAIN,
      url: ADDRESS,
      auth_sign_key: former,
      call_back_area: 'mainland_china',
    });
    expect(await check()).toEqual(both('as-wanted', 'differs'));
    expect(await differences()).toEqual(['Its key is not the first of callbacks.keys.']);
    expect(await install()).toEqual(both('as-wanted'));
  });

  it('says where the gateway is, for stream notifications', async () => {
    const { k, install } = installed({}, { area: 'outside_mainland_china' });
    await install();
    const sent = k.sent.find(({ line }) => line.startsWith('PUT'));
    expect(JSON.parse(sent!.body)).toMatchObject({ call_back_area: 'outside_mainland_china' });
  });
});

describe('the emulator’s own callbacks', () => {
  it.each(['number', 'string'] as const)('are read, their instant a %s', async (authTimestamp) => {
    const k = kit({ callbacks: { url: ADDRESS, key: KEY }, unknowns: { authTimestamp } });
    const take = await k.recording();
    k.clock.advance(MINUTE);
    await k.stop(take);
    k.unpush();
    k.clock.advance(10 * SECOND);
    const due = k.emulator.callbacks!.due(k.clock.now());
    const kinds = due.flatMap(({ body }) =>
      news(body, { receivedAt: k.clock.now() }).map(({ event }) => event.kind),
    );
    expect(kinds).toEqual(
      expect.arrayContaining([
        'source-up',
        'recorder-started',
        'recorder-recording',
        'file-ready',
        'recorder-ended',
        'source-down',
      ]),
    );
  });
});
