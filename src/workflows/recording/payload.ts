/** A hand-written guard: zod in the bundle would cost eight times the memory of a cached workflow. */
import type { CommandPayload } from '../../contract/commands.ts';
import type { Command } from '../../session/events.ts';
import type { CommandName } from '../../session/state.ts';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;
const FIELDS = new Set(['by', 'reason', 'until', 'id']);

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
  const fields = given as Record<string, unknown>;
  for (const [field, value] of Object.entries(fields)) {
    if (!FIELDS.has(field))
      return `"${field}" is not a field of a command; there are by, reason, until and id.`;
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
  if (command === 'extend' && untilMs === null)
    return 'extend needs "until": the new end, ISO 8601 with offset.';
  return {
    command,
    id: text('id') ?? ownId,
    by: text('by') ?? 'unnamed',
    reason: text('reason'),
    until: untilMs,
  };
}
