/** The programmatic API. Everything here is public. Instants are ISO 8601 with offset, durations milliseconds. */
import type { CommandPayload } from '../contract/commands.ts';
import type { Specification } from '../contract/specification.ts';
import type { FileCounts } from '../session/filed.ts';
import type { AccountChange, Evidence, FileSeen, GapCause, Json, Who } from '../session/facts.ts';
import type { SessionResult } from '../session/events.ts';
import type { Policy } from '../session/plan.ts';
import type { LogEntry } from '../session/state.ts';
import type { LaunchView } from '../workflows/definitions.ts';
import type { CoverageView, LastKnown, StatusView, TotalsView } from '../session/views.ts';
import type { Applied, AppliedDocument, ApplyOptions } from './apply/types.ts';
import type { Schedules } from './schedules/types.ts';
import type { Sweep, SweepOptions } from '../sweeper/types.ts';

export interface StartOptions {
  /** Makes a repeat harmless: the same id gives the same session, also after it has closed. */
  requestId?: string;
  /** Who starts it, where the specification names no owner. */
  by?: string;
  /**
   * Where the target is being recorded alike, share that recording: the owner's claim on it lasts until the window's end. For
   * a window that lies ahead the same as `policy.busy: extend`.
   */
  join?: boolean;
}

export interface CommandOptions {
  by?: string;
  reason?: string;
  /** ISO 8601 with offset: end of a pause, new end of the window. */
  until?: string | Date;
  /** Instead of `until`: from now on, `15m`. */
  for?: string;
  /** A repeat with the same id is dropped; made by the client when left out. */
  id?: string;
}

/** Of several owners who share a recording each ends his own claim. */
export interface StopOptions extends Pick<CommandOptions, 'by' | 'reason' | 'id'> {
  /** The recording ends, whoever else wants it. */
  all?: boolean;
}

/** Another window for a session that has not begun; what is left out stays. At most one of `until`, `length` and `for`. */
export interface RescheduleOptions extends Pick<CommandOptions, 'by' | 'reason' | 'id'> {
  /** ISO 8601 with offset. */
  from?: string | Date;
  /** ISO 8601 with offset. */
  until?: string | Date;
  /** From the begin on, `1h30m`. */
  length?: string;
  /** From now on, `1h30m`. */
  for?: string;
}

/** A change has no end of its own. */
export type ChangeOptions = Pick<CommandOptions, 'by' | 'reason' | 'id'>;

/** A change in mid-session: at least one kind. Values are in the vendor's own words, secrets by name: `{secret: name}`. */
export interface SessionChange {
  /** Whose streams are recorded. */
  subscribe?: Json;
  /** How they are arranged. */
  layout?: Json;
  /** Where it is pushed to. */
  publish?: Json;
  /** Where files go from now on, or new credentials for the place they go to. */
  storage?: { destination: string } | { refresh: 'now' };
}

export interface CommandResult {
  accepted: boolean;
  /** In effect. false: accepted, and not in effect within 20 s, or no worker answers. */
  applied: boolean;
  revision: number | null;
  note: string | null;
  status: SessionStatus;
}

/**
 * What is known of a session. `live`: its workflow answered. `last-known`: from memo, pending look and archive; then
 * `silent` says which part does not answer, and what goes on without it.
 */
export interface SessionStatus {
  sessionId: string;
  name: string;
  key: string;
  source: 'live' | 'last-known' | 'scheduled' | 'archive';
  /** The session has closed. */
  ended: boolean;
  view: StatusView | null;
  lastKnown: LastKnown | null;
  /** From the pending look: its sentence, its instant, when the next one comes. */
  look: { sentence: string; at: string | null; nextAt: string | null; attempt: number } | null;
  silent: {
    part: 'server' | 'workflow-worker' | 'account-worker';
    /** `gone`: nobody is there, so that starting it helps. `no-answer`: somebody may be there, and does not answer. */
    kind: 'gone' | 'no-answer';
    queue: string | null;
    /** When a worker last polled that queue; null for nobody in the last minutes, or when that cannot be told. */
    polledAt: string | null;
    /** The same as a sentence, and what goes on meanwhile. */
    text: string;
  } | null;
  /** As the session said it at its end; its files may have proved more since, see `totals`. */
  result: SessionResult | null;
  /** Of a session that has ended: by the archive's evidence once its files are accounted for, else as in `result`. */
  totals: TotalsView | null;
  /** IANA zone of its window, where that is known. */
  zone?: string;
  /** For a scheduled session: when it starts. */
  startAt: string | null;
  /** Of one that has not begun: what its launcher does. */
  launch?: LaunchStatus;
  /** Of one that has ended and never began. */
  unbegun?: Unbegun;
  /** Where its ledger is; null when no archive is configured. */
  archive: string | null;
}

