/** Schedules from a file: those of its documents that have a `schedule` section. */
import { normalisingContext } from '../config/normalising.ts';
import { refuse } from '../contract/problems.ts';
import { refuseDocuments, type Refused } from '../contract/refused.ts';
import { isScheduleDocument } from '../contract/schedule.ts';
import { earlyMsOf } from '../planning/occasion.ts';
import { normaliseSchedule, type Coming, type NormalSchedule } from '../schedules/index.ts';
import type { Context } from './context.ts';
import { checkDocument, readDocuments, type CheckedDocument, type WrittenDocument } from './documents.ts';

export interface CheckedSchedule {
  label: string;
  /** As written. */
  written: unknown;
  schedule: NormalSchedule;
  coming: Coming;
  /** So long before each window it is woken. */
  earlyMs: number;
  notes: string[];
}

type Knowing = Pick<Context, 'settings' | 'registry' | 'now'>;

/** Recordings of the file are left out. @throws KeepRollingError E_SPEC_INVALID with every problem of every schedule */
export function checkSchedules(
  context: Knowing,
  source: string,
  file: string,
  consequence: string,
): CheckedSchedule[] {
  const schedules = readDocuments(source, file).filter(
    (one) => 'problems' in one || isScheduleDocument(one.value),
  );
  if (schedules.length === 0) {
    const problem = {
      where: '',
      problem: 'there is no schedule in it: no document has a `schedule` section',
      try: 'schedule: { at: "20:00", until: "22:00", days: mon-fri, zone: Europe/Berlin }',
    };
    throw refuse('E_SPEC_INVALID', file === '-' ? 'standard input' : file, [problem], consequence);
  }
  const read = schedules.map((one) => ('problems' in one ? one : readSchedule(context, one)));
  const refused = read.flatMap((one) => ('problems' in one ? [one] : []));
  if (refused.length > 0) throw refuseDocuments(refused, consequence);
  return read.flatMap((one) => ('schedule' in one ? [one] : []));
}

/** Recordings and schedules of a file. @throws KeepRollingError E_SPEC_INVALID with every problem of every document */
export function checkAll(
  context: Knowing,
  source: string,
  file: string,
  consequence: string,
): { recordings: CheckedDocument[]; schedules: CheckedSchedule[] } {
  const recordings: CheckedDocument[] = [];
  const schedules: CheckedSchedule[] = [];
  const refused: Refused[] = [];
  for (const document of readDocuments(source, file)) {
    const one = checkEither(context, document);
    if ('problems' in one) refused.push(one);
    else if ('schedule' in one) schedules.push(one);
    else recordings.push(one);
  }
  if (refused.length > 0) throw refuseDocuments(refused, consequence);
  return { recordings, schedules };
}

function checkEither(
  context: Knowing,
  document: WrittenDocument | Refused,
): CheckedDocument | CheckedSchedule | Refused {
  if ('problems' in document) return document;
  if (isScheduleDocument(document.value)) return readSchedule(context, document);
  return checkDocument(document, context.settings(), context.now());
}

export function readSchedule(
  { settings, registry, now }: Knowing,
  { label, value }: WrittenDocument,
): CheckedSchedule | Refused {
  const result = normaliseSchedule(value, normalisingContext(settings(), now()));
  if (!result.ok) return { label, problems: result.problems };
  const { schedule, coming, notes } = result;
  return {
    label,
    written: value,
    schedule,
    coming,
    earlyMs: earlyMsOf(registry, coming.specification),
    notes,
  };
}
