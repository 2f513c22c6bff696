/** Record on publish: a stream was announced; which rule it fits, and what is recorded then. */
import type { PublishRule } from '../contract/configuration.ts';
import type { VendorContract } from '../contract/vendor.ts';
import type { Json } from '../session/facts.ts';

type Target = Record<string, Json>;
type Fields = Record<string, unknown>;

/** The first rule of the account that the announced target fits. */
export function ruleFor(rules: PublishRule[], account: string, target: Target): PublishRule | undefined {
  return rules.find(
    (rule) =>
      rule.account === account &&
      Object.entries(rule.target).every(([field, pattern]) => {
        const text = textOf(target[field]);
        return text !== undefined && fits(pattern, text);
      }),
  );
}

/** `*` stands for any text, or none. Without regular expressions: the text is a stranger's. */
export function fits(pattern: string, text: string): boolean {
  const [first, ...rest] = pattern.split('*') as [string, ...string[]];
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}

/** What is to be recorded; the template says the rest. */
export function specificationFor(
  rule: PublishRule,
  announced: Target,
  contract: VendorContract,
  template: Fields | undefined,
): Fields {
  const { account, template: named } = rule;
  const target = known(contract, announced);
  const name = rule.name ?? (typeof template?.name === 'string' ? undefined : everyField(target));
  return {
    template: named,
    account,
    target,
    ...(name !== undefined && { name: fitName(filled(name, announced)) }),
  };
}

/** A vendor may announce more than its target has fields for. */
function known(contract: VendorContract, target: Target): Target {
  const parsed = contract.target.safeParse(target);
  const issues = parsed.error?.issues ?? [];
  const extra = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [],
  );
  return Object.fromEntries(Object.entries(target).filter(([field]) => !extra.includes(field)));
}

function everyField(target: Target): string {
  return Object.keys(target)
    .map((field) => `{${field}}`)
    .join('-');
}

function filled(name: string, target: Target): string {
  return name.replace(/\{([^{}]*)\}/g, (_whole, field: string) => textOf(target[field]) ?? '');
}

const LONGEST_NAME = 80;

/** As the names of sessions must be. */
function fitName(text: string): string {
  const fit = text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, LONGEST_NAME);
  return fit === '' ? 'stream' : fit;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
