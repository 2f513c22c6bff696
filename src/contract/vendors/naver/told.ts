/** Refusals of Naver's part of the contract: each as one problem, with its rule and what would be right. */
import { refusedField } from '../../told.ts';

export { always, problem, told, valueOf } from '../../told.ts';

export const OVERVIEW = 'Live Station API, overview';
export const CHANNEL = 'Live Station API, create channel';
export const START = 'Live Station API, start recording';
export const UPLOAD = 'Live Station API, upload recording files';

/** Something that Live Station knows and no start takes: refused with the reason. */
export function notHere(reason: string, instead: string, rule: string = START) {
  return refusedField(reason, { rule, try: instead });
}
