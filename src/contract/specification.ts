/** A recording's specification: what a user writes, checked whole, with every default filled in. */
import { z } from 'zod';
import type { AbsencePolicy, NormalSpecification, Window } from '../session/plan.ts';
import type { Json } from '../session/facts.ts';
import type { Place } from './destinations.ts';
import { contentHash, targetKey } from './keys.ts';
import { isObject } from './objects.ts';
import { problemsOf, type Problem } from './problems.ts';
import { isScheduleDocument } from './schedule.ts';
import { referenceProblems } from './references.ts';
import {
  clockSentence,
  formatDuration,
  isZone,
  localInstant,
  parseDuration,
  parseInstant,
  parseLocal,
  wallOf,
} from './time.ts';
import type { PlainFields, VendorContract, VendorSubject } from './vendor.ts';

const durationText = z.string().refine((text) => parseDuration(text) !== undefined, {
  message: 'not a duration',
  params: { try: '90s, 5m, 2h30m, 14d or ISO 8601 such as PT2H30M' },
});
const duration = durationText.transform((text) => parseDuration(text) ?? 0);
const positive = duration.refine((ms) => ms > 0, 'must be longer than nothing');

const instantText = z
  .string()
  .refine(
    (text) => text === 'now' || parseInstant(text) !== undefined || parseLocal(text, 'UTC') !== undefined,
    {
      message: 'not an instant',
      params: { try: 'now, 2026-11-24T15:00:00+01:00, or 2026-11-24T15:00 together with zone' },
    },
  );

const absence = z
  .string()
  .refine((text) => parseAbsence(text) !== undefined, {
    message: 'not a policy for a missing source',
    params: { try: 'wait, "end after 30m" or "fail after 10m"' },
  })
  .transform((text) => parseAbsence(text)!);

function parseAbsence(text: string): AbsencePolicy | undefined {
  if (text === 'wait') return { kind: 'wait' };
  const match = /^(end|fail) after (\S+)$/.exec(text);
  const afterMs = match ? parseDuration(match[2]!) : undefined;
  if (!match || afterMs === undefined) return undefined;
  return { kind: match[1] as 'end' | 'fail', afterMs };
}

const label = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be 1 to 63 letters, digits, dots, dashes or underscores');

export const windowSchema = z
  .strictObject({
    from: instantText.default('now'),
    until: instantText.optional(),
    length: positive.optional(),
    maxDuration: positive.optional(),
    zone: z
      .string()
      .refine(isZone, { message: 'not an IANA time zone', params: { try: 'Europe/Berlin' } })
      .optional(),
    padding: z
      .strictObject({ before: duration.default(0), after: duration.default(0) })
      .partial()
      .optional(),
    overrun: duration.optional(),
  })
  .superRefine((window, context) => {
    const ends = [window.until, window.length, window.maxDuration].filter((end) => end !== undefined);
    if (ends.length === 0) {
      context.addIssue({
        code: 'custom',
        message: 'the window has no end',
        params: { try: 'until, length or maxDuration: a recording without an end is never what was meant' },
      });
    }
    if (window.until !== undefined && window.length !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['length'],
        message: 'until and length both say when the window ends',
        params: { try: 'one of them' },
      });
    }
    if (window.until === 'now') {
      context.addIssue({ code: 'custom', path: ['until'], message: 'a window cannot end now' });
    }
  });

