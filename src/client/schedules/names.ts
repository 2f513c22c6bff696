/** What a schedule is called at Temporal. People say its name. */
import type { Settings } from '../../config/settings.ts';

/**
 * `keeprolling/<installation>/<name>`: two installations of a namespace may have schedules of one name. The queues' prefix goes
 * before, since what it keeps apart are workers.
 * @throws KeepRollingError E_INSTALLATION_MISSING
 */
export function scheduleIdOf(settings: Settings, name: string): string {
  return `${settings.queuePrefix()}keeprolling/${settings.installation()}/${name}`;
}

/** null for a schedule that is none of this installation's. @throws KeepRollingError E_INSTALLATION_MISSING */
export function nameOf(settings: Settings, scheduleId: string): string | null {
  const before = scheduleIdOf(settings, '');
  return scheduleId.startsWith(before) ? scheduleId.slice(before.length) : null;
}

/** Temporal puts the instant of the firing behind it: `launch/<schedule>-2026-11-24T18:58:00Z`. */
export const launcherIdOf = (scheduleId: string): string => `launch/${scheduleId}`;
