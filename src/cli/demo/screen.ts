/** Lines that stay, and below them, on a terminal, a live block that is drawn anew. */
import type { SessionStatus } from '../../client/types.ts';
import type { Context } from '../context.ts';
import { statusText } from '../render/status.ts';
import { redraw, watchLine } from '../render/watch.ts';

export interface Screen {
  line(text: string): void;
  status(status: SessionStatus): void;
  /** The block stays as it is, and later lines come below it. */
  freeze(): void;
}

export function screen(context: Context): Screen {
  const width = context.columns;
  const reader = { now: 0, zone: context.zone };
  let block = '';
  let lines = 0;
  let said = '';

  const draw = (): void => {
    if (width === undefined || block === '') return;
    const drawing = redraw(block, lines, width);
    lines = drawing.lines;
    process.stdout.write(drawing.output);
  };
  const erase = (): void => {
    if (lines > 0) process.stdout.write(`\u001b[${lines}A\r\u001b[J`);
    lines = 0;
  };
  return {
    line(text) {
      erase();
      context.print(text);
      draw();
    },
    status(status) {
      const now = { ...reader, now: context.now() };
      if (width !== undefined) {
        block = `\n${statusText(status, now)}`;
        draw();
        return;
      }
      const { key, line } = watchLine(status, now);
      if (key === said) return;
      said = key;
      context.print(`      ${line}`);
    },
    freeze() {
      block = '';
      lines = 0;
    },
  };
}
