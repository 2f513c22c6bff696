/** The first activity of a session: checks the specification again, and gives the session its plan. */
import { rememberRequest } from '../archive/requests.ts';
import type { Archive } from '../archive/archive.ts';
import { KeepRollingError } from '../contract/errors.ts';
import { refuse } from '../contract/problems.ts';
import { normalise } from '../contract/specification.ts';
import { behaviourOf } from '../config/behaviour.ts';
import { normalisingContext } from '../config/normalising.ts';
import type { Settings } from '../config/settings.ts';
import type { Registry } from '../recorders/registry.ts';
import type { Plan } from '../session/plan.ts';
import { accountQueue, sessionWorkflowId, workflowQueue } from '../session/names.ts';
import type { AdmitInput } from './wire.ts';

const DAY_MS = 24 * 3_600_000;
/** Both become parts of names at the vendor and of paths in the archive. */
const SESSION_ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const INSTALLATION = /^[a-z0-9]{4,8}$/;

/** @throws KeepRollingError E_SPEC_INVALID, E_INSTALLATION_MISSING, E_WORKFLOW_OPTIONS */
export async function admit(
  settings: Settings,
  registry: Registry,
  archive: Archive | null,
  input: AdmitInput,
): Promise<Plan> {
  const installation = input.installation ?? settings.installation();
  refuseBadInput({ ...input, installation });
  const normalised = normalise(input.specification, normalisingContext(settings, input.at));
  if (!normalised.ok) {
    throw refuse('E_SPEC_INVALID', 'the specification', normalised.problems, 'nothing was started');
  }
  const { specification, key, hash, recordingHash } = normalised;
  const lock = sessionWorkflowId(key);
  if (input.workflowId !== lock) {
    throw new KeepRollingError(
      'E_WORKFLOW_OPTIONS',
      `The workflow id must be "${lock}", so that the target is locked; it is "${input.workflowId}".`,
    );
  }
  const vendor = registry.get(specification.vendor);
  if (!vendor)
    throw new KeepRollingError('E_INTERNAL', `No recorder is registered for ${specification.vendor}.`);
  if (archive && input.requestId !== null) {
    const { requestId, sessionId, requestHash: specificationHash = hash } = input;
    await rememberRequest(archive, { requestId, sessionId, key, specificationHash }).catch(() => {
      // The recording matters more than the memory of its request, which the first part of the ledger writes again.
    });
  }
  const prefix = settings.queuePrefix();
  return {
    installation,
    sessionId: input.sessionId,
    key,
    requestId: input.requestId,
    ...(input.requestHash !== undefined && { requestHash: input.requestHash }),
    specificationHash: hash,
    recordingHash,
    specification,
    ...behaviourOf(settings, vendor, specification),
    looks: settings.looks(specification.account),
    ...(settings.hasCallbacks(specification.account) && { callbacks: true }),
    ...(settings.notify().length > 0 && { sharesTroubles: true }),
    queues: { workflows: workflowQueue(prefix), account: accountQueue(specification.account, prefix) },
    searchAttributes: input.searchAttributes,
    renewAfterMs: DAY_MS,
  };
}

/** What a client passes besides the specification; whoever starts a workflow by hand can pass anything. */
export function refuseBadInput({
  sessionId,
  installation,
  at,
}: Pick<AdmitInput, 'sessionId' | 'installation' | 'at'>): void {
  const wrong = [
    ...(SESSION_ID.test(sessionId) ? [] : ['sessionId must be a ULID']),
    ...(INSTALLATION.test(installation ?? '')
      ? []
      : ['installation must be 4 to 8 characters of a-z and 0-9']),
    ...(Number.isFinite(at) ? [] : ['at must be epoch milliseconds']),
  ];
  if (wrong.length === 0) return;
  throw new KeepRollingError(
    'E_WORKFLOW_OPTIONS',
    `The input of the session cannot be used: ${wrong.join('; ')}. Nothing was started.`,
  );
}
