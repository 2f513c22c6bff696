/** What `validate --explain` ends with. */
import type { SessionPromise } from '../../session/promise.ts';
import { columns, wrapped } from './text.ts';

const TEXT_WIDTH = 96;

export function promiseLines(promise: SessionPromise): string[] {
  const rows = promise.sentences.flatMap(({ about, text }) =>
    wrapped(text, TEXT_WIDTH).map((line, index) => ['', index === 0 ? about : '', line]),
  );
  return columns([['promise', ...rows[0]!.slice(1)], ...rows.slice(1)], '    ');
}
