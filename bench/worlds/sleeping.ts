/**
 * A real server in memory with one worker, and workflows that sleep until tomorrow: launchers of sessions, or bare ones
 * with the same input, memo, attributes and texts. Nothing is recorded here.
 */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { KeepRolling } from '../../src/client/index.ts';
import { launchWorkflowId, workflowQueue } from '../../src/session/names.ts';
import type { LaunchInput } from '../../src/workflows/definitions.ts';
import type { Bundles } from '../bundles.ts';
import { modelOf } from './bare-start.ts';
import { ACCOUNT, BARE_PREFIX, omeConfiguration } from './configuration.ts';
import { onServer, type Closable, type ServerBase } from './server.ts';
import { startWorkerChild, type WorkerChild } from './worker-child.ts';

export type Sleeper = 'session' | 'bare';

interface World {
  serverPid: number;
  worker: WorkerChild;
  /** Answers when the server has it. */
  start(index: number): Promise<void>;
  /** Until a worker has taken all of them; false where that comes to a stop. */
  drained(): Promise<boolean>;
}

export type SleepingWorld = World & Closable;

const DAY_MS = 86_400_000;
/** As long as a session's id, and as unique. */
const idOf = (index: number): string => `01ARZ3NDEKTSV4RRFF${String(index).padStart(8, '0')}`;

export async function sleepingWorld(bundles: Bundles, kind: Sleeper, count: number): Promise<SleepingWorld> {
  return await onServer(async (base) => await build(base, bundles, kind, count));
}

async function build(base: ServerBase, bundles: Bundles, kind: Sleeper, count: number): Promise<World> {
  const { address, client, connection, folder, closers, drained, pid } = base;
  const configuration = omeConfiguration({ address, url: 'http://127.0.0.1:1', accessToken: 'unused' });
  const keepRolling = await KeepRolling.connect({ configuration, cwd: folder, env: {}, connection });
  closers.push(async () => await keepRolling.close());
  const starter = await starterLike(client, await started(keepRolling), kind);
  const worker = await startWorkerChild(
    {
      kinds: [kind],
      address,
      configuration,
      folder,
      bare: { url: 'http://127.0.0.1:1', authorization: '' },
      sessionBundle: bundles.session,
      bareBundle: bundles.bare,
      maxCachedWorkflows: count,
    },
    { inOneHeap: true },
  );
  closers.push(async () => await worker.stop());
  return {
    serverPid: pid,
    worker,
    start: starter,
    drained: async () => await drained(queueOf(kind)),
  };
}

const queueOf = (kind: Sleeper): string => workflowQueue(kind === 'bare' ? BARE_PREFIX : '');

interface Model {
  sessionId: string;
  name: string;
}

async function started(keepRolling: KeepRolling): Promise<Model> {
  const name = 'sleeping-model';
  const { sessionId } = await keepRolling.start({
    name,
    account: ACCOUNT,
    target: { app: 'app', stream: name },
    window: { from: new Date(Date.now() + DAY_MS).toISOString(), length: '1h' },
  });
  return { sessionId, name };
}

/** Thousands of starts by the client would each ask the list for a twin: these are what it sends after that. */
async function starterLike(client: Client, { sessionId, name }: Model, kind: Sleeper) {
  const model = client.workflow.getHandle(launchWorkflowId(sessionId));
  const { memo, typedSearchAttributes, staticSummary, staticDetails } = await modelOf(model);
  const input = await inputOf(model);
  return async (index: number): Promise<void> => {
    const own = <T>(value: T): T =>
      JSON.parse(
        JSON.stringify(value).replaceAll(sessionId, idOf(index)).replaceAll(name, `sleeping-${index}`),
      ) as T;
    await client.workflow.start(kind === 'bare' ? 'sleeper' : 'launch', {
      workflowId: launchWorkflowId(idOf(index)),
      taskQueue: queueOf(kind),
      args: [own(input)],
      memo: own(memo),
      typedSearchAttributes,
      staticSummary: own(staticSummary),
      staticDetails: own(staticDetails),
    });
  };
}

async function inputOf(handle: WorkflowHandle): Promise<LaunchInput> {
  const { events } = await handle.fetchHistory();
  const payload = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  return JSON.parse(Buffer.from(payload!.data!).toString('utf8')) as LaunchInput;
}
