/**
 * A real server in memory, twenty emulated OvenMediaEngines behind HTTP, each an account with a queue of its own, one
 * worker, and sessions that record: they begin as they do after their daily renewal, so that thousands are there within
 * minutes. Or bare watches of the same records.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { createOmeEmulator, serveEmulator, systemClock, type Emulator } from '../../src/emulators/index.ts';
import { accountQueue, sessionWorkflowId, workflowQueue } from '../../src/session/names.ts';
import type { RecordingInput } from '../../src/workflows/definitions.ts';
import type { Bundles } from '../bundles.ts';
import type { WatcherInput } from '../workflows/watcher.ts';
import type { Kind } from './live.ts';
import { BARE_PREFIX } from './configuration.ts';
import { onServer, type Closable, type ServerBase } from './server.ts';
import { startWorkerChild, type WorkerChild } from './worker-child.ts';

interface World {
  serverPid: number;
  worker: WorkerChild;
  /** One more that records; answers when the server has it. */
  start(index: number): Promise<void>;
  /** Until a worker has taken all of them; false where that comes to a stop. */
  drained(): Promise<boolean>;
}

export type CrowdWorld = World & Closable;

export const ACCOUNTS = 20;
export const EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
/** Sessions that only wait for their next look need not be kept by the worker. */
const CACHED = 500;
const MODEL = 'crowd-model';
const RENEWED_WITHIN_MS = 60_000;

/** All of the same length, so that one can stand for another in a text. */
const accountOf = (index: number): string => `account${String(index % ACCOUNTS).padStart(2, '0')}`;
const sessionIdOf = (index: number): string => `01ARZ3NDEKTSV4RRFF${String(index).padStart(8, '0')}`;

export async function crowdWorld(bundles: Bundles, kind: Kind): Promise<CrowdWorld> {
  return await onServer(async (base) => await build(base, bundles, kind));
}

async function build(base: ServerBase, bundles: Bundles, kind: Kind): Promise<World> {
  const { address, client, folder, closers, drained, pid } = base;
  const accessToken = randomBytes(8).toString('hex');
  const recorders = await Promise.all(
    Array.from({ length: ACCOUNTS }, async (_, seed) => {
      const emulator = createOmeEmulator({ clock: systemClock, accessToken, seed: seed + 1 });
      const served = await serveEmulator(emulator, { port: 0 });
      closers.push(async () => await served.close());
      return { emulator, url: served.url };
    }),
  );
  const looks = { every: `${EVERY_MS / 1000}s` };
  const accounts = recorders.map(({ url }, index) => [
    accountOf(index),
    { vendor: 'ome', url, accessToken, looks },
  ]);
  const configuration = {
    installation: 'bench1',
    temporal: { address },
    accounts: Object.fromEntries(accounts) as Record<string, unknown>,
    archive: { directory: 'archive' },
  };
  const authorization = `Basic ${Buffer.from(accessToken).toString('base64')}`;
  const worker = await startWorkerChild({
    kinds: [kind],
    address,
    configuration,
    folder,
    bare: { url: recorders[0]!.url, authorization, accounts: accounts.map(([name]) => name as string) },
    sessionBundle: bundles.session,
    bareBundle: bundles.bare,
    maxCachedWorkflows: CACHED,
  });
  closers.push(async () => await worker.stop());
  const vendor = (index: number): Vendor => {
    const { emulator, url } = recorders[index % ACCOUNTS]!;
    return { url, ...callsOf(emulator, authorization) };
  };
  const start = kind === 'session' ? await sessionStarter(client, vendor) : bareStarter(client, vendor);
  const queue = workflowQueue(kind === 'bare' ? BARE_PREFIX : '');
  return { serverPid: pid, worker, start, drained: async () => await drained(queue) };
}

type Start = World['start'];

async function sessionStarter(client: Client, vendor: (index: number) => Vendor): Promise<Start> {
  const model = await modelOf(client, vendor(0));
  return async (index) => {
    const { input, startRecord } = copyOf(model, index);
    const { call, source } = vendor(index);
    source(streamOf(index));
    call('startRecord', startRecord);
    await client.workflow.start('recording', {
      workflowId: sessionWorkflowId(keyOf(accountOf(index), streamOf(index))),
      taskQueue: workflowQueue(),
      args: [input],
    });
  };
}

