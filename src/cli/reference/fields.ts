/**
 * Fields of a zod schema, as a reference lists them. What a schema says of itself is read: types, defaults, bounds, and the
 * sentence, page and example with which it refuses.
 */
import type { z } from 'zod';
import { formatDuration } from '../../contract/time.ts';
import type { ProblemParams } from '../../contract/told.ts';

export interface Field {
  /** `window.padding.before`; `<name>` stands for a name of one's own, `[]` for each entry of a list. */
  path: string;
  type: string;
  /** As written; `required`, or empty where it may be left out and then says nothing. */
  default: string;
  /** Sentences; empty where every value of the type is taken. */
  rule: string;
}

type Schema = z.core.$ZodType;
type Def = z.core.$ZodTypeDef & Record<string, unknown>;

/** Deeper ones are left to the vendor's page. */
const DEEPEST = 6;

export function fieldsOf(schema: Schema, path: string[] = []): Field[] {
  if (path.length > DEEPEST) return [];
  const { core } = unwrapped(schema);
  const def = defOf(core);
  if (def.type === 'object') return objectFields(def, path);
  if (def.type === 'array') return below(def.element as Schema, path, '[]');
  if (def.type === 'record') return fieldsOf(def.valueType as Schema, [...path, '<name>']);
  if (def.type === 'union') {
    const seen = new Set<string>();
    const all = (def.options as Schema[]).flatMap((one) => fieldsOf(one, path));
    // Variants share fields, such as the one that tells them apart.
    return all.filter((one) => !seen.has(`${one.path} ${one.type}`) && seen.add(`${one.path} ${one.type}`));
  }
  return [];
}

function objectFields(def: Def, path: string[]): Field[] {
  return Object.entries(def.shape as Record<string, Schema>).flatMap(([name, schema]) => {
    const inner = [...path, name];
    return [fieldOf(schema, inner.join('.')), ...fieldsOf(schema, inner)];
  });
}

function below(element: Schema, path: string[], suffix: string): Field[] {
  const last = path.at(-1) ?? '';
  return fieldsOf(element, [...path.slice(0, -1), `${last}${suffix}`]);
}

function fieldOf(schema: Schema, path: string): Field {
  const { core, optional, fallback } = unwrapped(schema);
  const type = isDuration(fallback, typeOf(core)) ? 'text' : typeOf(core);
  const rule = [...new Set(rules(core))].join('; ');
  return { path, type, default: defaultText(optional, fallback, type), rule };
}

interface Unwrapped {
  core: Schema;
  optional: boolean;
  fallback: unknown;
}

const WRAPPERS = new Set(['optional', 'default', 'prefault', 'nullable', 'nonoptional', 'readonly', 'catch']);

/** Without what only says whether it may be left out; a text that is turned into something else is its text. */
function unwrapped(schema: Schema): Unwrapped {
  let [core, optional] = [schema, false];
  let fallback: unknown;
  for (;;) {
    const def = defOf(core);
    if (def.type === 'lazy') core = (def.getter as () => Schema)();
    else if (def.type === 'pipe' && !isTold(def) && defOf(def.out as Schema).type === 'transform')
      core = def.in as Schema;
    else if (WRAPPERS.has(def.type)) {
      optional ||= def.type !== 'nonoptional' && def.type !== 'readonly';
      if (def.type === 'default' || def.type === 'prefault') fallback ??= def.defaultValue;
      core = def.innerType as Schema;
    } else return { core, optional, fallback };
  }
}

function defOf(schema: Schema): Def {
  return definition(schema) as Def;
}

/** Where zod's own tools look, too: schemas and their checks have no other public description. */
function definition(one: object): object {
  // oxlint-disable-next-line no-underscore-dangle
  return (one as { _zod: { def: object } })._zod.def;
}

/** A check on anything comes before the schema itself, see `told`. */
function isTold({ in: before, out }: Def): boolean {
  return defOf(before as Schema).type === 'unknown' && defOf(out as Schema).type !== 'transform';
}

