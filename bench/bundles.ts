/** The two sides' workflow code. The bare one is evaluated anew for each workflow, as the SDK does it unless told otherwise. */
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { compiled, projectRoot } from './paths.ts';

export interface Bundles {
  session: string;
  bare: string;
}

/** The shipped bundle is copied first: another build of this checkout may replace it while the bench runs. */
export async function bundlesIn(folder: string): Promise<Bundles> {
  const bundles = { session: join(folder, 'session-bundle.js'), bare: join(folder, 'bare-bundle.js') };
  await copyFile(join(projectRoot(), 'dist', 'workflow-bundle.js'), bundles.session);
  const bundler = pathToFileURL(join(projectRoot(), 'scripts', 'workflow-bundle.mjs')).href;
  const { bundle } = (await import(bundler)) as {
    bundle: (workflowsPath: string, more: undefined, shared: boolean) => Promise<WorkflowBundleWithSourceMap>;
  };
  const { code } = await bundle(compiled('workflows/index.js'), undefined, false);
  await writeFile(bundles.bare, code);
  return bundles;
}
