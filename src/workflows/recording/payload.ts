/** A hand-written guard: zod in the bundle would cost eight times the memory of a cached workflow. */
import type { CommandPayload } from '../../contract/commands.ts';
import { CHANGE_KINDS } from '../../session/changes.ts';
import type { ReschedulePayload } from '../definitions.ts';
import { RECORDER_EVENTS, type Command, type RecorderEvent } from '../../session/events.ts';
import type { FileSeen, Json } from '../../session/facts.ts';
import type { Busy } from '../../session/plan.ts';
import type { ChangeValues, CommandName } from '../../session/state.ts';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;
const FIELDS = new Set(['by', 'reason', 'until', 'id']);
const OWN_FIELDS: Partial<Record<CommandName, string[]>> = { stop: ['all'], join: ['name', 'recordingHash'] };

/** The command, or one sentence about what is wrong with its payload. `ownId` stands in for a missing id. */
export function parseCommand(
  command: CommandName,
  payload: CommandPayload | null | undefined,
  ownId: string,
): Omit<Command, 'waits'> | string {
  const given: unknown = payload ?? {};
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return 'the payload must be an object {by?, reason?, until?, id?}.';
  }
  const { change, fields } =
    command === 'change'
      ? withoutChange(given)
      : { fields: given as Record<string, unknown>, change: undefined };
  const own = OWN_FIELDS[command] ?? [];
  for (const [field, value] of Object.entries(fields)) {
    if (!FIELDS.has(field) && !own.includes(field))
      return `"${field}" is not a field of ${command}; there are ${['by', 'reason', 'until', ...own].join(', ')} and id.`;
    if (field === 'all') {
      if (typeof value !== 'boolean') return '"all" must be true or false.';
      continue;
    }
    if (value !== undefined && value !== null && typeof value !== 'string')
      return `"${field}" must be a text.`;
    if (typeof value === 'string' && value.length > 500) return `"${field}" is longer than 500 characters.`;
  }
  const text = (field: string): string | null =>
    typeof fields[field] === 'string' && fields[field] !== '' ? fields[field] : null;
  const until = text('until');
  if (until !== null && !INSTANT.test(until)) {
    return `"until" is "${until}"; it must be ISO 8601 with offset, such as 2026-11-24T17:00:00+01:00.`;
  }
  const untilMs = until === null ? null : Date.parse(until);
  if (untilMs !== null && Number.isNaN(untilMs)) return `"until" is "${until}", which is no date.`;
  if ((command === 'extend' || command === 'join') && untilMs === null)
    return `${command} needs "until": the new end, ISO 8601 with offset.`;
  return {
    command,
    id: text('id') ?? ownId,
    by: text('by') ?? 'unnamed',
    reason: text('reason'),
    until: untilMs,
    ...(change && { change }),
    ...(fields.all === true && { all: true }),
    ...(command === 'join' && {
      join: { name: text('name') ?? 'unnamed', recordingHash: text('recordingHash') },
    }),
  };
}

/** The kinds of change stand beside the common fields; `step` judges their values. */
function withoutChange(given: object): { change: ChangeValues; fields: Record<string, unknown> } {
  const entries = Object.entries(given) as [string, Json][];
  const isKind = ([field]: [string, Json]): boolean => (CHANGE_KINDS as readonly string[]).includes(field);
  return {
    change: Object.fromEntries(entries.filter(isKind)) as ChangeValues,
    fields: Object.fromEntries(entries.filter((entry) => !isKind(entry))),
  };
}

/** Another window for one that has not begun. */
export function parseReschedule(given: unknown): ReschedulePayload | string {
  if (typeof given !== 'object' || given === null)
    return 'the payload must be {from?, until?, by?, reason?}.';
  const { from, until } = given as ReschedulePayload;
  if (from === undefined && until === undefined) return '"from" or "until" must say the new window.';
  for (const [field, text] of Object.entries({ from, until }))
    if (
      text !== undefined &&
      (typeof text !== 'string' || !INSTANT.test(text) || Number.isNaN(Date.parse(text)))
    )
      return `"${field}" must be ISO 8601 with offset, such as 2026-11-24T17:00:00+01:00.`;
  return given;
}

