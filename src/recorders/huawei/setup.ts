/**
 * Where Huawei calls: one record callback and one stream notification for each ingest domain. What others have configured
 * is kept, unless it is to be replaced; events that they have subscribed to stay subscribed then.
 */
import type { HuaweiAccount } from '../../contract/vendors/huawei.ts';
import { CALLBACK_EVENTS, type HuaweiCallbackEvent } from '../../contract/vendors/huawei/requests.ts';
import type { CallbackSetting, CallbackSetup, CallbackWish } from '../callbacks.ts';
import { VendorFailure } from '../recorder.ts';
import { HuaweiRefusal, isRefusal } from './errors.ts';
import { apiOf, QUICK, WRITE, type HuaweiContext } from './handle.ts';
import type { HuaweiCallback, HuaweiNotification } from './wire.ts';

export const callbackSetup: CallbackSetup<HuaweiAccount> = {
  domains: { are: 'ingest domains', example: '[push.example.com]' },
  check: async (context, wish) => await each(wish, (domain) => settingsOf(context, domain, wish.address)),
  install: async (context, wish) =>
    await each(wish, async (domain) => {
      await installRecord(context, domain, wish);
      await installStream(context, domain, wish);
      return await settingsOf(context, domain, wish.address);
    }),
  remove: async (context, wish) =>
    await each(wish, async (domain) => {
      await removeOurs(context, domain, wish.address);
      return await settingsOf(context, domain, wish.address);
    }),
};

async function each(
  { domains }: CallbackWish,
  work: (domain: string) => Promise<CallbackSetting[]>,
): Promise<CallbackSetting[]> {
  const settings: CallbackSetting[] = [];
  for (const domain of domains) settings.push(...(await work(domain)));
  return settings;
}

async function settingsOf(
  context: HuaweiContext,
  domain: string,
  address: string,
): Promise<CallbackSetting[]> {
  return [
    recordSetting(context, domain, address, await recordsOf(context, domain)),
    streamSetting(context, domain, address, await notificationOf(context, domain)),
  ];
}

// ── record callbacks ───────────────────────────────────────────────────────────────────────────────────────────

async function recordsOf(context: HuaweiContext, domain: string): Promise<HuaweiCallback[]> {
  const asked = { publish_domain: domain, limit: 100 };
  try {
    return (await apiOf(context).listCallbacks(asked, QUICK)).callbacks;
  } catch (error) {
    if (isNone(error)) return [];
    throw error;
  }
}

function recordSetting(
  { account }: HuaweiContext,
  domain: string,
  address: string,
  found: HuaweiCallback[],
): CallbackSetting {
  const what = `record callback of ${domain}`;
  const own = found.find((one) => one.notify_callback_url === address);
  const others = found.filter((one) => one !== own).map(toldOfOther);
  if (!own) return { what, state: found.length > 0 ? 'of-others' : 'missing', differences: others };
  const missing = CALLBACK_EVENTS.filter((event) => !own.notify_event_subscription.includes(event));
  const sign = account.callbacks?.sign ?? 'HMACSHA256';
  const differs = [
    ...(missing.length > 0 ? [`It does not tell of ${missing.join(', ')}.`] : []),
    ...(own.app === '*' ? [] : [`It is of the app ${own.app} alone, and not of all apps.`]),
    ...((own.sign_type ?? 'HMACSHA256') === sign
      ? []
      : [`It is signed by ${own.sign_type}, and not by ${sign}.`]),
  ];
  return { what, state: differs.length > 0 ? 'differs' : 'as-wanted', differences: [...differs, ...others] };
}

/** Its path may be a secret of theirs. */
function toldOfOther({
  notify_callback_url: url,
  app,
  notify_event_subscription: events,
}: HuaweiCallback): string {
  return `Somebody else's, for app ${app}, calls ${hostOf(url)} with ${events.join(', ') || 'no event'}.`;
}

