import { offsetClock } from '../clock.ts';
import { serveEmulator, type ServedEmulator, type ServeOptions } from '../serve.ts';
import { createCloudEmulator, type CloudEmulator } from './cloud.ts';
import type { CloudEmulatorOptions } from './options.ts';

export type ServeCloudOptions = Partial<ServeOptions> & Partial<CloudEmulatorOptions>;

export interface ServedCloud extends ServedEmulator {
  emulator: CloudEmulator;
  /** What an `s3-compatible` destination in keeprolling.yaml needs to write to a bucket of it. */
  destination(bucket: string): Record<string, unknown>;
}

/** What is there without any options: one bucket, and one user who may assume one role for 12 h. */
export const CLOUD_DEFAULTS = {
  keys: [{ accessKey: 'AKIAEMULATED00000001', secretKey: 'emulated-secret-key' }],
  roles: [{ arn: 'arn:aws:iam::000000000000:role/recorder', maxSessionMs: 43_200_000 }],
  buckets: [{ name: 'recordings' }],
};

/** Serves a cloud on loopback, with its controls unless they are turned off. */
export async function serveCloud(options: ServeCloudOptions = {}): Promise<ServedCloud> {
  const { port = 0, control = true, controlPort, truthFile, clock = offsetClock(), ...own } = options;
  const whole: CloudEmulatorOptions = { ...CLOUD_DEFAULTS, ...own, clock };
  const emulator = createCloudEmulator(whole);
  const served = await serveEmulator(emulator, {
    port,
    control,
    ...(controlPort !== undefined && { controlPort }),
    ...(truthFile !== undefined && { truthFile }),
  });
  return {
    ...served,
    emulator,
    destination: (bucket) => ({
      cloud: 's3-compatible',
      bucket,
      region: whole.buckets.find((one) => one.name === bucket)?.region ?? 'us-east-1',
      endpoint: served.url,
      credentials: {
        provider: 'aws',
        role: whole.roles?.[0]?.arn,
        endpoint: served.url,
        ...(whole.keys[0] && { accessKey: whole.keys[0].accessKey, secretKey: whole.keys[0].secretKey }),
      },
    }),
  };
}
