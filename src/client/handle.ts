import type { Context } from './context.ts';
import { change, command, reschedule } from './commands.ts';
import { coverageOfSession } from './coverage.ts';
import { toldErrors } from './errors.ts';
import { resultOf } from './result.ts';
import { statusOf, type NamedSession } from './status.ts';
import type { SessionHandle } from './types.ts';
import { watch } from './watch.ts';

/** A session by its id, wherever it is by now: scheduled, open, closed, or in the archive alone. */
export function sessionHandle(context: Context, session: NamedSession): SessionHandle {
  const told = async <T>(work: Promise<T>): Promise<T> => await toldErrors(context.reach, work);
  return {
    sessionId: session.sessionId,
    pause: async (options) => await told(command(context, session, 'pause', options)),
    resume: async (options) => await told(command(context, session, 'resume', options)),
    stop: async (options) => await told(command(context, session, 'stop', options)),
    extend: async (options) => await told(command(context, session, 'extend', options)),
    reschedule: async (options) => await told(reschedule(context, session, options)),
    change: async (values, options) => await told(change(context, session, values, options)),
    status: async () => await told(statusOf(context, session)),
    coverage: async (options) => await told(coverageOfSession(context, session, options)),
    result: async () => await told(resultOf(context, session)),
    watch: (options) => watch(context, session, options),
  };
}
