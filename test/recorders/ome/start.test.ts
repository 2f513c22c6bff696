import { describe, expect, it } from 'vitest';
import { recordId } from '../../../src/recorders/ome/names.ts';
import { kit, T0 } from './kit.ts';

describe('start at OvenMediaEngine', () => {
  it('records at once when the source is up', async () => {
    const k = kit();
    k.source('start');
    const { started } = await k.start();
    expect(started).toMatchObject({
      at: T0,
      recording: `default/app/${recordId(k.name())}`,
      handle: { id: recordId(k.name()), vhost: 'default', app: 'app', output: 'cam1', createdAt: T0 },
      observation: { take: 1, actual: 'recording', since: { at: T0, plusMinusMs: 1000 } },
    });
    expect(started.handle).not.toHaveProperty('skewMs');
    expect(started.handle).not.toHaveProperty('assumed');
  });

  it('is armed while the source is not there, and records when it comes', async () => {
    const k = kit({ target: { output: 'cam1' } });
    const { started, take } = await k.start();
    expect(started.observation).toMatchObject({ actual: 'armed', source: 'startRecord: state "ready"' });
    await k.watch(take, 20_000);
    k.clock.advance(4_000);
    k.source('start');
    k.clock.advance(6_000);
    expect(await k.see(take)).toMatchObject({
      actual: 'recording',
      since: { at: T0 + 24_000, plusMinusMs: 1000 },
    });
  });

  it('sends our names, our metadata and the options as the vendor calls them', async () => {
    const options = {
      variantNames: ['bypass_video'],
      interval: 60_000,
      segmentationRule: 'continuity',
      container: 'mp4',
    };
    const k = kit({ options, account: { filePrefix: 'studio' } });
    k.source('start');
    await k.start();
    const answer = k.emulator.handle(
      {
        method: 'POST',
        target: '/v1/vhosts/default/apps/app:records',
        headers: { authorization: `Basic ${Buffer.from(k.account.accessToken).toString('base64')}` },
        body: '{}',
      },
      T0,
    );
    const [record] = answer.kind === 'response' ? JSON.parse(answer.response.body).response : [];
    expect(record).toMatchObject({
      stream: { name: 'cam1', variantNames: ['bypass_video'] },
      interval: 60_000,
      segmentationRule: 'continuity',
      filePath: '/studio/${Id}_${Sequence}.mp4',
      infoPath: '/studio/${Id}.xml',
      outputFilePath: `/studio/${recordId(k.name())}_0.mp4`,
    });
    expect(JSON.parse(record.metadata)).toEqual({
      by: 'keeprolling',
      installation: 'prod1',
      session: k.name().sessionId,
      take: 1,
      stream: 'cam1',
      title: 'match-2311',
    });
  });

  it.each(['reply-lost', 'error-applied', 'malformed', 'late'] as const)(
    'finds its own record after %s instead of making a second',
    async (kind) => {
      const k = kit();
      k.source('start');
      const name = k.name();
      k.fault('startRecord', kind);
      const failure = await k.failure(k.start(name));
      expect(failure).toMatchObject({ applied: 'unknown', retry: 'later' });
      k.clock.advance(5_000);
      const { started, take } = await k.start(name);
      expect(started).toMatchObject({
        wasOurs: true,
        observation: { actual: 'recording', since: { at: T0 } },
      });
      expect((await k.stop(take)).how).toBe('stopped');
      expect(k.truth('recording').filter(({ event }) => event === 'began')).toHaveLength(1);
    },
  );

  it.each([
    ['reset', 'E_VENDOR_UNANSWERED', 'unknown'],
    ['error-unapplied', 'E_VENDOR_FAULT', 'unknown'],
    ['throttled', 'E_VENDOR_THROTTLED', 'no'],
    ['refused', 'E_VENDOR_REFUSED', 'no'],
    ['not-found', 'E_VENDOR_REFUSED', 'no'],
  ] as const)('starts anew after %s, which was not applied', async (kind, code, applied) => {
    const k = kit();
    k.source('start');
    const name = k.name();
    k.fault('startRecord', kind);
    expect(await k.failure(k.start(name))).toMatchObject({ code, applied });
    const { started } = await k.start(name);
    expect(started.wasOurs).toBeUndefined();
    expect(k.truth('recording')).toHaveLength(1);
  });

  it('says that the recorder is down when the connection is refused', async () => {
    const k = kit();
    k.control('restart', { downMs: 10_000 });
    const failure = await k.failure(k.start());
    expect(failure).toMatchObject({
      code: 'E_VENDOR_UNREACHABLE',
      applied: 'no',
      who: 'you',
      vendor: { code: 'ECONNREFUSED' },
    });
  });

  it('does not take a stranger for its own', async () => {
    const k = kit({ target: { output: 'cam1' } });
    const name = k.name();
    const headers = { authorization: `Basic ${Buffer.from(k.account.accessToken).toString('base64')}` };
    const body = JSON.stringify({ id: recordId(name), stream: { name: 'cam1' }, metadata: 'theirs' });
    k.emulator.handle(
      { method: 'POST', target: '/v1/vhosts/default/apps/app:startRecord', headers, body },
      T0,
    );
    expect(await k.failure(k.start(name))).toMatchObject({
      code: 'E_FOREIGN_RECORDING',
      retry: 'never',
      applied: 'no',
    });
    expect(k.requests('stopRecord')).toHaveLength(0);
  });

  it('asks for the output when there is exactly one', async () => {
    const k = kit();
    k.source('start', { outputs: [{ name: 'cam1_o' }] });
    const { started } = await k.start();
    expect(started).toMatchObject({ handle: { output: 'cam1_o' }, observation: { actual: 'recording' } });
  });

  it('refuses to choose between several outputs and lists them', async () => {
    const k = kit();
    k.source('start', { outputs: [{ name: 'cam1_hd' }, { name: 'cam1_sd' }] });
    const failure = await k.failure(k.start());
    expect(failure).toMatchObject({ code: 'E_VENDOR_REFUSED', who: 'you', retry: 'never', applied: 'no' });
    expect(failure.message).toContain('cam1_hd, cam1_sd');
    expect(k.truth('recording')).toEqual([]);
  });

  it('assumes the output to be called like the input while the source is not there, and says so', async () => {
    const k = kit();
    const { started } = await k.start();
    expect(started.handle).toMatchObject({ output: 'cam1', assumed: true });
    expect(started.observation?.source).toContain('output assumed to be called cam1');
  });

  it('gives up a wrong assumption after two looks, and the next take has the right name', async () => {
    const k = kit();
    const { take } = await k.start();
    k.source('start', { outputs: [{ name: 'cam1_o' }] });
    expect(await k.see(take)).toMatchObject({ actual: 'armed' });
    k.clock.advance(10_000);
    const seen = await k.see(take);
    expect(seen).toMatchObject({ actual: 'failed', failure: { who: 'you', retry: 'later' } });
    expect(seen.failure?.message).toContain('cam1_o');
    await k.stop(take);
    const { started } = await k.start(k.name(2));
    expect(started).toMatchObject({ handle: { output: 'cam1_o' }, observation: { actual: 'recording' } });
  });

  it('never goes on with an output name that was given wrong', async () => {
    const k = kit({ target: { output: 'typo' } });
    k.source('start', { outputs: [{ name: 'cam1_o' }] });
    const { take } = await k.start();
    expect(await k.watch(take, 10_000)).toMatchObject({
      actual: 'failed',
      failure: { who: 'you', retry: 'never' },
    });
  });

  it('refuses a variant that the output does not have, though OvenMediaEngine would record the others', async () => {
    const k = kit({ options: { variantNames: ['bypass_video', 'h264_fhd'] } });
    k.source('start');
    const failure = await k.failure(k.start());
    expect(failure).toMatchObject({ who: 'you', retry: 'never', applied: 'no' });
    expect(failure.message).toContain('no variant h264_fhd; it has bypass_video, bypass_audio');
    expect(k.requests('startRecord')).toEqual([]);
  });

  it('takes state "error" in a 200 for a failure, names its cause, and removes the dead record', async () => {
    const k = kit();
    k.source('start');
    k.control('directory', { path: '/keeprolling', usable: false });
    expect(await k.failure(k.start())).toMatchObject({
      code: 'E_DESTINATION',
      who: 'destination',
      applied: 'no',
    });
    expect(k.truth('recording').map(({ event }) => event)).toEqual(['began', 'ended']);
  });

  it('tells that no codec fits into the container', async () => {
    const k = kit({ options: { container: 'webm' } });
    k.source('start');
    const failure = await k.failure(k.start());
    expect(failure).toMatchObject({ code: 'E_RECORDING_FAILED', who: 'you', applied: 'no' });
    expect(failure.message).toContain('H264, AAC');
  });

  it('leaves open whether it started when the dead record could not be removed', async () => {
    const k = kit();
    k.source('start');
    k.control('directory', { path: '/keeprolling', usable: false });
    k.fault('stopRecord', 'reset');
    expect(await k.failure(k.start())).toMatchObject({ applied: 'unknown' });
  });

  it.each([
    ['vhost', { vhost: 'other' }, 'no such virtual host'],
    ['app', { app: 'other' }, 'no such application'],
    ['FILE publisher', { app: 'nofile' }, 'no <FILE> publisher'],
  ])('says what is missing: %s', async (_what, target, told) => {
    const vhosts = [{ name: 'default', apps: [{ name: 'app' }, { name: 'nofile', file: false }] }];
    const k = kit({ vhosts, target: { ...target, output: 'cam1' } });
    const failure = await k.failure(k.start());
    expect(failure).toMatchObject({
      code: 'E_VENDOR_REFUSED',
      who: 'you',
      applied: 'no',
      vendor: { status: 404 },
    });
    expect(failure.message).toContain(told);
  });

  it('says that the access token is wrong', async () => {
    const k = kit({ accessToken: 'another' });
    expect(await k.failure(k.start())).toMatchObject({
      code: 'E_VENDOR_AUTH',
      who: 'you',
      retry: 'later',
      applied: 'no',
    });
  });

  it('corrects instants by a clock that is far off, and by no other', async () => {
    for (const [ahead, skewMs] of [
      [90_000, 90_000],
      [-45_000, -45_000],
      [1_500, undefined],
    ] as const) {
      const k = kit();
      k.source('start');
      const now = () => k.clock.now() - ahead;
      Object.assign(k.context, { now });
      const { started } = await k.start();
      expect((started.handle as { skewMs?: number }).skewMs).toBe(skewMs);
      const since = started.observation?.since?.at ?? 0;
      expect(Math.abs(since - now())).toBeLessThanOrEqual(skewMs === undefined ? 1_500 : 0);
    }
  });

  it('gives ids in order of creation, so that two takes on one stream survive a reconnect', async () => {
    const k = kit();
    k.source('start');
    const first = await k.start();
    k.clock.advance(1);
    const second = await k.start(k.name(2));
    k.clock.advance(5_000);
    k.source('stop');
    k.clock.advance(5_000);
    k.source('start');
    k.clock.advance(10_000);
    const look = await k.look(first.take, second.take);
    expect(look).toMatchObject({ seen: [{ actual: 'recording' }, { actual: 'recording' }] });
    expect((await k.stop(first.take)).how).toBe('stopped');
    k.clock.advance(1_000);
    expect(await k.see(second.take)).toMatchObject({ actual: 'recording' });
  });
});
