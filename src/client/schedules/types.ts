/** `client.schedules`: recordings that come round again. Instants are ISO 8601 with offset, durations milliseconds. */
import type { ScheduleSection } from '../../contract/schedule.ts';
import type { Specification } from '../../contract/specification.ts';

/** A specification whose window comes round again: with a section `schedule`, and no instants in `window`. */
export type ScheduleDocument = Omit<Specification, 'window'> & {
  window?: Omit<Specification['window'], 'from' | 'until' | 'length'>;
  schedule: ScheduleSection;
};

export interface ScheduleCreateOptions {
  /** Who makes it: its owner, where the document names none. */
  by?: string;
}

export interface ScheduleOrder {
  by?: string;
  reason?: string;
}

export interface ScheduledWindow {
  from: string;
  until: string;
  /** What a clock change makes of it, as sentences; mostly empty. */
  dst: string[];
}

export interface CreatedSchedule {
  name: string;
  /** Of the Temporal Schedule. */
  id: string;
  /** Of the target. */
  key: string;
  /** The rule for people, with its zone. */
  rule: string;
  zone: string;
  hash: string;
  paused: boolean;
  /** The window that is open, else the next one. */
  next: { from: string; until: string };
  /** It, or a later one, is open, or so near that it is started at once. */
  joined: boolean;
  /** The windows that are: those that are open, and those that would have fired before now. */
  startedNow: { from: string; until: string }[];
  /** What a person should know though all is right. */
  notes: string[];
}

/** What became of a window that a schedule started. */
export interface ScheduleRun {
  /** When it fired; the latest time, where it fired several times for this window. */
  at: string;
  /** The window; null where that is not known. */
  window: { from: string; until: string | null } | null;
  workflowId: string;
  sessionId: string | null;
  /**
   * `held` until its window begins, `running`; `ended` with the session's outcome; `joined`, `skipped`, `missed`, `busy`,
   * `cancelled`, `own`, `nothing-due`; `failed` where the session or the launcher has; `unknown` where that could not be learned.
   */
  state: string;
  /** The same as a sentence. */
  text: string;
  /** Of the session, where it has ended. */
  outcome: string | null;
  verdict: string | null;
}

export interface ScheduleSummary {
  name: string;
  id: string;
  key: string;
  account: string;
  owner: string | null;
  labels: Record<string, string>;
  rule: string;
  zone: string;
  paused: boolean;
  /** Why it is paused, or what else was noted. */
  note: string | null;
  /** Begin of the next window; null where none is to come. */
  nextFrom: string | null;
  /** The last run; null where there was none. */
  last: ScheduleRun | null;
  /** Made by `apply`. */
  applied: boolean;
  hash: string;
}

export interface ScheduleDetails extends ScheduleSummary {
  next: ScheduledWindow[];
  /** The latest first. */
  runs: ScheduleRun[];
  /** How late it may fire. */
  catchUpMs: number;
  overlap: string;
  pauseOnFailure: boolean;
  /** Firings that came too late for that, and those that the overlap policy left out. */
  missedFirings: number;
  skippedFirings: number;
  /** Sentences: it is not as its document says, or its clock changes are seen to no longer. */
  warnings: string[];
  /** What is recorded, as it was given. */
  document: Record<string, unknown>;
}

export interface ScheduleListOptions {
  /** `tier=gold`, or `tier` with whatever value. */
  label?: string;
  account?: string;
  owner?: string;
}

export interface ScheduleDeleteOptions extends ScheduleOrder {
  /** Cancels its windows that have not begun, too. */
  cancel?: boolean;
}

export interface ScheduleChanged {
  name: string;
  id: string;
  zone: string;
  /** One sentence: what was done, and what goes on. */
  text: string;
  /** Windows that it has started and that go on: held ones, and recordings. */
  goesOn: ScheduleRun[];
  /** Windows that were cancelled before they began. */
  cancelled: ScheduleRun[];
  /** A window was started at once. */
  triggered: boolean;
}

export interface Schedules {
  /**
   * Checks all of it, and makes a Temporal Schedule of it. A window that is open is joined.
   * @throws KeepRollingError E_SPEC_INVALID, E_INSTALLATION_MISSING, E_SCHEDULE_EXISTS, E_SERVER_UNREACHABLE
   */
  create(document: ScheduleDocument, options?: ScheduleCreateOptions): Promise<CreatedSchedule>;
  /** Of this installation. One that was just made may be missing for a second. @throws KeepRollingError E_SERVER_UNREACHABLE */
  list(options?: ScheduleListOptions): Promise<ScheduleSummary[]>;
  /** @throws KeepRollingError E_SCHEDULE_UNKNOWN, E_SERVER_UNREACHABLE */
  show(name: string, options?: { next?: number; runs?: number }): Promise<ScheduleDetails>;
  /**
   * The coming windows of one that there is, by its name, or of a document: then nobody is asked.
   * @throws KeepRollingError E_SPEC_INVALID, E_SCHEDULE_UNKNOWN, E_SERVER_UNREACHABLE
   */
  next(schedule: string | ScheduleDocument, options?: { count?: number }): Promise<ScheduledWindow[]>;
  /** No window begins any more. What has begun goes on. @throws KeepRollingError E_SCHEDULE_UNKNOWN, E_SERVER_UNREACHABLE */
  pause(name: string, options?: ScheduleOrder): Promise<ScheduleChanged>;
  /** A window that is open is joined. @throws KeepRollingError E_SCHEDULE_UNKNOWN, E_SERVER_UNREACHABLE */
  resume(name: string, options?: ScheduleOrder): Promise<ScheduleChanged>;
  /**
   * Starts the window that is open or about to begin, else one from now on of the usual length.
   * @throws KeepRollingError E_SCHEDULE_UNKNOWN, E_SERVER_UNREACHABLE
   */
  trigger(name: string): Promise<ScheduleChanged>;
  /** What it has started goes on, unless `cancel` is said of windows that have not begun. @throws KeepRollingError E_SCHEDULE_UNKNOWN, E_SERVER_UNREACHABLE */
  delete(name: string, options?: ScheduleDeleteOptions): Promise<ScheduleChanged>;
  /**
   * Makes a schedule equal to its document, for the windows that have not begun. Where it fails on its way, the same once more
   * finishes it.
   * @throws KeepRollingError E_SPEC_INVALID, E_SCHEDULE_UNKNOWN, E_SERVER_UNREACHABLE; E_NO_WORKER where what is held for its
   * time is not given up
   */
  update(document: ScheduleDocument, options?: ScheduleCreateOptions): Promise<ScheduleChanged>;
}
