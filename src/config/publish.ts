/** Rules of record on publish: what cannot work is told when the file is read, not when a stream goes unrecorded. */
import type { Configuration, PublishRule } from '../contract/configuration.ts';
import { problemsOf, type Problem } from '../contract/problems.ts';
import { windowSchema } from '../contract/specification.ts';

export function publishProblems(configuration: Configuration): Problem[] {
  return configuration.onPublish.flatMap((rule, i) => ruleProblems(rule, `onPublish[${i}]`, configuration));
}

function ruleProblems(
  rule: PublishRule,
  where: string,
  { accounts, templates, defaults }: Configuration,
): Problem[] {
  const template = Object.hasOwn(templates, rule.template) ? templates[rule.template] : undefined;
  return [
    ...accountProblems(rule.account, where, accounts),
    ...(template
      ? windowProblems(template, defaults, `templates.${rule.template}`)
      : [unknown(`${where}.template`, 'template', rule.template, Object.keys(templates))]),
  ];
}

function accountProblems(name: string, where: string, accounts: Configuration['accounts']): Problem[] {
  if (!Object.hasOwn(accounts, name))
    return [unknown(`${where}.account`, 'account', name, Object.keys(accounts))];
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

/** Nobody is there to say when such a recording ends. */
function windowProblems(
  template: Record<string, unknown>,
  defaults: Record<string, unknown>,
  where: string,
): Problem[] {
  const window = mapping(template.window) ? { ...own(defaults.window), ...template.window } : defaults.window;
  if (window === undefined) {
    return [
      {
        where: `${where}.window`,
        problem: 'a template of onPublish must say when its recordings end',
        try: '{ maxDuration: 8h }',
      },
    ];
  }
  const parsed = windowSchema.safeParse(window);
  return parsed.success ? [] : problemsOf(parsed.error, window, [...where.split('.'), 'window']);
}

function unknown(where: string, what: string, name: string, known: string[]): Problem {
  return {
    where,
    found: JSON.stringify(name),
    problem: `there is no ${what} of this name under \`${what}s\``,
    ...(known.length > 0 && { try: known.join(', ') }),
  };
}

function mapping(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function own(value: unknown): Record<string, unknown> {
  return mapping(value) ? value : {};
}
