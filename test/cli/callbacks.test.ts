import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { createContext, type Context } from '../../src/cli/context.ts';
import { calledAccount, setUp } from '../../src/cli/callbacks.ts';
import { callbacksText } from '../../src/cli/render/callbacks.ts';
import { settingsOf } from '../../src/config/settings.ts';
import { signedCallbacks } from '../../src/contract/callbacks.ts';
import type { CallbackSetting, CallbackSetup, CallbackWish } from '../../src/recorders/callbacks.ts';
import { VENDORS, type Registry, type Vendor } from '../../src/recorders/registry.ts';
import { syntheticVendor } from '../synthetic/vendor.ts';

type Data = Record<string, unknown>;

const SECRET = 'CANARY-path-of-the-account';
const folder = mkdtempSync(join(tmpdir(), 'keeprolling-callbacks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One setting a domain, as a vendor keeps it: the address that is called, or nothing. */
const store = new Map<string, string>();
afterEach(() => store.clear());

function settingsFor({ address, domains }: CallbackWish): CallbackSetting[] {
  return domains.map((domain) => {
    const set = store.get(domain);
    const state = set === undefined ? 'missing' : set === address ? 'as-wanted' : 'of-others';
    return { what: `record callback of ${domain}`, state, differences: [] };
  });
}

const setup: CallbackSetup<Data> = {
  domains: { are: 'ingest domains', example: '[push.example.com]' },
  check: async (_context, wish) => await Promise.resolve(settingsFor(wish)),
  async install(_context, wish) {
    for (const domain of wish.domains)
      if (wish.replace || !store.has(domain)) store.set(domain, wish.address);
    return await Promise.resolve(settingsFor(wish));
  },
  async remove(_context, wish) {
    for (const domain of wish.domains) if (store.get(domain) === wish.address) store.delete(domain);
    return await Promise.resolve(settingsFor(wish));
  },
};

function contextWith(callbacks: Data): Context {
  const { vendor } = syntheticVendor();
  const account = z.looseObject({
    callbacks: signedCallbacks.extend({
      url: z.string().optional(),
      domains: z.array(z.string()).optional(),
    }),
  });
  const withSetup: Vendor = {
    ...vendor,
    contract: { ...vendor.contract, account },
    callbacks: { read: () => ({ verdict: 'malformed', why: '' }), setup },
  };
  const registry: Registry = new Map([['synthetic', withSetup]]);
  const configuration = {
    accounts: { acc: { vendor: 'synthetic', callbacks: { path: SECRET, keys: 'key', ...callbacks } } },
  };
  const settings = settingsOf(configuration, null, folder, registry, {});
  return { ...createContext({}, {}), registry, settings: () => settings };
}

it('is told the address with the first path, and shows it without', async () => {
  const context = contextWith({ path: [SECRET, `${SECRET}-next`] });
  const account = calledAccount(context, 'acc', {
    domain: ['a.example.com'],
    url: 'https://gw.example.com/',
  });
  const settings = await setUp(context, account, 'install', false);
  expect(store.get('a.example.com')).toBe(`https://gw.example.com/callbacks/acc/${SECRET}`);
  const text = callbacksText('install', account, settings);
  expect(text).toContain('✓ record callback of a.example.com');
  expect(text).not.toContain('CANARY');
});

it('takes url and domains from the account, and the command line before them', () => {
  const context = contextWith({ url: 'https://own.example.com', domains: ['own.example.com'] });
  expect(calledAccount(context, 'acc', {})).toMatchObject({ domains: ['own.example.com'] });
  expect(calledAccount(context, 'acc', {}).place).toBe('https://own.example.com/callbacks/acc/…');
  expect(calledAccount(context, 'acc', { domain: ['x'] }).domains).toEqual(['x']);
});

it('leaves what others configured unless told to replace it, and removes only what is ours', async () => {
  store.set('a', 'https://others.example.com/hook');
  const context = contextWith({ url: 'https://gw.example.com', domains: ['a', 'b'] });
  const account = calledAccount(context, 'acc', {});
  const first = await setUp(context, account, 'install', false);
  expect(first.map(({ state }) => state)).toEqual(['of-others', 'as-wanted']);
  expect(callbacksText('install', account, first)).toContain('--replace');
  await setUp(context, account, 'remove', false);
  expect(store.get('a')).toBe('https://others.example.com/hook');
  expect(store.has('b')).toBe(false);
  const replaced = await setUp(context, account, 'install', true);
  expect(replaced.map(({ state }) => state)).toEqual(['as-wanted', 'as-wanted']);
});

it('wants a domain where the vendor has one setting a domain, and says where it is written', () => {
  const context = contextWith({ url: 'https://gw.example.com' });
  let error: unknown;
  try {
    calledAccount(context, 'acc', {});
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({
    code: 'E_USAGE',
    message: expect.stringMatching(/ingest domains .*accounts\.acc\.callbacks\.domains: \[push/),
    details: { field: 'callbacks.domains' },
  });
});

it('says what is removed, and what helps with the name of the account', async () => {
  store.set('a', 'https://others.example.com/hook');
  const account = calledAccount(
    contextWith({ url: 'https://gw.example.com', domains: ['a', 'b'] }),
    'acc',
    {},
  );
  const missing = await setUp(contextWith({}), account, 'check', false);
  expect(callbacksText('check', account, missing)).toContain('callbacks install acc makes it so');
  const gone = callbacksText('remove', account, await setUp(contextWith({}), account, 'remove', false));
  expect(gone).toContain('✓ record callback of b is removed');
  expect(gone).toContain('record callback of a calls somebody else, and is left');
});

it('wants an address that a vendor can call', () => {
  expect(() => calledAccount(contextWith({}), 'acc', {})).toThrow(
    /--url https.*accounts\.acc\.callbacks\.url/,
  );
  expect(() => calledAccount(contextWith({ domains: ['a'] }), 'acc', { url: 'gw.example.com' })).toThrow(
    /http or https/,
  );
  expect(() => calledAccount(contextWith({}), 'acc', { url: 'https://u:p@gw.example.com' })).toThrow(
    /without user/,
  );
});

it.each([...VENDORS].map(([name, vendor]) => [name, vendor] as const))(
  'callbacks of %s are set up by a call, or sentences say how by hand',
  (_name, { callbacks }) => {
    if (callbacks === undefined) return;
    expect(callbacks.setup !== undefined || (callbacks.byHand ?? []).length > 0).toBe(true);
  },
);

it('says what to enter by hand, without an account that has no callbacks', () => {
  writeFileSync(join(folder, 'key'), 'key\n');
  const own = { vendor: 'ome', url: 'http://127.0.0.1:1', accessToken: 'x' };
  const configuration = {
    accounts: {
      with: { ...own, callbacks: { path: SECRET, keys: 'file:key' } },
      without: { ...own, url: 'http://127.0.0.1:2' },
    },
  };
  const settings = settingsOf(configuration, null, folder, VENDORS, {});
  const context = { ...createContext({}, {}), settings: () => settings };
  const text = callbacksText('check', calledAccount(context, 'with', {}), null);
  expect(text).toMatch(/by hand[\s\S]*1\. In Server\.xml/);
  expect(text).not.toContain('CANARY');
  expect(() => calledAccount(context, 'without', {})).toThrow(/takes no callbacks/);
});
