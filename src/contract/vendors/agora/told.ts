/** Refusals of Agora's part of the contract: each as one problem, with its rule and what would be right. */
import { refusedField } from '../../told.ts';

export { always, given, problem, told, valueOf } from '../../told.ts';

export const ACQUIRE = 'Agora Cloud Recording, acquire';
export const START = 'Agora Cloud Recording, start';
export const UPDATE = 'Agora Cloud Recording, update';

/** A parameter that Agora knows and that is not written here: refused with the reason, its value never shown. */
export function ours(reason: string, instead: string, rule = `${START}; keeprolling sends it itself`) {
  return refusedField(reason, { rule, try: instead, secret: true });
}
