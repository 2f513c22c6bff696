import type { Command } from 'commander';
import { nextCommand } from './schedule/next.ts';

export function scheduleCommand(program: Command): void {
  const schedule = program.command('schedule').description('recordings that come round again');
  nextCommand(schedule);
}
