import type { BundleOptions, WorkflowBundleWithSourceMap } from '@temporalio/worker';

type Hook = NonNullable<BundleOptions['webpackConfigHook']>;

export function bundle(
  workflowsPath: string,
  more?: Hook,
  shared?: boolean,
): Promise<WorkflowBundleWithSourceMap>;
