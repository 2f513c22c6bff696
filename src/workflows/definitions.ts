/** Names and shapes of signals, updates and queries: the public contract for any Temporal client in any language. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CommandPayload } from '../contract/commands.ts';
import type { CommandAnswer, EndedTake, Part, RecorderEvent, SessionResult } from '../session/events.ts';
import type { Collecting } from '../session/collecting.ts';
import type { FileCounts } from '../session/filed.ts';
import type { Gathered, MaintenanceWish, TroubleReport } from '../session/gathered.ts';
import type { Notice, NoticeSubject } from '../session/notices.ts';
import type { Launching } from '../session/launching.ts';
import type { Neighbour, NeighbourWord } from '../session/neighbours.ts';
import type { Inherited } from '../session/plan.ts';
import type { CommandName, SessionState } from '../session/state.ts';
import type { CoverageView, LogView, StatusView } from '../session/views.ts';
import type { LedgerHeader, SubjectRef, TakeFiles } from '../activities/wire.ts';

export type { CommandPayload };

/** Input of the workflow `recording`. A bare start needs `specification` alone. */
/** What a recording and its launcher are started with. */
interface StartInput {
  /** As a user writes it, see the specification's documentation; a launcher's may have a section `schedule`. */
  specification: unknown;
  installation?: string;
  /** ULID; derived in the first task of a bare start. */
  sessionId?: string;
  requestId?: string;
  /** Of what the request asked for at first, where its window was moved since. */
  requestHash?: string;
  /** What "now" means in the specification, epoch milliseconds; else the first task's time. */
  at?: number;
  /** The namespace has our search attributes. */
  searchAttributes?: boolean;
}

export interface RecordingInput extends StartInput {
  /** A new run begins at the first quiet moment after so long; a day by default. */
  renewAfterMs?: number;
  /** From the session that recorded the target just before. */
  inherited?: Inherited;
  /** Set by the session itself when it continues as new. */
  carried?: { state: SessionState; keeper: KeeperState; notifiers?: FeedState };
}

/** Who keeps the ledger now, and where its chain of hashes stands. */
export interface KeeperState {
  started: boolean;
  previousHash: string | null;
}

export interface UpdateAnswer extends CommandAnswer {
  status: StatusView;
}

export const commandSignals = {
  pause: defineSignal<[CommandPayload?]>('pause'),
  resume: defineSignal<[CommandPayload?]>('resume'),
  stop: defineSignal<[CommandPayload?]>('stop'),
  extend: defineSignal<[CommandPayload?]>('extend'),
  join: defineSignal<[CommandPayload?]>('join'),
  change: defineSignal<[CommandPayload?]>('change'),
} satisfies Record<CommandName, unknown>;

export const commandUpdates = {
  pause: defineUpdate<UpdateAnswer, [CommandPayload?]>('pause'),
  resume: defineUpdate<UpdateAnswer, [CommandPayload?]>('resume'),
  stop: defineUpdate<UpdateAnswer, [CommandPayload?]>('stop'),
  extend: defineUpdate<UpdateAnswer, [CommandPayload?]>('extend'),
  join: defineUpdate<UpdateAnswer, [CommandPayload?]>('join'),
  change: defineUpdate<UpdateAnswer, [CommandPayload?]>('change'),
} satisfies Record<CommandName, unknown>;

/** The gateway's own, and a neighbour's: what happens at the vendor or on the target. */
export const recorderEvent = defineSignal<[RecorderEvent]>('recorderEvent');

export const statusQuery = defineQuery<StatusView>('status');
export const coverageQuery = defineQuery<CoverageView>('coverage');
export const logQuery = defineQuery<LogView>('log');

/** From the files workflow: whether the archive takes the ledger. */
export const archiveState = defineSignal<[{ ok: boolean; text: string }]>('archiveState');

/** Input of the workflow `files`. */
export interface FilesInput {
  header: LedgerHeader;
  subject: SubjectRef;
  queues: { workflows: string; account: string };
  /** The session's workflow, which is told when the archive fails. */
  session: string;
  /** Of the last part that the session wrote itself. */
  previousHash: string | null;
  /** Files of a take may still appear, or change, for so long after its end. */
  settleMs?: number;
  /** Of an earlier run, or of a session that was closed: what is to be looked after once more. */
  carried?: FilesState;
}

export interface FilesState {
  parts: Part[];
  /** Takes whose files are not settled, running ones too. */
  takes: Collecting[];
  /** What became of the files, take by take: the latest of those that are settled, and all others. */
  collected: TakeFiles[];
  /** Settled takes before them. */
  earlier: FilesEarlier;
  /** Why the manifest is not written; null while all is well. */
  unarchived: string | null;
  /** Why the vendor, and the bucket, could not be asked at the last look. */
  unreached: string | null;
  unconfirmed?: string | null;
  previousHash: string | null;
  result: SessionResult | null;
  archiveOk: boolean;
  /** Who is told what became of the files; absent where nobody is. */
  ending?: SessionEnding | null;
}

export interface FilesEarlier extends FileCounts {
  takes: number;
}

/** Answer to the query `files`. */
export interface FilesView {
  takes: TakeFiles[];
  earlier: FilesEarlier;
  waitingParts: number;
  /** Takes that are still looked after, and when next, epoch milliseconds. */
  open: { take: number; running: boolean; nextAt: number }[];
  unarchived: string | null;
  unreached: string | null;
  unconfirmed: string | null;
}

