/** How a command ends that could not do what was asked. */
import { withoutNote } from './render/text.ts';
import { ERRORS, KeepRollingError, type ErrorCode } from '../contract/errors.ts';
import { VendorFailure } from '../recorders/recorder.ts';

export interface CliFailure {
  code: ErrorCode;
  message: string;
  details: Record<string, unknown>;
  exit: number;
}

export function failureOf(error: unknown): CliFailure {
  if (error instanceof KeepRollingError) {
    const { code, details, exitCode } = error;
    return { code, message: withoutNote(error.message), details, exit: exitCode };
  }
  // A recorder's failures hold no secret.
  if (error instanceof VendorFailure && Object.hasOwn(ERRORS, error.failure.code)) {
    const { message, who, vendor } = error.failure;
    const code = error.failure.code as ErrorCode;
    return { code, message, details: { who, ...(vendor && { vendor }) }, exit: ERRORS[code].exit };
  }
  return {
    code: 'E_INTERNAL',
    message: `${unexpected(error)} Set KEEPROLLING_DEBUG=1 to see where.`,
    details: {},
    exit: ERRORS.E_INTERNAL.exit,
  };
}

/** What is not ours is not quoted: it might hold a secret. Node's own errors are told by code and call. */
function unexpected(error: unknown): string {
  if (!(error instanceof Error)) return 'keeprolling failed in an unexpected way.';
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  const system =
    typeof code === 'string'
      ? ` (${[syscall, code].filter((part) => typeof part === 'string').join(' ')})`
      : '';
  return `keeprolling failed in an unexpected way: ${error.name}${system}.`;
}

/** A refused document says by itself what it is; everything else begins with its code. */
export function failureText({ code, message }: CliFailure): string {
  return code === 'E_SPEC_INVALID' ? message : `${code}  ${message}`;
}

/** What helps where no server answers; nothing for other failures. */
export function serverHint({ code, details }: CliFailure, configured: boolean): string {
  // A server that is overloaded, or does not let us in, is there.
  if (code !== 'E_SERVER_UNREACHABLE' || String(details.reason).startsWith('it ')) return '';
  const isDefault = !configured && details.address === 'localhost:7233';
  const why = isDefault
    ? '\n  localhost:7233 is the default: no configuration file was found, and TEMPORAL_ADDRESS is not set'
    : '';
  return `${why}\n  → keeprolling dev, or set temporal.address / TEMPORAL_ADDRESS`;
}

export function failureJson({ code, message, details }: CliFailure): string {
  return JSON.stringify({ error: { code, message, details } }, null, 2);
}

export function usageError(message: string, details: Record<string, unknown> = {}): KeepRollingError {
  return new KeepRollingError('E_USAGE', message, details);
}
