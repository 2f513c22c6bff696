/** Telling a vendor where to call: which account, which address, and the vendor's own settings. */
import type { KeepRollingError } from '../contract/errors.ts';
import type { CallbackSetting, CallbackSetup } from '../recorders/callbacks.ts';
import type { Context } from './context.ts';
import { usageError } from './failure.ts';

type Data = Record<string, unknown>;

export type Act = 'check' | 'install' | 'remove';

export interface CalledAccount {
  name: string;
  vendor: string;
  fields: Data;
  /** With its secret part: told to the vendor, and to nobody else. null where nobody has named the gateway. */
  address: string | null;
  /** The same for people. */
  place: string;
  domains: string[];
  setup: CallbackSetup<Data> | undefined;
  byHand: readonly string[];
}

/** @throws KeepRollingError E_ACCOUNT_UNKNOWN, E_CONFIG_INVALID, E_USAGE where its vendor is never to call us */
export function calledAccount(
  { settings, registry }: Context,
  name: string,
  given: { domain?: string[]; url?: string },
): CalledAccount {
  const { vendor, fields } = settings().calledAccount(name);
  const scheme = registry.get(vendor)?.callbacks;
  if (scheme === undefined) throw usageError(`The vendor of ${name} sends no callbacks.`);
  const own = fields.callbacks as { path: string[]; url?: unknown; domains?: unknown } | undefined;
  if (own === undefined) {
    throw usageError(
      `The account ${name} takes no callbacks: give it \`callbacks\` with a path in keeprolling.yaml first (openssl rand -hex 16 makes one).`,
    );
  }
  const url = urlOf(name, given.url ?? own.url, scheme.setup !== undefined);
  const domains = given.domain ?? namesIn(own.domains);
  if (domains.length === 0 && scheme.setup?.domains) throw noDomains(name, scheme.setup.domains);
  const below = `/callbacks/${name}/`;
  return {
    name,
    vendor,
    fields,
    address: url === null ? null : `${url}${below}${own.path[0]}`,
    place: `${url ?? 'https://YOUR-GATEWAY'}${below}…`,
    domains,
    setup: scheme.setup,
    byHand: scheme.byHand ?? [],
  };
}

/** Of a list, or of a mapping by domain. */
function namesIn(domains: unknown): string[] {
  if (Array.isArray(domains)) return domains.map(String);
  return typeof domains === 'object' && domains !== null ? Object.keys(domains) : [];
}

function noDomains(name: string, { are, example }: { are: string; example: string }): KeepRollingError {
  const field = 'callbacks.domains';
  return usageError(
    `The account ${name} names no domains, and this vendor has one setting for each: write its ${are} in keeprolling.yaml, accounts.${name}.${field}: ${example}, or name one with --domain.`,
    { account: name, field, try: example },
  );
}

function urlOf(account: string, written: unknown, needed: boolean): string | null {
  if (written === undefined) {
    if (!needed) return null;
    throw usageError(
      `Where is the gateway? Name its public address with --url https://gateway.example.com, or as accounts.${account}.callbacks.url in keeprolling.yaml.`,
      { account, field: 'callbacks.url' },
    );
  }
  const url = typeof written === 'string' && URL.canParse(written) ? new URL(written) : null;
  const isPlain =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    !url.username &&
    !url.password &&
    !url.search &&
    !url.hash;
  if (!isPlain)
    throw usageError('--url must be the http or https address of the gateway, without user and query.');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** @throws VendorFailure */
export async function setUp(
  context: Context,
  { setup, fields, address, domains }: CalledAccount,
  act: Act,
  replace: boolean,
): Promise<CallbackSetting[]> {
  const { Agent } = await import('undici');
  const dispatcher = new Agent({ connect: { timeout: 5_000 } });
  const settings = context.settings();
  const asked = {
    account: fields,
    dispatcher,
    now: context.now,
    secret: ({ secret }: { secret: string }) => settings.secret(secret),
  };
  const wish = { address: address!, domains };
  try {
    if (act === 'install') return await setup!.install(asked, { ...wish, replace });
    return await setup![act](asked, wish);
  } finally {
    await dispatcher.destroy();
  }
}