/** A window that has not begun. Without a worker `phase` is `scheduled`, and `text` empty. */
export interface LaunchStatus {
  /** `busy`: another session has the target. `joined`: that one records this window too. */
  phase: LaunchView['phase'];
  /** One sentence of the launcher. */
  text: string;
  window: { from: string; until: string | null };
  /** The session that has the target now, and when that is free for this window, as far as is known. */
  running: { sessionId: string; name: string; until: string | null } | null;
  /** The Temporal Schedule that made it. */
  schedule: string | null;
}

/** A window that ended without a recording. Instants are ISO 8601. */
export interface Unbegun {
  /** `cancelled`: by a stop. `skipped`: left out, since another session had the target. `busy`, `missed`: against everybody's wish. */
  outcome: 'cancelled' | 'skipped' | 'busy' | 'missed';
  /** The same in words. */
  text: string;
  /** When that was. */
  at: string;
  /** Who has cancelled it, and why. */
  by: string | null;
  reason: string | null;
  /** As it was planned. */
  window: { from: string; until: string | null };
}

export interface SessionSummary {
  sessionId: string;
  name: string;
  key: string;
  account: string;
  owner: string | null;
  phase: string;
  since: string | null;
  percent: number | null;
  /** `suspect`, `degraded`, `unstored`. */
  conditions: string[];
  /** Who must act, on what, and since when; `code` is stable. null where nobody is needed. */
  problem: { who: Who; text: string; code: string | null; since: string | null } | null;
  /** Until when work at its recorder is announced: nobody need act on its problem until then. */
  maintenance: string | null;
  outcome: string | null;
  closed: boolean;
  windowFrom: string | null;
  /** Its time has come, and this session has the target: it waits, or that one records its window too. */
  targetWith?: string;
}

export interface ListOptions {
  /** Only sessions that are open; the default is open ones. */
  state?: 'open' | 'closed' | 'all';
  account?: string;
  owner?: string;
  target?: string;
  label?: string;
  /** Only those with a problem, first those that you must act on, then the oldest; last those at whose recorder work is announced. */
  problems?: boolean;
  limit?: number;
}

export interface CoverageOptions {
  /** ISO 8601 with offset; when left out, the window's begin, or of a target the begin of its first session. */
  from?: string | Date;
  to?: string | Date;
}

/** Coverage of a target or session over all of its sessions in that time, open or closed. */
export interface TargetCoverage {
  key: string;
  from: string;
  to: string;
  sessions: {
    sessionId: string;
    name: string;
    from: string;
    to: string;
    outcome: string | null;
    live: boolean;
  }[];
  /** `place`: where the last of its files is, as the vendor writes it. */
  spans: (CoverageView['spans'][number] & {
    sessionId: string;
    files: string[];
    place: string | null;
    recording: string | null;
  })[];
  gaps: (CoverageView['gaps'][number] & { sessionId: string | null })[];
  writtenOff: { sessionId: string; take: number; recording: string | null; boundAt: string | null }[];
  /**
   * Files that are not where they belong, the earliest deadline first: at `expiresAt` the vendor deletes them; `trouble` is
   * what stands in their way.
   */
  filesAtRisk: {
    sessionId: string;
    take: number;
    name: string;
    state: FileSeen['state'];
    place: string | null;
    expiresAt: string | null;
    trouble: string | null;
  }[];
  /** Time that two takes hold, as at a hand-over; it counts once. `take` is the later one. */
  overlaps: { sessionId: string; take: number; former: number; from: string; to: string }[];
  totals: TotalsView;
  /** Of a window that was asked for by itself and never began. */
  unbegun?: Unbegun;
  /** Parts of the answer that could not be had, each a sentence. */
  missing: string[];
  /** Who did not answer where the answer wants something for it; null when nobody was missed. */
  unreachable: 'server' | 'worker' | null;
}

export interface FilesOptions {
  /** All files of this take too. */
  take?: number;
}

/** How many files are in which state; `bytes` of those whose size is known. */
export type FilesCounts = FileCounts;

