/**
 * A real server in memory, an emulated Agora and an emulated cloud behind HTTP, a worker process, and sessions whose
 * credentials are renewed every few seconds; beside them bare ticks at the same interval. All read one machine's clock.
 */
import type { WorkflowHandle } from '@temporalio/client';
import { KeepRolling } from '../../src/client/index.ts';
import { serveEmulator, systemClock } from '../../src/emulators/index.ts';
import { accountQueue, sessionWorkflowId, workflowQueue } from '../../src/session/names.ts';
import type { Bundles } from '../bundles.ts';
import type { Tick } from '../worker/tick-activities.ts';
import type { TicksInput } from '../workflows/ticks.ts';
import { agoraEmulators, AUTHORIZATION, DESTINATION, MODE, startSource } from './agora.ts';
import { ACCOUNT, agoraConfiguration, BARE_PREFIX } from './configuration.ts';
import { onServer, type Closable, type ServerBase } from './server.ts';
import { startWorkerChild } from './worker-child.ts';

interface World {
  /** A session that records its own channel. */
  startSession(channel: string): Promise<WorkflowHandle>;
  startTicks(name: string, count: number): Promise<WorkflowHandle<() => Promise<Tick[]>>>;
  /** Updates that Agora has taken. */
  refreshes(): number;
}

export type RefreshingWorld = World & Closable;

export async function refreshingWorld(bundles: Bundles, everyMs: number): Promise<RefreshingWorld> {
  return await onServer(async (base) => await build(base, bundles, everyMs));
}

async function build(base: ServerBase, bundles: Bundles, everyMs: number): Promise<World> {
  const { address, client, connection, folder, closers } = base;
  const { agora, cloud } = agoraEmulators(systemClock);
  const served = await serveEmulator(agora, { port: 0 });
  closers.push(async () => await served.close());
  const servedCloud = await serveEmulator(cloud, { port: 0 });
  closers.push(async () => await servedCloud.close());
  const configuration = agoraConfiguration({
    address,
    url: served.url,
    cloudUrl: servedCloud.url,
    refresh: `${everyMs / 1000}s`,
  });
  const keepRolling = await KeepRolling.connect({ configuration, cwd: folder, env: {}, connection });
  closers.push(async () => await keepRolling.close());
  const worker = await startWorkerChild({
    kinds: ['session', 'bare'],
    address,
    configuration,
    folder,
    bare: { url: served.url, authorization: AUTHORIZATION },
    sessionBundle: bundles.session,
    bareBundle: bundles.bare,
    maxCachedWorkflows: 1000,
  });
  closers.push(async () => await worker.stop());
  return {
    async startSession(channel) {
      startSource(agora, channel, Date.now());
      await keepRolling.start({
        name: channel,
        account: ACCOUNT,
        target: { channel, mode: MODE },
        storage: DESTINATION,
        window: { from: 'now', length: '12h' },
      });
      return client.workflow.getHandle(sessionWorkflowId(`agora/${ACCOUNT}/${channel}/${MODE}`));
    },
    async startTicks(name, count) {
      const input: TicksInput = { everyMs, count, accountQueue: accountQueue(ACCOUNT, BARE_PREFIX) };
      return await client.workflow.start<(input: TicksInput) => Promise<Tick[]>>('ticks', {
        workflowId: `ticks/${name}`,
        taskQueue: workflowQueue(BARE_PREFIX),
        args: [input],
      });
    },
    refreshes: () =>
      agora.truth.entries.filter(
        (entry) => entry.type === 'request' && entry.op === 'update' && entry.verdict === 'applied',
      ).length,
  };
}
