/**
 * The embedded Temporal dev server: one child process with a database file, started, watched, killed and restarted by
 * its id. For one machine; a production server is reached through the TEMPORAL_* settings instead.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { KeepRollingError } from '../contract/errors.ts';
import { findTemporalCli } from './binaries.ts';
import { startChild, tailOf, type Ending, type ServerChild } from './child.ts';
import { assertPortFree, freePort } from './ports.ts';

export type SearchAttributeKind = 'Keyword' | 'KeywordList' | 'Text' | 'Int' | 'Double' | 'Bool' | 'Datetime';

export interface DevServerOptions {
  /** The `temporal` executable; looked for by the chain of binaries.ts when left out. */
  cliPath?: string;
  /** Holds database (`temporal.db`) and log (`temporal.log`); created when missing. Without it all is in memory. */
  dataDir?: string;
  /** The database file, where it is to lie somewhere else than in `dataDir`. */
  dbFile?: string;
  /** A port that is taken is refused with a sentence; a free one is chosen when left out. */
  port?: number;
  /** @default false */
  ui?: boolean;
  /** Implies `ui`; a free one is chosen when left out. */
  uiPort?: number;
  /** @default 'default' */
  namespace?: string;
  /** @default '127.0.0.1' */
  ip?: string;
  searchAttributes?: Readonly<Record<string, SearchAttributeKind>>;
  /** @default 'warn' */
  logLevel?: 'debug' | 'info' | 'warn' | 'error';
  /** Takes the lines for the user: what was found, and an end that nobody asked for. */
  log?: (line: string) => void;
  /** Called when the server ends without `kill`, `stop` or `restart`; by default the error goes to `log`. */
  onUnexpectedExit?: (error: KeepRollingError) => void;
}

export interface DevServer {
  readonly address: string;
  readonly namespace: string;
  /** Undefined when the server runs without UI. */
  readonly uiUrl: string | undefined;
  /** Of the process that serves now; another one after a restart. */
  readonly pid: number;
  readonly logFile: string;
  readonly running: boolean;
  /** Sends the signal, SIGKILL by default, and returns when the process has ended. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it in order, by force after 5 s. Harmless when it has ended already. */
  stop(): Promise<void>;
  /** Starts it again, ending it first if it runs, on the same ports and the same file. */
  restart(): Promise<void>;
}

const SERVES_WITHIN_MS = 30_000;
const POLL_MS = 100;
const STOP_MS = 5_000;
/** Between choosing a free port and listening on it another process may take it. */
const PORT_TRIES = 3;

interface Layout {
  ip: string;
  port: number;
  uiPort: number | undefined;
  namespace: string;
  dbFile: string | undefined;
  logFile: string;
}

export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const log = options.log ?? (() => {});
  const cliPath = options.cliPath ?? (await findTemporalCli({ say: log })).path;
  const { ip = '127.0.0.1' } = options;
  const withUi = options.ui === true || options.uiPort !== undefined;
  if (options.port !== undefined) await assertPortFree(ip, options.port, 'Temporal dev server');
  if (options.uiPort !== undefined) await assertPortFree(ip, options.uiPort, 'Temporal UI');

  const dbFile = options.dbFile ?? (options.dataDir && join(options.dataDir, 'temporal.db'));
  if (dbFile !== undefined) await mkdir(dirname(dbFile), { recursive: true });
  const logFolder = options.dataDir ?? (dbFile === undefined ? undefined : dirname(dbFile));
  const ownFolder = logFolder === undefined ? await mkdtemp(join(tmpdir(), 'keeprolling-dev-')) : undefined;

  for (let attempt = 1; ; attempt += 1) {
    const layout: Layout = {
      ip,
      port: options.port ?? (await freePort(ip)),
      uiPort: withUi ? (options.uiPort ?? (await freePort(ip))) : undefined,
      namespace: options.namespace ?? 'default',
      dbFile,
      logFile: join(logFolder ?? ownFolder ?? tmpdir(), 'temporal.log'),
    };
    const server = new EmbeddedServer(cliPath, layout, options, ownFolder);
    try {
      await server.start();
      return server;
    } catch (error) {
      const tookOurPort = options.port === undefined && /address already in use/i.test(String(error));
      if (tookOurPort && attempt < PORT_TRIES) continue;
      if (ownFolder !== undefined) await rm(ownFolder, { recursive: true, force: true });
      throw error;
    }
  }
}

class EmbeddedServer implements DevServer {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string | undefined;
  readonly logFile: string;
  readonly #cliPath: string;
  readonly #args: readonly string[];
  readonly #options: DevServerOptions;
  readonly #ownFolder: string | undefined;
  #child: ServerChild | undefined;
  /** The child whose end was asked for. */
  #expected: ServerChild | undefined;

