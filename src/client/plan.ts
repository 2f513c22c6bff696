/** What a start would change in the vendor's account: read there with the account's own credentials, and nothing is made. */
import type { Agent } from 'undici';
import type { Account } from '../config/settings.ts';
import { ERRORS, KeepRollingError, type ErrorCode } from '../contract/errors.ts';
import type { StorageAccess } from '../credentials/minted.ts';
import { VendorFailure, type RecorderContext } from '../recorders/recorder.ts';
import type { Vendor } from '../recorders/registry.ts';
import type { NormalSpecification } from '../session/plan.ts';
import type { Context } from './context.ts';
import { prepare } from '../planning/prepare.ts';
import type { AccountPlan, StartOptions } from './types.ts';

/** @throws KeepRollingError see `Client.plan` */
export async function plan(
  context: Context,
  document: unknown,
  options: Pick<StartOptions, 'by'> = {},
): Promise<AccountPlan> {
  const { specification, key } = prepare(context, document, options, Date.now());
  const { name, account, vendor, policy } = specification;
  const planned = { name, key, account, vendor, policy };
  const known = context.registry.get(vendor);
  if (!known?.recorder.traits(specification).prepares) return { ...planned, prepares: false, changes: [] };
  const may = { ...planned, prepares: true };
  try {
    return { ...may, changes: await read(context, known, specification) };
  } catch (error) {
    const changes = await forbidden(context, known, specification, error);
    if (changes === null || !(error instanceof KeepRollingError)) throw error;
    const { code, message, details } = error;
    throw new KeepRollingError(code, message, {
      ...details,
      plan: { ...may, changes } satisfies AccountPlan,
    });
  }
}

/** What would have to be made, where `require` alone stands against it; null for any other refusal. */
async function forbidden(
  context: Context,
  known: Vendor,
  specification: NormalSpecification,
  refusal: unknown,
): Promise<AccountPlan['changes'] | null> {
  const isUnready = refusal instanceof KeepRollingError && refusal.code === 'E_ACCOUNT_UNREADY';
  if (!isUnready || specification.policy.account !== 'require') return null;
  const allowed: NormalSpecification = {
    ...specification,
    policy: { ...specification.policy, account: 'ensure' },
  };
  // What is refused even so is in the way by itself: the first refusal tells it.
  const changes = await read(context, known, allowed).catch(() => []);
  return changes.length > 0 ? changes : null;
}

async function read(
  context: Context,
  { recorder }: Vendor,
  specification: NormalSpecification,
): Promise<AccountPlan['changes']> {
  const { account } = accountOf(context, specification);
  // Loaded here only: nothing else in the client calls a vendor.
  const { Agent: Pool } = await import('undici');
  const dispatcher = new Pool();
  try {
    const asked = contextOf(context, specification, account, dispatcher);
    return (await recorder.plan?.(asked, specification)) ?? [];
  } catch (error) {
    throw error instanceof VendorFailure ? told(error) : error;
  } finally {
    await dispatcher.destroy();
  }
}

/** Whoever starts need not know the account's secrets; whoever asks the vendor must. */
function accountOf({ settings }: Context, { account }: NormalSpecification): { account: Account['fields'] } {
  try {
    return { account: settings.account(account).fields };
  } catch (error) {
    if (!(error instanceof KeepRollingError) || error.code !== 'E_CONFIG_INVALID') throw error;
    throw new KeepRollingError(
      'E_CONFIG_INVALID',
      `What a start would change is read in the vendor's account, for which the credentials of ${account} are needed here: ${error.message} Ask where they are, as on a worker's machine.`,
      error.details,
    );
  }
}

function contextOf(
  { settings }: Context,
  { storage }: NormalSpecification,
  account: Account['fields'],
  dispatcher: Agent,
): RecorderContext<Account['fields']> {
  const place = storage === null ? undefined : settings.place(storage);
  return {
    account,
    dispatcher,
    now: Date.now,
    secret: ({ secret }) => settings.secret(secret),
    ...(place && { storage: readOnly(place) }),
  };
}

/** Where files are to go is asked for; to write there is not. */
function readOnly(place: StorageAccess['place']): StorageAccess {
  return {
    place,
    mint: async () =>
      await Promise.reject(
        new KeepRollingError('E_INTERNAL', 'A plan only reads, and wants no storage credentials.'),
      ),
  };
}

function told({ failure }: VendorFailure): KeepRollingError {
  const code = Object.hasOwn(ERRORS, failure.code) ? (failure.code as ErrorCode) : 'E_VENDOR_FAULT';
  const { who, vendor } = failure;
  return new KeepRollingError(code, failure.message, { who, ...(vendor && { vendor }) });
}
