/** Refusals of Naver's part of the contract: each as one problem, with its rule and what would be right. */
import { z } from 'zod';
import type { Problem } from '../../problems.ts';
import { told } from '../../told.ts';

export { always, told, valueOf } from '../../told.ts';

export const OVERVIEW = 'Live Station API, overview';
export const CHANNEL = 'Live Station API, create channel';
export const START = 'Live Station API, start recording';
export const UPLOAD = 'Live Station API, upload recording files';

/** Something that Live Station knows and no start takes: refused with the reason. */
export function notHere(reason: string, instead: string, rule: string = START) {
  return told(z.undefined(), reason, { rule, try: instead }).optional();
}

/** A problem outside a schema. */
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
