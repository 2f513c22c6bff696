/** How a command ends that could not do what was asked. */
import { ERRORS, KeepRollingError, type ErrorCode } from '../contract/errors.ts';

export interface CliFailure {
  code: ErrorCode;
  message: string;
  details: Record<string, unknown>;
  exit: number;
}

export function failureOf(error: unknown): CliFailure {
  if (error instanceof KeepRollingError) {
    const { code, message, details, exitCode } = error;
    return { code, message, details, exit: exitCode };
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

export function failureJson({ code, message, details }: CliFailure): string {
  return JSON.stringify({ error: { code, message, details } }, null, 2);
}

export function usageError(message: string, details: Record<string, unknown> = {}): KeepRollingError {
  return new KeepRollingError('E_USAGE', message, details);
}
