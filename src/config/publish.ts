/** Rules of record on publish: what cannot work is told when the file is read, not when a stream goes unrecorded. */
import type { Configuration, PublishRule } from '../contract/configuration.ts';
import type { Place } from '../contract/destinations.ts';
import { unknownName, type Problem } from '../contract/problems.ts';
import { normalise } from '../contract/specification.ts';
import type { VendorContract } from '../contract/vendor.ts';
import { placeWithoutSecrets, type Surroundings } from './destinations.ts';

type Fields = Record<string, unknown>;
type ContractOf = (vendor: string) => VendorContract | undefined;

export function publishProblems(
  configuration: Configuration,
  contractOf: ContractOf,
  surroundings: Surroundings,
): Problem[] {
  const { onPublish, accounts, templates } = configuration;
  const vendorOf = (account: string): VendorContract | undefined =>
    Object.hasOwn(accounts, account) ? contractOf(accounts[account]!.vendor) : undefined;
  const problems = onPublish.flatMap((rule, i) => {
    const where = `onPublish[${i}]`;
    const template = Object.hasOwn(templates, rule.template) ? templates[rule.template] : undefined;
    return [
      ...accountProblems(rule.account, where, accounts),
      ...fieldProblems(rule, where, vendorOf(rule.account)),
      ...(template
        ? templateProblems(rule, template, configuration, vendorOf, surroundings)
        : [unknownName(`${where}.template`, 'template', rule.template, Object.keys(templates))]),
    ];
  });
  return once(problems);
}

function accountProblems(name: string, where: string, accounts: Configuration['accounts']): Problem[] {
  if (!Object.hasOwn(accounts, name))
    return [unknownName(`${where}.account`, 'account', name, Object.keys(accounts))];
  if (accounts[name]?.callbacks !== undefined) return [];
  return [
    {
      where: `${where}.account`,
      found: JSON.stringify(name),
      problem: 'this account has no callbacks: nothing is ever announced to it',
      try: 'give it callbacks, or take the rule out',
    },
  ];
}

/** Fields that no target of this vendor has: the rule would fit nothing, the name would have a hole. */
function fieldProblems(rule: PublishRule, where: string, contract: VendorContract | undefined): Problem[] {
  if (!contract) return [];
  const named = [...(rule.name ?? '').matchAll(/\{([^{}]*)\}/g)].map(([, field]) => field!);
  const target = { ...sampleOf(rule), ...Object.fromEntries(named.map((field) => [field, 'x'])) };
  const issues = contract.target.safeParse(target).error?.issues ?? [];
  const extra = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [],
  );
  const problem = `a target of ${contract.vendor} has no such field`;
  return extra.flatMap((field) => [
    ...(Object.hasOwn(rule.target, field) ? [{ where: `${where}.target.${field}`, problem }] : []),
    ...(named.includes(field) ? [{ where: `${where}.name`, found: `{${field}}`, problem }] : []),
  ]);
}

/** The specification that the rule makes of a stream, but for account and target: those come with the stream. */
function templateProblems(
  rule: PublishRule,
  template: Fields,
  configuration: Configuration,
  vendorOf: (account: string) => VendorContract | undefined,
  surroundings: Surroundings,
): Problem[] {
  const { accounts, destinations, secrets, receivers, defaults, templates } = configuration;
  const later = new Set<string>();
  const placeOf = (name: string): Place | undefined => {
    if (!Object.hasOwn(destinations, name)) return undefined;
    try {
      return placeWithoutSecrets(name, destinations[name]!, surroundings);
    } catch {
      // A value that is there only at use, or a destination whose own problems are told anyway.
      later.add('storage');
      return undefined;
    }
  };
  const named = rule.name === undefined && template.name !== undefined;
  const document = {
    ...(!named && { name: 'sample' }),
    account: rule.account,
    template: rule.template,
    target: sampleOf(rule),
  };
  const normalised = normalise(document, {
    // Whether its instants have passed by now is a matter of the day on which it is used.
    now: 0,
    accounts: Object.keys(accounts),
    vendorOf,
    placeOf,
    destinations: Object.keys(destinations),
    secrets: Object.keys(secrets),
    publicParameters: configuration.publicParameters,
    defaults,
    templates,
    receivers: Object.keys(receivers),
    notify: configuration.notify,
  });
  if (normalised.ok) return [];
  const endless = template.window === undefined && defaults.window === undefined;
  return normalised.problems
    .filter(({ where }) => !/^(account|target)\b/.test(where) && !later.has(where))
    .map((problem) => {
      if (endless && problem.where === 'window') return windowless(rule.template);
      const section =
        !holds(template, problem.where) && holds(defaults, problem.where)
          ? 'defaults'
          : `templates.${rule.template}`;
      return { ...problem, where: `${section}.${problem.where}` };
    });
}

/** Nobody is there to say when such a recording ends. */
function windowless(template: string): Problem {
  return {
    where: `templates.${template}.window`,
    problem: 'a template of onPublish must say when its recordings end',
    try: '{ maxDuration: 8h }',
  };
}

/** One of the targets that the rule may be announced, as far as it says. */
function sampleOf({ target }: PublishRule): Record<string, string> {
  return Object.fromEntries(
    Object.entries(target).map(([field, pattern]) => [field, pattern.replaceAll('*', 'x')]),
  );
}

function holds(fields: Fields, where: string): boolean {
  let value: unknown = fields;
  for (const part of where.split(/[.[\]]+/).filter((one) => one !== '')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return false;
    value = (value as Fields)[part];
  }
  return true;
}

/** Several rules may use one template. */
function once(problems: Problem[]): Problem[] {
  const keyOf = ({ where, found, problem }: Problem): string => JSON.stringify([where, found, problem]);
  return [...new Map(problems.map((one) => [keyOf(one), one])).values()];
}
