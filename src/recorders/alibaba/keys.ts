/**
 * The keys that sign: those of the account, or temporary ones of a role, minted by STS AssumeRole and renewed before they
 * end. Minted ones live in the memory of this process alone.
 */
import { createHash } from 'node:crypto';
import type { AlibabaAccount, AlibabaRole } from '../../contract/vendors/alibaba.ts';
import type { AlibabaKeys } from '../../credentials/alibaba/sign.ts';
import { ASSUME_ROLE, assumeRole } from '../../credentials/alibaba/sts.ts';
import type { Failure } from '../../session/facts.ts';
import { send } from '../http.ts';
import { VendorFailure } from '../recorder.ts';
import type { AlibabaContext } from './handle.ts';

const STS_URL = 'https://sts.aliyuncs.com';
/** Renewed after so much of their life. */
const RENEW_AT = 2 / 3;
/** What is left of it must outlast one call. */
const LEAST_LEFT_MS = 60_000;
/** Roles that a process assumes; more are forgotten, the oldest first. */
const MOST_ROLES = 50;

interface Minted extends AlibabaKeys {
  renewAt: number;
  endsAt: number;
}

const minted = new Map<string, Minted>();
const underWay = new Map<string, Promise<Minted>>();

/** @throws VendorFailure where a role cannot be assumed, and the pair from before has ended */
export async function keysOf(context: AlibabaContext): Promise<AlibabaKeys> {
  const { accessKeyId, accessKeySecret, securityToken, assumeRole: role } = context.account;
  if (!role) return { accessKeyId, accessKeySecret, ...(securityToken !== undefined && { securityToken }) };
  const name = nameOf(context.account, role);
  const known = minted.get(name);
  if (known && context.now() < known.renewAt) return known;
  try {
    return await renewed(name, context, role);
  } catch (error) {
    // They are renewed long before their end: until then an outage of STS costs nothing.
    if (known && context.now() < known.endsAt - LEAST_LEFT_MS) return known;
    throw error;
  }
}

/** They were refused: the next call mints others. */
export function forgetKeys({ account }: AlibabaContext): void {
  if (account.assumeRole) minted.delete(nameOf(account, account.assumeRole));
}

/** One mint at a time for each role, however many calls wait for it. */
async function renewed(name: string, context: AlibabaContext, role: AlibabaRole): Promise<Minted> {
  const pending = underWay.get(name) ?? mint(context, role).finally(() => underWay.delete(name));
  underWay.set(name, pending);
  const keys = await pending;
  minted.delete(name);
  minted.set(name, keys);
  for (const oldest of minted.keys()) {
    if (minted.size <= MOST_ROLES) break;
    minted.delete(oldest);
  }
  return keys;
}

/** Other keys, or other wishes, are another pair. */
function nameOf({ accessKeyId, accessKeySecret }: AlibabaAccount, role: AlibabaRole): string {
  const text = JSON.stringify([accessKeyId, accessKeySecret, role]);
  return createHash('sha256').update(text).digest('hex');
}

async function mint({ account, dispatcher, now }: AlibabaContext, wanted: AlibabaRole): Promise<Minted> {
  const { accessKeyId, accessKeySecret } = account;
  const { role, sessionName, duration: durationMs, externalId, policy, url = STS_URL } = wanted;
  const at = now();
  const { status, keys, code } = await assumeRole(
    { url, keys: { accessKeyId, accessKeySecret }, role, sessionName, durationMs, externalId, policy, at },
    async ({ origin, path, headers }) =>
      await send(dispatcher, {
        operation: ASSUME_ROLE,
        // Whatever it mints nobody uses if the answer is lost.
        effect: 'read',
        method: 'POST',
        url: `${origin}${path}`,
        headers,
        timeoutMs: 6_000,
        deadlineMs: 7_000,
      }),
  );
  if (!keys) throw refused(status, code);
  const { expiresAt: endsAt, ...pair } = keys;
  return { ...pair, endsAt, renewAt: at + (endsAt - at) * RENEW_AT };
}

function refused(status: number, code: string): VendorFailure {
  const failed = status === 200 || status >= 500;
  const throttled = code.includes('Throttling');
  const [kind, who, cause]: [Failure['code'], Failure['who'], Failure['cause']] = throttled
    ? ['E_VENDOR_THROTTLED', 'vendor', 'vendor-fault']
    : failed
      ? ['E_VENDOR_FAULT', 'vendor', 'vendor-fault']
      : ['E_VENDOR_AUTH', 'you', 'credentials'];
  const why =
    failed || throttled
      ? 'STS gives no keys now'
      : 'STS does not let the keys of this account assume its role: they need sts:AssumeRole, the role must trust them, and allow as long a duration (the account itself cannot assume roles)';
  return new VendorFailure({
    code: kind,
    message: `${ASSUME_ROLE}: ${why}; it answered ${status}${code === '' ? '' : ` ${code}`}.`,
    who,
    applied: 'no',
    retry: 'later',
    cause,
    vendor: { operation: ASSUME_ROLE, status, ...(code !== '' && { code }) },
  });
}
