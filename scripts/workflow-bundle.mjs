/** How the workflow code is bundled: in the build, in the tests and in the bench alike. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

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
 * Stack traces name files from here: a worker keeps one for each promise that a workflow waits for, and where the code
 * was built is nobody's business.
 * @param {{ absoluteResourcePath: string }} file
 */
function shortName({ absoluteResourcePath }) {
  return relative(ROOT, absoluteResourcePath).replace(/^.*node_modules\//, '');
}

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
  const output = { ...config.output, pathinfo: false, devtoolModuleFilenameTemplate: shortName };
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