/** The fields that are the same for all vendors. `target` and `options` are checked by the vendor's own schema. */
export const specificationSchema = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/,
      'must be 1 to 80 letters, digits, dots, dashes or underscores, and begin with a letter or digit',
    ),
  owner: z.string().min(1).max(100).optional(),
  labels: z.record(label, label).optional(),
  /** Of keeprolling.yaml: what it says and this document does not. */
  template: z.string().min(1).optional(),
  /** Receivers of keeprolling.yaml that are told what happens; its own `notify` when left out, nobody when empty. */
  notify: z.array(z.string().min(1)).max(10).optional(),
  account: z.string().min(1),
  target: z.record(z.string(), z.unknown()),
  window: windowSchema,
  source: z.strictObject({ late: absence, gone: absence }).partial().optional(),
  pause: z.strictObject({ warnAfter: positive, max: positive }).partial().optional(),
  storage: z.string().min(1).optional(),
  options: z.record(z.string(), z.unknown()).default({}),
  policy: z
    .strictObject({
      foreign: z.enum(['refuse', 'adopt']),
      /** Of the later one, where another session records the target when its window begins. */
      busy: z.enum(['queue', 'extend', 'skip']),
      rule: z.enum(['ensure', 'require']),
      config: z.enum(['ensure', 'require']),
      repush: z.enum(['never', 'force']),
      made: z.enum(['keep', 'remove']),
    })
    .partial()
    .optional(),
});

export type Specification = z.input<typeof specificationSchema>;

export interface NormalisingContext {
  now: number;
  /** The vendor of an account, or undefined when the configuration has no such account. */
  vendorOf(account: string): VendorContract | undefined;
  accounts: string[];
  /** What of an account is known without a look at its secrets. */
  plainAccount?(name: string): PlainFields;
  /** Facts of a destination, or undefined when the configuration has no such. */
  placeOf?(name: string): Place | undefined;
  destinations?: string[];
  /** Names under `secrets`; without it the names are not judged. */
  secrets?: string[];
  /** Names of URL parameters that are no secrets. */
  publicParameters?: string[];
  /** `defaults` of keeprolling.yaml, below what the specification says. */
  defaults?: Record<string, unknown>;
  templates?: Record<string, Record<string, unknown>>;
  /** Names under `receivers`, and who of them is told when a specification says nothing. */
  receivers?: string[];
  notify?: string[];
}

export type Normalised =
  | {
      ok: true;
      specification: NormalSpecification;
      key: string;
      hash: string;
      recordingHash: string;
      /** What a person should know of a document that is right: local times that a clock change moves. */
      notes: string[];
    }
  | { ok: false; problems: Problem[] };

const DEFAULT_WARN_MS = 15 * 60_000;

/** Checks a document whole and fills in what it leaves out. Calls nobody. */
export function normalise(document: unknown, context: NormalisingContext): Normalised {
  if (isScheduleDocument(document)) return { ok: false, problems: [SCHEDULE_PROBLEM] };
  if (isObject(document) && document.each !== undefined) return { ok: false, problems: [EACH_PROBLEM] };
  const template = templateOf(document, context);
  const merged = withoutSchedule(mergedDocument(document, context));
  const parsed = specificationSchema.safeParse(merged);
  const problems = parsed.success
    ? []
    : problemsOf(parsed.error, merged, [], specificationSchema).map((one) =>
        one.where === 'account' ? { ...one, try: knownAccounts(context) } : one,
      );
  problems.push(...template.problems, ...notifyProblems(merged, context));
  const vendorProblems = checkVendor(merged, context);
  problems.push(...vendorProblems.problems);
  const window = windowOf(merged, context.now);
  problems.push(...window.problems);
  if (!parsed.success || !vendorProblems.vendor || !window.resolved || problems.length > 0) {
    return { ok: false, problems };
  }
  const { vendor, target, options } = vendorProblems;
  const { data } = parsed;
  const notify = data.notify ?? context.notify ?? [];
  const specification: NormalSpecification = {
    name: data.name,
    owner: data.owner ?? null,
    labels: data.labels ?? {},
    account: data.account,
    vendor: vendor.vendor,
    target: target as Record<string, Json>,
    window: window.resolved,
    source: { late: data.source?.late ?? { kind: 'wait' }, gone: data.source?.gone ?? { kind: 'wait' } },
    pause: { warnAfterMs: data.pause?.warnAfter ?? DEFAULT_WARN_MS, maxMs: data.pause?.max ?? null },
    storage: data.storage ?? null,
    options: options as Record<string, Json>,
    policy: {
      foreign: data.policy?.foreign ?? 'refuse',
      account: data.policy?.rule ?? data.policy?.config ?? 'ensure',
      repush: data.policy?.repush ?? 'never',
      made: data.policy?.made ?? 'keep',
      ...(data.policy?.busy && { busy: data.policy.busy }),
    },
    ...(notify.length > 0 && { notify }),
    written: writtenWindow(merged),
  };
  return {
    ok: true,
    specification,
    key: targetKey(vendor.vendor, data.account, vendor.keyParts(target)),
    hash: specificationHash(specification),
    recordingHash: recordingHash(specification),
    notes: window.notes,
  };
}

