/** Refusals of Agora's part of the contract: each as one problem, with its rule and what would be right. */
import { z } from 'zod';
import type { Problem } from '../../problems.ts';
import { told } from '../../told.ts';

export { always, given, told, valueOf } from '../../told.ts';

export const ACQUIRE = 'Agora Cloud Recording, acquire';
export const START = 'Agora Cloud Recording, start';
export const UPDATE = 'Agora Cloud Recording, update';

/** A parameter that Agora knows and that is not written here: refused with the reason, its value never shown. */
export function ours(reason: string, instead: string, rule = `${START}; keeprolling sends it itself`) {
  return told(z.undefined(), reason, { rule, try: instead, secret: true }).optional();
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
