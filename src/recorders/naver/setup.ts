/**
 * Where Live Station sends its events: one default endpoint for all channels of an account. A channel may have one of its
 * own, which counts before it and is left alone here.
 */
import type { NaverAccount } from '../../contract/vendors/naver.ts';
import type { CallbackSetting, CallbackSetup } from '../callbacks.ts';
import { VendorFailure } from '../recorder.ts';
import { isRefusal } from './api.ts';
import { apiOf, QUESTION, WRITE, type NaverContext } from './handle.ts';

const WHAT = 'default callback endpoint of all channels';

export const setup: CallbackSetup<NaverAccount> = {
  check: async (context, { address }) => [settingOf(await present(context), address)],

  async install(context, { address, replace }) {
    const before = settingOf(await present(context), address);
    if (before.state === 'as-wanted' || (before.state === 'of-others' && !replace)) return [before];
    await apiOf(context).setCallbackEndpoint(address, WRITE);
    const after = settingOf(await present(context), address);
    const replaced = before.state === 'of-others' ? ['the endpoint of others was replaced'] : [];
    return [{ ...after, differences: [...replaced, ...after.differences] }];
  },

  async remove(context, { address }) {
    const before = settingOf(await present(context), address);
    if (before.state !== 'as-wanted') return [before];
    try {
      await apiOf(context).setCallbackEndpoint('', WRITE);
    } catch (error) {
      if (!(error instanceof VendorFailure) || !isRefusal(error, 'bad-parameter')) throw error;
    }
    const after = settingOf(await present(context), address);
    if (after.state === 'as-wanted') throw new VendorFailure(STAYS);
    return [after];
  },
};

/** No page tells how an endpoint is taken away, and an empty one was not taken. */
const STAYS: VendorFailure['failure'] = {
  code: 'E_VENDOR_REFUSED',
  message:
    'Live Station keeps the default callback endpoint: it takes no empty one. Enter another address in the console (Live Station, Callback).',
  who: 'you',
  applied: 'no',
  retry: 'never',
  cause: 'vendor-fault',
  vendor: { operation: 'setCallbackEndpoint' },
};

async function present(context: NaverContext): Promise<string | null> {
  try {
    return (await apiOf(context).callbackEndpoint(QUESTION)).value;
  } catch (error) {
    if (isRefusal(error, 'not-found')) return null;
    throw error;
  }
}

/** Addresses end with a secret, ours and perhaps that of others: only the host is told. */
function settingOf(url: string | null, address: string): CallbackSetting {
  if (url === null)
    return { what: WHAT, state: 'missing', differences: ['no endpoint is set: nothing is called'] };
  if (url === address) return { what: WHAT, state: 'as-wanted', differences: [] };
  const [theirs, ours] = [hostOf(url), hostOf(address)];
  if (theirs === ours) {
    const differences = [`it calls ${theirs} too, with another path or protocol`];
    return { what: WHAT, state: 'differs', differences };
  }
  return {
    what: WHAT,
    state: 'of-others',
    differences: [`it calls ${theirs}: Live Station has one for all channels, and it is kept`],
  };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address that is no URL';
}