function bareStarter(client: Client, vendor: (index: number) => Vendor): Start {
  return async (index) => {
    const { url, call, source } = vendor(index);
    const id = streamOf(index);
    source(id);
    call('startRecord', {
      id,
      stream: { name: id },
      filePath: `/bench/${id}.ts`,
      infoPath: `/bench/${id}.xml`,
    });
    const input: WatcherInput = {
      accountQueue: accountQueue(accountOf(index), BARE_PREFIX),
      url,
      id,
      everyMs: EVERY_MS,
    };
    await client.workflow.start('watcher', {
      workflowId: `watcher/${index}`,
      taskQueue: workflowQueue(BARE_PREFIX),
      args: [input],
    });
  };
}

const streamOf = (index: number): string => `crowd-${index}`;
const keyOf = (account: string, stream: string): string => `ome/${account}/default/app/${stream}`;

interface Vendor {
  url: string;
  source: (stream: string) => void;
  call: (action: string, body: unknown) => unknown;
}

function callsOf(emulator: Emulator, authorization: string): Omit<Vendor, 'url'> {
  return {
    source: (stream) => void emulator.controls['source.start']!({ stream }, Date.now()),
    call: (action, body) => {
      const request = {
        method: 'POST',
        target: `/v1/vhosts/default/apps/app:${action}`,
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      };
      const answer = emulator.handle(request, Date.now());
      if (answer.kind !== 'response' || answer.response.status !== 200)
        throw new Error(`${action}: ${JSON.stringify(answer)}`);
      return (JSON.parse(answer.response.body) as { response: unknown }).response;
    },
  };
}

interface Model {
  sessionId: string;
  /** With which it has continued as new. */
  input: RecordingInput;
  /** Its record, as it was begun. */
  startRecord: Record<string, unknown>;
}

/** A session that records and has been renewed; it is ended then, and others go on in its place. */
async function modelOf(client: Client, { source, call }: Vendor): Promise<Model> {
  source(MODEL);
  const first: RecordingInput = {
    specification: {
      name: MODEL,
      account: accountOf(0),
      target: { app: 'app', stream: MODEL },
      window: { from: 'now', length: '12h' },
    },
    installation: 'bench1',
    sessionId: sessionIdOf(99_999_999),
    renewAfterMs: 5_000,
  };
  const handle = await client.workflow.start('recording', {
    workflowId: sessionWorkflowId(keyOf(accountOf(0), MODEL)),
    taskQueue: workflowQueue(),
    args: [first],
  });
  const until = Date.now() + RENEWED_WITHIN_MS;
  const latest = client.workflow.getHandle(handle.workflowId);
  for (;;) {
    const { events } = await latest.fetchHistory();
    const payload = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
    const input = JSON.parse(Buffer.from(payload!.data!).toString('utf8')) as RecordingInput;
    if (input.carried && input.carried.state.phase === 'recording') {
      await latest.terminate();
      input.carried.state.plan.renewAfterMs = DAY_MS;
      const [record] = call('records', {}) as { id: string; metadata: string; filePath: string }[];
      const { id, metadata, filePath } = record!;
      const startRecord = { id, metadata, filePath, infoPath: `${filePath}.xml`, stream: { name: MODEL } };
      return { sessionId: first.sessionId!, input, startRecord };
    }
    if (Date.now() > until) throw new Error('The session that others are copied from was not renewed.');
    await sleep(500);
  }
}

function copyOf({ sessionId, ...model }: Model, index: number): Omit<Model, 'sessionId'> {
  const text = JSON.stringify(model)
    .replaceAll(sessionId, sessionIdOf(index))
    .replaceAll(MODEL, streamOf(index))
    .replaceAll(accountOf(0), accountOf(index));
  return JSON.parse(text) as Omit<Model, 'sessionId'>;
}
