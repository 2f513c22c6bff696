/** `client.schedules`. */
import type { Context } from '../context.ts';
import { toldErrors } from '../errors.ts';
import { deleteSchedule, pauseSchedule, resumeSchedule, triggerSchedule } from './control.ts';
import { createSchedule } from './create.ts';
import { listSchedules } from './list.ts';
import { nextOfSchedule, showSchedule } from './show.ts';
import { updateSchedule } from './update.ts';
import type { Schedules } from './types.ts';

export function schedulesOf(context: Context): Schedules {
  const told = async <T>(work: Promise<T>): Promise<T> => await toldErrors(context.reach, work);
  return {
    create: async (document, options) => await told(createSchedule(context, document, options)),
    list: async (options) => await told(listSchedules(context, options)),
    show: async (name, options) => await told(showSchedule(context, name, options)),
    next: async (schedule, options) => await told(nextOfSchedule(context, schedule, options)),
    pause: async (name, options) => await told(pauseSchedule(context, name, options)),
    resume: async (name, options) => await told(resumeSchedule(context, name, options)),
    trigger: async (name) => await told(triggerSchedule(context, name)),
    delete: async (name, options) => await told(deleteSchedule(context, name, options)),
    update: async (document, options) => await told(updateSchedule(context, document, options)),
  };
}
