/** What an account says of the callbacks that its vendor sends; every vendor's account schema builds upon it. */
import { z } from 'zod';
import { oneOrMore } from './told.ts';

/** Last part of the address that the vendor calls: who does not know it is not heard. A secret. */
const pathSecret = oneOrMore(
  z.string().regex(/^[A-Za-z0-9_-]{16,200}$/),
  'it must be 16 to 200 letters, digits, dashes or underscores that nobody can guess',
  { rule: 'keeprolling.yaml, accounts, callbacks.path', try: 'openssl rand -hex 16', secret: true },
);

/** What the vendor signs with. A secret. */
const signingKey = oneOrMore(z.string().min(1), 'it must be the key with which the vendor signs, not empty', {
  rule: 'keeprolling.yaml, accounts, callbacks.keys',
  try: '${CALLBACK_KEY} or file:/run/secrets/callback-key',
  secret: true,
});

/** For a vendor that signs nothing: its secret path is all there is. */
export const unsignedCallbacks = z.strictObject({ path: pathSecret });
/** For a vendor that signs: the address is secret too, so that a flood of forged requests costs nothing. */
export const signedCallbacks = unsignedCallbacks.extend({ keys: signingKey });

export type UnsignedCallbacks = z.output<typeof unsignedCallbacks>;
export type SignedCallbacks = z.output<typeof signedCallbacks>;
