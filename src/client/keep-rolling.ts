import type { ConnectionLike } from '@temporalio/client';
import { readSettings, type ReadOptions } from '../config/read.ts';
import type { Specification } from '../contract/specification.ts';
import type { Context } from './context.ts';
import { apply } from './apply/apply.ts';
import type { Applied, AppliedDocument, ApplyOptions } from './apply/types.ts';
import { coverage } from './coverage.ts';
import { explain } from './explain.ts';
import { filesOf } from './files.ts';
import { sessionHandle } from './handle.ts';
import { list } from './list.ts';
import { retryFiles } from './retry-files.ts';
import { maintenance } from './maintenance.ts';
import { toldErrors } from './errors.ts';
import { open, type Opened } from './open.ts';
import { plan } from './plan.ts';
import { namedOf, resolveSession } from './references.ts';
import type { Sweep, SweepOptions } from '../sweeper/types.ts';
import { schedulesOf } from './schedules/index.ts';
import type { Schedules } from './schedules/types.ts';
import { start } from './start.ts';
import { sweep } from './sweep.ts';
import type {
  AccountPlan,
  Client,
  CoverageOptions,
  Explanation,
  FilesOptions,
  ListOptions,
  MaintenanceOptions,
  MaintenanceResult,
  RetriedFiles,
  SessionFiles,
  SessionHandle,
  SessionSummary,
  Started,
  StartOptions,
  TargetCoverage,
} from './types.ts';

export interface ConnectOptions extends ReadOptions {
  /** A connection of your own; it is not closed by `close`. */
  connection?: ConnectionLike;
  /** Instead of the one in the configuration, TEMPORAL_NAMESPACE or the profile. */
  namespace?: string;
}

/** Durable recording sessions: start, command, observe and account for them. */
export class KeepRolling implements Client {
  readonly #context: Context;
  readonly #close: Opened['close'];
  /** Recordings that come round again. */
  readonly schedules: Schedules;

  private constructor({ context, close }: Opened) {
    this.#context = context;
    this.#close = close;
    this.schedules = schedulesOf(context);
  }

  /**
   * Reads the configuration. The server is reached at the first call that needs one, so that what the archive knows
   * can be asked without any.
   * @throws KeepRollingError E_CONFIG_INVALID
   */
  static async connect(options: ConnectOptions = {}): Promise<KeepRolling> {
    const { connection, namespace } = options;
    return new KeepRolling(
      await open({
        ...(await readSettings(options)),
        ...(connection && { connection }),
        ...(namespace !== undefined && { namespace }),
      }),
    );
  }

