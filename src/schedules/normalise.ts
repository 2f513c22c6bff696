/** A schedule's document, checked whole: when its windows come, and the recording that each of them is. */
import { contentHash } from '../contract/keys.ts';
import { isObject } from '../contract/objects.ts';
import { problemsOf, type Problem } from '../contract/problems.ts';
import { scheduleSchema, type ParsedSchedule } from '../contract/schedule.ts';
import { mergedDocument, normalise, type NormalisingContext } from '../contract/specification.ts';
import { isZone } from '../contract/time.ts';
import type { NormalSpecification } from '../session/plan.ts';
import { cronProblem } from './cron.ts';
import type { Occurrence } from './occurrence.ts';
import { coming } from './occurrences.ts';
import { recordingOf } from './recording.ts';
import { ruleOf, type Rule } from './rule.ts';

/** Plain JSON, with every default filled in and no secret. */
export interface NormalSchedule {
  name: string;
  owner: string | null;
  labels: Record<string, string>;
  /** Key of the target that it records. */
  key: string;
  account: string;
  zone: string;
  rule: Rule;
  catchUpMs: number;
  overlap: ParsedSchedule['overlap'];
  pauseOnFailure: boolean;
  /** It is created paused. */
  paused: boolean;
  note: string | null;
  /** What is recorded in each window, without `schedule`, `template` and instants: see `recordingOf`. */
  recording: Record<string, unknown>;
  /** Equal for two schedules of which all of the above is equal. */
  hash: string;
}

export interface Coming {
  occurrence: Occurrence;
  /** The recording in that window. */
  specification: NormalSpecification;
}

export type NormalisedSchedule =
  | {
      ok: true;
      schedule: NormalSchedule;
      /** The window that is open, else the next one. */
      coming: Coming;
      /** What a person should know though all is right: clock changes that touch the coming window. */
      notes: string[];
      problems: [];
    }
  | { ok: false; problems: Problem[] };

/** Calls nobody. A template and the configuration's defaults may hold parts of `schedule`, too. */
export function normaliseSchedule(document: unknown, context: NormalisingContext): NormalisedSchedule {
  const merged = mergedDocument(document, context);
  const { schedule: section, ...rest } = isObject(merged) ? merged : { schedule: {} };
  const read = readSection(section, rest.window);
  const problems = [...read.problems, ...windowProblems(rest.window)];
  const { schedule, zone } = read;
  const rule = schedule && zone !== undefined && problems.length === 0 ? ruleOf(schedule, zone) : null;
  const occurrence = rule && coming(rule, context.now);
  if (rule && !occurrence) problems.push(noneProblem(rule));
  const recording = { ...rest, window: { ...withoutEnds(rest.window), ...(zone !== undefined && { zone }) } };
  // What is recorded is judged even where it cannot be told when.
  const sample = occurrence ?? { from: context.now, until: context.now + 3_600_000 };
  const normalised = normalise(recordingOf(recording, sample), context);
  if (!normalised.ok) problems.push(...normalised.problems);
  if (!normalised.ok || !schedule || !rule || !occurrence || problems.length > 0)
    return { ok: false, problems };
  const { specification, key } = normalised;
  const { template: _template, ...kept } = recording as Record<string, unknown>;
  const { name, owner, labels, account } = specification;
  const { overlap, pauseOnFailure, paused, note = null } = schedule;
  const plain = {
    name,
    owner,
    labels,
    key,
    account,
    zone: rule.zone,
    rule,
    catchUpMs: schedule.catchUp,
    overlap,
    pauseOnFailure,
    paused,
    note,
    recording: kept,
  };
  return {
    ok: true,
    schedule: { ...plain, hash: contentHash(plain).slice(0, 32) },
    coming: { occurrence, specification },
    notes: occurrence.dst.map((one) => `the window of ${occurrence.date}: ${one.text}`),
    problems: [],
  };
}

function noneProblem({ ends }: Rule): Problem {
  return {
    where: 'schedule',
    problem: 'no window is to come',
    try: ends === null ? 'dates that there are' : 'a later date in ends, fewer dates in except',
  };
}

function readSection(
  section: unknown,
  window: unknown,
): { schedule?: ParsedSchedule; zone?: string; problems: Problem[] } {
  const written = section ?? {};
  const parsed = scheduleSchema.safeParse(written);
  const problems = parsed.success ? [] : problemsOf(parsed.error, written, ['schedule'], scheduleSchema);
  problems.push(...cronProblems(written));
  const zone = zoneIn(written) ?? zoneIn(window);
  if (zone === undefined && !problems.some((one) => one.where === 'schedule.zone')) {
    problems.push({
      where: 'schedule.zone',
      problem: 'it is missing: local times need a zone',
      try: 'zone: Europe/Berlin, here, in window or in the defaults of keeprolling.yaml',
    });
  }
  return {
    ...(parsed.success && { schedule: parsed.data }),
    ...(zone !== undefined && { zone }),
    problems,
  };
}

function zoneIn(section: unknown): string | undefined {
  const zone = isObject(section) ? section.zone : undefined;
  return typeof zone === 'string' && isZone(zone) ? zone : undefined;
}

function cronProblems(section: unknown): Problem[] {
  const cron = isObject(section) ? section.cron : undefined;
  const lines: unknown[] = Array.isArray(cron) ? cron : [cron];
  return lines.flatMap((line, i) => {
    const wrong = typeof line === 'string' ? cronProblem(line) : undefined;
    const where = Array.isArray(cron) ? `schedule.cron[${i}]` : 'schedule.cron';
    return wrong ? [{ where, found: JSON.stringify(line), ...wrong }] : [];
  });
}

const ENDS = ['from', 'until', 'length'];

function windowProblems(window: unknown): Problem[] {
  if (!isObject(window)) return [];
  return ENDS.filter((field) => window[field] !== undefined).map((field) => ({
    where: `window.${field}`,
    found: JSON.stringify(window[field]),
    problem: 'the schedule says when windows begin and end',
    try: field === 'from' ? 'schedule.at or schedule.cron' : `schedule.${field}`,
  }));
}

function withoutEnds(window: unknown): Record<string, unknown> {
  if (!isObject(window)) return {};
  return Object.fromEntries(Object.entries(window).filter(([field]) => !ENDS.includes(field)));
}
