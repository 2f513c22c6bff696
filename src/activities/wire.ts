/**
 * Inputs and outputs of the activities. A wire contract: sessions run for weeks, so a field may be added as
 * optional, and nothing is ever renamed. Nothing here holds a secret.
 */
import type {
  AskedTake,
  CloseLedgerInput,
  LedgerHeader,
  SubjectRef,
  TakeFiles,
  WritePartInput,
  Written,
} from '../archive/shapes.ts';
import type { Call, Watch } from '../session/events.ts';
import type {
  Asserted,
  Changed,
  Done,
  FileSeen,
  Held,
  Json,
  Look,
  Prepared,
  Refreshed,
  Reserved,
  Started,
  Stopped,
} from '../session/facts.ts';
import type { Notice, NoticeSubject } from '../session/notices.ts';
import type { Plan } from '../session/plan.ts';
import type { Audience, LaunchPlan } from '../workflows/definitions.ts';
import type { TroubleReport } from '../session/gathered.ts';

export type { CloseLedgerInput, LedgerHeader, SubjectRef, TakeFiles, WritePartInput, Written };

export interface AdmitInput {
  /** The specification as written. */
  specification: unknown;
  workflowId: string;
  sessionId: string;
  installation: string | null;
  requestId: string | null;
  /** Of what the request asked for at first, where its window was moved since. */
  requestHash?: string;
  /** What "now" means in the specification. */
  at: number;
  searchAttributes: boolean;
}

/** What a launcher asks for: its window worked out, anew where it is moved. */
export interface PlanLaunchInput {
  specification: unknown;
  installation: string | null;
  sessionId: string | null;
  requestId: string | null;
  /** Of what the request asked for at first, where its window was moved since. */
  requestHash?: string;
  /** What "now" means in the specification. */
  at: number;
  searchAttributes: boolean;
  /** Where a schedule started it: which, and the instant that it fired for. */
  schedule: { id: string; firedAt: number } | null;
  /** Another window, ISO 8601 with offset. */
  moved: { from?: string; until?: string } | null;
}

/** `plan`, or why there is nothing to start. */
export type PlannedLaunch =
  { plan: LaunchPlan } | { nothing: string; outcome: 'nothing-due' | 'missed' | 'own'; audience?: Audience };

export interface CallInput<Op extends Call['op']> {
  subject: SubjectRef;
  call: Extract<Call, { op: Op }>;
}

export interface WatchInput {
  subject: SubjectRef;
  watch: Watch;
}

export interface Report {
  look: Look;
  /** By take: the last instant at which media was known to be written. */
  lastGood: Record<string, number>;
  /** The look before this one, which found all as believed; null when this is the first. */
  lastLookAt: number | null;
  /** For the next watch, so that it need not begin from nothing. */
  memory: Json;
}

/** In the heartbeat of a watch: what one look remembers for the next, and what `status` shows of it. */
export interface WatchMemory {
  at: number;
  recorder: Json;
  lastGood: Record<string, number>;
  nextAt: number;
}

export interface CollectInput {
  header: LedgerHeader;
  subject: SubjectRef;
  /** Name and handle are absent where the archive has them. */
  take: Partial<AskedTake> & { take: number; fileCount: number; collectedAt?: number };
  /** Parts up to this one have been searched for its files. */
  partsTo: number;
  /** What the vendor told of its files after the last part, and what is known where the archive has nothing. */
  told: FileSeen[];
}

/** What a look at the files of a take comes to; its size does not depend on how many they are. */
export interface Collected {
  found: TakeFiles;
  partsTo: number;
  /** Not settled yet, and the first instant at which the vendor deletes one of them. */
  unsettled: number;
  expiresAt: number | null;
  /** Why the vendor could not be asked, or the archive not be read or written. */
  unreached: string | null;
  /** Why the bucket could not be asked. */
  unconfirmed: string | null;
  unarchived: string | null;
}

/** Notices for one receiver, oldest first. */
export interface DeliverInput {
  receiver: string;
  subject: NoticeSubject;
  notices: Notice[];
  /** Notices before these that were given up and not told of. */
  missed: number;
  /** Attempts in a row, up to now, that failed. */
  failures: number;
}

/** How far it came; in the heartbeat too, while it is tried again. */
export interface Delivered {
  /** So many from the first on need no more care. */
  accounted: number;
  delivered: number;
  givenUp: number;
  missed: number;
  failures: number;
  /** The receiver wants nothing any more. */
  gone?: true;
}

export interface TellTroubleInput {
  installation: string;
  report: TroubleReport;
}

export interface Activities {
  admit(input: AdmitInput): Promise<Plan>;
  planLaunch(input: PlanLaunchInput): Promise<PlannedLaunch>;
  pauseSchedule(input: { id: string; note: string }): Promise<void>;
  prepareAccount(input: CallInput<'prepare'>): Promise<Prepared>;
  repushSource(input: CallInput<'repush'>): Promise<Done>;
  releaseAccount(input: CallInput<'release'>): Promise<Done>;
  reserveTake(input: CallInput<'reserve'>): Promise<Reserved>;
  startTake(input: CallInput<'start'>): Promise<Started>;
  assertTake(input: CallInput<'assert'>): Promise<Asserted>;
  stopTake(input: CallInput<'stop'>): Promise<Stopped>;
  pauseTake(input: CallInput<'pause'>): Promise<Held>;
  resumeTake(input: CallInput<'resume'>): Promise<Held>;
  changeTake(input: CallInput<'change'>): Promise<Changed>;
  refreshCredentials(input: CallInput<'refresh'>): Promise<Refreshed>;
  lookAtTakes(input: CallInput<'look'>): Promise<{ look: Look; memory: Json }>;
  watchTakes(input: WatchInput): Promise<Report>;
  writePart(input: WritePartInput): Promise<Written>;
  collectFiles(input: CollectInput): Promise<Collected>;
  closeLedger(input: CloseLedgerInput): Promise<Written>;
  deliverNotices(input: DeliverInput): Promise<Delivered>;
  /** Names of the receivers of what concerns no session alone. */
  noticeReceivers(): Promise<string[]>;
  tellTrouble(input: TellTroubleInput): Promise<void>;
}
