/** `import { KeepRolling } from 'keeprolling'`: the programmatic API. */
export { KeepRolling } from './keep-rolling.ts';
export type { ConnectOptions } from './keep-rolling.ts';
export { ERRORS, KeepRollingError } from '../contract/errors.ts';
export type { ErrorCode } from '../contract/errors.ts';
export { loadDataConverter } from '../config/codec.ts';
export { connectOptions } from '../config/connect.ts';
export type {
  AccountPlan,
  ChangeOptions,
  Client,
  CommandOptions,
  CommandResult,
  CoverageOptions,
  Explanation,
  FilesOptions,
  LaunchStatus,
  ListOptions,
  MaintenanceOptions,
  MaintenanceResult,
  ManifestFile,
  RescheduleOptions,
  RetriedFiles,
  SessionChange,
  SessionFiles,
  SessionHandle,
  SessionStatus,
  SessionSummary,
  Started,
  StartOptions,
  StopOptions,
  TargetCoverage,
  Unbegun,
} from './types.ts';
export { expandDocument } from '../contract/each.ts';
export type { Applied, AppliedDocument, ApplyOptions, ApplyOutcome } from './apply/types.ts';
export type {
  CreatedSchedule,
  ScheduleChanged,
  ScheduleDetails,
  ScheduleDocument,
  ScheduledWindow,
  ScheduleRun,
  Schedules,
  ScheduleSummary,
} from './schedules/types.ts';
export type { Finding, Sweep, SweepOptions } from '../sweeper/types.ts';
export type { CommandPayload } from '../contract/commands.ts';
export type { Problem } from '../contract/problems.ts';
export type { Specification } from '../contract/specification.ts';
export type { SessionResult } from '../session/events.ts';
export type { AccountChange, Evidence, GapCause } from '../session/facts.ts';
export type { CoverageView, LastKnown, StatusView, TakeView, TotalsView } from '../session/views.ts';
