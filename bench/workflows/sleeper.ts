/** The least that waits for an instant. */
import { sleep } from '@temporalio/workflow';
import type { LaunchInput } from '../../src/workflows/definitions.ts';

/** With the input of a launcher, so that the server keeps as much for it. */
export async function sleeper({ planned }: LaunchInput): Promise<void> {
  await sleep(planned!.startAt - Date.now());
}
