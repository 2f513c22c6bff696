/** Windows in sentences. */
import { dayTime } from '../differences.ts';

/** `its windows of 20:00 and 20:30 Europe/Berlin are started now`; with the day where it is another one than today. */
export function startedWords(windows: { from: string | number }[], zone: string, now: number): string {
  const times = windows.map(({ from }) => dayTime(new Date(from).getTime(), zone, now));
  if (times.length === 1) return `its window of ${times[0]} ${zone} is started now`;
  return `its windows of ${times.slice(0, -1).join(', ')} and ${times.at(-1)} ${zone} are started now`;
}