/** What the last notice of a session needs, which the session itself cannot send. */
export interface SessionEnding {
  subject: NoticeSubject;
  receivers: string[];
  /** Of the last line of the session's log. */
  lastSequence: number;
}

/** A part of the ledger, and the takes that ended and began with it. */
export const ledgerPart = defineSignal<[Part, EndedTake[], EndedTake[]?]>('ledgerPart');
export const sessionEnded = defineSignal<[SessionResult, SessionEnding?]>('sessionEnded');
/** What a vendor tells of files after the session has closed. */
export const filesTold = defineSignal<[RecorderEvent]>('filesTold');
/** Looks again at all that is missing or not stored, such as after a destination was mended. */
export const filesRetry = defineSignal('retry');
export const filesQuery = defineQuery<FilesView>('files');

/** Input of the workflow `launch`: a window that is not near yet, held without a lock. A bare start needs `specification` alone. */
export interface LaunchInput extends StartInput {
  /** What the client has worked out already. */
  planned?: LaunchPlan;
  /** The schedule that starts it, which is paused when its session fails, if that is wanted. */
  schedule?: { id: string; pauseOnFailure: boolean };
  /** Set by the launcher itself when it continues as new. */
  carried?: { plan: LaunchPlan; launching: Launching };
}

/** A window worked out: what is started, and when. */
export interface LaunchPlan {
  recording: Omit<RecordingInput, 'carried'> & { sessionId: string };
  key: string;
  name: string;
  /** When the session is to be started, epoch milliseconds. */
  startAt: number;
  /** The end of the window and its padding: later there is nothing to start. */
  endAt: number;
  queue: string;
  memo: Record<string, unknown>;
  searchAttributes: Record<string, string[]>;
  /** Who is told what becomes of it; absent where nobody is. */
  audience?: Audience;
  /** What a session that runs on the target is told of it. */
  neighbour: Omit<Neighbour, 'launcher'>;
}

/** Receivers, and what a notice to them is about. */
export interface Audience {
  subject: NoticeSubject;
  receivers: string[];
}

/** Answer to the query `status` of a launcher. */
export interface LaunchView {
  sessionId: string;
  name: string;
  key: string;
  phase: 'scheduled' | 'busy' | 'joined' | 'started' | 'ended';
  startAt: string;
  text: string;
  /** When the session that runs has said that the target is free for it; null where it has not. */
  freeAt: string | null;
}

/** Payload of `reschedule`: instants are ISO 8601 with offset; what is left out stays. */
export interface ReschedulePayload {
  from?: string;
  until?: string;
  by?: string;
  reason?: string;
  id?: string;
}

export const rescheduleSignal = defineSignal<[ReschedulePayload?]>('reschedule');
export const launchUpdates = {
  stop: defineUpdate<LaunchView, [CommandPayload?]>('stop'),
  extend: defineUpdate<LaunchView, [ReschedulePayload?]>('extend'),
  reschedule: defineUpdate<LaunchView, [ReschedulePayload?]>('reschedule'),
};
/** From the session that runs on the target: what becomes of this window. */
export const neighbourWord = defineSignal<[NeighbourWord]>('neighbourWord');

/** Which notifiers are known to have been started. */
export interface FeedState {
  started: string[];
}

/** Notices for one receiver, oldest first. */
export interface NoticeBatch {
  notices: Notice[];
  /** Notices before these that were dropped. */
  missed: number;
  /** None of the same sender follow. */
  last: boolean;
}

/** Input of the workflow `notify`: one for each receiver of a session, or of a trouble that many sessions have. */
export interface NotifyInput {
  receiver: string;
  subject: NoticeSubject;
  first: NoticeBatch;
  carried?: NotifyState;
}

export interface NotifyState {
  waiting: Notice[];
  /** Given up and not told of yet: before the first that waits, and after those that are under way. */
  missed: number;
  dropped: number;
  underWay: number;
  delivered: number;
  givenUp: number;
  /** Attempts in a row, up to now, that failed. */
  failures: number;
  last: boolean;
  gone: boolean;
}

/** Answer to the query `notices`. */
export interface NotifyView {
  waiting: number;
  /** When the oldest that waits was made, ISO 8601. */
  oldest: string | null;
  delivered: number;
  givenUp: number;
}

export const noticeBatch = defineSignal<[NoticeBatch]>('notices');
export const noticesQuery = defineQuery<NotifyView>('notices');

/** Input of the workflow `troubles`: what many sessions suffer from at once. */
export interface TroublesInput {
  installation: string;
  /** `account/<name>`, `destination/<name>` or `archive`. */
  scope: string;
  carried?: Gathered;
}

/** What the workflow `troubles` answers to the query `troubles`. */
export interface TroublesView {
  sessions: number;
  told: { at: string; sessions: number; code: string } | null;
  maintenance: { until: string; by: string; reason: string | null } | null;
}

export const troubleReport = defineSignal<[TroubleReport]>('trouble');
/** Announced work at an account; an `until` that has passed ends it. */
export const maintenanceWish = defineSignal<[MaintenanceWish]>('maintenance');
export const troublesQuery = defineQuery<TroublesView>('troubles');

export const launchQuery = defineQuery<LaunchView>('status');
