/** Who sends a request, proved by its signature. */
import type { EmulatorRequest } from '../emulator.ts';
import { refuse } from './reply.ts';
import type { Rpc } from './rpc.ts';
import { claimV1, claimV3, isSignedWith, type Claim } from './signature.ts';
import type { AlibabaState } from './state.ts';
import { readTime } from './times.ts';

const SKEW_MS = 15 * 60_000;

export interface Caller {
  keyId: string;
  /** Which cannot assume roles. */
  root: boolean;
  /** When, by the vendor's clock. */
  at: number;
}

/** @throws Refusal */
export function authenticate(state: AlibabaState, request: EmulatorRequest, rpc: Rpc, now: number): Caller {
  const claim = claimOf(request, rpc);
  const here = now + state.skewMs;
  const at = readTime(claim.timestamp);
  if (at === undefined)
    refuse(400, 'InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.');
  if (Math.abs(at - here) > SKEW_MS)
    refuse(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
  const { secret, root } = secretOf(state, claim, here);
  if (!isSignedWith(claim, secret)) {
    const message = `Specified signature is not matched with our calculation. server string to sign is:${claim.stringToSign}`;
    refuse(400, 'SignatureDoesNotMatch', message);
  }
  takeNonce(state, claim, here);
  return { keyId: claim.keyId, root, at: here };
}

function claimOf(request: EmulatorRequest, rpc: Rpc): Claim {
  if (request.headers['authorization'] !== undefined) {
    return (
      claimV3(request, rpc) ??
      refuse(400, 'IncompleteSignature', 'The request signature does not conform to Aliyun standards.')
    );
  }
  return (
    claimV1(request, rpc) ?? refuse(400, 'MissingAccessKeyId', 'AccessKeyId is mandatory for this action.')
  );
}

/** The page of common codes has none for tokens: `InvalidSecurityToken…` is inferred from what the vendor's other products say. */
function secretOf(
  state: AlibabaState,
  { keyId, token }: Claim,
  here: number,
): { secret: string; root: boolean } {
  const notFound = (): never =>
    refuse(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
  const minted = state.minted.get(keyId);
  if (!minted) {
    const key = token === undefined ? state.keys.get(keyId) : undefined;
    if (key?.inactive) refuse(400, 'InvalidAccessKeyId.Inactive', 'Specified access key is disabled.');
    return key ? { secret: key.secret, root: key.root ?? false } : notFound();
  }
  if (token === undefined) notFound();
  if (minted.token !== token)
    refuse(
      400,
      'InvalidSecurityToken.MismatchWithAccessKey',
      'Specified SecurityToken mismatches with AccessKey.',
    );
  if (minted.endsAt <= here)
    refuse(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.');
  return { secret: minted.secret, root: false };
}

/** A nonce is remembered for as long as its time stamp could be taken. */
function takeNonce(state: AlibabaState, { keyId, nonce }: Claim, here: number): void {
  for (const [known, until] of state.nonces) {
    if (until > here) break;
    state.nonces.delete(known);
  }
  const name = `${keyId}/${nonce}`;
  if (nonce === '' || state.nonces.has(name))
    refuse(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
  state.nonces.set(name, here + 2 * SKEW_MS);
}

/** What RAM allows. @throws Refusal */
export function checkPermission(state: AlibabaState, action: string): void {
  if (!state.denied.has(action) && !state.denied.has('*')) return;
  refuse(
    403,
    'Forbidden.RAM',
    `User not authorized to operate on the specified resource, or this API doesn't support RAM. Action: ${action}`,
  );
}
