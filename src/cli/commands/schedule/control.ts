/** pause, resume, trigger, delete: of a schedule, by its name. */
import type { Command } from 'commander';
import type { ScheduleChanged, Schedules } from '../../../client/index.ts';
import { withClient } from '../../client.ts';
import { answer, type Context } from '../../context.ts';
import { changedText } from '../../render/schedules.ts';
import { command } from '../../run.ts';
import { authorOf } from '../control.ts';

interface Options {
  by?: string;
  reason?: string;
  cancel?: boolean;
}

export function scheduleControls(schedule: Command): void {
  control(schedule, 'pause', 'let no window of it begin; what records goes on', (schedules, name, order) =>
    schedules.pause(name, order),
  );
  control(
    schedule,
    'resume',
    'let its windows begin again; one that is open is joined',
    (schedules, name, order) => schedules.resume(name, order),
  );
  control(
    schedule,
    'trigger',
    'start the window that is open or near, else one from now on',
    (schedules, name) => schedules.trigger(name),
  );
  control(
    schedule,
    'delete',
    'take it away; what it has started goes on',
    (schedules, name, order, { cancel }) => schedules.delete(name, { ...order, ...(cancel && { cancel }) }),
  ).option('--cancel', 'cancel its windows that have not begun, too');
}

type Work = (
  schedules: Schedules,
  name: string,
  order: { by?: string; reason?: string },
  options: Options,
) => Promise<ScheduleChanged>;

function control(schedule: Command, verb: string, description: string, work: Work): Command {
  const self = schedule.command(`${verb} <name>`).description(description);
  if (verb !== 'trigger')
    self
      .option('--by <name>', 'who wants it; else KEEPROLLING_BY, else your login')
      .option('--reason <text>', 'why; it is noted');
  return self.action(
    command<Options>(async (context: Context, [name], options) => {
      const { by, reason } = authorOf(context, options);
      const order = { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) };
      const done = await withClient(
        context,
        async (client) => await work(client.schedules, name!, order, options),
      );
      answer(context, done, () => changedText(done, context.now()));
      return 0;
    }),
  );
}
