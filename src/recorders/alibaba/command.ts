/**
 * RealTimeRecordCommand, and what its answers mean. Commands name no recording, so a lost answer is made up for by sending
 * the command again: `start`, `stop` and `cancel_delay` say when it is so already. `restart` cuts a file each time and is
 * sent once.
 */
import type { AlibabaTarget } from '../../contract/vendors/alibaba.ts';
import type { RecordCommand } from '../../contract/vendors/alibaba/requests.ts';
import { VendorFailure } from '../recorder.ts';
import { isRefusal } from './api.ts';
import { apiOf, QUICK, triple, type AlibabaContext } from './handle.ts';

export interface Commanded {
  /**
   * `done` by this command; `already`: TaskAlreadyStarted; `not-so`: 409 with another Task… code, what it does is not what
   * the command needs; `no-stream`: nobody pushes.
   */
  how: 'done' | 'already' | 'not-so' | 'no-stream';
  requestId?: string;
}

const REFUSALS = { 'already-started': 'already', 'wrong-state': 'not-so', 'no-stream': 'no-stream' } as const;

/** @throws VendorFailure for everything that says nothing about the recording */
export async function command(
  context: AlibabaContext,
  target: AlibabaTarget,
  name: RecordCommand,
): Promise<Commanded> {
  try {
    const { RequestId } = await apiOf(context).call(
      'RealTimeRecordCommand',
      { ...triple(target), Command: name },
      QUICK,
    );
    return { how: 'done', ...(RequestId !== undefined && { requestId: RequestId }) };
  } catch (error) {
    if (!isRefusal(error, 'already-started', 'wrong-state', 'no-stream')) throw error;
    const { requestId } = error.failure.vendor ?? {};
    const how = REFUSALS[error.is as keyof typeof REFUSALS];
    return { how, ...(requestId !== undefined && { requestId }) };
  }
}

/**
 * What says that it runs may only be held by a `stop` whose delay is not over: no page tells what `start` answers then.
 * `cancel_delay` tells them apart, since it is refused while media is written, and what it ends is begun anew.
 * @returns whether it was held, and has been begun anew
 */
export async function beginUnlessWritten(context: AlibabaContext, target: AlibabaTarget): Promise<boolean> {
  const ended = await command(context, target, 'cancel_delay');
  if (ended.how !== 'done') return false;
  try {
    await command(context, target, 'start');
  } catch (error) {
    throw afterwards(error);
  }
  return true;
}

/** A second command has failed: the first one was applied all the same. */
export function afterwards(error: unknown): unknown {
  if (!(error instanceof VendorFailure)) return error;
  return new VendorFailure({ ...error.failure, applied: 'unknown' });
}
