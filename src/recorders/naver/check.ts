/** Can this account do what a session needs? Lines for `keeprolling doctor`. Nothing is written. */
import type { Check } from '../recorder.ts';
import type { NaverChannel } from './api.ts';
import { outOfUse, unfit } from './channel.ts';
import { apiOf, failureOf, QUESTION, type NaverContext, type NaverSubject } from './handle.ts';
import { foundOf } from './prepare.ts';
import { readChannel } from './readings.ts';

/** "Managing Live Station permissions" (guide.ncloud-docs.com, livestation-subaccount). */
export const READING =
  'View/getChannelList and View/getChannelDetail (policy NCP_LIVE_STATION_VIEWER has both)';
export const RECORDING =
  'policy NCP_LIVE_STATION_MANAGER, or one of your own with starting, stopping and uploading recordings';

export async function check(context: NaverContext, subject?: NaverSubject): Promise<Check[]> {
  const lines = await checkKey(context);
  if (!subject || lines.some(({ ok }) => !ok)) return lines;
  return [...lines, ...(await checkChannel(context, subject))];
}

async function checkKey(context: NaverContext): Promise<Check[]> {
  const what = 'Live Station answers to the key';
  const { regionCode } = context.account;
  try {
    const { value } = await apiOf(context).channels({ pageNo: 1, pageSizeNo: 1 }, quick(context));
    return [
      {
        what,
        ok: true,
        detail: `region ${regionCode}, ${value.total} channels; the clock here is good enough`,
      },
      {
        what: 'permissions',
        ok: true,
        detail: `the key may read (${READING}); whether it may record only a start shows: it needs ${RECORDING}`,
      },
    ];
  } catch (error) {
    const { code, message, vendor } = failureOf(error);
    return [{ what, ok: false, detail: message, remedy: remedyFor(code, vendor?.code) }];
  }
}

async function checkChannel(context: NaverContext, { target }: NaverSubject): Promise<Check[]> {
  const what = `channel ${target.channel}`;
  try {
    const { channel } = await readChannel(context, target.channel, quick(context));
    if (!channel) {
      const remedy = 'Check target.channel, and accessKey and regionCode of the account.';
      return [{ what, ok: false, detail: 'this account has no such channel in this region', remedy }];
    }
    const place = context.storage?.place ?? null;
    const line = { what, ok: true, detail: `${foundOf(channel, place?.bucket ?? null)}${onAir(channel)}` };
    const { failure } = unfit(channel, place, 'adopt') ?? outOfUse(channel) ?? {};
    if (!failure) return [line];
    return [
      { ...line, ok: false, detail: failure.message, remedy: 'Change the channel, or take another one.' },
    ];
  } catch (error) {
    const { code, message, vendor } = failureOf(error);
    return [{ what, ok: false, detail: message, remedy: remedyFor(code, vendor?.code) }];
  }
}

function onAir({ immediateOnAir }: NaverChannel): string {
  return immediateOnAir === true
    ? '; it begins to record with each push by itself (immediateOnAir): only policy { foreign: adopt } takes that'
    : '';
}

function remedyFor(code: string, vendorCode: string | undefined): string {
  if (vendorCode === '250019' || vendorCode === '250020')
    return 'Set regionCode of the account: KR, or FKR in the finance zone.';
  if (vendorCode === '250010' || vendorCode === '210')
    return `Give the sub account ${READING}; for recording ${RECORDING}.`;
  switch (code) {
    case 'E_VENDOR_AUTH':
      return "Check accessKey and secretKey of the account, and that this machine's clock is less than 5 minutes off.";
    case 'E_VENDOR_THROTTLED':
      return 'Look for others who call Live Station with this account.';
    case 'E_VENDOR_UNREACHABLE':
    case 'E_VENDOR_UNANSWERED':
      return 'Check that the worker may reach the Internet (or url of the account).';
    case 'E_VENDOR_REFUSED':
      return 'Check regionCode (and url, where there is one) of the account.';
    default:
      return 'Try again later; the status page of NAVER Cloud tells of outages.';
  }
}

function quick(context: NaverContext) {
  return { ...QUESTION, ...(context.signal && { signal: context.signal }) };
}