const SCHEDULE_PROBLEM: Problem = {
  where: 'schedule',
  problem: 'this is a schedule, which starts its recordings itself',
  try: 'keeprolling schedule create FILE',
};

/** The command line has expanded it before. */
const EACH_PROBLEM: Problem = {
  where: 'each',
  problem: 'this document stands for many recordings',
  try: 'expandDocument of keeprolling gives each of them; the command line does that by itself',
};

/** A template may hold parts of a schedule for those documents that are one. */
function withoutSchedule(document: unknown): unknown {
  if (!isObject(document)) return document;
  const { schedule: _schedule, ...recording } = document;
  return recording;
}

/** What a document says, above what its template and the configuration's defaults say. */
export function mergedDocument(document: unknown, context: NormalisingContext): unknown {
  const template = templateOf(document, context);
  return withDefaults(withDefaults(document, template.fields), context.defaults ?? {});
}

/** Equal for two specifications that record the same in the same window; the rest is for people. */
export function specificationHash(specification: NormalSpecification): string {
  const { name: _name, owner: _owner, labels: _labels, notify: _notify, ...recorded } = specification;
  const { written, window, ...rest } = recorded;
  // A window that begins "now" is the same request a second later.
  const { zone: _zone, ...instants } = window;
  const { zone: _writtenZone, ...words } = written;
  const sameWindow = written.from === 'now' ? { ...words, ...paddings(window) } : instants;
  return contentHash({ ...rest, window: sameWindow }).slice(0, 32);
}

/** Equal for two windows that one recording can cover: the same target, recorded alike, to the same place. */
export function recordingHash({ account, target, options, storage }: NormalSpecification): string {
  return contentHash({ account, target, options, storage }).slice(0, 32);
}

function paddings({ beforeMs, afterMs, overrunMs }: Window): Record<string, number> {
  return { beforeMs, afterMs, overrunMs };
}

function withDefaults(document: unknown, defaults: Record<string, unknown>): unknown {
  if (!isObject(document)) return document;
  const merged: Record<string, unknown> = { ...defaults, ...document };
  for (const [field, value] of Object.entries(defaults)) {
    if (isObject(value) && isObject(document[field])) merged[field] = { ...value, ...document[field] };
  }
  return merged;
}

/** What the named template says; an unknown one is a problem. */
function templateOf(
  document: unknown,
  { templates = {} }: NormalisingContext,
): { fields: Record<string, unknown>; problems: Problem[] } {
  const name = isObject(document) ? document.template : undefined;
  if (typeof name !== 'string') return { fields: {}, problems: [] };
  const fields = Object.hasOwn(templates, name) ? templates[name] : undefined;
  if (fields) return { fields, problems: [] };
  return { fields: {}, problems: [unknownName('template', name, Object.keys(templates), 'templates')] };
}

function notifyProblems(document: unknown, { receivers }: NormalisingContext): Problem[] {
  const names = isObject(document) ? document.notify : undefined;
  if (!Array.isArray(names) || receivers === undefined) return [];
  return names.flatMap((name: unknown, i) =>
    typeof name !== 'string' || receivers.includes(name)
      ? []
      : [unknownName(`notify[${i}]`, name, receivers, 'receivers')],
  );
}

