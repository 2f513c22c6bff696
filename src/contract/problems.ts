/** Refusals: all problems at once; each says where, what was found, what is wrong, the rule, and what would be right. */
import type { z } from 'zod';
import { KeepRollingError, type ErrorCode } from './errors.ts';
import { fieldsAt, nearest } from './nearest.ts';

export interface Problem {
  /** Path in the document, `options.interval`. */
  where: string;
  /** What stands there, as JSON; absent when nothing does. */
  found?: string;
  problem: string;
  /** The vendor's page and section, where the rule is the vendor's. */
  rule?: string;
  /** What would be right. */
  try?: string;
}

/** Values that may hold secrets are never quoted back, also not as part of something larger. */
const SECRET_FIELDS = /token|secret|password|key$|accesskey|authorization|rtmpurl/i;

/** Parts of keeprolling.yaml that hold secrets in fields of any name. */
const SECRET_PARTS = /^(accounts|destinations|receivers|heartbeat|secrets|credentials|callbacks)$/;
/** What of an account is shown: in no vendor's account are these secret. */
const PLAIN_OF_ACCOUNT = new Set(['vendor', 'looks', 'quotas', 'region', 'regionCode']);
/** What of a destination is shown. */
const PLAIN_FIELDS = new Set(['cloud', 'bucket', 'region', 'prefix', 'refresh', 'probe']);

function isHidden(path: string[]): boolean {
  // An account's fields are the vendor's: which of them are secret is not known here.
  if (path[0] === 'accounts') {
    const isPlain = PLAIN_OF_ACCOUNT.has(path[2] ?? '') || (path[2] === 'callbacks' && path[3] === 'domains');
    return !isPlain;
  }
  if (path[0] === 'destinations') return path.length !== 3 || !PLAIN_FIELDS.has(path[2] ?? '');
  return path[0] === 'secrets' || path[0] === 'receivers' || path[0] === 'heartbeat';
}

function quoted(value: unknown, path: string[], secret: boolean | undefined): string | undefined {
  if (isHidden(path) || (secret ?? SECRET_FIELDS.test(path.at(-1) ?? ''))) return '(not shown)';
  const hide = (field: string, inner: unknown): unknown =>
    SECRET_FIELDS.test(field) || SECRET_PARTS.test(field) ? '(not shown)' : inner;
  return JSON.stringify(value, hide)?.slice(0, 200);
}

/** A name that leads nowhere. `what`: the section of keeprolling.yaml in the singular; `known`: the names there. */
export function unknownName(where: string, what: string, name: string, known: string[]): Problem {
  return {
    where,
    found: JSON.stringify(name),
    problem: `there is no ${what} of this name under \`${what}s\``,
    ...(known.length > 0 && { try: known.join(', ') }),
  };
}

/** @param schema what the document was judged by: with it a misspelt field is told the nearest that there is */
export function problemsOf(
  error: z.ZodError,
  document: unknown,
  prefix: string[] = [],
  schema?: z.ZodType,
): Problem[] {
  return error.issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path.map(String)];
    if (issue.code === 'unrecognized_keys') {
      const known = schema ? fieldsAt(schema, issue.path) : [];
      return issue.keys.map((key) => {
        const near = nearest(key, known);
        const problem = { where: [...path, key].join('.'), problem: 'there is no such field here' };
        return near === undefined ? problem : { ...problem, try: near };
      });
    }
    return [problemOf(issue, path, valueAt(document, issue.path))];
  });
}

function problemOf(issue: z.core.$ZodIssue, path: string[], value: unknown): Problem {
  const params =
    issue.code === 'custom'
      ? (issue.params as { rule?: string; try?: string; secret?: boolean } | undefined)
      : undefined;
  const isMissing = issue.code === 'invalid_type' && value === undefined;
  const told = isMissing ? `it is missing: a ${issue.expected} is wanted here` : lowerFirst(messageOf(issue));
  const problem: Problem = { where: pathText(path), problem: told };
  const found = value === undefined ? undefined : quoted(value, path, params?.secret);
  if (found !== undefined) problem.found = found;
  if (params?.rule) problem.rule = params.rule;
  if (params?.try) problem.try = params.try;
  else if (issue.code === 'invalid_value') problem.try = issue.values.map(String).join(', ');
  return problem;
}

/** A wrong name of an entry hides its reason one level deeper. */
function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}

function pathText(path: string[]): string {
  return path.map((part, i) => (/^\d+$/.test(part) ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function valueAt(document: unknown, path: PropertyKey[]): unknown {
  let value: unknown = document;
  for (const part of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** One error for all problems of a document; the message is what a person reads. */
export function refuse(
  code: ErrorCode,
  document: string,
  problems: Problem[],
  consequence: string,
): KeepRollingError {
  const count = `${problems.length} problem${problems.length === 1 ? '' : 's'}`;
  const text = [`${document}: ${count}, ${consequence}`, ...problems.map(problemText)].join('\n\n');
  return new KeepRollingError(code, text, { problems });
}

function problemText(problem: Problem): string {
  const lines = [`  ${problem.where || '(the document)'}`];
  if (problem.found !== undefined) lines.push(`    found    ${problem.found}`);
  lines.push(`    problem  ${problem.problem}`);
  if (problem.rule) lines.push(`    rule     ${problem.rule}`);
  if (problem.try) lines.push(`    try      ${problem.try}`);
  return lines.join('\n');
}
