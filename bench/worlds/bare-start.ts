/** Starts of the bare workflow that carry what a session's start carries: input, memo, attributes, texts. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Specification } from '../../src/client/index.ts';
import { accountQueue, workflowQueue } from '../../src/session/names.ts';
import type { BareInput } from '../worker/bare-activities.ts';
import { ACCOUNT, BARE_PREFIX } from './configuration.ts';

/** The session from whose start memo and attributes are copied. */
export const MODEL = 'model';

export interface BareStarter {
  start(name: string): Promise<void>;
}

export function bareStarter(
  client: Client,
  specificationOf: (name: string) => Specification,
  session: (name: string) => WorkflowHandle,
): BareStarter {
  let model: ReturnType<typeof modelOf> | undefined;
  return {
    async start(name) {
      model ??= modelOf(session(MODEL));
      const { memo, typedSearchAttributes, staticSummary, staticDetails } = await model;
      const input: BareInput = {
        specification: specificationOf(name),
        installation: 'bench1',
        sessionId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
        at: Date.now(),
        searchAttributes: true,
        accountQueue: accountQueue(ACCOUNT, BARE_PREFIX),
        name,
        stream: name,
      };
      await client.workflow.start('bare', {
        workflowId: `bare/${name}`,
        taskQueue: workflowQueue(BARE_PREFIX),
        args: [input],
        memo,
        typedSearchAttributes,
        staticSummary,
        staticDetails,
        workflowIdConflictPolicy: 'FAIL',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      });
    },
  };
}

/** What a start has beside its input. */
export async function modelOf(session: WorkflowHandle) {
  const description = await session.describe();
  return {
    memo: description.memo ?? {},
    typedSearchAttributes: description.typedSearchAttributes,
    staticSummary: (await description.staticSummary()) ?? '',
    staticDetails: (await description.staticDetails()) ?? '',
  };
}
