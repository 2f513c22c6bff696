import type { Command } from 'commander';
import { scheduleControls } from './schedule/control.ts';
import { createCommand } from './schedule/create.ts';
import { nextCommand } from './schedule/next.ts';
import { listSchedulesCommand, showCommand } from './schedule/show.ts';

export function scheduleCommand(program: Command): void {
  const schedule = program.command('schedule').description('recordings that come round again');
  nextCommand(schedule);
  createCommand(schedule);
  listSchedulesCommand(schedule);
  showCommand(schedule);
  scheduleControls(schedule);
}
