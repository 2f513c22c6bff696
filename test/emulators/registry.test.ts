import { afterEach, describe, expect, it } from 'vitest';
import { normalise } from '../../src/contract/specification.ts';
import { settingsOf } from '../../src/config/settings.ts';
import {
  emulatedAccount,
  emulatedVendors,
  sampleSource,
  sampleTarget,
  startEmulator,
  type StartedEmulator,
} from '../../src/emulators/registry.ts';
import { VENDORS } from '../../src/recorders/registry.ts';

const open: StartedEmulator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (one) => await one.close()));
});

describe.each(emulatedVendors())('the emulated %s', (vendor) => {
  it('has an account that its own recorder takes, and a target that our schema takes', async () => {
    const started = await startEmulator(vendor, { token: 'canary-token' });
    open.push(started);
    const account = emulatedAccount(vendor, {
      url: started.url,
      token: 'canary-token',
      recordsDir: '/nowhere',
    });
    const settings = settingsOf({ installation: 'test01', accounts: { a: account } }, null, '/', VENDORS, {});
    const { fields } = settings.account('a');
    const { recorder } = VENDORS.get(vendor)!;
    const { Agent } = await import('undici');
    const dispatcher = new Agent();
    const signal = AbortSignal.timeout(5_000);
    const checks = await recorder.check({ account: fields, dispatcher, now: Date.now, secret: () => '', signal });
    await dispatcher.close();
    // The folder is not there; the vendor itself is, and takes the token.
    expect(checks[0]).toMatchObject({ ok: true });

    const written = {
      name: 'sample',
      account: 'a',
      target: sampleTarget(vendor, 'cam1'),
      window: { from: 'now', length: '1h' },
    };
    const result = normalise(written, {
      now: Date.now(),
      accounts: ['a'],
      vendorOf: (name) => settings.contractOf(name),
      defaults: settings.defaults(),
    });
    expect(result).toMatchObject({ ok: true });
  });

  it('has a source for that target, by the common names of controls', async () => {
    const started = await startEmulator(vendor);
    open.push(started);
    const { controls, clock, truth } = started.emulator;
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
