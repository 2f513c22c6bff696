/** What a test that needs a server asks for. The first to ask waits for the start; a run in which none asks has none. */
import { inject } from 'vitest';
import { askBroker } from './broker.ts';

async function provided(name: string): Promise<string> {
  return askBroker(inject('brokerSocket'), name);
}

/** Address of the dev server of this run, in memory, with our search attributes; the same for all test files. */
export async function temporalAddress(): Promise<string> {
  return provided('temporalAddress');
}

/** The workflow code of src/, bundled once: `Worker.create({ workflowBundle: { codePath } })`. */
export async function workflowBundlePath(): Promise<string> {
  return provided('workflowBundlePath');
}

/** For `createTimeSkipping({ server: { executable: { type: 'existing-path', path } } })`. */
export async function testServerPath(): Promise<string> {
  return provided('testServerPath');
}

/** The `temporal` command line, for a dev server of a test's own or for driving sessions by hand. */
export async function temporalCliPath(): Promise<string> {
  return provided('temporalCliPath');
}
