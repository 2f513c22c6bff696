import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import { findTemporalCli, findTestServer, startDevServer, type DevServer } from '../../src/server/index.ts';
import { startBroker } from './broker.ts';

declare module 'vitest' {
  interface ProvidedContext {
    brokerSocket: string;
  }
}

const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));
const say = (line: string) => process.stderr.write(`${line}\n`);

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'keeprolling-test-'));
  let starting: Promise<DevServer> | undefined;

  const temporalCliPath = once(async () => (await findTemporalCli({ say })).path);
  const providers = {
    temporalCliPath,
    testServerPath: async () => (await findTestServer({ say })).path,
    temporalAddress: async () => {
      starting = startDevServer({
        cliPath: await temporalCliPath(),
        searchAttributes: SEARCH_ATTRIBUTES,
        log: say,
      });
      return (await starting).address;
    },
    workflowBundlePath: async () => bundleWorkflows(join(folder, 'workflow-bundle.js')),
  };
  const socketPath = join(folder, 'broker.sock');
  const broker = await startBroker(providers, socketPath);
  project.provide('brokerSocket', socketPath);

  return async () => {
    broker.close();
    const server = await starting?.catch(() => undefined);
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

async function bundleWorkflows(codePath: string): Promise<string> {
  const workflowsPath = source('workflows/index.ts');
  if (!existsSync(workflowsPath)) throw new Error('There is no src/workflows/index.ts to bundle yet.');
  // Loaded here only: it brings webpack, which a run of pure tests does not need.
  const { bundle } = await import('../../scripts/workflow-bundle.mjs');
  const { code } = await bundle(workflowsPath);
  await writeFile(codePath, code);
  return codePath;
}
