/**
 * A real server in memory and an emulated OvenMediaEngine behind HTTP, both on loopback, a worker process, and a client
 * here. Clock and truth log are in this process, so that a start is timed by one clock from end to end.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { KeepRolling } from '../../src/client/index.ts';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes.ts';
import { createOmeEmulator, serveEmulator, systemClock, TruthLog } from '../../src/emulators/index.ts';
import { startDevServer } from '../../src/server/index.ts';
import { sessionWorkflowId } from '../../src/session/names.ts';
import type { Bundles } from '../bundles.ts';
import type { WorkerSetup } from '../worker/messages.ts';
import { acceptances } from './accepted.ts';
import { bareStarter } from './bare-start.ts';
import { ACCOUNT, configuration } from './configuration.ts';
import { startWorkerChild, type WorkerChild } from './worker-child.ts';

export type Kind = 'session' | 'bare';

export interface LiveWorld {
  client: Client;
  /** Starts one workflow of its own target; answers when the server has it. */
  start(kind: Kind, name: string): Promise<void>;
  /** `performance.now()` at which the recorder accepted it. */
  accepted(name: string): Promise<number>;
  session(name: string): WorkflowHandle;
  worker(kinds: Kind[], options?: { inOneHeap?: boolean }): Promise<WorkerChild>;
  close(): Promise<void>;
}

export async function liveWorld(bundles: Bundles, maxCachedWorkflows = 4000): Promise<LiveWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'keeprolling-bench-'));
  const closers: (() => Promise<unknown>)[] = [
    async () => await rm(folder, { recursive: true, force: true }),
  ];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const told = acceptances();
    const accessToken = randomBytes(8).toString('hex');
    const emulator = createOmeEmulator({
      clock: systemClock,
      accessToken,
      seed: 1,
      truth: new TruthLog((entry) => told.onEntry(entry)),
    });
    const served = await serveEmulator(emulator, { port: 0 });
    closers.push(async () => await served.close());
    const server = await startDevServer({
      searchAttributes: SEARCH_ATTRIBUTES,
      log: (line) => console.log(line),
    });
    closers.push(async () => await server.stop());
    const { address } = server;
    const connection = await Connection.connect({ address });
    closers.push(async () => await connection.close());
    const client = new Client({ connection });
    const place = { address, emulatorUrl: served.url, accessToken };
    const keepRolling = await KeepRolling.connect({
      configuration: configuration(place),
      cwd: folder,
      env: {},
      connection,
    });
    closers.push(async () => await keepRolling.close());

    const specificationOf = (name: string) => ({
      name,
      account: ACCOUNT,
      target: { app: 'app', stream: name },
      window: { from: 'now', length: '12h' },
    });
    const keyOf = (name: string): string => `ome/${ACCOUNT}/default/app/${name}`;
    const session = (name: string): WorkflowHandle =>
      client.workflow.getHandle(sessionWorkflowId(keyOf(name)));
    const bare = bareStarter(client, specificationOf, session);
    return {
      client,
      close,
      session,
      accepted: async (name) => await told.of(name),
      async start(kind, name) {
        emulator.controls['source.start']!({ stream: name }, Date.now());
        if (kind === 'session') await keepRolling.start(specificationOf(name));
        else await bare.start(name);
      },
      async worker(kinds, options) {
        const setup: WorkerSetup = {
          ...place,
          kinds,
          folder,
          sessionBundle: bundles.session,
          bareBundle: bundles.bare,
          maxCachedWorkflows,
        };
        return await startWorkerChild(setup, options);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