const KINDS: ReadonlySet<string> = new Set(RECORDER_EVENTS);
const TEXTS = ['recording', 'mark', 'part', 'by', 'reason'];
const INSTANTS = ['since', 'until'];

/** The event, or one sentence about what is wrong: one that was taken as it came could stop the session for ever. */
export function parseRecorderEvent(given: unknown): RecorderEvent | string {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return 'the payload must be an object {id, at, kind, …}.';
  const fields = given as Record<string, unknown>;
  const { id, at, kind, final, files, failure, neighbour } = fields;
  if (typeof id !== 'string' || id === '' || id.length > 200) return '"id" must be a text.';
  if (!isInstant(at)) return '"at" must be epoch milliseconds.';
  if (typeof kind !== 'string' || !KINDS.has(kind)) return `"kind" must be one of ${[...KINDS].join(', ')}.`;
  for (const field of TEXTS) {
    const text = fields[field];
    if (text !== undefined && (typeof text !== 'string' || text.length > 500))
      return `"${field}" must be a text.`;
  }
  for (const field of INSTANTS) {
    const instant = fields[field];
    if (instant !== undefined && !isInstant(instant)) return `"${field}" must be epoch milliseconds.`;
  }
  if (final !== undefined && typeof final !== 'boolean') return '"final" must be true or false.';
  if (files !== undefined && !areFiles(files))
    return '"files" must be a list of at most 20 {name, sequence, state, from?, to?, bytes?}.';
  if (kind === 'boundary' && !isNeighbour(neighbour))
    return '"neighbour" must be {sessionId, name, owner, fromMs, untilMs, recordingFromMs, busy, recordingHash, launcher}.';
  if (failure !== undefined && !isFailure(failure))
    return '"failure" must be {code, message, who, cause, …}.';
  return given as RecorderEvent;
}

/** What a calendar has: the text of any other instant cannot be made. */
function isInstant(given: unknown): given is number {
  return typeof given === 'number' && Math.abs(given) <= 8.64e15;
}

const FILE_STATES: readonly unknown[] = ['open', 'named', 'stored', 'missing'] satisfies FileSeen['state'][];

function areFiles(given: unknown): boolean {
  const isFile = (file: unknown): boolean => {
    const { name, sequence, state, from, to, bytes } = (file ?? {}) as Record<string, unknown>;
    const named = typeof name === 'string' && name.length <= 1_000 && typeof sequence === 'number';
    const optional = [from, to].every((at) => at === undefined || isInstant(at));
    return (
      named && optional && FILE_STATES.includes(state) && (bytes === undefined || typeof bytes === 'number')
    );
  };
  return Array.isArray(given) && given.length <= 20 && given.every(isFile);
}

const WISHES: readonly unknown[] = ['queue', 'extend', 'skip'] satisfies Busy[];

function isNeighbour(given: unknown): boolean {
  const { sessionId, name, owner, fromMs, untilMs, recordingFromMs, busy, recordingHash, launcher } =
    (given ?? {}) as Record<string, unknown>;
  const isText = (text: unknown): boolean => typeof text === 'string' && text !== '' && text.length <= 500;
  return (
    [sessionId, name, recordingHash, launcher].every(isText) &&
    (owner === null || isText(owner)) &&
    [fromMs, recordingFromMs].every(isInstant) &&
    (untilMs === null || isInstant(untilMs)) &&
    WISHES.includes(busy)
  );
}

function isFailure(given: unknown): boolean {
  const { code, message, who, cause, retry } = (given ?? {}) as Record<string, unknown>;
  return [code, message, who, cause].every((text) => typeof text === 'string') && retry !== undefined;
}

export function parseArchiveState(given: unknown): { ok: boolean; text: string } | string {
  const { ok, text } = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  if (typeof ok !== 'boolean' || typeof text !== 'string') return 'the payload must be {ok, text}.';
  return { ok, text };
}
