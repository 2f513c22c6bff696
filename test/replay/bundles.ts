/** Other releases of the workflow code, made from this one. */
import { fileURLToPath } from 'node:url';
import type { WorkflowBundle } from '@temporalio/worker';
import { bundle } from '../../scripts/workflow-bundle.mjs';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** This release with a loader over one of its files. */
async function bundleWith(test: RegExp, loader: string): Promise<WorkflowBundle> {
  return await bundle(path('../../src/workflows/index.ts'), (config) => ({
    ...config,
    module: {
      ...config.module,
      rules: [...(config.module?.rules ?? []), { test, enforce: 'pre', use: [path(loader)] }],
    },
  }));
}

/** The next release: BEHAVIOUR is one higher. */
export const nextRelease = async (): Promise<WorkflowBundle> =>
  await bundleWith(/src\/session\/begin\.ts$/, './next-release-loader.cjs');

/** A release that forgot the rule: it decides otherwise under the same level. */
export const carelessRelease = async (): Promise<WorkflowBundle> =>
  await bundleWith(/src\/workflows\/recording\/published\.ts$/, './careless-release-loader.cjs');
