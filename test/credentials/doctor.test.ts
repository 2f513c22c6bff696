import { describe, expect, it } from 'vitest';
import { archiveChecks } from '../../src/cli/doctor/archive.ts';
import { destinationChecks } from '../../src/cli/doctor/destinations.ts';
import type { Reach } from '../../src/client/reach.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { serveCloud } from '../../src/emulators/cloud/serve.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { AWS, cloudKit } from './kit.ts';

const settings = (configuration: object) => settingsOf(configuration, null, '/', VENDORS, {});

describe('doctor', () => {
  it('tells of each destination whether it can be used, without a secret', async () => {
    const kit = cloudKit();
    const lasting = {
      provider: 'static',
      accessKey: 'AKIACANARY0000000001',
      secretKey: AWS.credentials.secretKey,
    };
    const checks = await Promise.all(
      destinationChecks(
        settings({
          destinations: {
            good: { ...AWS, prefix: 'live' },
            short: { ...AWS, credentials: { ...AWS.credentials, duration: '1h' } },
            lasting: { ...AWS, credentials: lasting },
            untried: { ...AWS, cloud: 'huawei', credentials: lasting },
            theirs: { cloud: 'naver', bucket: 'recordings', prefix: 'live' },
            wrong: { ...AWS, bucket: 'elsewhere' },
            unset: { ...AWS, credentials: { ...AWS.credentials, secretKey: '${SECRET_KEY}' } },
          },
        }),
        kit.dispatcher,
        kit.clock.now,
      ),
    );
    expect(checks.flat().map(({ what, ok, detail }) => `${ok ? '+' : '-'} ${what}: ${detail}`)).toEqual([
      '+ destination good: aws recordings/live was written; credentials live 12h (4h are needed)',
      '- destination short: aws recordings was written, but credentials live 1h only, and recorders ask for 4h',
      '+ destination lasting: aws recordings was written; its credentials have no end',
      '+ destination untried: huawei recordings was not tried (no probe); its credentials have no end',
      "+ destination theirs: naver recordings/live was not tried: it has no credentials, the recorder's service writes there by its own right",
      '- destination wrong: wrong: PutObject at S3: there is no bucket elsewhere',
      '- destination unset: destinations.unset.credentials.secretKey: the environment has no variable SECRET_KEY.',
    ]);
    expect(JSON.stringify(checks)).not.toContain('CANARY');
  });

  it('tells of an archive in a bucket', async () => {
    const cloud = await serveCloud();
    try {
      const configured = settings({
        destinations: { place: cloud.destination('recordings') },
        archive: { destination: 'place' },
      });
      // No server: what it alone knows is told as not known, and the rest all the same.
      const reach = {
        within: () => Promise.reject(new Error('none')),
        address: 'nowhere',
      } as unknown as Reach;
      const ask = async () => (await Promise.all(archiveChecks(configured, reach, Date.now))).flat();
      const [archive, workers, destination] = await ask();
      expect(archive).toMatchObject({
        ok: true,
        detail: expect.stringMatching(/^s3:\/\/recordings\/ledgers can be written; its mark is [0-9a-f]{8}$/),
      });
      expect(workers).toMatchObject({ what: 'archive of the workers', ok: false });
      expect(destination).toMatchObject({ what: 'destination place', ok: true });
      cloud.emulator.controls['deny']?.({ bucket: 'recordings', access: 'write' }, Date.now());
      expect((await ask())[0]).toMatchObject({
        ok: false,
        detail: expect.stringContaining('may not write recordings/ledgers/*'),
        remedy: 'you must act',
      });
    } finally {
      await cloud.close();
    }
  });
});
