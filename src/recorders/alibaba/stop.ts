/** The end: `stop`, which by itself is only a pause, and `cancel_delay`, which has the file made now. Both repeatable. */
import type { Stopped } from '../../session/facts.ts';
import { VendorFailure, type TakeInQuestion } from '../recorder.ts';
import { afterwards, command } from './command.ts';
import type { AlibabaContext, AlibabaSubject } from './handle.ts';

export async function stop(
  context: AlibabaContext,
  { target }: AlibabaSubject,
  _take: TakeInQuestion,
): Promise<Stopped> {
  const stopped = await command(context, target, 'stop');
  if (stopped.how === 'already') throw contradicted();
  const at = context.now();
  // Also where nothing was to be stopped: an earlier stop may have been applied, and still wait for its delay.
  try {
    await command(context, target, 'cancel_delay');
  } catch (error) {
    throw stopped.how === 'done' ? afterwards(error) : error;
  }
  const { requestId } = stopped;
  return {
    at,
    how: stopped.how === 'done' ? 'stopped' : 'over',
    ...(requestId !== undefined && { requestId }),
  };
}

/** A stop that is refused because it records. */
function contradicted(): VendorFailure {
  return new VendorFailure({
    code: 'E_VENDOR_FAULT',
    message:
      'RealTimeRecordCommand: ApsaraVideo refuses to stop with TaskAlreadyStarted, which says that it records.',
    who: 'vendor',
    applied: 'no',
    retry: 'later',
    cause: 'vendor-fault',
    vendor: { operation: 'RealTimeRecordCommand', code: 'TaskAlreadyStarted' },
  });
}
