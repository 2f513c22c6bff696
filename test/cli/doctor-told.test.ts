import { expect, it } from 'vitest';
import { toldChecks } from '../../src/cli/doctor/told.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

const OME = { vendor: 'ome', url: 'http://127.0.0.1:8081', accessToken: 'CANARY-token' };
const KEY = `whsec_${Buffer.from('CANARY-key-of-the-receiver').toString('base64')}`;

const checksOf = (configuration: Record<string, unknown>, env: Record<string, string> = {}) =>
  toldChecks(settingsOf(configuration, null, '/', VENDORS, env), VENDORS);

it('says of each account whether its vendor calls back, and of each receiver what it is told', () => {
  const callbacks = { path: ['CANARY-path-secret-1', 'CANARY-path-secret-2'], keys: 'CANARY-key' };
  const checks = checksOf({
    accounts: {
      studio: { ...OME, callbacks },
      hall: { ...OME, url: 'http://127.0.0.1:8082' },
    },
    receivers: { ops: { url: 'https://hooks.example.com/CANARY', keys: KEY, events: ['gap', 'verdict'] } },
    heartbeat: { url: 'https://beat.example.com/CANARY', every: '30s' },
  });
  expect(checks.map(({ what, ok, detail }) => [what, ok, detail])).toEqual([
    ['account studio: callbacks', true, 'taken by a gateway at 2 addresses, signed with 1 key'],
    ['account hall: callbacks', true, 'none: sessions look, and are told nothing'],
    [
      'receiver ops',
      true,
      'hooks.example.com is told of gap, verdict, 1 key; to try it: keeprolling notify test ops',
    ],
    ['heartbeat', true, 'beat.example.com is called every 30 s'],
  ]);
  expect(JSON.stringify(checks)).not.toContain('CANARY');
});

it('says which secret of a receiver or of the heartbeat cannot be read', () => {
  const configuration = {
    receivers: { ops: { url: '${HOOK}', keys: KEY } },
    heartbeat: { url: '${BEAT}' },
  };
  const [receiver, heartbeat] = checksOf(configuration);
  expect(receiver).toMatchObject({ what: 'receiver ops', ok: false });
  expect(receiver!.detail).toContain('HOOK');
  expect(heartbeat).toMatchObject({ what: 'heartbeat', ok: false });
  expect(heartbeat!.detail).toContain('BEAT');
});