function unknownName(where: string, name: string, known: string[], section: string): Problem {
  return {
    where,
    found: JSON.stringify(name),
    problem: `the configuration has no such name under ${section}`,
    try: known.length > 0 ? `one of ${known.join(', ')}` : `add it under ${section} in keeprolling.yaml`,
  };
}

function knownAccounts({ accounts }: NormalisingContext): string {
  return accounts.length > 0 ? `one of ${accounts.join(', ')}` : 'add it under accounts in keeprolling.yaml';
}

function checkVendor(
  document: unknown,
  context: NormalisingContext,
):
  | { problems: Problem[]; vendor?: undefined }
  | {
      problems: Problem[];
      vendor: VendorContract;
      target: Record<string, unknown>;
      options: Record<string, unknown>;
    } {
  if (!isObject(document) || typeof document.account !== 'string' || document.account === '')
    return { problems: [] };
  const vendor = context.vendorOf(document.account);
  if (!vendor) {
    return {
      problems: [
        {
          where: 'account',
          found: JSON.stringify(document.account),
          problem: 'the configuration has no such account',
          try: knownAccounts(context),
        },
      ],
    };
  }
  const target = vendor.target.safeParse(document.target ?? {});
  const options = vendor.options.safeParse(document.options ?? {});
  const known = { secrets: context.secrets, publicParameters: context.publicParameters ?? [] };
  const problems = [
    ...(target.success ? [] : problemsOf(target.error, document.target ?? {}, ['target'], vendor.target)),
    ...(options.success
      ? []
      : problemsOf(options.error, document.options ?? {}, ['options'], vendor.options)),
    ...referenceProblems(document.target, 'target', known),
    ...referenceProblems(document.options, 'options', known),
  ];
  if (!target.success || !options.success)
    return { problems: [...problems, ...storageProblems(document, context)] };
  const subject = { target: target.data, options: options.data };
  const plain = context.plainAccount?.(document.account);
  problems.push(...(vendor.subjectProblems?.(subject, plain) ?? []));
  problems.push(...policyProblems(vendor, document.policy));
  problems.push(...storageProblems(document, context, { vendor, subject, plain }));
  return { problems, vendor, ...subject };
}

/** A policy about something that the vendor does not have is a misunderstanding. */
function policyProblems({ vendor, policies = [] }: VendorContract, policy: unknown): Problem[] {
  const named = isObject(policy) ? Object.keys(policy) : [];
  const known: readonly string[] = ['foreign', 'busy', ...policies];
  const others = ['rule', 'config', 'repush', 'made'].filter((name) => !known.includes(name));
  return named
    .filter((name) => others.includes(name))
    .map((name) => ({
      where: `policy.${name}`,
      problem: `${vendor} has nothing that this policy is about`,
      try: `leave it out; its policies are ${known.join(', ')}`,
    }));
}

/** The destination must exist, and suit the vendor. */
function storageProblems(
  { storage }: Record<string, unknown>,
  context: NormalisingContext,
  known?: { vendor: VendorContract; subject: VendorSubject; plain: PlainFields | undefined },
): Problem[] {
  if (storage !== undefined && typeof storage !== 'string') return [];
  const place = storage === undefined ? null : (context.placeOf?.(storage) ?? undefined);
  if (place === undefined) {
    const names = context.destinations ?? [];
    const instead =
      names.length > 0 ? `one of ${names.join(', ')}` : 'add it under destinations in keeprolling.yaml';
    return [
      {
        where: 'storage',
        found: JSON.stringify(storage),
        problem: 'the configuration has no such destination',
        try: instead,
      },
    ];
  }
  if (!known) return [];
  const { vendor, subject, plain } = known;
  if (vendor.storageProblems) return vendor.storageProblems(subject, place, plain);
  if (place === null) return [];
  return [
    {
      where: 'storage',
      found: JSON.stringify(place.name),
      problem: `${vendor.vendor} writes to no destination of ours: its own settings say where files go`,
      try: 'leave it out',
    },
  ];
}

