import { Agent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { destinationSchema } from '../../src/contract/destinations.ts';
import { normalise } from '../../src/contract/specification.ts';
import { normalisingContext } from '../../src/config/normalising.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { storageAccess } from '../../src/credentials/access.ts';
import {
  BUCKET,
  emulatedAccount,
  emulatedDestination,
  emulatedVendors,
  needsStore,
  ownDestination,
  sampleOptions,
  sampleSource,
  sampleTarget,
  startCloud,
  startEmulator,
} from '../../src/emulators/registry.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

const HOUR_MS = 3_600_000;

const open: { close(): Promise<void> }[] = [];
const kept = <T extends { close(): Promise<void> }>(one: T): T => {
  open.push(one);
  return one;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (one) => await one.close()));
});

describe.each(emulatedVendors())('the emulated %s', (vendor) => {
  it('has an account that its own recorder takes, and a target that our schema takes', async () => {
    const { url } = kept(await startEmulator(vendor, { token: 'canary-token' }));
    const account = emulatedAccount(vendor, { url, token: 'canary-token' });
    const own = ownDestination(vendor);
    const destination = own ?? emulatedDestination({ url: 'http://127.0.0.1:9', token: 'canary-key' });
    const settings = settingsOf(
      { installation: 'test01', accounts: { a: account }, destinations: { d: destination } },
      null,
      '/',
      VENDORS,
      {},
    );
    const { recorder } = VENDORS.get(vendor)!;
    const dispatcher = kept(new Agent());
    const checking = { dispatcher, now: Date.now, secret: () => '', signal: AbortSignal.timeout(5_000) };
    const { fields } = settings.account('a');
    const checks = await recorder.check({ account: fields, ...checking });
    expect(checks.filter((one) => !one.ok)).toEqual([]);
    const { fields: wrong } = settingsOf(
      { installation: 'test01', accounts: { a: emulatedAccount(vendor, { url, token: 'another' }) } },
      null,
      '/',
      VENDORS,
      {},
    ).account('a');
    const refused = await recorder.check({ account: wrong, ...checking });
    expect(refused.some((one) => !one.ok)).toBe(true);
    expect(JSON.stringify(refused)).not.toContain('another');

    const written = {
      name: 'sample',
      account: 'a',
      target: sampleTarget(vendor, 'cam1'),
      window: { from: 'now', length: '1h' },
      options: sampleOptions(vendor),
    };
    const judged = (more: object) =>
      normalise({ ...written, ...more }, normalisingContext(settings, Date.now()));
    const whole = own || needsStore(vendor) ? { storage: 'd' } : {};
    expect(judged(whole)).toMatchObject({ ok: true });
    // Whether a destination of its own must be named is the vendor's own matter.
    expect(judged({})).toMatchObject(own ? {} : { ok: !needsStore(vendor) });
  });

  it('has a source for that target, by the common names of controls', async () => {
    const { emulator } = kept(await startEmulator(vendor));
    const { controls, clock, truth } = emulator;
    for (const control of ['source.start', 'source.stop']) {
      controls[control]!(sampleSource(vendor, 'cam1'), clock());
    }
    expect(controls).toHaveProperty('restart');
    expect(truth.entries.filter((one) => one.type === 'source')).toHaveLength(2);
  });
});

it('another vendor has none', () => {
  expect(() => sampleTarget('nobody', 'cam1')).toThrow('There is no emulator of "nobody"');
});

describe('the emulated cloud', () => {
  const access = (url: string, token: string) =>
    storageAccess({
      name: 'd',
      destination: destinationSchema.parse(emulatedDestination({ url, token })),
      dispatcher: kept(new Agent()),
      now: Date.now,
    });

  it('has a destination whose credentials live as long as any vendor asks, and write to its bucket', async () => {
    const { url, emulator } = kept(await startCloud({ token: 'canary-key' }));
    const minted = await access(url, 'canary-key').mint({ minLifeMs: 4 * HOUR_MS, folder: 'a/b' });
    expect(minted.life!.expiresAt - Date.now()).toBeGreaterThan(11 * HOUR_MS);
    const { accessKey, secretKey, token } = minted;
    const upload = { bucket: BUCKET, key: 'a/b/one.ts', bytes: 7, accessKey, secretKey, token: token! };
    expect(emulator.put(upload, Date.now())).toBe('stored');
    expect(emulator.put({ ...upload, token: 'another' }, Date.now())).toBe('unknown-key');
    const found = emulator.controls.objects!({ bucket: BUCKET }, Date.now()) as { key: string }[];
    expect(found.map(({ key }) => key)).toEqual(['a/b/keeprolling-probe', 'a/b/one.ts']);
  });

  it('refuses whoever has another secret', async () => {
    const { url } = kept(await startCloud({ token: 'canary-key' }));
    await expect(access(url, 'another').mint({ minLifeMs: 0, folder: 'a' })).rejects.toThrow(
      'the secret key does not fit the access key',
    );
  });
});
