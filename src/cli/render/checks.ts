import type { Check } from '../../recorders/recorder.ts';
import { count } from './text.ts';

/** One long name must not push all details off the screen. */
const WHAT_WIDTH = 30;

export function checksText(checks: Check[]): string {
  const lines = checks.flatMap((one) => {
    const line = `  ${one.ok ? '✓' : '✗'}  ${one.what.padEnd(WHAT_WIDTH)}  ${one.detail}`;
    return one.remedy ? [line, `      → ${one.remedy}`] : [line];
  });
  const wrong = checks.filter((one) => !one.ok).length;
  return [...lines, wrong === 0 ? 'all is well' : `${count(wrong, 'thing')} to mend`].join('\n');
}