/** What is wrong with a window by itself, such as one that is moved. Its fields are as in a document. */
export function windowProblems(window: z.input<typeof windowSchema>, now: number): Problem[] {
  return windowOf({ window }, now).problems;
}

/** Instants are judged even when another field is wrong: all problems are told at once. */
function windowOf(
  document: unknown,
  now: number,
): { resolved?: Window; problems: Problem[]; notes: string[] } {
  const parsed = windowSchema.safeParse(isObject(document) ? document.window : undefined);
  if (!parsed.success) return { problems: [], notes: [] };
  const found = resolveWindow(parsed.data, now);
  if ('problems' in found) return { ...found, notes: [] };
  return { resolved: found.window, problems: [], notes: clockNotes(parsed.data) };
}

/** Local times that a clock change leaves out or shows twice. */
function clockNotes({ from, until, zone }: ParsedWindow): string[] {
  const edges = { from, until };
  return Object.entries(edges).flatMap(([edge, text]) => {
    const wall = text === undefined ? undefined : wallOf(text);
    if (wall === undefined || zone === undefined) return [];
    const local = localInstant(wall, zone);
    return local.kind === 'plain' ? [] : [`window.${edge} ${clockSentence(wall, local, zone)}`];
  });
}

type ParsedWindow = z.output<typeof windowSchema>;

function resolveWindow(window: ParsedWindow, now: number): { window: Window } | { problems: Problem[] } {
  const problems: Problem[] = [];
  const instant = (text: string, where: string): number => {
    if (text === 'now') return now;
    const at = parseInstant(text) ?? (window.zone === undefined ? undefined : parseLocal(text, window.zone));
    if (at === undefined) {
      problems.push({
        where,
        found: JSON.stringify(text),
        problem: 'a local time needs a zone',
        try: 'zone: Europe/Berlin, or an offset such as +01:00',
      });
    }
    return at ?? now;
  };
  const fromMs = instant(window.from, 'window.from');
  const until = window.until === undefined ? null : instant(window.until, 'window.until');
  const untilMs = window.length === undefined ? until : fromMs + window.length;
  const afterMs = window.padding?.after ?? 0;
  if (problems.length === 0 && untilMs !== null && untilMs <= fromMs) {
    problems.push({
      where: 'window.until',
      found: `${window.from} to ${window.until}`,
      problem: ['the window ends before it begins', ...clockNotes(window)].join('; '),
      try: 'a later window.until, or window.length',
    });
  } else if (problems.length === 0 && untilMs !== null && untilMs + afterMs <= now) {
    problems.push({
      where: 'window',
      found: `until ${new Date(untilMs + afterMs).toISOString().replace('.000Z', 'Z')}`,
      problem: `the window ended ${formatDuration(now - untilMs - afterMs)} ago`,
      try: 'a later window.from or window.until; from: now begins at once',
    });
  }
  if (problems.length > 0) return { problems };
  return {
    window: {
      fromMs,
      untilMs,
      limitMs: window.maxDuration === undefined ? null : fromMs + window.maxDuration,
      beforeMs: window.padding?.before ?? 0,
      afterMs,
      overrunMs: window.overrun ?? 0,
      zone: window.zone ?? 'UTC',
    },
  };
}

function writtenWindow(document: unknown): Record<string, string> {
  const window = isObject(document) && isObject(document.window) ? document.window : {};
  const written: Record<string, string> = { from: 'now' };
  for (const field of ['from', 'until', 'length', 'maxDuration', 'zone']) {
    if (typeof window[field] === 'string') written[field] = window[field];
  }
  return written;
}
