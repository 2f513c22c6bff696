/** A real server, a vendor in the process, and clients of it: what the tests of the client stand on. */
import { createOmeEmulator, emulatorDispatcher, systemClock } from '../../src/emulators/index.ts';
import {
  KeepRolling,
  KeepRollingError,
  type ConnectOptions,
  type Specification,
} from '../../src/client/index.ts';
import { temporalAddress } from '../setup/servers.ts';
import { temporalWorld, type TemporalWorld } from '../temporal/world.ts';

const TOKEN = 'ome-access-token';

export interface ClientKit {
  world: TemporalWorld;
  /** A client with the world's configuration; `overrides` replace fields of it. */
  connect(overrides?: Record<string, unknown>, options?: ConnectOptions): Promise<KeepRolling>;
  /** The archive's directory. */
  archive: string;
  source(stream: string, up: boolean): void;
  /** The stream that a key ends with is the specification's. */
  key(stream: string): string;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  close(): Promise<void>;
}

export async function clientKit(): Promise<ClientKit> {
  const emulator = createOmeEmulator({ clock: systemClock, accessToken: TOKEN, seed: 1 });
  const world = await temporalWorld({
    account: { vendor: 'ome', url: 'http://127.0.0.1:8081', accessToken: TOKEN },
    dispatcher: emulatorDispatcher(emulator),
  });
  const address = await temporalAddress();
  const archive = `${world.folder}/archive`;
  let workers: { stop(): Promise<void> } | undefined;
  const clients: KeepRolling[] = [];
  return {
    world,
    archive,
    async connect(overrides = {}, options = {}) {
      const client = await KeepRolling.connect({
        configuration: {
          installation: 'test01',
          temporal: { address },
          accounts: { account: { vendor: 'ome', url: 'http://127.0.0.1:8081', accessToken: TOKEN } },
          archive: { directory: archive },
          queues: { prefix: world.prefix },
          ...overrides,
        },
        cwd: world.folder,
        env: {},
        ...options,
      });
      clients.push(client);
      return client;
    },
    source(stream, up) {
      emulator.controls[up ? 'source.start' : 'source.stop']!({ stream }, Date.now());
    },
    key: (stream) => `ome/account/default/app/${world.prefix}${stream}`,
    async startWorker() {
      workers ??= await world.startWorkers();
    },
    async stopWorker() {
      await workers?.stop();
      workers = undefined;
    },
    async close() {
      await workers?.stop();
      await Promise.all(clients.map(async (client) => await client.close()));
      await world.close();
    },
  };
}

/** Nobody listens there. */
export const NO_SERVER = { address: '127.0.0.1:1' };

export function specificationOf(
  kit: ClientKit,
  stream: string,
  more: Partial<Specification> = {},
): Specification {
  return {
    name: stream,
    account: 'account',
    target: { app: 'app', stream: `${kit.world.prefix}${stream}` },
    window: { from: 'now', length: '1h' },
    ...more,
  };
}

export const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

/** What a call fails with; a call that does not fail is a failure of the test. */
export async function failureOf(call: Promise<unknown>): Promise<KeepRollingError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof KeepRollingError) return error;
  throw error ?? new Error('The call was expected to fail.');
}
