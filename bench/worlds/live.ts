/**
 * A real server in memory and an emulated OvenMediaEngine behind HTTP, both on loopback, a worker process, and a client
 * here. Clock and truth log are in this process, so that a start is timed by one clock from end to end.
 */
import { randomBytes } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { KeepRolling } from '../../src/client/index.ts';
import { createOmeEmulator, serveEmulator, systemClock, TruthLog } from '../../src/emulators/index.ts';
import { sessionWorkflowId } from '../../src/session/names.ts';
import type { Bundles } from '../bundles.ts';
import type { WorkerSetup } from '../worker/messages.ts';
import { acceptances } from './accepted.ts';
import { bareStarter } from './bare-start.ts';
import { ACCOUNT, omeConfiguration } from './configuration.ts';
import { onServer, type Closable, type ServerBase } from './server.ts';
import { startWorkerChild, type WorkerChild } from './worker-child.ts';

export type Kind = 'session' | 'bare';

interface World {
  client: Client;
  /** Starts one workflow of its own target; answers when the server has it. */
  start(kind: Kind, name: string): Promise<void>;
  /** `performance.now()` at which the recorder accepted it. */
  accepted(name: string): Promise<number>;
  session(name: string): WorkflowHandle;
  worker(kinds: Kind[], options?: { inOneHeap?: boolean }): Promise<WorkerChild>;
}

export type LiveWorld = World & Closable;

export async function liveWorld(bundles: Bundles, maxCachedWorkflows = 4000): Promise<LiveWorld> {
  return await onServer(async (base) => await build(base, bundles, maxCachedWorkflows));
}

async function build(base: ServerBase, bundles: Bundles, maxCachedWorkflows: number): Promise<World> {
  const { address, client, connection, folder, closers } = base;
  const told = acceptances();
  const accessToken = randomBytes(8).toString('hex');
  const emulator = createOmeEmulator({
    clock: systemClock,
    accessToken,
    seed: 1,
    truth: new TruthLog((entry) => told.onEntry(entry)),
  });
  const served = await serveEmulator(emulator, { port: 0 });
  const { url } = served;
  closers.push(async () => await served.close());
  const configuration = omeConfiguration({ address, url, accessToken });
  const keepRolling = await KeepRolling.connect({ configuration, cwd: folder, env: {}, connection });
  closers.push(async () => await keepRolling.close());

  const specificationOf = (name: string) => ({
    name,
    account: ACCOUNT,
    target: { app: 'app', stream: name },
    window: { from: 'now', length: '12h' },
  });
  const keyOf = (name: string): string => `ome/${ACCOUNT}/default/app/${name}`;
  const session = (name: string): WorkflowHandle => client.workflow.getHandle(sessionWorkflowId(keyOf(name)));
  const bare = bareStarter(client, specificationOf, session);
  return {
    client,
    session,
    accepted: async (name) => await told.of(name),
    async start(kind, name) {
      emulator.controls['source.start']!({ stream: name }, Date.now());
      if (kind === 'session') await keepRolling.start(specificationOf(name));
      else await bare.start(name);
    },
    async worker(kinds, options) {
      const setup: WorkerSetup = {
        address,
        kinds,
        configuration,
        folder,
        bare: { url, authorization: `Basic ${Buffer.from(accessToken).toString('base64')}` },
        sessionBundle: bundles.session,
        bareBundle: bundles.bare,
        maxCachedWorkflows,
      };
      return await startWorkerChild(setup, options);
    },
  };
}
