import type { Check } from '../../recorders/recorder.ts';
import { count } from './text.ts';

const WHAT_WIDTH = 30;

export function checksText(checks: Check[]): string {
  const lines = columns(
    checks.map((one) => [one.ok ? '✓' : '✗', one.what, one.detail]),
    '  ',
  );
  const told = checks.flatMap((one, i) => (one.remedy ? [lines[i]!, `      → ${one.remedy}`] : [lines[i]!]));
  const wrong = checks.filter((one) => !one.ok).length;
  return [...told, wrong === 0 ? 'all is well' : `${count(wrong, 'thing')} to mend`].join('\n');
}
