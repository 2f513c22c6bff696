import type { OpenArchive } from '../../src/archive/archive.ts';
import { openArchive } from '../../src/archive/open.ts';
import { settingsOf } from '../../src/config/settings.ts';
import type { CloudEmulatorOptions } from '../../src/emulators/cloud/options.ts';
import { VENDORS } from '../../src/recorders/registry.ts';
import { AWS, cloudKit, KEY, ROLE } from '../credentials/kit.ts';

/** A store of one's own, with long-lived keys. */
export const OWN = {
  cloud: 's3-compatible',
  bucket: 'own',
  endpoint: 'http://minio.test:9000',
  prefix: 'shared',
  credentials: { provider: 'static', ...KEY },
};
export { AWS, KEY, ROLE };

/** A cloud in the process, and archives in a bucket of it, as a configuration names them. */
export function bucketIn(options: Partial<CloudEmulatorOptions> = {}, destination: object = AWS) {
  const kit = cloudKit(options);
  const settings = settingsOf(
    { destinations: { place: destination }, archive: { destination: 'place' } },
    null,
    '/',
    VENDORS,
    {},
  );
  return {
    ...kit,
    settings,
    open: (): OpenArchive => openArchive(settings, { dispatcher: kit.dispatcher, now: kit.clock.now })!,
  };
}
