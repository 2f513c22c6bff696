/** What a start means, worked out whole before anything is called. */
import { ulid } from 'ulid';
import { normalisingContext } from '../config/normalising.ts';
import type { Settings } from '../config/settings.ts';
import { refuse } from '../contract/problems.ts';
import { normalise } from '../contract/specification.ts';
import { recordingFrom, type NormalSpecification } from '../session/plan.ts';
import { accountQueue, workflowQueue } from '../session/names.ts';
import type { Registry } from '../recorders/registry.ts';
import type { RecordingInput } from '../workflows/definitions.ts';
import { leadMsOf } from './occasion.ts';
import { nothingKnown, type SessionMemo } from './memo.ts';
import { sessionIdOfRequest } from './request-id.ts';

/** All that it takes: no server and no vendor is asked. */
export interface Preparing {
  settings: Settings;
  registry: Registry;
}

export interface PrepareOptions {
  requestId?: string;
  /** Of what the request asked for at first, where its window is moved. */
  requestHash?: string;
  by?: string;
  /** Instead of the configuration's. */
  installation?: string;
  /** One that is known already, such as of a window that is moved. */
  sessionId?: string;
}

export interface Prepared {
  specification: NormalSpecification;
  key: string;
  hash: string;
  recordingHash: string;
  requestId: string | null;
  installation: string;
  sessionId: string;
  /** What `now` in the specification means, epoch milliseconds. */
  at: number;
  /** When the session is to begin: the window less padding and what the vendor needs before. */
  startAt: number;
  /** After this there is nothing left to start. */
  endAt: number;
  input: RecordingInput & { sessionId: string };
  memo: SessionMemo;
}

const LONGEST_REQUEST_ID = 200;

/** @throws KeepRollingError E_SPEC_INVALID with every problem at once, E_INSTALLATION_MISSING */
export function prepare(
  { settings, registry }: Preparing,
  document: unknown,
  options: PrepareOptions,
  at: number,
): Prepared {
  const requestId = requestIdOf(options);
  const request = {
    ...(requestId !== null && { requestId }),
    ...(options.requestHash !== undefined && { requestHash: options.requestHash }),
  };
  const owned = withOwner(document, options.by, settings);
  const normalised = normalise(owned, normalisingContext(settings, at));
  if (!normalised.ok)
    throw refuse('E_SPEC_INVALID', titleOf(document), normalised.problems, 'nothing was started');
  const installation = options.installation ?? settings.installation();

  const { specification, key, hash, recordingHash } = normalised;
  const { window } = specification;
  const sessionId =
    options.sessionId ?? (requestId === null ? ulid(at) : sessionIdOfRequest(installation, requestId));
  const prefix = settings.queuePrefix();
  return {
    specification,
    key,
    hash,
    recordingHash,
    requestId,
    installation,
    sessionId,
    at,
    startAt: recordingFrom(window) - leadMsOf(registry, specification),
    endAt: (window.untilMs ?? window.limitMs ?? window.fromMs) + window.afterMs,
    input: {
      specification: owned,
      installation,
      sessionId,
      ...request,
      at,
    },
    memo: {
      sessionId,
      key,
      name: specification.name,
      specification,
      specificationHash: hash,
      recordingHash,
      ...request,
      queues: { workflows: workflowQueue(prefix), account: accountQueue(specification.account, prefix) },
      lastKnown: nothingKnown(specification, at),
    },
  };
}

function requestIdOf({ requestId }: PrepareOptions): string | null {
  if (requestId === undefined) return null;
  if (requestId !== '' && requestId.length <= LONGEST_REQUEST_ID) return requestId;
  throw refuse(
    'E_SPEC_INVALID',
    'the start',
    [{ where: 'requestId', problem: `it must be 1 to ${LONGEST_REQUEST_ID} characters` }],
    'nothing was started',
  );
}

/** The author, where neither the document nor what it builds upon names an owner. */
function withOwner(document: unknown, by: string | undefined, settings: Settings): unknown {
  if (by === undefined || document === null || typeof document !== 'object' || Array.isArray(document)) {
    return document;
  }
  const { owner, template } = document as { owner?: unknown; template?: unknown };
  const below = [settings.templates()[String(template)], settings.defaults()];
  const owned = owner !== undefined || below.some((fields) => fields?.owner !== undefined);
  return owned ? document : { ...document, owner: by };
}

function titleOf(document: unknown): string {
  const name = (document as { name?: unknown } | null)?.name;
  return typeof name === 'string' && name !== '' ? name : 'the specification';
}
