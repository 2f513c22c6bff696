/** How the workflow code is bundled: in the build, in the tests and in the bench alike. */
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Comments are half of the SDK's code and cost memory in every worker; names and line breaks stay for stack traces. */
const WITHOUT_COMMENTS = {
  sourceMap: true,
  isModule: 'unknown',
  minify: true,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    minify: { compress: false, mangle: false, format: { comments: false } },
  },
};

/**
 * The SDK's own rule for its compiler, for every file instead of our own alone.
 * @param {import('webpack').Configuration} config
 */
function stripComments(config) {
  const rules = (config.module?.rules ?? []).map((rule) =>
    rule?.use?.loader?.includes('swc-loader')
      ? { test: /\.[cm]?[jt]s$/, use: { loader: rule.use.loader, options: WITHOUT_COMMENTS } }
      : rule,
  );
  // Module ids stand in the code anyway: what webpack writes above each module is another copy.
  const output = { ...config.output, pathinfo: false };
  return { ...config, output, module: { ...config.module, rules } };
}

/**
 * `shared`: a worker evaluates the code once, and not for each workflow again. Nothing in ours keeps anything of one
 * workflow in a module, which test/guards/module-state.test.ts holds.
 * @param {string} workflowsPath
 * @param {(config: import('webpack').Configuration) => import('webpack').Configuration} [more]
 */
export async function bundle(workflowsPath, more = (config) => config, shared = true) {
  return await bundleWorkflowCode({
    workflowsPath,
    preloadModules: shared ? [workflowsPath] : [],
    logger: new DefaultLogger('WARN'),
    webpackConfigHook: (config) => more(stripComments(config)),
  });
}