/** One file of the manifest. Instants are ISO 8601. */
export interface ManifestFile {
  take: number;
  /** Its place within the take, from 0. */
  sequence: number;
  name: string;
  state: FileSeen['state'];
  /** Who says so: the bucket itself, or the vendor. */
  by: 'vendor' | 'head';
  from: string | null;
  to: string | null;
  durationMs: number | null;
  bytes: number | null;
  quality: string | null;
  /** Where it is, as the vendor writes it. */
  place: string | null;
  /** The vendor deletes it then unless it has been stored elsewhere. */
  expiresAt: string | null;
  trouble: string | null;
}

/** What became of the files of a session. */
export interface SessionFiles {
  sessionId: string;
  key: string;
  name: string;
  /** The keeper of the files knows as of its last look, the archive as of the last piece that was written. */
  from: 'keeper' | 'archive';
  /** Nobody looks any more: this is the last word. */
  settled: boolean;
  counts: FilesCounts;
  /** `running`: its session has it still; of one whose workflow was ended from outside nothing runs that is known. */
  takes: {
    take: number;
    running: boolean;
    nextLookAt: string | null;
    counts: FilesCounts;
    /** The session was told of so many files, which its keeper has not seen all yet. */
    told?: number;
  }[];
  /** Of a window that another session has covered too: whose files these are. */
  recordedBy?: { sessionId: string; name: string };
  /** The earliest deadline first; at most 100. */
  atRisk: ManifestFile[];
  /** Names of those that are missing; all in `counts`, at most 1,000 here. */
  missing: string[];
  /** Where the manifest is; null without an archive. */
  manifest: string | null;
  /** Over all parts, or why there is none; null before the last word. */
  playlist: { place: string } | { why: string } | null;
  troubles: string[];
  /** Of the take that was asked for; else null. */
  files: ManifestFile[] | null;
}

/** What `files retry` came to. */
export interface RetriedFiles {
  sessionId: string;
  key: string;
  name: string;
  /** `told`: their keeper looks again at once; `begun`: it had ended, and a new run looks; `nothing`: all of them are stored. */
  how: 'told' | 'begun' | 'nothing';
  /** How many takes are looked at; null where the keeper knows. */
  takes: number | null;
}

/** What happened to a session and what is wrong with it now. */
export interface Explanation {
  sessionId: string;
  name: string;
  key: string;
  /** How it stands. */
  status: SessionStatus;
  /** In the order in which it came to be known; gaps that no line announces stand at their begin. */
  timeline: {
    at: string;
    kind: LogEntry['kind'];
    /** Of the line in the session's log; null for a gap that has none. */
    sequence: number | null;
    /** One sentence; instants in it are UTC, ISO 8601. */
    text: string;
    gap: { from: string; to: string; cause: GapCause; detail: string | null; lengthMs: number } | null;
  }[];
  /** Who must act now, the most urgent first; empty where nobody is needed. `code` is stable. */
  needs: { who: Who; text: string; code: string | null; since: string | null }[];
  totals: TotalsView;
  /** Parts of the answer that could not be had, each a sentence. */
  missing: string[];
  /** Who did not answer where the answer wants something for it; null when nobody was missed. */
  unreachable: 'server' | 'worker' | null;
}

export interface Started {
  sessionId: string;
  key: string;
  name: string;
  /** The session was there already: same request, or same specification for a running target. */
  existing: boolean;
  /** Not begun: held by a launcher until then. */
  startAt: string | null;
  /** A claim was added to a session that records already, until `until`, ISO 8601. */
  joined?: true;
  until?: string;
  /** Why the claim is not in effect yet, such as where no worker answers: the session may still refuse it. */
  note?: string;
  /**
   * Another session has the target, and the launcher settles with it what becomes of this window. `makesWay`: it is past its
   * own window, and ends at once.
   */
  busyWith?: { sessionId: string; name: string; until: string | null; makesWay: boolean };
  handle: SessionHandle;
}

/** What a start would change in the vendor's account. */
export interface AccountPlan {
  name: string;
  key: string;
  account: string;
  vendor: string;
  /** A take needs something in the account there. Else a start changes nothing. */
  prepares: boolean;
  /** What may be done there. */
  policy: Policy;
  /** In the vendor's words; empty where all is there already. */
  changes: AccountChange[];
}

