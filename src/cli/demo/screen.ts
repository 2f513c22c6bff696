/** Lines that stay, and below them, on a terminal, a live block of every session that is drawn anew. */
import type { SessionStatus } from '../../client/types.ts';
import type { Context } from '../context.ts';
import { statusText } from '../render/status.ts';
import { redraw, watchLine } from '../render/watch.ts';

export interface Screen {
  line(text: string): void;
  status(status: SessionStatus): void;
  /** The blocks stay as they are, and later lines come below them. */
  freeze(): void;
}

/** Of a terminal that does not tell. */
const ROWS = 24;

export function screen(context: Context): Screen {
  const width = context.columns;
  const reader = { now: 0, zone: context.zone };
  const blocks = new Map<string, string>();
  const said = new Map<string, string>();
  let lines = 0;

  const draw = (): void => {
    if (width === undefined || blocks.size === 0) return;
    const drawing = redraw(fitting([...blocks.values()], process.stdout.rows || ROWS), lines, width);
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
        blocks.set(status.sessionId, statusText(status, now));
        draw();
        return;
      }
      const { key, line } = watchLine(status, now);
      if (key === said.get(status.sessionId)) return;
      said.set(status.sessionId, key);
      context.print(`           ${status.name}  ${line}`);
    },
    freeze() {
      blocks.clear();
      lines = 0;
    },
  };
}

/** What is drawn anew must fit on the screen with a line above it, so that every block tells its first lines only. */
export function fitting(blocks: string[], rows: number): string {
  const each = Math.max(2, Math.floor((rows - 2) / blocks.length) - 1);
  return blocks.map((block) => `\n${block.split('\n').slice(0, each).join('\n')}`).join('\n');
}