  /**
   * Starts the recording of a target, or holds it until its window is near. Repeating is harmless: the same
   * `requestId` gives the same session, also after it has closed, as long as Temporal or the archive remembers; the
   * same specification for a target that is being recorded gives that session. With `join` a target that is recorded alike by
   * another session is shared with it: `joined`, until `until`; its request id is remembered while that session runs. Where the
   * session that has the target is past its own window, or the specification says `policy.busy`, a launcher holds the window
   * and settles it with that session: `busyWith`. A start that ended with
   * E_SERVER_UNREACHABLE may have reached the server: repeat it with the same request id.
   * @throws KeepRollingError E_SPEC_INVALID, E_INSTALLATION_MISSING, E_TARGET_BUSY, E_REQUEST_CONFLICT,
   * E_REQUEST_UNDECIDED, E_SERVER_UNREACHABLE
   */
  async start(specification: Specification, options?: StartOptions): Promise<Started> {
    return await toldErrors(this.#context.reach, start(this.#context, specification, options));
  }

  /**
   * Every change to the vendor's account that a start would make. Read there with the account's own credentials, which this
   * configuration must give; nothing is started or made. Works without a server.
   * @throws KeepRollingError E_SPEC_INVALID, E_INSTALLATION_MISSING, E_CONFIG_INVALID, E_ACCOUNT_UNREADY, E_VENDOR_…
   */
  async plan(specification: Specification, options?: Pick<StartOptions, 'by'>): Promise<AccountPlan> {
    return await toldErrors(this.#context.reach, plan(this.#context, specification, options));
  }

  /**
   * A session by id, name, `name@window start`, key, or a part that only it has. Open sessions go before scheduled
   * ones, and those before closed ones; a key with closed sessions only means the latest.
   * @throws KeepRollingError E_SESSION_UNKNOWN, E_SESSION_AMBIGUOUS, E_SERVER_UNREACHABLE
   */
  async session(reference: string): Promise<SessionHandle> {
    const found = await toldErrors(this.#context.reach, resolveSession(this.#context, reference));
    return sessionHandle(this.#context, namedOf(found));
  }

  /** Sessions at a glance. @throws KeepRollingError E_SERVER_UNREACHABLE, with `lastKnown` in its details */
  async list(options?: ListOptions): Promise<SessionSummary[]> {
    return await toldErrors(this.#context.reach, list(this.#context, options));
  }

  /**
   * Announces work at an account: its troubles are not told until then, and what its open sessions miss meanwhile is
   * missing for that. `end` ends it before its time.
   * @throws KeepRollingError E_ACCOUNT_UNKNOWN, E_COMMAND_INVALID, E_INSTALLATION_MISSING, E_SERVER_UNREACHABLE
   */
  async maintenance(account: string, options: MaintenanceOptions): Promise<MaintenanceResult> {
    return await toldErrors(this.#context.reach, maintenance(this.#context, account, options));
  }

  /**
   * What records at the vendors under this installation's id, and whether a session has it; with `stop`, what had none in
   * two passes at least 10 minutes apart is stopped. The accounts are asked from here, with their own secrets.
   * @throws KeepRollingError E_INSTALLATION_MISSING, E_ACCOUNT_UNKNOWN, E_COMMAND_INVALID, E_SERVER_UNREACHABLE; with `stop`
   * also E_NO_WORKER, E_ARCHIVE_UNREADABLE, E_ARCHIVE_UNWRITABLE; with `adopt` also E_INSTALLATION_ALIVE
   */
  async sweep(options?: SweepOptions): Promise<Sweep> {
    return await toldErrors(this.#context.reach, sweep(this.#context, options));
  }

  /**
   * What was recorded of a target, over all of its sessions, or of one session. Time in which there was no session is
   * neither recorded nor a gap, and does not count. Works without any server for what the archive holds.
   * @throws KeepRollingError E_SESSION_UNKNOWN, E_SESSION_AMBIGUOUS, E_COMMAND_INVALID, E_ARCHIVE_UNREADABLE
   */
  async coverage(reference: string, options?: CoverageOptions): Promise<TargetCoverage> {
    return await toldErrors(this.#context.reach, coverage(this.#context, reference, options));
  }

  /**
   * The timeline of a session in sentences, every gap with its cause, and who must act now. Of an open session from
   * itself and the archive, of a closed one from the archive, with or without a server.
   * @throws KeepRollingError E_SESSION_UNKNOWN, E_SESSION_AMBIGUOUS, E_ARCHIVE_UNREADABLE, E_SERVER_UNREACHABLE
   */
  async explain(reference: string): Promise<Explanation> {
    const explained = async (): Promise<Explanation> => {
      return await explain(this.#context, namedOf(await resolveSession(this.#context, reference)));
    };
    return await toldErrors(this.#context.reach, explained());
  }

  /**
   * What became of the files of a session: how many are in which state, what is missing or about to be deleted, and where
   * manifest and playlist are. Works without any server for what the archive holds.
   * @throws KeepRollingError E_SESSION_UNKNOWN, E_SESSION_AMBIGUOUS, E_ARCHIVE_UNREADABLE
   */
  async files(reference: string, options?: FilesOptions): Promise<SessionFiles> {
    const found = async (): Promise<SessionFiles> =>
      await filesOf(this.#context, await resolveSession(this.#context, reference), options);
    return await toldErrors(this.#context.reach, found());
  }

  /**
   * Looks again at all files of a session that are missing or not stored, such as after a destination was mended; also
   * of one that has closed. Needs a worker to take effect, and none to be asked for.
   * @throws KeepRollingError E_SESSION_UNKNOWN, E_SESSION_AMBIGUOUS, E_COMMAND_INVALID, E_SERVER_UNREACHABLE
   */
  async retryFiles(reference: string): Promise<RetriedFiles> {
    const retried = async (): Promise<RetriedFiles> =>
      await retryFiles(this.#context, await resolveSession(this.#context, reference));
    return await toldErrors(this.#context.reach, retried());
  }

  /**
   * Makes schedules and sessions equal to documents: with a section `schedule` they are schedules. What is so already is left
   * alone, also a session that has ended, so that a second time does nothing. What one document cannot have stands in its
   * outcome, and does not keep the others.
   * @throws KeepRollingError E_SPEC_INVALID with every problem of every document, before anything is done;
   * E_INSTALLATION_MISSING, E_SERVER_UNREACHABLE
   */
  async apply(documents: AppliedDocument[], options?: ApplyOptions): Promise<Applied> {
    return await toldErrors(this.#context.reach, apply(this.#context, documents, options));
  }

  /** Lets go of server and archive. Sessions go on. */
  async close(): Promise<void> {
    await this.#close();
  }
}