export interface SessionHandle {
  readonly sessionId: string;
  pause(options?: CommandOptions): Promise<CommandResult>;
  resume(options?: CommandOptions): Promise<CommandResult>;
  /** Ends the claim of `by`, and the recording with the last claim; with `all` the recording at once. Cancels what has not begun. */
  stop(options?: StopOptions): Promise<CommandResult>;
  /** Moves the end of the claim of `by`, or else of the one that lasts longest, and so of a window that has not begun. */
  extend(options: CommandOptions): Promise<CommandResult>;
  /**
   * Moves the window of a session that has not begun.
   * @throws KeepRollingError E_COMMAND_INVALID with every problem of the new window, before anything is sent; also where
   * its time has come
   */
  reschedule(options: RescheduleOptions): Promise<CommandResult>;
  /**
   * Changes what is recorded, how or where to, while it goes on and for every take that follows.
   * @throws KeepRollingError E_COMMAND_INVALID with every problem at once, before anything is sent
   */
  change(change: SessionChange, options?: ChangeOptions): Promise<CommandResult>;
  status(): Promise<SessionStatus>;
  coverage(options?: CoverageOptions): Promise<TargetCoverage>;
  /** Waits for the end. @throws KeepRollingError when the session's workflow failed */
  result(): Promise<SessionResult>;
  /** A status at each change of what it means, asked for every `everyMs` (1 s), until the session has ended. */
  watch(options?: { everyMs?: number; signal?: AbortSignal }): AsyncIterable<SessionStatus>;
}

/** Announced work at a recorder. */
export interface MaintenanceOptions {
  /** ISO 8601 with offset: until when. */
  until?: string | Date;
  /** Instead of `until`: from now on, `15m`. */
  for?: string;
  /** Instead of both: it is over. */
  end?: boolean;
  by?: string;
  reason?: string;
}

export interface MaintenanceResult {
  account: string;
  /** ISO 8601; now, when it was ended. */
  until: string;
  /** Open sessions that were told. */
  sessions: number;
  /** A worker runs those that were told; without one nobody knows of it before one comes. */
  applied: boolean;
  /** Why it is not applied yet; null when it is. */
  note: string | null;
}

export interface Client {
  /** Recordings that come round again. */
  readonly schedules: Schedules;
  /** @throws KeepRollingError E_SPEC_INVALID, E_TARGET_BUSY, E_REQUEST_CONFLICT, E_REQUEST_UNDECIDED, E_SERVER_UNREACHABLE */
  start(specification: Specification, options?: StartOptions): Promise<Started>;
  /**
   * Every change to the vendor's account that a start would make, read there; nothing is started or made.
   * @throws KeepRollingError E_SPEC_INVALID, E_INSTALLATION_MISSING, E_CONFIG_INVALID where the account's secrets are not
   * known here, E_ACCOUNT_UNREADY where what is needed is missing and may not be made (`details.plan` is then the plan that
   * the policy forbids, where it is known), or another code of the vendor's
   */
  plan(specification: Specification, options?: Pick<StartOptions, 'by'>): Promise<AccountPlan>;
  /** A session by id, name, `name@window start`, key, or a unique part of one. @throws KeepRollingError E_SESSION_UNKNOWN, E_SESSION_AMBIGUOUS */
  session(reference: string): Promise<SessionHandle>;
  list(options?: ListOptions): Promise<SessionSummary[]>;
  /** Announces work at an account. @throws KeepRollingError E_ACCOUNT_UNKNOWN, E_COMMAND_INVALID, E_SERVER_UNREACHABLE */
  maintenance(account: string, options: MaintenanceOptions): Promise<MaintenanceResult>;
  /**
   * What records at the vendors under this installation's id, and whether a session has it. With `stop`, what had none in two
   * passes is stopped. Asked from here, for which the accounts' secrets are needed.
   * @throws KeepRollingError E_INSTALLATION_MISSING, E_ACCOUNT_UNKNOWN, E_COMMAND_INVALID, E_SERVER_UNREACHABLE; with `stop`
   * also E_NO_WORKER, E_ARCHIVE_UNREADABLE, E_ARCHIVE_UNWRITABLE; with `adopt` also E_INSTALLATION_ALIVE
   */
  sweep(options?: SweepOptions): Promise<Sweep>;
  /** Works without any Temporal server for what the archive holds. */
  coverage(reference: string, options?: CoverageOptions): Promise<TargetCoverage>;
  /** The timeline of a session in sentences, and who must act now. Works without a server for what the archive holds. */
  explain(reference: string): Promise<Explanation>;
  files(reference: string, options?: FilesOptions): Promise<SessionFiles>;
  retryFiles(reference: string): Promise<RetriedFiles>;
  /** Makes schedules and sessions equal to documents. @throws KeepRollingError E_SPEC_INVALID with every problem of every document, before anything is done; E_SERVER_UNREACHABLE */
  apply(documents: AppliedDocument[], options?: ApplyOptions): Promise<Applied>;
  close(): Promise<void>;
}

export type { CommandPayload, Evidence, GapCause, Who };