async function installRecord(
  context: HuaweiContext,
  domain: string,
  { address, replace }: CallbackWish & { replace: boolean },
): Promise<void> {
  const api = apiOf(context);
  const found = await recordsOf(context, domain);
  const { state } = recordSetting(context, domain, address, found);
  if (state === 'as-wanted' || (state === 'of-others' && !replace)) return;
  const own = found.find((one) => one.notify_callback_url === address);
  // "One configuration a domain": the one of all apps is the one to take over.
  const taken = own ?? found.find(({ app }) => app === '*') ?? found[0];
  const events = taken?.notify_event_subscription.filter(isEvent) ?? [];
  const wanted = {
    publish_domain: domain,
    app: '*',
    notify_callback_url: address,
    notify_event_subscription: [...new Set([...CALLBACK_EVENTS, ...events])],
    sign_type: context.account.callbacks?.sign ?? 'HMACSHA256',
    key: keyIn(context),
  };
  if (taken) await api.updateCallback(taken.id, wanted, WRITE);
  else await api.createCallback(wanted, WRITE);
}

function isEvent(event: string): event is HuaweiCallbackEvent | 'RECORD_START' {
  return event === 'RECORD_START' || (CALLBACK_EVENTS as readonly string[]).includes(event);
}

// ── stream notifications ───────────────────────────────────────────────────────────────────────────────────────

/** Empty where there is none. @throws VendorFailure */
export async function notificationOf(context: HuaweiContext, domain: string): Promise<HuaweiNotification> {
  try {
    return await apiOf(context).getNotification(domain, QUICK);
  } catch (error) {
    if (isNone(error)) return {};
    throw error;
  }
}

function streamSetting(
  context: HuaweiContext,
  domain: string,
  address: string,
  { url, call_back_area: area, auth_sign_key: key }: HuaweiNotification,
): CallbackSetting {
  const what = `stream notification of ${domain}`;
  if (url === undefined) return { what, state: 'missing', differences: [] };
  if (url !== address)
    return { what, state: 'of-others', differences: [`Somebody else's calls ${hostOf(url)}.`] };
  const wanted = areaOf(context);
  const differs = [
    ...(area === undefined || area === wanted ? [] : [`call_back_area is ${area}, and not ${wanted}.`]),
    ...(key === undefined || key === keyIn(context) ? [] : ['Its key is not the first of callbacks.keys.']),
  ];
  return { what, state: differs.length > 0 ? 'differs' : 'as-wanted', differences: differs };
}

async function installStream(
  context: HuaweiContext,
  domain: string,
  { address, replace }: CallbackWish & { replace: boolean },
): Promise<void> {
  const { state } = streamSetting(context, domain, address, await notificationOf(context, domain));
  if (state === 'as-wanted' || (state === 'of-others' && !replace)) return;
  const wanted = {
    domain,
    url: address,
    auth_sign_key: keyIn(context),
    call_back_area: areaOf(context),
  };
  await apiOf(context).setNotification(wanted, WRITE);
}

/** Where the gateway is: in mainland China where the region is, unless the account says otherwise. */
function areaOf({ account }: HuaweiContext): 'mainland_china' | 'outside_mainland_china' {
  const { area } = account.callbacks ?? {};
  return area ?? (account.region?.startsWith('cn-') ? 'mainland_china' : 'outside_mainland_china');
}

// ── both ───────────────────────────────────────────────────────────────────────────────────────────────────────

async function removeOurs(context: HuaweiContext, domain: string, address: string): Promise<void> {
  const api = apiOf(context);
  const own = (await recordsOf(context, domain)).filter((one) => one.notify_callback_url === address);
  for (const { id } of own) await withoutIt(api.deleteCallback(id, WRITE));
  if ((await notificationOf(context, domain)).url === address)
    await withoutIt(api.deleteNotification(domain, WRITE));
}

/** It was removed in between, or by an attempt whose answer was lost. */
async function withoutIt(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!isNone(error)) throw error;
  }
}

/** What does not exist is told by 400 or 404, with a code that is said of other things too. */
function isNone(error: unknown): boolean {
  if (isRefusal(error, 'missing') || isRefusal(error, 'illegal')) return true;
  return error instanceof HuaweiRefusal && error.status === 404 && error.failure.vendor?.code === undefined;
}

function keyIn({ account }: HuaweiContext): string {
  const [key] = account.callbacks?.keys ?? [];
  if (key !== undefined) return key;
  throw new VendorFailure({
    code: 'E_CONFIG_INVALID',
    message: 'The account has no callbacks.keys with which Huawei could sign.',
    who: 'you',
    applied: 'no',
    retry: 'never',
    cause: 'credentials',
  });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address';
}
