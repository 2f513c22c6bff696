/** Schedules whose window is seconds away, on a real server. */
import type { ScheduleDocument } from '../../../src/client/index.ts';
import { specificationOf, type ClientKit } from '../kit.ts';

const SECOND = 1000;

/** `20:15:07` of UTC, so many seconds from now. */
export function clockIn(seconds: number): string {
  return clockAt(Date.now() + seconds * SECOND);
}

export function clockAt(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** Comes every day, for the first time so many seconds from now. */
export function scheduleOf(
  kit: ClientKit,
  stream: string,
  schedule: Partial<ScheduleDocument['schedule']> & { inSeconds?: number } = {},
  more: Record<string, unknown> = {},
): ScheduleDocument {
  const { inSeconds = 3, ...fields } = schedule;
  const { window: _window, ...recording } = specificationOf(kit, stream);
  const timed = 'cron' in fields || 'at' in fields;
  return {
    ...recording,
    ...more,
    schedule: { ...(!timed && { at: clockIn(inSeconds), length: '6s' }), zone: 'UTC', ...fields },
  };
}
