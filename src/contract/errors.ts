/**
 * Every error code of keeprolling, with what it means. API, CLI, workflow failures and docs use these names; none
 * is ever renamed. `exit` is the CLI's exit code for it.
 */
export const ERRORS = {
  E_SPEC_INVALID: {
    exit: 2,
    meaning: 'The specification is refused; each problem says where, what and what would be right.',
  },
  E_CONFIG_INVALID: { exit: 2, meaning: 'keeprolling.yaml is refused, or a value in it cannot be resolved.' },
  E_COMMAND_INVALID: { exit: 2, meaning: 'The command does not fit this session; nothing was changed.' },
  E_USAGE: { exit: 2, meaning: 'The command line is not understood.' },
  E_ACCOUNT_UNKNOWN: { exit: 2, meaning: 'The configuration has no account of this name.' },
  E_INSTALLATION_MISSING: {
    exit: 2,
    meaning: 'keeprolling.yaml names no installation; `keeprolling setup` proposes one.',
  },
  E_SESSION_UNKNOWN: { exit: 3, meaning: 'No session answers to this reference.' },
  E_SESSION_AMBIGUOUS: { exit: 3, meaning: 'Several sessions answer to this reference; they are listed.' },
  E_SESSION_ENDED: { exit: 3, meaning: 'The session has ended; its outcome is told.' },
  E_SCHEDULE_UNKNOWN: { exit: 3, meaning: 'No schedule of this installation has this name.' },
  E_SCHEDULE_EXISTS: { exit: 4, meaning: 'There is a schedule of this name already; nothing was changed.' },
  E_TARGET_BUSY: { exit: 4, meaning: 'Another session records this target with a different specification.' },
  E_REQUEST_CONFLICT: { exit: 4, meaning: 'The same request id was used before for another specification.' },
  E_FOREIGN_RECORDING: { exit: 4, meaning: 'The target is being recorded at the vendor by somebody else.' },
  E_INSTALLATION_ALIVE: {
    exit: 4,
    meaning: 'The installation whose recordings were to be adopted is not lost; nothing was stopped.',
  },
  E_ACCOUNT_UNREADY: {
    exit: 6,
    meaning:
      "What a take needs in the vendor's account is missing and may not be made, or another is in its way.",
  },
  E_NOT_IN_FORCE: {
    exit: 6,
    meaning:
      'What a take needs was made after the source had connected: nothing is recorded until the encoder reconnects.',
  },
  E_SERVER_UNREACHABLE: { exit: 5, meaning: 'No Temporal server answers at the configured address.' },
  E_SERVER_UNAVAILABLE: { exit: 5, meaning: 'No embedded Temporal server can be had on this machine.' },
  E_REQUEST_UNDECIDED: {
    exit: 5,
    meaning: 'Whether this request id was used before cannot be told now; nothing was started.',
  },
  E_SESSION_FAILED: {
    exit: 6,
    meaning: 'The session that a schedule started has failed; its outcome and verdict are told.',
  },
  E_UNHEALTHY: { exit: 6, meaning: 'The session ended badly, or a check failed.' },
  E_NO_WORKER: { exit: 7, meaning: 'No worker answers; what is shown is the last that is known.' },
  E_ARCHIVE_UNREADABLE: { exit: 8, meaning: 'The archive cannot be read, or a part of it was changed.' },
  E_ARCHIVE_UNWRITABLE: {
    exit: 8,
    meaning: 'The archive does not take the ledger; the session goes on, and its ledger waits.',
  },
  E_WORKFLOW_OPTIONS: {
    exit: 2,
    meaning:
      'The workflow was started with an id, a time-out or a retry policy that a session must not have.',
  },
  E_VENDOR_REFUSED: {
    exit: 6,
    meaning: 'The vendor refused the call; the message says why, and what would have to change.',
  },
  E_VENDOR_AUTH: { exit: 6, meaning: 'The vendor does not accept the credentials of the account.' },
  E_VENDOR_THROTTLED: { exit: 6, meaning: 'The vendor asks for fewer calls.' },
  E_VENDOR_FAULT: { exit: 6, meaning: 'The vendor answered with an error of its own.' },
  E_VENDOR_UNREACHABLE: {
    exit: 6,
    meaning: 'The vendor could not be reached; the call was certainly not applied.',
  },
  E_VENDOR_UNANSWERED: {
    exit: 6,
    meaning: 'The call was sent and no usable answer came; it may have been applied.',
  },
  E_VENDOR_MALFORMED: {
    exit: 6,
    meaning: 'The vendor answered with something that is not its documented form.',
  },
  E_NOT_PROVED: {
    exit: 6,
    meaning: 'The vendor accepted the start, and no proof of a recording came in time.',
  },
  E_RECORDING_FAILED: { exit: 6, meaning: 'The vendor says that this recording has failed.' },
  E_DESTINATION: { exit: 6, meaning: 'The place for files does not take them.' },
  E_CREDENTIALS_EXPIRED: { exit: 6, meaning: 'Storage credentials ended before they could be refreshed.' },
  E_PAUSED_LONG: { exit: 6, meaning: 'The session is paused for long, and no end was given.' },
  E_LEFT_OVER: { exit: 9, meaning: 'Recordings go on at a vendor and have no session.' },
  E_INTERNAL: { exit: 70, meaning: 'A bug in keeprolling.' },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** What every public call throws. `details` holds what a program wants to know and is part of the contract. */
export class KeepRollingError extends Error {
  override readonly name = 'KeepRollingError';
  readonly code: ErrorCode;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }

  get exitCode(): number {
    return ERRORS[this.code].exit;
  }
}