function typeOf(schema: Schema): string {
  const { core } = unwrapped(schema);
  const def = defOf(core);
  switch (def.type) {
    case 'pipe':
      return typeOf(def.out as Schema);
    case 'string':
      return 'text';
    case 'number':
      return /int/.test(String(def.format)) ? 'whole number' : 'number';
    case 'boolean':
      return '`true`, `false`';
    case 'enum':
      return Object.values(def.entries as Record<string, unknown>)
        .map(shown)
        .join(', ');
    case 'literal':
      return (def.values as unknown[]).map(shown).join(', ');
    case 'array':
      return `list of ${typeOf(def.element as Schema)}`;
    case 'tuple':
      return 'list';
    case 'record':
      return `mapping of ${typeOf(def.valueType as Schema)}`;
    case 'object':
      return 'mapping';
    case 'union':
      return [...new Set((def.options as Schema[]).map(typeOf))].join(' or ');
    case 'undefined':
    case 'never':
      return 'not taken';
    default:
      return 'value';
  }
}

function defaultText(optional: boolean, fallback: unknown, type: string): string {
  if (fallback === undefined) return optional || type === 'not taken' ? '' : 'required';
  if (typeof fallback === 'object' && fallback !== null && Object.keys(fallback).length === 0) return '';
  return shown(isDuration(fallback, type) ? formatDuration(fallback) : fallback);
}

/** They are written as text and held as milliseconds. */
function isDuration(fallback: unknown, type: string): fallback is number {
  return typeof fallback === 'number' && !type.includes('number');
}

function shown(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

interface CheckDef {
  check: string;
  error?: (issue: unknown) => unknown;
  params?: ProblemParams;
  minimum?: number;
  maximum?: number;
  value?: number;
}

function rules(schema: Schema): string[] {
  const def = defOf(schema);
  if (def.type === 'pipe' && isTold(def)) return checkRules(def.in as Schema);
  const own = checkRules(schema);
  if (own.length > 0 || def.type !== 'unknown') return own;
  // Nothing but its refusal says what it takes.
  return refusalOf(schema);
}

function checkRules(schema: Schema): string[] {
  const checks = (defOf(schema).checks as object[] | undefined) ?? [];
  const defs = [
    ...(isFormat(defOf(schema)) ? [defOf(schema) as unknown as CheckDef] : []),
    ...checks.map((one) => definition(one) as CheckDef),
  ];
  return [...defs.flatMap(ruleOf), ...boundsOf(defs)];
}

/** `z.int()` and `z.url()` are checks themselves. */
function isFormat(def: Def): boolean {
  return typeof def.check === 'string' && typeof def.error === 'function';
}

function ruleOf({ error, params }: CheckDef): string[] {
  const text = textOf(error);
  return text === null ? [] : [sentence(text, params)];
}

function textOf(error: CheckDef['error']): string | null {
  if (error === undefined) return null;
  try {
    const told = error({ input: undefined, path: [] });
    return typeof told === 'string' ? told : null;
  } catch {
    return null;
  }
}

function sentence(text: string, params: ProblemParams = {}): string {
  const { rule, try: example, secret } = params;
  return [
    example === undefined ? text : `${text}; try \`${example.replaceAll('`', "'")}\``,
    ...(rule === undefined ? [] : [`(${rule})`]),
    ...(secret ? ['**may be secret**'] : []),
  ].join(' ');
}

function boundsOf(defs: CheckDef[]): string[] {
  const bound = (check: string, which: 'minimum' | 'maximum' | 'value'): number | undefined =>
    defs.find((one) => one.check === check && textOf(one.error) === null)?.[which];
  return [
    range(bound('greater_than', 'value'), bound('less_than', 'value'), ''),
    range(bound('min_length', 'minimum'), bound('max_length', 'maximum'), ' long'),
  ].flat();
}

function range(from: number | undefined, to: number | undefined, unit: string): string[] {
  const isEdge = (edge: number | undefined): boolean =>
    edge === undefined || Math.abs(edge) >= Number.MAX_SAFE_INTEGER;
  if (isEdge(from) && isEdge(to)) return [];
  if (isEdge(to)) return [from === 1 && unit !== '' ? 'not empty' : `at least ${from}${unit}`];
  if (isEdge(from)) return [`at most ${to}${unit}`];
  return [`${from} to ${to}${unit}`];
}

function refusalOf(schema: Schema): string[] {
  const parsed = (schema as z.ZodType).safeParse(undefined);
  return (parsed.error?.issues ?? []).map(({ message, ...issue }) =>
    sentence(message, (issue as { params?: ProblemParams }).params),
  );
}
