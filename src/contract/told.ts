/** Refusals in a vendor's part of the contract: each as one problem, with its rule and what would be right. */
import { z } from 'zod';
import type { Problem } from './problems.ts';

/** What a problem tells besides its place and its message; the renderer reads it from `issue.params`. */
export interface ProblemParams {
  /** Vendor, page and parameter. */
  rule?: string;
  /** What would be right. */
  try?: string;
  /** The value itself is a secret, or may hold one: it must not be shown as `found`. */
  secret?: true;
}

/** A schema all of whose failures are told as one problem. */
export function told<S extends z.ZodType>(schema: S, error: string, params: ProblemParams) {
  return z
    .unknown()
    .refine((value) => schema.safeParse(value).success, { error, params: { ...params } })
    .pipe(schema);
}

const MOST = 5;

/** A text, or several during a rotation. Which one of several is wrong is told by its place. */
export function oneOrMore(schema: z.ZodType<string>, error: string, params: ProblemParams) {
  return z
    .unknown()
    .superRefine((value, context) => {
      const refuse = (message: string, path: PropertyKey[] = []): void =>
        context.addIssue({ code: 'custom', message, path, params: { ...params } });
      if (!Array.isArray(value)) {
        if (!schema.safeParse(value).success) refuse(error);
        return;
      }
      if (value.length < 1 || value.length > MOST) refuse(`it must be one, or a list of 1 to ${MOST}`);
      for (const [i, one] of value.entries()) if (!schema.safeParse(one).success) refuse(error, [i]);
    })
    .transform((value) => (Array.isArray(value) ? value : [value]) as string[]);
}

/** Refusals that look at several fields are told even when another field is wrong too. */
export const always = { when: () => true };

/** A field as it stands, also where the other fields were not checked yet; it never throws. */
export function valueOf(options: unknown, key: string): unknown {
  return typeof options === 'object' && options !== null
    ? (options as Record<string, unknown>)[key]
    : undefined;
}

export function given(options: unknown, key: string): boolean {
  return valueOf(options, key) !== undefined;
}

/** A parameter that the vendor knows and that is not written here: refused with the reason. */
export function refusedField(reason: string, params: ProblemParams) {
  return told(z.undefined(), reason, params).optional();
}

/** A problem outside a schema. `found` is left out where the value may be secret. */
export function problem(
  where: string,
  text: string,
  rule: string,
  instead: string,
  found?: unknown,
): Problem {
  return {
    where,
    ...(found !== undefined && { found: JSON.stringify(found).slice(0, 200) }),
    problem: text,
    rule,
    try: instead,
  };
}
