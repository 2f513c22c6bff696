/** What a start would change in a vendor's account, and what may be changed there. */
import { stringify } from 'yaml';
import type { AccountPlan } from '../../client/types.ts';
import type { AccountChange, Json } from '../../session/facts.ts';
import type { Policy } from '../../session/plan.ts';
import type { CliFailure } from '../failure.ts';
import { columns } from './text.ts';

export const NO_CHANGE = "no change to the vendor's account";

export function accountPlanText({ name, key, prepares, policy, changes }: AccountPlan): string {
  const head = `${name}   ${key}`;
  if (!prepares) return `${head}\n  ${NO_CHANGE}: nothing of a recording stands in it`;
  if (changes.length === 0) return `${head}\n  ${NO_CHANGE}: what it needs is there`;
  return [head, ...changes.flatMap(changeLines), ...afterwards(policy).map((text) => `  ${text}`)].join('\n');
}

/** What would have to be made, and is not: nothing of it may be made under this policy. */
export function forbiddenPlanText(plan: AccountPlan, { code, message }: CliFailure): string {
  const changes = plan.changes.flatMap(changeLines);
  return [`${plan.name}   ${plan.key}`, ...changes, `  ✗ ${code}  ${message}`].join('\n');
}

function changeLines({ action, what, where, id, before, after, overrides }: AccountChange): string[] {
  const named = id === undefined ? '' : ` (${id})`;
  return [
    `  ${action} ${what}${named} of ${where}`,
    ...columns(differing(before, after), '    '),
    ...overrides.map((text) => `    ! ${text}`),
  ];
}

/** Fields that differ, each with its value before and after. */
function differing(before: Json, after: Json): string[][] {
  const [old, wanted] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...wanted.keys()])]
    .filter((field) => old.get(field) !== wanted.get(field))
    .map((field) => [field, `${old.get(field) ?? 'nothing'} → ${wanted.get(field) ?? 'nothing'}`]);
}

function flat(value: Json, path = ''): Map<string, string> {
  if (value === null) return new Map();
  if (typeof value !== 'object') return new Map([[path, stringify(value).trim()]]);
  const inner = Array.isArray(value)
    ? value.map((one, i) => [`[${i}]`, one] as const)
    : Object.entries(value);
  const joined = (field: string): string =>
    path === '' || field.startsWith('[') ? path + field : `${path}.${field}`;
  return new Map(inner.flatMap(([field, one]) => [...flat(one, joined(field))]));
}

/** What becomes of it, and of a source that was there before. */
function afterwards({ made, repush }: Policy): string[] {
  return [
    made === 'remove'
      ? 'what is made is taken away when the session ends (made: remove)'
      : 'what is made stays when the session ends (made: keep)',
    repush === 'force'
      ? 'an encoder that is connected already is cut off once, so that it connects anew (repush: force)'
      : 'an encoder that is connected already is not touched: nothing of it may be recorded until it reconnects (repush: never)',
  ];
}

/**
 * What a session may do in the vendor's account, without a call.
 * @param word what the vendor's policy is called: `rule` or `config`; undefined where it only looks there, null where it
 * needs nothing
 */
export function mayChangeText(policy: Policy, word: string | null | undefined): string {
  if (word === null) return NO_CHANGE;
  if (word === undefined) return "nothing is written to the vendor's account: what it needs must be there";
  if (policy.account === 'require')
    return `nothing is written to the vendor's account: what it needs must be there (${word}: require)`;
  const [kept, cut] = afterwards(policy);
  const made = `what it needs in the vendor's account is made where it is missing (${word}: ensure); ${kept}; ${cut}`;
  return `${made}. See it before: keeprolling start --plan`;
}
