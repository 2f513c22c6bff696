/** Sessions on the dev server that record from an emulated OvenMediaEngine in this process. */
import type { WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import { openArchive } from '../../src/archive/open.ts';
import { readSession, sessionFolders, type SessionRecord } from '../../src/archive/read.ts';
import {
  createOmeEmulator,
  emulatorDispatcher,
  serveEmulator,
  systemClock,
  type Emulator,
  type TruthEntry,
} from '../../src/emulators/index.ts';
import { filesWorkflowId, sessionWorkflowId, workflowQueue } from '../../src/session/names.ts';
import type { SessionResult } from '../../src/session/events.ts';
import type { Phase } from '../../src/session/state.ts';
import type { StatusView } from '../../src/session/views.ts';
import { judge } from '../referee/referee.ts';
import { temporalWorld, until, type TemporalWorld, type WorldOptions } from './world.ts';

export const TOKEN = 'CANARY-token-7f3c';

export interface OmeWorld extends TemporalWorld {
  emulator: Emulator;
  /** Where it is served, if it is. */
  url: string | null;
  control(name: string, input?: Record<string, unknown>): void;
  /** A session of a stream of its own, whose source is up. */
  start(stream: string, more?: StartMore): Promise<WorkflowHandle>;
  requests(op: string): Extract<TruthEntry, { type: 'request' }>[];
  /** Waits for the end of a session and of its ledger, and asks the referee. */
  verdict(handle: WorkflowHandle, lookMs?: number): Promise<Verdict>;
}

export interface StartMore {
  specification?: Record<string, unknown>;
  input?: Record<string, unknown>;
  options?: { workflowId?: string; args?: unknown[] } & Pick<
    WorkflowStartOptions,
    'workflowExecutionTimeout' | 'workflowRunTimeout' | 'retry'
  >;
  source?: boolean;
}

export interface Verdict {
  result: SessionResult;
  record: SessionRecord;
  faults: string[];
}

export const keyOf = (stream: string): string => `ome/account/default/app/${stream}`;

export const specificationOf = (
  stream: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({
  name: stream,
  account: 'account',
  target: { app: 'app', stream },
  window: { from: 'now', length: '1h' },
  ...more,
});

/** `served`: over HTTP on loopback, for workers in another process. */
export async function omeWorld({
  served = false,
  ...options
}: Partial<WorldOptions> & { served?: boolean } = {}): Promise<OmeWorld> {
  const emulator = createOmeEmulator({ clock: systemClock, accessToken: TOKEN });
  const control = (name: string, input: Record<string, unknown> = {}): void => {
    emulator.controls[name]!(input, Date.now());
  };
  const http = served ? await serveEmulator(emulator, { port: 0 }) : null;
  const world = await temporalWorld({
    account: { vendor: 'ome', url: http?.url ?? 'http://127.0.0.1:8081', accessToken: TOKEN },
    ...(http === null && { dispatcher: emulatorDispatcher(emulator) }),
    ...options,
  });
  return {
    ...world,
    emulator,
    url: http?.url ?? null,
    control,
    async close() {
      await world.close();
      await http?.close();
    },
    async start(stream, { specification, input, options: own, source = true } = {}) {
      if (source) control('source.start', { stream });
      return await world.client.workflow.start('recording', {
        workflowId: sessionWorkflowId(keyOf(stream)),
        taskQueue: workflowQueue(world.prefix),
        args: [{ specification: specificationOf(stream, specification), ...input }],
        ...own,
      });
    },
    requests(op) {
      return emulator.truth.entries.filter(
        (entry): entry is Extract<TruthEntry, { type: 'request' }> =>
          entry.type === 'request' && entry.op === op,
      );
    },
    async verdict(handle, lookMs = 10_000) {
      const result = (await handle.result()) as SessionResult;
      const { closeTime } = await handle.describe();
      const record = await closedLedger(world, result);
      emulator.settle(Date.now());
      const faults = judge({
        sessionId: result.sessionId,
        truth: emulator.truth.entries,
        record,
        closedAt: closeTime!.getTime(),
        now: Date.now(),
        lookMs,
      });
      return { result, record, faults };
    },
  };
}

export async function closedLedger(
  { client, settings }: Pick<TemporalWorld, 'client' | 'settings'>,
  { sessionId, key }: SessionResult,
): Promise<SessionRecord> {
  await client.workflow.getHandle(filesWorkflowId(sessionId)).result();
  const archive = openArchive(settings)!;
  const folder = (await sessionFolders(archive, key)).find((name) => name.endsWith(sessionId));
  const record = folder === undefined ? undefined : await readSession(archive, folder);
  if (!record) throw new Error('The session left nothing in the archive.');
  return record;
}

/** The status, or undefined while the session is being admitted. */
export async function statusOf(handle: WorkflowHandle): Promise<StatusView | undefined> {
  return await handle.query<StatusView>('status').catch((error: unknown) => {
    if (/has not begun|not found|Unable to query/i.test(String(error))) return undefined;
    throw error;
  });
}

export async function inPhase(handle: WorkflowHandle, phase: Phase): Promise<StatusView> {
  return await until(phase, async () => {
    const status = await statusOf(handle);
    return status?.phase === phase ? status : undefined;
  });
}

/** Whatever the status shows, once it satisfies the condition. */
export async function whenStatus(
  handle: WorkflowHandle,
  what: string,
  holds: (status: StatusView) => boolean,
  timeoutMs?: number,
): Promise<StatusView> {
  return await until(
    what,
    async () => {
      const status = await statusOf(handle);
      return status && holds(status) ? status : undefined;
    },
    timeoutMs,
  );
}
