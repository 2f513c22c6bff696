/**
 * `secrets` of keeprolling.yaml are named values that a specification needs and must not hold: it holds their names,
 * and only a worker that sends them to a vendor reads the values.
 */
import { z } from 'zod';

export const secretNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/,
    'must be 1 to 40 letters, digits, dots, dashes or underscores, and begin with a letter or digit',
  );

/** Stands where a value would stand: `{ secret: cdn-key }`. */
export const secretReference = z.strictObject({ secret: secretNameSchema });
export type SecretReference = z.output<typeof secretReference>;

export function isSecretReference(value: unknown): value is SecretReference {
  return secretReference.safeParse(value).success;
}
