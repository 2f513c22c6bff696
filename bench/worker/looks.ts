/** How late the looks of this process begin. */
import { Context } from '@temporalio/activity';
import type { Registry } from '../../src/recorders/registry.ts';

let lateMs: number[] = [];

/** Within the activity that looks. The server says when this attempt of it was due; both read one machine's clock. */
export function noteLook(): void {
  lateMs.push(Date.now() - Context.current().info.currentAttemptScheduledTimestampMs);
}

/** Since it was last asked for, in milliseconds. */
export function latenessOfLooks(): number[] {
  const told = lateMs;
  lateMs = [];
  return told;
}

/** The same vendors, whose looks are noted when the recorder begins them. */
export function notingLooks(registry: Registry): Registry {
  return new Map(
    [...registry].map(([name, vendor]) => {
      const look: typeof vendor.recorder.look = async (...args) => {
        noteLook();
        return await vendor.recorder.look(...args);
      };
      return [name, { ...vendor, recorder: { ...vendor.recorder, look } }];
    }),
  );
}
