/** Whatever goes wrong becomes one error with a stable code; what is not ours is told in a sentence. */
import {
  isGrpcServiceError,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, NamespaceNotFoundError, TerminatedFailure } from '@temporalio/common';
import { ERRORS, KeepRollingError, type ErrorCode } from '../contract/errors.ts';

/** gRPC's own numbers. */
const CANCELLED = 1;
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const ABORTED = 10;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

/** What lies between us and the server, or null when the server did answer the question. */
export function serverFailure(error: unknown, server: { address: string }): KeepRollingError | null {
  if (error instanceof KeepRollingError) return error;
  // An update that no worker took: the server is there.
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return null;
  if (error instanceof NamespaceNotFoundError) {
    return new KeepRollingError(
      'E_CONFIG_INVALID',
      `The Temporal server at ${server.address} has no namespace "${error.namespace}".`,
      { address: server.address, namespace: error.namespace },
    );
  }
  const grpc = grpcErrorIn(error);
  if (!grpc) return null;
  switch (grpc.code) {
    case UNAVAILABLE:
    case DEADLINE_EXCEEDED:
    case CANCELLED:
      return unreachable(server.address, grpc.details);
    case RESOURCE_EXHAUSTED:
      return unreachable(server.address, `it is overloaded: ${grpc.details}`);
    case PERMISSION_DENIED:
    case UNAUTHENTICATED:
      return unreachable(server.address, `it does not accept our credentials: ${grpc.details}`);
    default:
      return null;
  }
}

/** It may well succeed a moment later. */
export function isPassing(error: unknown): boolean {
  const code = grpcErrorIn(error)?.code;
  return code === UNAVAILABLE || code === ABORTED || code === RESOURCE_EXHAUSTED;
}

/** The server does not know our search attributes after all: it takes up to a minute to learn of new ones. */
export function refusesAttributes(error: unknown): boolean {
  const grpc = grpcErrorIn(error);
  return grpc?.code === INVALID_ARGUMENT && /search attribute/i.test(grpc.details);
}

/** @param why one phrase, or nothing when there was no answer at all */
export function unreachable(address: string, why?: string): KeepRollingError {
  const reason = why === undefined || why === '' ? 'no answer in time' : why;
  return new KeepRollingError(
    'E_SERVER_UNREACHABLE',
    `No Temporal server answers at ${address} (${reason}).`,
    { address, reason },
  );
}

export function isUnreachable(error: unknown): error is KeepRollingError {
  return error instanceof KeepRollingError && error.code === 'E_SERVER_UNREACHABLE';
}

/** The last net: nothing but a KeepRollingError leaves the client. */
export async function toldErrors<T>(server: { address: string }, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw publicError(error, server);
  }
}

export function publicError(error: unknown, server: { address: string }): KeepRollingError {
  const known = serverFailure(error, server) ?? failureInside(error);
  if (known) return known;
  const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const details = grpcErrorIn(error)?.details;
  const cause = details ? `${told}: ${details}` : told;
  return new KeepRollingError('E_INTERNAL', `Something unexpected went wrong in keeprolling (${cause}).`, {
    cause,
  });
}

/** The failure that a workflow or an update ended with, under its own code; null for anything else. */
export function failureInside(error: unknown): KeepRollingError | null {
  if (!(error instanceof WorkflowFailedError) && !(error instanceof WorkflowUpdateFailedError)) return null;
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && isCode(cause.type)) {
      return new KeepRollingError(cause.type, cause.message, detailsOf(cause));
    }
    if (cause instanceof TerminatedFailure) {
      return new KeepRollingError(
        'E_UNHEALTHY',
        `The session was terminated from outside: what it recorded was not stopped (${cause.message}).`,
      );
    }
  }
  return new KeepRollingError('E_UNHEALTHY', error.cause?.message ?? error.message);
}

function detailsOf(failure: ApplicationFailure): Record<string, unknown> {
  // The first detail is the fact for the session, the second what a program may want to know.
  const found = (failure.details ?? []).findLast((one) => one !== null && typeof one === 'object');
  return (found ?? {}) as Record<string, unknown>;
}

function isCode(type: string | null | undefined): type is ErrorCode {
  return typeof type === 'string' && Object.hasOwn(ERRORS, type);
}

function grpcErrorIn(error: unknown): { code: number; details: string } | null {
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    if (isGrpcServiceError(one)) return one;
  }
  return null;
}
