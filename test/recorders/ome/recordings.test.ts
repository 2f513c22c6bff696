/** What records on a whole server, for a sweep. */
import { describe, expect, it } from 'vitest';
import { omeRecorder } from '../../../src/recorders/ome/adapter.ts';
import { kit, T0, type Kit, type KitOptions } from './kit.ts';

const VHOSTS = [
  { name: 'default', apps: [{ name: 'app' }, { name: 'hls-only', file: false as const }] },
  { name: 'second', apps: [{ name: 'radio' }, { name: 'empty' }] },
];

async function listed(k: Kit) {
  const found = await omeRecorder.recordings!(k.context, []);
  k.told.push(found);
  return found;
}

async function two(options: KitOptions = {}) {
  const k = kit({ vhosts: VHOSTS, ...options });
  const { started } = await k.start();
  const radio = { ...k.name(2), installation: 'other1', sessionId: '01KAH3VZX0Q5Y7T9C2N4M6B8D1' };
  const request = { ...k.subject, target: { vhost: 'second', app: 'radio', stream: 'fm', output: 'fm_o' } };
  await omeRecorder.start(k.context, {
    ...request,
    name: radio,
    attempt: 1,
    title: 'fm',
    endBy: T0,
    patienceMs: null,
    settings: {},
    reservation: null,
    adoptForeign: false,
  });
  return { k, started, radio };
}

describe('the list of a server', () => {
  it.each(['0.20.0', '0.15.3', '0.13.2'])(
    'finds what records in every application, whoever began it (version %s)',
    async (version) => {
      const { k, started, radio } = await two({ version });
      expect(await listed(k)).toMatchObject([
        {
          target: { vhost: 'default', app: 'app', stream: 'cam1' },
          recording: started.recording,
          name: k.name(),
          since: T0,
          state: 'ready',
        },
        // The target is known by its output, where that was given.
        { target: { vhost: 'second', app: 'radio', stream: 'fm_o' }, name: radio },
      ]);
    },
  );

  it('gives a handle by which it is stopped', async () => {
    const { k } = await two();
    k.source('start');
    k.clock.advance(20_000);
    const [found] = await listed(k);
    expect(found).toMatchObject({ state: 'recording' });
    const stopped = await k.stop({ take: 1, name: found!.name!, handle: found!.handle });
    expect(stopped).toMatchObject({ how: 'stopped', observation: { actual: 'recording', fileCount: 1 } });
    expect(await listed(k)).toHaveLength(1);
  });

  it('is whole or is none', async () => {
    const { k } = await two();
    k.fault('records', 'error-unapplied');
    expect(await k.failure(listed(k))).toMatchObject({ code: 'E_VENDOR_FAULT' });
    k.fault('apps', 'malformed');
    expect(await k.failure(listed(k))).toMatchObject({ code: 'E_VENDOR_MALFORMED' });
  });
});
