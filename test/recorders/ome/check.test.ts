import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { omeRecorder } from '../../../src/recorders/ome/adapter.ts';
import { kit, type Kit } from './kit.ts';

async function lines(k: Kit, withSubject = true) {
  const checks = await omeRecorder.check(k.context, withSubject ? k.subject : undefined);
  k.told.push(checks);
  return checks;
}

const bad = (checks: Awaited<ReturnType<typeof lines>>) => checks.filter(({ ok }) => !ok);

describe('doctor on OvenMediaEngine', () => {
  it('has a tick for everything that a session needs', async () => {
    const k = kit({ account: { recordsDir: tmpdir() } });
    k.source('start', { outputs: [{ name: 'cam1_o' }] });
    const checks = await lines(k);
    expect(bad(checks)).toEqual([]);
    expect(checks.map(({ what }) => what)).toEqual([
      'OvenMediaEngine answers',
      'access token is accepted',
      `folder ${tmpdir()} is readable here`,
      'application default/app can record',
      'stream cam1',
    ]);
    expect(checks[0]?.detail).toContain('version 0.20.0');
    expect(checks.at(-1)?.detail).toBe('up, outputs: cam1_o');
  });

  it('knows versions that do not tell themselves', async () => {
    expect(bad(await lines(kit({ version: '0.15.3' })))).toEqual([]);
  });

  it('says what to do about a server that is down', async () => {
    const k = kit();
    k.control('restart', { downMs: 60_000 });
    expect(bad(await lines(k))).toMatchObject([
      { what: 'OvenMediaEngine answers', remedy: expect.stringContaining('Start OvenMediaEngine') },
    ]);
  });

  it('says what to do about a wrong token', async () => {
    expect(bad(await lines(kit({ accessToken: 'another' })))).toMatchObject([
      { what: 'access token is accepted', remedy: expect.stringContaining('<AccessToken>') },
    ]);
  });

  it.each([[{ vhost: 'other' }], [{ app: 'other' }], [{ app: 'nofile' }]])(
    'says what is missing for %j',
    async (target) => {
      const vhosts = [{ name: 'default', apps: [{ name: 'app' }, { name: 'nofile', file: false }] }];
      expect(bad(await lines(kit({ vhosts, target })))).toMatchObject([
        { remedy: expect.stringContaining('<FILE>') },
      ]);
    },
  );

  it('tells that the stream is not there, and what its output will be taken for', async () => {
    const checks = await lines(kit());
    expect(checks.at(-1)).toMatchObject({
      ok: true,
      detail: 'not there now, will be armed; the output will be taken to be called cam1',
    });
  });

  it('asks for the output where it is ambiguous or wrong', async () => {
    for (const target of [{}, { output: 'typo' }]) {
      const k = kit({ target });
      k.source('start', { outputs: [{ name: 'hd' }, { name: 'sd' }] });
      expect(bad(await lines(k))).toMatchObject([{ remedy: 'Set target.output to one of: hd, sd.' }]);
    }
  });

  it('finds a variant that does not exist', async () => {
    const k = kit({ options: { variantNames: ['h264_fhd'] } });
    k.source('start');
    expect(bad(await lines(k))).toMatchObject([{ what: 'variants exist' }]);
  });

  it('warns of records on the same output that are not ours', async () => {
    const k = kit();
    const headers = { authorization: `Basic ${Buffer.from(k.account.accessToken).toString('base64')}` };
    const body = JSON.stringify({ id: 'zz', stream: { name: 'cam1' } });
    k.emulator.handle(
      { method: 'POST', target: '/v1/vhosts/default/apps/app:startRecord', headers, body },
      k.clock.now(),
    );
    const line = (await lines(k)).find(({ what }) => what.startsWith('application'));
    expect(line?.detail).toContain('1 records on cam1 are not ours');
  });

  it('finds a folder that is not mounted', async () => {
    const checks = await lines(kit({ account: { recordsDir: '/nowhere/at/all' } }), false);
    expect(bad(checks)).toMatchObject([{ detail: 'ENOENT', remedy: expect.stringContaining('<RootPath>') }]);
  });
});
