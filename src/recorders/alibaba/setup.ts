/**
 * How ApsaraVideo is told where to call: one configuration for record events a playback domain, one for push events an
 * ingest domain. What calls another address is somebody else's, and is left alone unless it is to be replaced.
 */
import type { AlibabaAccount } from '../../contract/vendors/alibaba.ts';
import type { CallbackSetting, CallbackSetup, CallbackWish } from '../callbacks.ts';
import { isRefusal } from './api.ts';
import { apiOf, QUICK, type AlibabaContext } from './handle.ts';

type Wish = CallbackWish & { replace?: boolean };

/** One configuration at the vendor, whichever kind. */
interface Place {
  what: string;
  read(): Promise<Config | null>;
  write(there: Config | null): Promise<void>;
  remove(): Promise<void>;
  /** What is other than it must be, of one that calls our address. */
  differs(config: Config): string[];
}

interface Config {
  NotifyUrl: string;
  NotifyReqAuth?: boolean | undefined;
  NeedStatusNotify?: boolean | undefined;
  OnDemandUrl?: string | undefined;
}

export const setup: CallbackSetup<AlibabaAccount> = {
  domains: {
    are: 'playback domains, each with its ingest domain',
    example: '{ play.example.com: push.example.com }',
  },
  check: async (context, wish) => await eachPlace(context, wish, async (place) => await judge(place, wish)),

  install: async (context, wish) =>
    await eachPlace(context, wish, async (place) => {
      const there = await place.read();
      const found = settingOf(place, there, wish);
      if (found.state === 'as-wanted' || (found.state === 'of-others' && !wish.replace)) return found;
      await place.write(there);
      return await judge(place, wish);
    }),

  remove: async (context, wish) =>
    await eachPlace(context, wish, async (place) => {
      const there = await place.read();
      if (there?.NotifyUrl === wish.address) await place.remove();
      return await judge(place, wish);
    }),
};

async function eachPlace(
  context: AlibabaContext,
  wish: Wish,
  act: (place: Place) => Promise<CallbackSetting>,
): Promise<CallbackSetting[]> {
  const settings: CallbackSetting[] = [];
  for (const place of placesOf(context, wish)) settings.push(await act(place));
  return settings;
}

/** Playback domains are those that are wished for, and those of the account; ingest domains belong to them. */
function placesOf(context: AlibabaContext, wish: Wish): Place[] {
  const { domains = {} } = context.account.callbacks ?? {};
  const ingest = new Set(Object.values(domains));
  const playback = new Set([
    ...wish.domains.filter((domain) => !ingest.has(domain)),
    ...Object.keys(domains),
  ]);
  return [
    ...[...playback].map((domain) => recordPlace(context, wish, domain)),
    ...[...ingest].map((domain) => pushPlace(context, wish, domain)),
  ];
}

async function judge(place: Place, wish: Wish): Promise<CallbackSetting> {
  return settingOf(place, await place.read(), wish);
}

function settingOf(place: Place, config: Config | null, { address }: Wish): CallbackSetting {
  const { what } = place;
  if (!config || config.NotifyUrl === '')
    return { what, state: 'missing', differences: ['nothing is called'] };
  if (config.NotifyUrl !== address)
    // An address may hold a secret.
    return {
      what,
      state: 'of-others',
      differences: [`it calls another address, at ${hostOf(config.NotifyUrl)}`],
    };
  const differences = place.differs(config);
  return { what, state: differences.length > 0 ? 'differs' : 'as-wanted', differences };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address that cannot be read';
}

const UNSIGNED = 'callbacks are not signed (NotifyReqAuth is off)';

function recordPlace(context: AlibabaContext, { address }: Wish, DomainName: string): Place {
  const api = apiOf(context);
  return {
    what: `record callback of ${DomainName}`,
    read: async () =>
      await orNone(
        async () => (await api.call('DescribeLiveRecordNotifyConfig', { DomainName }, QUICK)).config,
      ),
    write: async (there) => {
      const config = {
        DomainName,
        NotifyUrl: address,
        NeedStatusNotify: true,
        NotifyReqAuth: true,
        NotifyAuthKey: keyOf(context),
        // Others' automatic recordings ask there.
        ...(there?.OnDemandUrl && { OnDemandUrl: there.OnDemandUrl }),
      };
      const operation = there ? 'UpdateLiveRecordNotifyConfig' : 'AddLiveRecordNotifyConfig';
      await api.call(operation, config, QUICK);
    },
    remove: async () => void (await api.call('DeleteLiveRecordNotifyConfig', { DomainName }, QUICK)),
    differs: ({ NotifyReqAuth, NeedStatusNotify }) => [
      ...(NotifyReqAuth ? [] : [UNSIGNED]),
      ...(NeedStatusNotify ? [] : ['status events are not told (NeedStatusNotify is off)']),
    ],
  };
}

function pushPlace(context: AlibabaContext, { address }: Wish, DomainName: string): Place {
  const api = apiOf(context);
  return {
    what: `push callback of ${DomainName}`,
    read: async () =>
      await orNone(
        async () => (await api.call('DescribeLiveStreamsNotifyUrlConfig', { DomainName }, QUICK)).config,
      ),
    write: async () =>
      void (await api.call(
        'SetLiveStreamsNotifyUrlConfig',
        { DomainName, NotifyUrl: address, NotifyReqAuth: 'yes', NotifyAuthKey: keyOf(context) },
        QUICK,
      )),
    remove: async () => void (await api.call('DeleteLiveStreamsNotifyUrlConfig', { DomainName }, QUICK)),
    differs: ({ NotifyReqAuth }) => (NotifyReqAuth ? [] : [UNSIGNED]),
  };
}

async function orNone(read: () => Promise<Config | null>): Promise<Config | null> {
  try {
    return await read();
  } catch (error) {
    if (isRefusal(error, 'no-config')) return null;
    throw error;
  }
}

/** The first one is what ApsaraVideo is to sign with; others are those of a rotation. */
function keyOf({ account }: AlibabaContext): string {
  return account.callbacks?.keys[0] ?? '';
}