  constructor(cliPath: string, layout: Layout, options: DevServerOptions, ownFolder: string | undefined) {
    this.address = `${layout.ip}:${layout.port}`;
    this.namespace = layout.namespace;
    this.uiUrl = layout.uiPort === undefined ? undefined : `http://${layout.ip}:${layout.uiPort}`;
    this.logFile = layout.logFile;
    this.#cliPath = cliPath;
    this.#args = argumentsFor(layout, options);
    this.#options = options;
    this.#ownFolder = ownFolder;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  get running(): boolean {
    return this.#child !== undefined && !this.#child.hasEnded;
  }

  async start(): Promise<void> {
    const child = startChild(this.#cliPath, this.#args, this.logFile);
    this.#child = child;
    try {
      await this.#untilItServes(child);
    } catch (error) {
      this.#expected = child;
      child.signal('SIGKILL');
      throw error;
    }
    void this.#watch(child);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#expected = child;
    child.signal(signal);
    await child.ended.catch(() => {});
  }

  async stop(): Promise<void> {
    const child = this.#child;
    const force = setTimeout(() => child?.signal('SIGKILL'), STOP_MS);
    await this.kill('SIGTERM');
    clearTimeout(force);
    if (this.#ownFolder !== undefined) await rm(this.#ownFolder, { recursive: true, force: true });
  }

  async restart(): Promise<void> {
    const child = this.#child;
    const force = setTimeout(() => child?.signal('SIGKILL'), STOP_MS);
    await this.kill('SIGTERM');
    clearTimeout(force);
    if (this.#ownFolder !== undefined) await mkdir(this.#ownFolder, { recursive: true });
    await this.start();
  }

  async #watch(child: ServerChild): Promise<void> {
    const ending = await child.ended;
    if (this.#expected === child) return;
    const error = this.#gone('ended without being asked to', ending);
    if (this.#options.onUnexpectedExit !== undefined) this.#options.onUnexpectedExit(error);
    else this.#options.log?.(error.message);
  }

  async #untilItServes(child: ServerChild): Promise<void> {
    let ending: Ending | undefined;
    let broken: Error | undefined;
    child.ended.then(
      (value) => (ending = value),
      (error: Error) => (broken = error),
    );
    const deadline = Date.now() + SERVES_WITHIN_MS;
    for (;;) {
      await sleep(POLL_MS);
      if (broken !== undefined) throw this.#gone(`could not be started: ${broken.message}`);
      if (ending !== undefined) throw this.#gone('ended before it served', ending);
      if (await serves(this.address, this.namespace)) return;
      if (Date.now() > deadline) throw this.#gone(`did not serve within ${SERVES_WITHIN_MS / 1_000} s`);
    }
  }

  #gone(what: string, ending?: Ending): KeepRollingError {
    const how = ending === undefined ? '' : ` (${ending.signal ?? `exit code ${ending.code}`})`;
    const tail = tailOf(this.logFile);
    const log = tail === '' ? '' : ` The end of its log, ${this.logFile}:\n${tail}`;
    return new KeepRollingError(
      'E_SERVER_UNAVAILABLE',
      `The Temporal dev server at ${this.address} ${what}${how}.${log}`,
      { address: this.address, ...ending },
    );
  }
}

function argumentsFor(layout: Layout, options: DevServerOptions): string[] {
  const args = ['server', 'start-dev', '--ip', layout.ip, '--port', String(layout.port)];
  args.push(
    '--namespace',
    layout.namespace,
    '--log-level',
    options.logLevel ?? 'warn',
    '--log-format',
    'json',
  );
  if (layout.uiPort === undefined) args.push('--headless');
  else args.push('--ui-port', String(layout.uiPort), '--ui-disable-news-fetch');
  if (layout.dbFile !== undefined) {
    // 4 to 7 times as fast as the defaults; loses commits on power loss, not on SIGKILL.
    args.push('--db-filename', layout.dbFile);
    args.push('--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal');
  }
  // A server on somebody's laptop does not call home. No timer setting stands here, for good reasons: see the design.
  args.push('--dynamic-config-value', 'frontend.enableServerVersionCheck=false');
  for (const [name, kind] of Object.entries(options.searchAttributes ?? {})) {
    args.push('--search-attribute', `${name}=${kind}`);
  }
  return args;
}

/** The port answers before the namespace exists; only both together are of use to a worker. */
async function serves(address: string, namespace: string): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 1_000 });
    const { workflowService } = connection;
    await connection.withDeadline(Date.now() + 1_000, async () =>
      workflowService.describeNamespace({ namespace }),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
}
